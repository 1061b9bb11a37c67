// In: a verified upload. Out: a new current version of its key, and the answer that names its ETag, checksum and
// version. Also the copy of an object, which is an upload whose bytes are here already, and tags and ACL of an object.

import { createHash } from "node:crypto";
import { authorize, authorizeKey, checkExpectedOwner, missingKey } from "./authorize.ts";
import type { Blob } from "./blobs.ts";
import {
  addVersion,
  type Bucket,
  findVersion,
  isStored,
  nullVersion,
  type ObjectMetadata,
  type StoredObject,
} from "./bucket.ts";
import { type Checksum, checksumElement, computeChecksum, isChecksumAlgorithm } from "./checksums.ts";
import { checksumHeaders, encryptionHeaders, readMetadata, versionHeaders } from "./object-metadata.ts";
import { checkWriteConditions } from "./preconditions.ts";
import { S3Error } from "./s3-error.ts";
import { decode, findSetting } from "./s3-request.ts";
import {
  type Answer,
  type BucketCall,
  createId,
  emptyAnswer,
  getBucket,
  type StoreState,
  xmlAnswer,
} from "./store-state.ts";
import { writeXml } from "./xml.ts";

/** PutObject. */
export async function putObject(call: BucketCall): Promise<Answer> {
  const { bucket, key, payload } = call;
  authorizeWrite(call);
  const metadata = readMetadata(call);
  const blob = await call.state.blobs.write(payload.bytes);
  checkWriteConditions(call.request, currentObject(bucket, key)); // after the last wait: two writers cannot both pass
  const stored = storeObject(call, { blob, etag: md5(payload.bytes), checksum: payload.checksum, metadata });
  return emptyAnswer(200, writtenHeaders(bucket, stored));
}

/** The rights that any way of making an object needs. */
export function authorizeWrite(call: BucketCall): void {
  const { bucket, key, request } = call;
  authorize(call, { action: "s3:PutObject", bucket, key });
  const setsAcl = [...request.headers.keys()].some((name) => name === "x-amz-acl" || name.startsWith("x-amz-grant-"));
  if (setsAcl) authorize(call, { action: "s3:PutObjectAcl", bucket, key });
  if (findSetting(request, "x-amz-tagging") !== undefined)
    authorize(call, { action: "s3:PutObjectTagging", bucket, key });
}

/** What makes a version, besides its id and time. */
export interface NewObject {
  readonly blob: Blob;
  readonly etag: string;
  readonly checksum: Checksum | undefined;
  readonly metadata: ObjectMetadata;
  readonly partSizes?: readonly number[];
}

/** Makes a new current version. */
export function storeObject(
  { state, bucket, key }: { state: StoreState; bucket: Bucket; key: string },
  object: NewObject,
): StoredObject {
  const versionId = bucket.versioning === "Enabled" ? createId() : nullVersion;
  const stored = Object.freeze({ partSizes: undefined, ...object, versionId, modifiedAt: state.now() });
  addVersion(bucket, key, stored);
  return stored;
}

/** Headers of the answer to a write. */
function writtenHeaders(bucket: Bucket, stored: StoredObject): Record<string, string> {
  return {
    etag: `"${stored.etag}"`,
    ...checksumHeaders(stored),
    ...encryptionHeaders(stored.metadata.encryption),
    ...versionHeaders(bucket, stored.versionId),
  };
}

/** The current object, unless there is none or it was deleted. */
export function currentObject(bucket: Bucket, key: string): StoredObject | undefined {
  const version = findVersion(bucket, key);
  return isStored(version) ? version : undefined;
}

/** CopyObject. */
export async function copyObject(call: BucketCall): Promise<Answer> {
  const { bucket, key, request, state } = call;
  const { source, sourceCall } = findSource(call);
  authorizeWrite(call);
  const directive = findSetting(request, "x-amz-metadata-directive") ?? "COPY";
  if (directive !== "COPY" && directive !== "REPLACE")
    throw new S3Error("InvalidArgument", "Unknown metadata directive.");
  if (
    sourceCall.bucket === bucket &&
    sourceCall.key === key &&
    directive === "COPY" &&
    findSetting(request, "x-amz-server-side-encryption") === undefined
  ) {
    throw new S3Error(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const own = readMetadata(call);
  const metadata =
    directive === "REPLACE"
      ? own
      : { ...own, headers: source.metadata.headers, user: source.metadata.user, tags: source.metadata.tags };
  const bytes = await source.blob.read();
  const blob = await state.blobs.write(bytes);
  checkWriteConditions(request, currentObject(bucket, key));
  const stored = storeObject(call, { blob, etag: md5(bytes), checksum: copyChecksum(call, source, bytes), metadata });
  const body = writeXml("CopyObjectResult", {
    LastModified: new Date(stored.modifiedAt).toISOString(),
    ETag: `"${stored.etag}"`,
    ...(stored.checksum === undefined ? {} : { [checksumElement(stored.checksum.algorithm)]: stored.checksum.value }),
  });
  return xmlAnswer(body, {
    ...versionHeaders(bucket, stored.versionId),
    ...encryptionHeaders(stored.metadata.encryption),
  });
}

function findSource(call: BucketCall): { source: StoredObject; sourceCall: BucketCall } {
  const { request, state } = call;
  const [path = "", query = ""] = (request.headers.get("x-amz-copy-source") ?? "").split("?");
  const [, bucketName, encodedKey] = /^\/?([^/]+)\/(.+)$/.exec(path) ?? [];
  if (bucketName === undefined || encodedKey === undefined)
    throw new S3Error("InvalidArgument", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
  const sourceCall = { ...call, bucket: getBucket(state, bucketName), key: decode(encodedKey) };
  checkExpectedOwner(call, sourceCall.bucket, "x-amz-source-expected-bucket-owner");
  const versionId = new URLSearchParams(query).get("versionId") ?? undefined;
  authorize(call, {
    action: versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion",
    bucket: sourceCall.bucket,
    key: sourceCall.key,
    facts: { "s3:versionid": versionId },
  });
  const source = findVersion(sourceCall.bucket, sourceCall.key, versionId);
  if (!isStored(source)) throw missingKey(sourceCall, versionId === undefined ? "NoSuchKey" : "NoSuchVersion");
  if (source.metadata.encryption?.kmsKeyId !== undefined)
    authorizeKey(call, "kms:Decrypt", source.metadata.encryption.kmsKeyId);
  const ifMatch = request.headers.get("x-amz-copy-source-if-match")?.replaceAll('"', "");
  const ifNoneMatch = request.headers.get("x-amz-copy-source-if-none-match")?.replaceAll('"', "");
  if ((ifMatch !== undefined && ifMatch !== source.etag) || ifNoneMatch === source.etag) {
    throw new S3Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
  }
  return { source, sourceCall };
}

function copyChecksum({ request }: BucketCall, source: StoredObject, bytes: Buffer): Checksum | undefined {
  const asked = findSetting(request, "x-amz-checksum-algorithm")?.toUpperCase() ?? source.checksum?.algorithm;
  if (asked === undefined) return undefined;
  if (!isChecksumAlgorithm(asked)) throw new S3Error("InvalidRequest", "Checksum algorithm provided is unsupported.");
  return { algorithm: asked, value: computeChecksum(asked, bytes), type: "FULL_OBJECT" };
}

/** MD5 in hex, the ETag of an object that came in one piece. */
export function md5(bytes: Buffer): string {
  return createHash("md5").update(bytes).digest("hex");
}
