// In: calls about buckets as such. Out: buckets made, found and removed. A new bucket is what Amazon S3 makes today:
// ACLs disabled, all public access blocked, encrypted with AES256, no versions.

import { authorize } from "./authorize.ts";
import type { Bucket } from "./bucket.ts";
import { cannedGrants, canonicalId } from "./grants.ts";
import { S3Error } from "./s3-error.ts";
import { type Answer, type BucketCall, type Call, emptyAnswer, type StoreState, xmlAnswer } from "./store-state.ts";
import { accountOf, type User } from "./users.ts";
import { findText, parseXml, writeXml } from "./xml.ts";

/** The default encryption that every new bucket has. */
const defaultEncryptionDocument = writeXml("ServerSideEncryptionConfiguration", {
  Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false },
});

/** Adds a bucket in the state in which Amazon S3 would make it. */
export function addBucket(state: StoreState, name: string, ownerAccountId: string, region: string): Bucket {
  if (!/^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes("..")) {
    throw new S3Error("InvalidBucketName", "The specified bucket is not valid.", { BucketName: name });
  }
  const bucket: Bucket = {
    name,
    region,
    ownerAccountId,
    createdAt: state.now(),
    objects: new Map(),
    uploads: new Map(),
    documents: new Map([["encryption", defaultEncryptionDocument]]),
    versioning: undefined,
    ownership: "BucketOwnerEnforced",
    publicAccessBlock: {
      blockPublicAcls: true,
      ignorePublicAcls: true,
      blockPublicPolicy: true,
      restrictPublicBuckets: true,
    },
    policy: undefined,
    grants: cannedGrants("private", ownerAccountId, ownerAccountId),
  };
  state.buckets.set(name, bucket);
  return bucket;
}

/** CreateBucket. */
export function createBucket(call: Call): Answer {
  const { state, request, authentication, payload } = call;
  const user = requireUser(call, "s3:CreateBucket");
  const name = request.bucketName ?? "";
  const region =
    payload.bytes.length === 0 ? undefined : findText(parseXml(payload.bytes.toString("utf8")), "LocationConstraint");
  const existing = state.buckets.get(name);
  if (existing !== undefined) {
    const isOwn = existing.ownerAccountId === user.accountId;
    throw isOwn
      ? new S3Error(
          "BucketAlreadyOwnedByYou",
          "Your previous request to create the named bucket succeeded and you already own it.",
          { BucketName: name },
        )
      : new S3Error(
          "BucketAlreadyExists",
          "The requested bucket name is not available. The bucket namespace is shared by all users of the system.",
          { BucketName: name },
        );
  }
  const signedFor = authentication.seal?.scope.region ?? state.region;
  if (region !== undefined && region !== signedFor) {
    throw new S3Error(
      "IllegalLocationConstraintException",
      `The ${region} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  }
  const acl = request.headers.get("x-amz-acl") ?? "private";
  if (acl !== "private") {
    throw new S3Error(
      "InvalidBucketAclWithObjectOwnership",
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    );
  }
  addBucket(state, name, user.accountId, signedFor);
  return emptyAnswer(200, { location: `/${name}` });
}

/** HeadBucket. */
export function headBucket(call: BucketCall): Answer {
  authorize(call, { action: "s3:ListBucket", bucket: call.bucket, key: "" });
  return emptyAnswer(200, { "x-amz-bucket-region": call.bucket.region, "x-amz-access-point-alias": "false" });
}

/** DeleteBucket. */
export function deleteBucket(call: BucketCall): Answer {
  const { bucket, state } = call;
  authorize(call, { action: "s3:DeleteBucket", bucket, key: "" });
  if (bucket.objects.size > 0)
    throw new S3Error("BucketNotEmpty", "The bucket you tried to delete is not empty", { BucketName: bucket.name });
  state.buckets.delete(bucket.name);
  return emptyAnswer(204);
}

/** GetBucketLocation; the oldest region has no name here. */
export function getBucketLocation(call: BucketCall): Answer {
  authorize(call, { action: "s3:GetBucketLocation", bucket: call.bucket, key: "" });
  return xmlAnswer(writeXml("LocationConstraint", call.bucket.region === "us-east-1" ? undefined : call.bucket.region));
}

/** ListBuckets. */
export function listBuckets(call: Call): Answer {
  const user = requireUser(call, "s3:ListAllMyBuckets");
  const own = [...call.state.buckets.values()]
    .filter((bucket) => bucket.ownerAccountId === user.accountId)
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  const body = writeXml("ListAllMyBucketsResult", {
    Owner: { ID: canonicalId(user.accountId) },
    Buckets: {
      Bucket: own.map((bucket) => ({
        Name: bucket.name,
        CreationDate: new Date(bucket.createdAt).toISOString(),
        BucketRegion: bucket.region,
      })),
    },
  });
  return xmlAnswer(body);
}

/** Rights about no bucket yet: any user without a list of rights has them, and who has the action in its list. */
function requireUser({ authentication: { principal } }: Call, action: string): User {
  const isAllowed =
    principal.kind === "user" &&
    (principal.user.allow?.some(({ actions }) => actions.includes(action) || actions.includes("s3:*")) ?? true);
  if (principal.kind === "anonymous" || accountOf(principal) === undefined || !isAllowed)
    throw new S3Error("AccessDenied", "Access Denied");
  return principal.user;
}
