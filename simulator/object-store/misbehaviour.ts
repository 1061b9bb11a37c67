// In: nothing. Out: the deliberate faults of a store, each a small object with a name, so that a test of the access
// verdict reads like the sentence it proves: `store.misbehave(neverExpires())`. An honest store has none.

import type { ForgottenRule } from "./authenticate.ts";
import { type Bucket, removeVersion } from "./bucket.ts";
import type { Grant } from "./grants.ts";
import { S3Error } from "./s3-error.ts";
import { findQuery, type S3Request } from "./s3-request.ts";
import { type Answer, emptyAnswer, xmlAnswer } from "./store-state.ts";
import { writeXml } from "./xml.ts";

/** What a misbehaviour sees of a request. */
export interface Occasion {
  readonly operation: string;
  readonly request: S3Request;
  readonly bucket: Bucket | undefined;
  readonly isSigned: boolean;
  /** By the store's clock. */
  readonly now: number;
}

/** One deliberate fault. */
export interface Misbehaviour {
  readonly name: string;
  /** Rules of the signature that are not checked. */
  readonly forgets?: readonly ForgottenRule[];
  /** Whether a refusal for lack of rights is overlooked. */
  readonly opens?: (occasion: Occasion) => boolean;
  /** Whether the connection breaks after the head and some of the body arrived. */
  readonly resets?: (head: { method: string; target: string }) => boolean;
  /** An answer in place of the store's; the request is not carried out. */
  readonly replace?: (occasion: Occasion) => Answer | undefined | Promise<Answer | undefined>;
  /** Headers that are checked with the signature and then forgotten. */
  readonly ignoresHeaders?: readonly string[];
  /** Changes the store's answer, or what the store keeps, after the request was carried out. */
  readonly alter?: (answer: Answer, occasion: Occasion) => Answer;
}

/** Accepts any signature under a known access key. */
export const acceptsAnySignature = (): Misbehaviour => ({
  name: "accepts any signature",
  forgets: ["signature", "expiry", "future", "token"],
});

/** Compares signatures from their ninth digit on, so that some of what is changed by hand is not seen. */
export const comparesOnlyTheEnd = (): Misbehaviour => ({ name: "compares only the end", forgets: ["start"] });

/** Serves links after their end. */
export const neverExpires = (): Misbehaviour => ({ name: "never expires", forgets: ["expiry"] });

/** Accepts links that are dated in the future. */
export const acceptsFutureDates = (): Misbehaviour => ({ name: "accepts future dates", forgets: ["future"] });

/** Accepts a link whose X-Amz-Expires was changed by hand (a lifetime people would choose; see authenticate.ts). */
export const ignoresLifetime = (): Misbehaviour => ({
  name: "ignores the lifetime in the signature",
  forgets: ["lifetime"],
});

/** Accepts a GET link for any method. */
export const ignoresMethod = (): Misbehaviour => ({ name: "ignores the method in the signature", forgets: ["method"] });

/** Accepts the signature of one object's link for any other object of the bucket. */
export const ignoresKey = (): Misbehaviour => ({ name: "ignores the key in the signature", forgets: ["key"] });

/** Accepts temporary credentials after their end, and without their token. */
export const ignoresToken = (): Misbehaviour => ({ name: "ignores the session token", forgets: ["token"] });

/** Refuses links that were signed longer ago than this, whatever life they were signed for. */
export const dropsOldLinks = (ageMs: number): Misbehaviour => ({
  name: "drops old links",
  replace: ({ request, now }) => {
    const [, date = "", time = ""] = /^(\d{8})T(\d{6})Z$/.exec(findQuery(request, "X-Amz-Date") ?? "") ?? [];
    const signedAt = Date.parse(
      `${date.replace(/(....)(..)(..)/, "$1-$2-$3")}T${time.replace(/(..)(..)(..)/, "$1:$2:$3")}Z`,
    );
    if (now - signedAt > ageMs) throw new S3Error("AccessDenied", "Request has expired");
    return undefined;
  },
});

/** Lets everybody who has an account read each object that is written: an automation that means it well. */
export const sharesNewObjects = (): Misbehaviour => ({
  name: "shares new objects",
  alter: (answer, { operation, request, bucket }) => {
    const key = request.key ?? "";
    const [newest, ...older] = bucket?.objects.get(key) ?? [];
    if (operation !== "PutObject" || answer.status !== 200 || newest === undefined) return answer;
    const grant: Grant = { grantee: { kind: "group", group: "AuthenticatedUsers" }, permission: "READ" };
    const metadata = { ...newest.metadata, grants: [...newest.metadata.grants, grant] };
    bucket?.objects.set(key, [{ ...newest, metadata }, ...older]);
    return answer;
  },
});

/** Tells another checksum of a table (.csv) than it has. */
export const misstatesChecksums = (): Misbehaviour => ({
  name: "misstates checksums",
  alter: (answer, { request }) => {
    const isMeant = request.key?.endsWith(".csv") === true && "x-amz-checksum-sha256" in answer.headers;
    const wrong = { "x-amz-checksum-sha256": Buffer.alloc(32).toString("base64") };
    return isMeant ? { ...answer, headers: { ...answer.headers, ...wrong } } : answer;
  },
});

/** Has no GetObjectAcl, and says so with the signature of who asked in the code of its error. */
export const echoesSignatures = (): Misbehaviour => ({
  name: "echoes signatures",
  replace: ({ operation, request }) => {
    if (operation !== "GetObjectAcl") return undefined;
    const signature = /Signature=(\w+)/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
    return { ...xmlAnswer(writeXml("Error", { Code: `NotImplemented.${signature}` }, "")), status: 501 };
  },
});

/** Lets anybody read every object, whatever policy and ACL say. */
export const servesAnybody = (): Misbehaviour => ({
  name: "serves anybody",
  opens: ({ operation }) => operation === "GetObject" || operation === "HeadObject",
});

/** Lets a user write outside the prefixes it has rights for. */
export const ignoresPrefixes = (): Misbehaviour => ({
  name: "ignores prefixes",
  opens: ({ operation, isSigned }) => isSigned && operation === "PutObject",
});

/** Serves every object with its last byte changed. */
export const altersBytes = (): Misbehaviour => ({
  name: "alters bytes",
  alter: (answer, { operation }) => {
    if (operation !== "GetObject" || !Buffer.isBuffer(answer.body) || answer.body.length === 0) return answer;
    const body = Buffer.from(answer.body);
    body.writeUInt8((body.at(-1) ?? 0) ^ 1, body.length - 1);
    return { ...answer, body };
  },
});

/** Says 200 to a write, and has nothing afterwards. */
export const dropsObjects = (): Misbehaviour => ({
  name: "drops objects",
  alter: (answer, { operation, request, bucket }) => {
    const isWrite = operation === "PutObject" || operation === "CompleteMultipartUpload";
    const newest = bucket?.objects.get(request.key ?? "")?.[0];
    if (isWrite && answer.status === 200 && bucket !== undefined && newest !== undefined)
      removeVersion(bucket, request.key ?? "", newest.versionId);
    return answer;
  },
});

/** Says 204 to a deletion and keeps the object. */
export const keepsDeleted = (): Misbehaviour => ({
  name: "keeps deleted objects",
  replace: ({ operation }) => (operation === "DeleteObject" ? emptyAnswer(204) : undefined),
});

/** Redirects an unsigned GET of an object to `location`. */
export const redirectsUnsigned = (location: string): Misbehaviour => ({
  name: "redirects unsigned requests",
  replace: ({ operation, isSigned }) =>
    operation === "GetObject" && !isSigned ? emptyAnswer(302, { location }) : undefined,
});

/** Refuses an unsigned GET by its status, and sends the object as the body of the refusal. */
export const leaksInRefusals = (): Misbehaviour => ({
  name: "leaks in refusals",
  replace: async ({ operation, isSigned, bucket, request }) => {
    const blob = bucket?.objects.get(request.key ?? "")?.[0]?.blob;
    const isLeak = operation === "GetObject" && !isSigned && blob !== undefined;
    return isLeak ? { status: 403, headers: {}, body: await blob.read() } : undefined;
  },
});

/** Does not look whether the bucket belongs to whom the caller expects. */
export const ignoresOwner = (): Misbehaviour => ({
  name: "ignores the owner",
  ignoresHeaders: ["x-amz-expected-bucket-owner"],
});

/** Refuses the next `times` requests of an operation (any, when not named) with 503 SlowDown. */
export const slowsDown = (times: number, operation?: string): Misbehaviour =>
  fails("slows down", new S3Error("SlowDown", "Please reduce your request rate."), times, operation);

/** Refuses the next `times` requests with 500 InternalError. */
export const failsInternally = (times: number, operation?: string): Misbehaviour =>
  fails(
    "fails internally",
    new S3Error("InternalError", "We encountered an internal error. Please try again."),
    times,
    operation,
  );

/** Refuses the next `times` conditional writes with 409, as S3 does while another write of the key is under way. */
export const conflicts = (times: number): Misbehaviour =>
  fails(
    "conflicts",
    new S3Error(
      "ConditionalRequestConflict",
      "A conflicting conditional operation is currently in progress against this resource. Please try again.",
    ),
    times,
    "PutObject",
  );

/** Has no such operations: 501, as small S3-compatible stores answer. */
export const lacks = (...operations: readonly string[]): Misbehaviour => ({
  name: `lacks ${operations.join(", ")}`,
  replace: ({ operation }) => {
    if (operations.includes(operation))
      throw new S3Error("NotImplemented", "A header you provided implies functionality that is not implemented");
    return undefined;
  },
});

/** Answers GetPublicAccessBlock with nothing in it, neither yes nor no. */
export const emptyPublicAccessBlock = (): Misbehaviour => ({
  name: "empty public access block",
  replace: ({ operation }) =>
    operation === "GetBucketPublicAccessBlock"
      ? xmlAnswer(writeXml("PublicAccessBlockConfiguration", undefined))
      : undefined,
});

/** Breaks the connection in the middle of the next `times` uploads. */
export const resetsUploads = (times: number): Misbehaviour => {
  const take = countdown(times);
  return { name: "resets uploads", resets: ({ method }) => method === "PUT" && take() };
};

/** Answers the next `times` CompleteMultipartUpload with status 200 and an error in the body. */
export const failsInsideSuccess = (times: number): Misbehaviour => {
  const take = countdown(times);
  const body = writeXml(
    "Error",
    { Code: "InternalError", Message: "We encountered an internal error. Please try again." },
    "",
  );
  return {
    name: "fails inside success",
    replace: ({ operation }) => (operation === "CompleteMultipartUpload" && take() ? xmlAnswer(body) : undefined),
  };
};

/** Overwrites in spite of If-None-Match, as stores without conditional writes do. */
export const ignoresPreconditions = (): Misbehaviour => ({
  name: "ignores preconditions",
  ignoresHeaders: ["if-none-match", "if-match"],
});

/** Takes an encryption header for granted and stores plain. */
export const ignoresEncryption = (): Misbehaviour => ({
  name: "ignores encryption",
  alter: (answer) => ({
    ...answer,
    headers: Object.fromEntries(
      Object.entries(answer.headers).filter(([name]) => !name.startsWith("x-amz-server-side-encryption")),
    ),
  }),
});

/** Tells no checksums, as stores from before 2022 do. */
export const hidesChecksums = (): Misbehaviour => ({
  name: "hides checksums",
  alter: (answer) => ({
    ...answer,
    headers: Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !name.startsWith("x-amz-checksum-"))),
  }),
});

/** Ignores the response-content-disposition of a link. */
export const ignoresDisposition = (): Misbehaviour => ({
  name: "ignores the disposition",
  alter: (answer, { request }) =>
    findQuery(request, "response-content-disposition") === undefined
      ? answer
      : {
          ...answer,
          headers: Object.fromEntries(
            Object.entries(answer.headers).filter(([name]) => name !== "content-disposition"),
          ),
        },
});

function fails(name: string, error: S3Error, times: number, only?: string): Misbehaviour {
  const take = countdown(times);
  return {
    name,
    replace: ({ operation }) => {
      if ((only === undefined || operation === only) && take()) throw error;
      return undefined;
    },
  };
}

function countdown(times: number): () => boolean {
  let left = times;
  return () => {
    left -= 1;
    return left >= 0;
  };
}
