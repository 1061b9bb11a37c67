/**
 * The SDK's errors in our words: what the store refused, on which resource, and what the operator must do. The
 * message names the action and the ARN; what the SDK threw is kept only as far as it can hold no secret.
 */
import { S3ServiceException } from "@aws-sdk/client-s3";
import { ReportError } from "../domain/errors.ts";

/** What was tried, as policies spell it. */
export interface Attempt {
  /** Such as `s3:PutObject`. */
  readonly action: string;
  readonly bucket: string;
  readonly key: string;
  /** Absent while nobody told it. */
  readonly region?: string | undefined;
  /** The account that every call names as the owner. */
  readonly expectedOwner?: string | undefined;
  /** When the credentials end, if they say so; epoch milliseconds. */
  readonly credentialsEndAt?: number | undefined;
}

/** Names of errors that mean: these credentials, not the rights behind them. */
export const CREDENTIAL_ERRORS: Readonly<Record<string, { readonly what: string; readonly hint: string }>> = {
  InvalidAccessKeyId: { what: "does not know the access key", hint: "Check AWS_ACCESS_KEY_ID and the endpoint." },
  SignatureDoesNotMatch: {
    what: "does not accept the signature",
    hint: "Check AWS_SECRET_ACCESS_KEY: it does not belong to this access key.",
  },
  ExpiredToken: { what: "says that the credentials have ended", hint: "Renew them, then run again." },
  TokenRefreshRequired: { what: "says that the credentials have ended", hint: "Renew them, then run again." },
  InvalidToken: { what: "does not accept the session token", hint: "Renew the credentials, then run again." },
  RequestTimeTooSkewed: { what: "has another time than this machine", hint: "Set this machine's clock." },
};

/** The error to throw; `thrown` is what the SDK threw. */
export function translateError(thrown: unknown, attempt: Attempt): ReportError {
  if (thrown instanceof ReportError) return thrown;
  const name = thrown instanceof Error ? thrown.name : "no answer";
  const status = statusOf(thrown);
  const cause = withoutSecrets(thrown);
  const object = `arn:aws:s3:::${attempt.bucket}/${attempt.key}`;
  const credentials = CREDENTIAL_ERRORS[name];
  const region = regionOf(thrown);

  if (name === "CredentialsProviderError")
    return new ReportError("config.missing", "No credentials for the object store were found", {
      hint: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with the AWS command line.",
      cause,
    });
  if (name === "NoSuchBucket")
    return new ReportError("s3.access_denied", `There is no bucket "${attempt.bucket}" for ${attempt.action}`, {
      hint: "Check bucket, region and endpoint of the destination.",
      cause,
    });
  if (region !== undefined && attempt.region !== undefined && region !== attempt.region)
    return new ReportError(
      "s3.access_denied",
      `The bucket "${attempt.bucket}" is in region ${region}, not in ${attempt.region}`,
      { hint: `Write \`region: ${region}\` under the destination.`, cause },
    );
  if (credentials !== undefined)
    return new ReportError("s3.access_denied", `The object store ${credentials.what} (${name}${endOf(attempt)})`, {
      hint: credentials.hint,
      cause,
    });
  if (status === 403) {
    const { action, arn } = refusedRight(thrown) ?? { action: attempt.action, arn: object };
    return new ReportError("s3.access_denied", `The object store refused ${action} on ${arn} (${name})`, {
      hint: missingRight(action, arn, attempt.expectedOwner),
      cause,
    });
  }
  if (status === 400 && /checksum|digest|sha256/i.test(name))
    return new ReportError(
      "s3.checksum_mismatch",
      `The object store received other bytes than were sent to ${object} (${name})`,
      { hint: "Run again; if it stays so, something between here and the store changes the bytes.", cause },
    );
  return new ReportError(
    "s3.unavailable",
    `The object store did not do ${attempt.action} on ${object} (${status ?? name})`,
    {
      hint: "Run again; nothing was handed out.",
      cause,
    },
  );
}

function endOf({ credentialsEndAt }: Attempt): string {
  return credentialsEndAt === undefined
    ? ""
    : `; by their own word they end at ${new Date(credentialsEndAt).toISOString()}`;
}

/** The status of the store's answer; undefined when there was none. */
export function statusOf(thrown: unknown): number | undefined {
  return thrown instanceof S3ServiceException ? thrown.$metadata.httpStatusCode : undefined;
}

/** The right that the store itself names; it may be one that the call needs besides its own, such as for a KMS key. */
function refusedRight(thrown: unknown): { readonly action: string; readonly arn: string } | undefined {
  const named = /not authorized to perform: (?<action>(?:s3|kms):\w{1,64}) on resource: "?(?<arn>arn:[^\s"]{1,1200})/;
  const { action, arn } = named.exec(thrown instanceof Error ? thrown.message : "")?.groups ?? {};
  return action === undefined || arn === undefined ? undefined : { action, arn };
}

/** An object's right is asked for its whole folder, a key's for the key. */
function missingRight(action: string, arn: string, expectedOwner: string | undefined): string {
  const resource = arn.startsWith("arn:aws:s3:::") ? arn.replace(/[^/]*$/, "*") : arn;
  const statement = JSON.stringify({ Effect: "Allow", Action: action, Resource: resource });
  const owner =
    expectedOwner === undefined ? "" : ` Or the bucket does not belong to account ${expectedOwner} (expectedOwner).`;
  return `The credentials need this statement: ${statement}${owner}`;
}

/** A store that has the bucket elsewhere says where, in a header or in the error. */
function regionOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof S3ServiceException)) return undefined;
  const told = "Region" in thrown ? thrown.Region : thrown.$response?.headers["x-amz-bucket-region"];
  return typeof told === "string" && /^[a-z0-9-]{1,40}$/.test(told) ? told : undefined;
}

/**
 * The error for --debug. The SDK's own carries the request and the store's echo of what was signed, and with them
 * session tokens; only name, text and place remain, and of addresses no query.
 */
function withoutSecrets(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error("The SDK threw something that is no error");
  const plain = new Error(withoutQueries(thrown.message));
  plain.name = thrown.name;
  if (thrown.stack !== undefined) plain.stack = withoutQueries(thrown.stack);
  return plain;
}

function withoutQueries(text: string): string {
  return text.replaceAll(/\?[^\s"')]+/g, "?…");
}
