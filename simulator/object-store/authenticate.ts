// In: a request and the known users. Out: who signed it, when, and with what key; or the refusal that S3 would give.
// A request carries its signature in the Authorization header or in the query of a presigned link, never in both.
// What is judged, in order: the form, the access key, its session token, the scope, the clock, the signature.

import { S3Error } from "./s3-error.ts";
import { decode, findQuery, findSetting, type S3Request } from "./s3-request.ts";
import { deriveKey, type Scope, type SignedParts, sameSignature, sha256, signParts } from "./signature.ts";
import type { Principal, User } from "./users.ts";

/** What the judgement needs to know besides the request. */
export interface AuthenticationContext {
  readonly now: number;
  readonly service: "s3" | "sts";
  /** The regions in which this request may be signed; the first one is named in the refusal. */
  readonly regions: readonly [string, ...string[]];
  findUser(accessKeyId: string): User | undefined;
  /** Rules that a deliberately broken server forgets; empty for an honest one. */
  readonly forgotten: ReadonlySet<ForgottenRule>;
  /** Keys whose signatures a server without the rule "key" mistakes for this one's. */
  readonly otherKeys: readonly string[];
}

/** A rule of Signature Version 4 that a misbehaving server can leave out. */
export type ForgottenRule = "signature" | "start" | "method" | "key" | "lifetime" | "expiry" | "future" | "token";

/** The outcome. `payloadHash` is what the signature says about the body. */
export interface Authentication {
  readonly principal: Principal;
  readonly carrier: "none" | "header" | "query";
  readonly payloadHash: string;
  /** Present when signed. */
  readonly seal?: {
    readonly signedAt: number;
    readonly date: string;
    readonly scope: Scope;
    readonly key: Buffer;
    readonly signature: string;
  };
}

interface Claim {
  readonly carrier: "header" | "query";
  readonly accessKeyId: string;
  readonly scope: Scope;
  readonly terminal: string;
  readonly date: string;
  readonly signedAt: number;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Seconds of life of a presigned link. */
  readonly lifetimeSeconds: number | undefined;
  readonly payloadHash: string;
}

const allowedSkewMs = 15 * 60 * 1000;
const longestLifetimeSeconds = 7 * 24 * 60 * 60;

/** Finds out who sent a request; throws an `S3Error` when its signature does not hold. */
export function authenticate(request: S3Request, context: AuthenticationContext): Authentication {
  const claim = readClaim(request, context.service);
  if (claim === undefined) {
    return {
      principal: { kind: "anonymous" },
      carrier: "none",
      payloadHash: findSetting(request, "x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD",
    };
  }
  const user = context.findUser(claim.accessKeyId);
  if (user === undefined) {
    throw new S3Error("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", {
      AWSAccessKeyId: claim.accessKeyId,
    });
  }
  if (!context.forgotten.has("token")) checkToken(request, user, context.now);
  checkScope(claim, context);
  checkClock(claim, context);
  checkHeadersSigned(request, claim);
  const key = deriveKey(user.secretAccessKey, claim.scope);
  if (!isSignatureRight(request, claim, key, context)) {
    throw new S3Error(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      { AWSAccessKeyId: claim.accessKeyId },
    );
  }
  const { signedAt, date, scope, signature } = claim;
  return {
    principal: { kind: "user", user },
    carrier: claim.carrier,
    payloadHash: claim.payloadHash,
    seal: { signedAt, date, scope, key, signature },
  };
}

function readClaim(request: S3Request, service: "s3" | "sts"): Claim | undefined {
  const authorization = request.headers.get("authorization");
  const isPresigned = request.query.some(([name]) => /^x-amz-(algorithm|signature|credential)$/i.test(name));
  const isOldStyle =
    findQuery(request, "AWSAccessKeyId") !== undefined || findQuery(request, "Signature") !== undefined;
  if (authorization !== undefined && (isPresigned || isOldStyle)) {
    throw new S3Error(
      "InvalidArgument",
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
    );
  }
  if (isOldStyle || authorization?.startsWith("AWS ")) {
    throw new S3Error(
      "InvalidRequest",
      "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    );
  }
  if (authorization !== undefined) return readHeaderClaim(request, authorization, service);
  return isPresigned ? readQueryClaim(request) : undefined;
}

function readHeaderClaim(request: S3Request, authorization: string, service: "s3" | "sts"): Claim {
  const fields = /^AWS4-HMAC-SHA256 +Credential=([^\s,]+), *SignedHeaders=([^\s,]+), *Signature=([0-9a-f]{64})$/.exec(
    authorization,
  );
  if (fields === null) {
    if (!authorization.startsWith("AWS4-HMAC-SHA256"))
      throw new S3Error("InvalidArgument", "Unsupported Authorization Type");
    throw new S3Error(
      "AuthorizationHeaderMalformed",
      "The authorization header is malformed; it must hold Credential, SignedHeaders and Signature, separated by commas.",
    );
  }
  const [, credential = "", signedHeaders = "", signature = ""] = fields;
  // Only S3 says in a header what it signs about the body; elsewhere it is always the body's hash.
  const payloadHash =
    request.headers.get("x-amz-content-sha256") ?? (service === "sts" ? sha256(request.body) : undefined);
  if (payloadHash === undefined) {
    throw new S3Error("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
  }
  const date = request.headers.get("x-amz-date");
  const signedAt = date === undefined ? undefined : parseDate(date);
  if (date === undefined || signedAt === undefined) {
    throw new S3Error("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
  }
  return {
    carrier: "header",
    ...readCredential(credential, "AuthorizationHeaderMalformed"),
    date,
    signedAt,
    signedHeaders: signedHeaders.split(";"),
    signature,
    lifetimeSeconds: undefined,
    payloadHash,
  };
}

function readQueryClaim(request: S3Request): Claim {
  const [algorithm, credential, date, expires, signedHeaders, signature] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
  ].map((name) => {
    const values = request.query.filter(([candidate]) => candidate.toLowerCase() === name.toLowerCase());
    const [first, ...more] = values;
    if (first?.[0] !== name || more.length > 0) {
      throw queryError(
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters, each once.",
      );
    }
    return first[1];
  });
  if (algorithm !== "AWS4-HMAC-SHA256") throw queryError('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  const signedAt = parseDate(date ?? "");
  if (signedAt === undefined)
    throw queryError("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  if (!/^-?\d{1,12}$/.test(expires ?? "")) throw queryError("X-Amz-Expires should be a number");
  const lifetimeSeconds = Number(expires);
  if (lifetimeSeconds < 1) throw queryError("X-Amz-Expires must be at least 1 second");
  if (lifetimeSeconds > longestLifetimeSeconds) {
    throw queryError(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${longestLifetimeSeconds} seconds`,
    );
  }
  return {
    carrier: "query",
    ...readCredential(credential ?? "", "AuthorizationQueryParametersError"),
    date: date ?? "",
    signedAt,
    signedHeaders: (signedHeaders ?? "").split(";"),
    signature: signature ?? "",
    lifetimeSeconds,
    payloadHash: findSetting(request, "x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD",
  };
}

function readCredential(text: string, code: "AuthorizationHeaderMalformed" | "AuthorizationQueryParametersError") {
  const parts = text.split("/");
  const [terminal = "", service = "", region = "", day = "", ...keyParts] = parts.toReversed();
  if (keyParts.length === 0 || !/^\d{8}$/.test(day)) {
    throw new S3Error(
      code,
      'The Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  return { accessKeyId: keyParts.toReversed().join("/"), scope: { day, region, service }, terminal };
}

function parseDate(text: string): number | undefined {
  const fields = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (fields === null) return undefined;
  const [, year, month, day, hour, minute, second] = fields;
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(instant) ? undefined : instant;
}

function checkToken(request: S3Request, user: User, now: number): void {
  const token = findSetting(request, "x-amz-security-token");
  if (token === undefined && user.sessionToken === undefined) return;
  if (token !== user.sessionToken) {
    // A temporary key without its token is, to the vendor, a key that does not exist.
    if (token === undefined) {
      throw new S3Error("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", {
        AWSAccessKeyId: user.accessKeyId,
      });
    }
    throw new S3Error("InvalidToken", "The provided token is malformed or otherwise invalid.");
  }
  if (user.expiresAt !== undefined && now >= user.expiresAt)
    throw new S3Error("ExpiredToken", "The provided token has expired.");
}

function checkScope(claim: Claim, { regions, service }: AuthenticationContext): void {
  const { scope } = claim;
  const refuse = (detail: string, facts: Readonly<Record<string, string>> = {}): never => {
    if (claim.carrier === "query")
      throw new S3Error(
        "AuthorizationQueryParametersError",
        `Error parsing the X-Amz-Credential parameter; ${detail}`,
        facts,
      );
    throw new S3Error("AuthorizationHeaderMalformed", `The authorization header is malformed; ${detail}`, facts);
  };
  if (claim.terminal !== "aws4_request")
    refuse(`incorrect terminal "${claim.terminal}". This endpoint uses "aws4_request".`);
  if (scope.service !== service) refuse(`incorrect service "${scope.service}". This endpoint belongs to "${service}".`);
  if (scope.day !== claim.date.slice(0, 8))
    refuse(
      `invalid credential date "${scope.day}". This date is not the same as X-Amz-Date: "${claim.date.slice(0, 8)}".`,
    );
  if (!regions.includes(scope.region))
    refuse(`the region '${scope.region}' is wrong; expecting '${regions[0]}'`, { Region: regions[0] });
}

function checkClock(claim: Claim, { now, forgotten }: AuthenticationContext): void {
  const iso = (instant: number): string => new Date(instant).toISOString();
  if (claim.lifetimeSeconds === undefined) {
    if (Math.abs(now - claim.signedAt) <= allowedSkewMs) return;
    throw new S3Error(
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
      {
        RequestTime: claim.date,
        ServerTime: iso(now),
        MaxAllowedSkewMilliseconds: allowedSkewMs,
      },
    );
  }
  const endsAt = claim.signedAt + claim.lifetimeSeconds * 1000;
  if (now >= endsAt && !forgotten.has("expiry")) {
    throw new S3Error("AccessDenied", "Request has expired", {
      "X-Amz-Expires": claim.lifetimeSeconds,
      Expires: iso(endsAt),
      ServerTime: iso(now),
    });
  }
  if (claim.signedAt > now + allowedSkewMs && !forgotten.has("future")) {
    throw new S3Error("AccessDenied", "Request is not valid yet", { "X-Amz-Date": claim.date, ServerTime: iso(now) });
  }
}

function checkHeadersSigned(request: S3Request, claim: Claim): void {
  const signed = new Set(claim.signedHeaders);
  const unsigned = [...request.headers.keys()].filter(
    (name) =>
      name.startsWith("x-amz-") && !signed.has(name) && !(claim.carrier === "query" && name === "x-amz-content-sha256"),
  );
  if (!signed.has("host")) unsigned.push("host");
  if (unsigned.length > 0) {
    throw new S3Error("AccessDenied", "There were headers present in the request which were not signed", {
      HeadersNotSigned: unsigned.sort().join(", "),
    });
  }
}

function isSignatureRight(
  request: S3Request,
  claim: Claim,
  key: Buffer,
  { forgotten, otherKeys }: AuthenticationContext,
): boolean {
  if (forgotten.has("signature")) return true;
  const parts = signedParts(request, claim);
  const variants: SignedParts[] = [parts];
  if (forgotten.has("method"))
    variants.push(...["GET", "HEAD", "PUT", "POST", "DELETE"].map((method) => ({ ...parts, method })));
  if (forgotten.has("key"))
    variants.push(...otherKeys.map((other) => ({ ...parts, path: `/${request.bucketName}/${other}` })));
  if (forgotten.has("lifetime")) variants.push(...commonLifetimes().map((seconds) => withLifetime(parts, seconds)));
  const compared = (signature: string): string => (forgotten.has("start") ? signature.slice(8) : signature);
  return variants.some((variant) => sameSignature(compared(signParts(key, variant)), compared(claim.signature)));
}

function signedParts(request: S3Request, claim: Claim): SignedParts {
  const query =
    claim.carrier === "query" ? request.query.filter(([name]) => name !== "X-Amz-Signature") : request.query;
  const headers = claim.signedHeaders.toSorted().map((name) => [name, request.headers.get(name) ?? ""] as const);
  return {
    method: request.method,
    path: decode(request.rawPath),
    query,
    headers,
    payloadHash: claim.payloadHash,
    date: claim.date,
    scope: claim.scope,
  };
}

/** The lifetimes that people choose: every second of the first ten minutes, then every minute of a week. */
function commonLifetimes(): number[] {
  return [
    ...Array.from({ length: 600 }, (_, index) => index + 1),
    ...Array.from({ length: 7 * 24 * 60 }, (_, index) => (index + 1) * 60),
  ];
}

function withLifetime(parts: SignedParts, seconds: number): SignedParts {
  return {
    ...parts,
    query: parts.query.map(([name, value]) => [name, name === "X-Amz-Expires" ? String(seconds) : value] as const),
  };
}

function queryError(message: string): S3Error {
  return new S3Error("AuthorizationQueryParametersError", message);
}
