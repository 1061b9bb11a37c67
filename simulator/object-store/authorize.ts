// In: who asks for which action on which bucket and key. Out: nothing, or AccessDenied. Four sources speak: the user's
// own rights, the bucket policy, the ACLs of bucket and object, and the public access block of bucket and account.
//
//   a Deny of anyone                                                 → refused
//   the bucket's own account: the user's rights, policy or ACL       → allowed
//   another account: the user's rights, and also policy or ACL       → allowed
//   nobody (anonymous): policy or ACL                                → allowed
//
// With restrictPublicBuckets a public policy gives nothing to anyone outside the bucket's account; with
// ignorePublicAcls, grants to AllUsers and AuthenticatedUsers count for nothing; with BucketOwnerEnforced no ACL counts.

import { type Bucket, findVersion, isStored, type ObjectVersion, type PublicAccessBlock } from "./bucket.ts";
import { type GrantPermission, grantsAllow } from "./grants.ts";
import { evaluatePolicy } from "./policy.ts";
import { isPublicPolicy } from "./public-policy.ts";
import { S3Error } from "./s3-error.ts";
import { findQuery, findSetting, type S3Request } from "./s3-request.ts";
import type { BucketCall, Call, StoreState } from "./store-state.ts";
import { accountOf, type Permission, type Principal, userArn } from "./users.ts";
import { fits } from "./wildcard.ts";

/** An action on a bucket or on one key of it; `facts` are condition keys that only this action has. */
export interface Wish {
  readonly action: string;
  readonly bucket: Bucket;
  /** "" for the bucket itself. */
  readonly key: string;
  readonly facts?: Readonly<Record<string, string | undefined>>;
}

/** Throws `AccessDenied` unless the caller may do it. */
export function authorize(call: Call, wish: Wish): void {
  if (isAllowed(call, wish)) return;
  const { principal } = call.authentication;
  if (principal.kind === "anonymous") throw new S3Error("AccessDenied", "Access Denied");
  const who = userArn(principal.user);
  throw new S3Error(
    "AccessDenied",
    `User: ${who} is not authorized to perform: ${wish.action} on resource: "${arnOf(wish)}"`,
  );
}

/** Whether the caller may do it. */
export function isAllowed(call: Call, wish: Wish): boolean {
  if (call.isOpen) return true;
  const { principal } = call.authentication;
  const { bucket } = wish;
  const rights = rightsOf(principal, wish);
  if (rights === "deny") return false;
  const block = effectiveBlock(call.state, bucket);
  const said = evaluatePolicy(bucket.policy, {
    principal,
    action: wish.action,
    resource: arnOf(wish),
    facts: collectFacts(call, wish),
  });
  if (said === "deny") return false;
  const isOwnAccount = accountOf(principal) === bucket.ownerAccountId;
  const isRestricted =
    block.restrictPublicBuckets && !isOwnAccount && bucket.policy !== undefined && isPublicPolicy(bucket.policy);
  const isShared = (said === "allow" && !isRestricted) || aclAllows(principal, wish, block);
  if (principal.kind === "anonymous") return isShared;
  return isOwnAccount ? rights === "allow" || isShared : rights === "allow" && isShared;
}

/** The stricter of what bucket and account block. */
export function effectiveBlock(state: StoreState, bucket: Bucket): PublicAccessBlock {
  const account = state.accountBlocks.get(bucket.ownerAccountId);
  const own = bucket.publicAccessBlock;
  return {
    blockPublicAcls: own?.blockPublicAcls === true || account?.blockPublicAcls === true,
    ignorePublicAcls: own?.ignorePublicAcls === true || account?.ignorePublicAcls === true,
    blockPublicPolicy: own?.blockPublicPolicy === true || account?.blockPublicPolicy === true,
    restrictPublicBuckets: own?.restrictPublicBuckets === true || account?.restrictPublicBuckets === true,
  };
}

/** Throws `AccessDenied` unless the caller may use the KMS key of something encrypted with one. */
export function authorizeKey(
  { authentication: { principal }, isOpen }: Call,
  action: "kms:Decrypt" | "kms:GenerateDataKey",
  keyId: string,
): void {
  if (isOpen) return;
  if (principal.kind === "anonymous")
    throw new S3Error(
      "InvalidArgument",
      "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
    );
  const { user } = principal;
  if (
    user.deny?.some((permission) => covers(permission, action, keyId)) !== true &&
    (user.allow?.some((permission) => covers(permission, action, keyId)) ?? true)
  )
    return;
  throw new S3Error(
    "AccessDenied",
    `User: ${userArn(user)} is not authorized to perform: ${action} on resource: ${keyId} because no identity-based policy allows the ${action} action`,
  );
}

/** Throws `AccessDenied` when the caller expects another owner than the bucket has. */
export function checkExpectedOwner(
  { request }: Pick<Call, "request">,
  bucket: Bucket,
  header = "x-amz-expected-bucket-owner",
): void {
  const expected = findSetting(request, header);
  if (expected !== undefined && expected !== bucket.ownerAccountId) throw new S3Error("AccessDenied", "Access Denied");
}

/** What is missing: NoSuchKey for who may list the bucket, else AccessDenied, so that nobody can ask for names. */
export function missingKey(call: BucketCall, code: "NoSuchKey" | "NoSuchVersion" = "NoSuchKey"): S3Error {
  if (!isAllowed(call, { action: "s3:ListBucket", bucket: call.bucket, key: "" }))
    return new S3Error("AccessDenied", "Access Denied");
  if (code === "NoSuchVersion") return new S3Error(code, "The specified version does not exist.", { Key: call.key });
  return new S3Error(code, "The specified key does not exist.", { Key: call.key });
}

function rightsOf(principal: Principal, wish: Wish): "allow" | "deny" | "silent" {
  if (principal.kind === "anonymous") return "silent";
  const { allow, deny } = principal.user;
  const isCovered = (permission: Permission): boolean => covers(permission, wish.action, arnOf(wish));
  if (deny?.some(isCovered)) return "deny";
  return allow === undefined || allow.some(isCovered) ? "allow" : "silent";
}

function covers({ actions, resources }: Permission, action: string, resource: string): boolean {
  return (
    actions.some((pattern) => fits(pattern.toLowerCase(), action.toLowerCase())) &&
    resources.some((pattern) => fits(pattern, resource))
  );
}

function arnOf({ bucket, key }: Wish): string {
  return `arn:aws:s3:::${bucket.name}${key === "" ? "" : `/${key}`}`;
}

const bucketGrants: Readonly<Record<string, GrantPermission>> = {
  "s3:ListBucket": "READ",
  "s3:ListBucketVersions": "READ",
  "s3:ListBucketMultipartUploads": "READ",
  "s3:PutObject": "WRITE",
  "s3:DeleteObject": "WRITE",
  "s3:GetBucketAcl": "READ_ACP",
  "s3:PutBucketAcl": "WRITE_ACP",
};

const objectGrants: Readonly<Record<string, GrantPermission>> = {
  "s3:GetObject": "READ",
  "s3:GetObjectVersion": "READ",
  "s3:GetObjectAcl": "READ_ACP",
  "s3:PutObjectAcl": "WRITE_ACP",
};

function aclAllows(
  principal: Principal,
  { action, bucket, key, facts }: Wish,
  { ignorePublicAcls }: PublicAccessBlock,
): boolean {
  if (bucket.ownership === "BucketOwnerEnforced") return false;
  const onBucket = bucketGrants[action];
  if (onBucket !== undefined && grantsAllow(bucket.grants, principal, onBucket, ignorePublicAcls)) return true;
  const onObject = objectGrants[action];
  if (onObject === undefined || key === "") return false;
  const version: ObjectVersion | undefined = findVersion(bucket, key, facts?.["s3:versionid"]);
  return isStored(version) && grantsAllow(version.metadata.grants, principal, onObject, ignorePublicAcls);
}

function collectFacts({ state, request, authentication }: Call, wish: Wish): ReadonlyMap<string, string> {
  const { principal, seal, carrier } = authentication;
  const now = state.now();
  const facts: Record<string, string | undefined> = {
    "aws:sourceip": request.remoteAddress,
    "aws:securetransport": String(state.secureTransport),
    "aws:currenttime": new Date(now).toISOString(),
    "aws:epochtime": String(Math.floor(now / 1000)),
    "aws:useragent": request.headers.get("user-agent"),
    "aws:referer": request.headers.get("referer"),
    "aws:resourceaccount": wish.bucket.ownerAccountId,
    "aws:principalaccount": accountOf(principal),
    "aws:principalarn": principal.kind === "user" ? userArn(principal.user) : undefined,
    "aws:principaltype": principal.kind === "user" ? "User" : "Anonymous",
    "aws:userid": principal.kind === "user" ? principal.user.accessKeyId : undefined,
    "aws:username": principal.kind === "user" ? principal.user.name : undefined,
    "s3:resourceaccount": wish.bucket.ownerAccountId,
    "s3:authtype": carrier === "header" ? "REST-HEADER" : carrier === "query" ? "REST-QUERY-STRING" : undefined,
    "s3:signatureversion": seal === undefined ? undefined : "AWS4-HMAC-SHA256",
    "s3:signatureage": seal === undefined ? undefined : String(now - seal.signedAt),
    "s3:prefix": findQuery(request, "prefix"),
    "s3:delimiter": findQuery(request, "delimiter"),
    "s3:max-keys": findQuery(request, "max-keys"),
    "s3:if-none-match": request.headers.get("if-none-match"),
    "s3:if-match": request.headers.get("if-match"),
    "s3:objectcreationoperation": wish.action === "s3:PutObject" ? String(makesObject(request)) : undefined,
    ...Object.fromEntries(conditionHeaders.map((header) => [`s3:${header}`, findSetting(request, header)])),
    ...wish.facts,
  };
  return new Map(
    Object.entries(facts).flatMap(([key, value]) => (value === undefined ? [] : [[key.toLowerCase(), value] as const])),
  );
}

/** An upload in one piece, a copy, or the completion of an upload in parts; not its beginning and not a part. */
function makesObject(request: S3Request): boolean {
  const isUpload = findQuery(request, "uploadId") !== undefined;
  return request.method === "POST" ? isUpload : !isUpload;
}

const conditionHeaders = [
  "x-amz-acl",
  "x-amz-content-sha256",
  "x-amz-copy-source",
  "x-amz-metadata-directive",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-storage-class",
];
