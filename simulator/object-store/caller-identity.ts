// In: a form posted to the root of the store, as the Security Token Service takes it. Out: who the caller is.
// GetCallerIdentity is the only action: it needs no rights, so it is how a client learns its account.

import { S3Error } from "./s3-error.ts";
import { type Answer, type Call, createId } from "./store-state.ts";
import { userArn } from "./users.ts";
import { writeXml } from "./xml.ts";

/** Answers the form; throws `AccessDenied` for nobody and `InvalidRequest` for other actions. */
export function getCallerIdentity({ authentication: { principal }, payload }: Call): Answer {
  const form = new URLSearchParams(payload.bytes.toString("utf8"));
  if (form.get("Action") !== "GetCallerIdentity")
    throw new S3Error("InvalidRequest", "This store knows only the action GetCallerIdentity");
  if (principal.kind === "anonymous") throw new S3Error("AccessDenied", "Request is missing Authentication Token");
  const { user } = principal;
  const body = writeXml(
    "GetCallerIdentityResponse",
    {
      GetCallerIdentityResult: { Arn: userArn(user), UserId: user.accessKeyId, Account: user.accountId },
      ResponseMetadata: { RequestId: createId() },
    },
    "https://sts.amazonaws.com/doc/2011-06-15/",
  );
  return { status: 200, headers: { "content-type": "text/xml" }, body };
}
