// In: a bucket of the store. Out: a handle with which a test or a demo puts it into any state, also those that the S3
// API would refuse (a public policy behind a public access block, say): the world is full of buckets that were made
// before today's rules.

import { type Bucket, findVersion, isStored, type Ownership, type PublicAccessBlock } from "./bucket.ts";
import { type CannedAcl, cannedGrants, type Grant } from "./grants.ts";
import { parsePolicy } from "./policy.ts";
import { md5, storeObject } from "./put-object.ts";
import type { StoreState } from "./store-state.ts";
import { writeXml } from "./xml.ts";

/** The states a bucket can be put into; `undefined` means the setting is absent. */
export interface BucketSettings {
  /** A policy document, as text or as the value to write as JSON. */
  readonly policy?: string | object | undefined;
  readonly acl?: CannedAcl | readonly Grant[];
  readonly ownership?: Ownership | undefined;
  /** `true`: all four switches on; `false`: all off. */
  readonly publicAccessBlock?: PublicAccessBlock | boolean | undefined;
  /** `true`: static website hosting with an index document. */
  readonly website?: boolean;
  /** Origins that may read across origins, such as "*". */
  readonly corsOrigins?: readonly string[] | undefined;
  readonly encryption?: { readonly algorithm: "AES256" | "aws:kms"; readonly kmsKeyId?: string } | undefined;
  readonly versioning?: "Enabled" | "Suspended" | undefined;
  readonly lifecycle?:
    | { readonly prefix: string; readonly expireAfterDays?: number; readonly abortUploadsAfterDays?: number }
    | undefined;
  readonly logging?: { readonly targetBucket: string; readonly prefix: string } | undefined;
}

/** What a test holds of a bucket. */
export interface BucketHandle {
  readonly name: string;
  /** Changes the settings that are named, leaves the others. */
  set(settings: BucketSettings): void;
  /** Changes the ACL of the current version of an object. */
  setObjectAcl(key: string, acl: CannedAcl | readonly Grant[]): void;
  /** Puts an object without a request, as a third party would. */
  put(key: string, bytes: string | Buffer, contentType?: string): Promise<void>;
  /** The bytes of the current version; throws when there is none. */
  read(key: string): Promise<Buffer>;
  /** Keys with a current version. */
  keys(): string[];
  /** Ids of uploads that are neither completed nor aborted. */
  uploads(): string[];
}

/** Makes the handle of a bucket. */
export function createBucketHandle(state: StoreState, bucket: Bucket): BucketHandle {
  return {
    name: bucket.name,
    set: (settings) => applySettings(bucket, settings),
    setObjectAcl: (key, acl) => setObjectAcl(bucket, key, acl),
    put: (key, bytes, contentType) => put(state, bucket, key, Buffer.from(bytes), contentType),
    read: (key) => read(bucket, key),
    keys: () => [...bucket.objects].filter(([, versions]) => isStored(versions[0])).map(([key]) => key),
    uploads: () => [...bucket.uploads.keys()],
  };
}

/** Puts a bucket into a state. */
export function applySettings(bucket: Bucket, settings: BucketSettings): void {
  if ("policy" in settings)
    bucket.policy = settings.policy === undefined ? undefined : parsePolicy(asText(settings.policy), bucket.name);
  if (settings.acl !== undefined) bucket.grants = asGrants(settings.acl, bucket.ownerAccountId);
  if ("ownership" in settings) bucket.ownership = settings.ownership;
  if ("publicAccessBlock" in settings) bucket.publicAccessBlock = asBlock(settings.publicAccessBlock);
  if ("versioning" in settings) bucket.versioning = settings.versioning;
  if (settings.website !== undefined) {
    setDocument(
      bucket,
      "website",
      settings.website ? writeXml("WebsiteConfiguration", { IndexDocument: { Suffix: "index.html" } }) : undefined,
    );
  }
  if ("corsOrigins" in settings) {
    const { corsOrigins } = settings;
    setDocument(
      bucket,
      "cors",
      corsOrigins && writeXml("CORSConfiguration", { CORSRule: { AllowedMethod: "GET", AllowedOrigin: corsOrigins } }),
    );
  }
  if ("encryption" in settings) {
    const { encryption } = settings;
    const rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: encryption?.algorithm, KMSMasterKeyID: encryption?.kmsKeyId },
    };
    setDocument(bucket, "encryption", encryption && writeXml("ServerSideEncryptionConfiguration", { Rule: rule }));
  }
  if ("lifecycle" in settings)
    setDocument(bucket, "lifecycle", settings.lifecycle && lifecycleDocument(settings.lifecycle));
  if ("logging" in settings) {
    const { logging } = settings;
    setDocument(
      bucket,
      "logging",
      logging &&
        writeXml("BucketLoggingStatus", {
          LoggingEnabled: { TargetBucket: logging.targetBucket, TargetPrefix: logging.prefix },
        }),
    );
  }
}

/** A public access block from its short form. */
export function asBlock(block: PublicAccessBlock | boolean | undefined): PublicAccessBlock | undefined {
  if (typeof block !== "boolean") return block;
  return { blockPublicAcls: block, ignorePublicAcls: block, blockPublicPolicy: block, restrictPublicBuckets: block };
}

function asText(policy: string | object): string {
  return typeof policy === "string" ? policy : JSON.stringify(policy);
}

function asGrants(acl: CannedAcl | readonly Grant[], ownerAccountId: string): readonly Grant[] {
  return typeof acl === "string" ? cannedGrants(acl, ownerAccountId, ownerAccountId) : acl;
}

function setDocument(
  bucket: Bucket,
  name: Parameters<Bucket["documents"]["set"]>[0],
  document: string | undefined,
): void {
  if (document === undefined) bucket.documents.delete(name);
  else bucket.documents.set(name, document);
}

function lifecycleDocument({
  prefix,
  expireAfterDays,
  abortUploadsAfterDays,
}: NonNullable<BucketSettings["lifecycle"]>): string {
  return writeXml("LifecycleConfiguration", {
    Rule: {
      ID: "rule",
      Status: "Enabled",
      Filter: { Prefix: prefix },
      Expiration: expireAfterDays === undefined ? undefined : { Days: expireAfterDays },
      AbortIncompleteMultipartUpload:
        abortUploadsAfterDays === undefined ? undefined : { DaysAfterInitiation: abortUploadsAfterDays },
    },
  });
}

function setObjectAcl(bucket: Bucket, key: string, acl: CannedAcl | readonly Grant[]): void {
  const [current, ...older] = bucket.objects.get(key) ?? [];
  if (current === undefined) throw new Error(`Cannot set an ACL: bucket ${bucket.name} has no object ${key}`);
  const grants = asGrants(acl, current.metadata.ownerAccountId);
  bucket.objects.set(key, [{ ...current, metadata: { ...current.metadata, grants } }, ...older]);
}

async function put(
  state: StoreState,
  bucket: Bucket,
  key: string,
  bytes: Buffer,
  contentType = "binary/octet-stream",
): Promise<void> {
  const { ownerAccountId } = bucket;
  const metadata = {
    headers: { "content-type": contentType },
    user: {},
    tags: [],
    encryption: undefined,
    ownerAccountId,
    grants: cannedGrants("private", ownerAccountId, ownerAccountId),
  };
  storeObject(
    { state, bucket, key },
    { blob: await state.blobs.write(bytes), etag: md5(bytes), checksum: undefined, metadata },
  );
}

async function read(bucket: Bucket, key: string): Promise<Buffer> {
  const version = findVersion(bucket, key);
  if (!isStored(version)) throw new Error(`Cannot read: bucket ${bucket.name} has no object ${key}`);
  return await version.blob.read();
}
