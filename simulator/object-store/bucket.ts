// In: nothing. Out: the state of one bucket: its settings, the versions of its objects and its unfinished uploads, with
// the few steps that change them. A setting that S3 merely keeps and gives back (website, CORS …) is kept as the XML
// that was put; a setting that decides something is kept as a value.

import type { Blob } from "./blobs.ts";
import type { Checksum, ChecksumAlgorithm } from "./checksums.ts";
import type { Grant } from "./grants.ts";
import type { Policy } from "./policy.ts";

/** Settings that are kept as their XML document. */
export type DocumentName = "website" | "cors" | "encryption" | "lifecycle" | "logging" | "tagging";

/** The four switches that override public policies and ACLs. */
export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

/** Who owns the objects of a bucket, and whether ACLs count: they do not with BucketOwnerEnforced. */
export type Ownership = "BucketOwnerEnforced" | "BucketOwnerPreferred" | "ObjectWriter";

/** Encryption as it was asked for, or as the bucket's default made it. */
export interface Encryption {
  readonly algorithm: "AES256" | "aws:kms" | "aws:kms:dsse";
  readonly kmsKeyId?: string | undefined;
}

/** What describes an object besides its bytes. */
export interface ObjectMetadata {
  /** Content-Type, Content-Disposition … by lower-case header name. */
  readonly headers: Readonly<Record<string, string>>;
  /** x-amz-meta-*, without that prefix. */
  readonly user: Readonly<Record<string, string>>;
  readonly tags: readonly (readonly [name: string, value: string])[];
  readonly encryption: Encryption | undefined;
  readonly ownerAccountId: string;
  readonly grants: readonly Grant[];
}

/** One version of an object; a delete marker has no blob. */
export interface ObjectVersion {
  readonly versionId: string;
  readonly modifiedAt: number;
  readonly blob: Blob | undefined;
  /** Without quotes. */
  readonly etag: string;
  readonly checksum: Checksum | undefined;
  readonly partSizes: readonly number[] | undefined;
  readonly metadata: ObjectMetadata;
}

/** A version with bytes. */
export interface StoredObject extends ObjectVersion {
  readonly blob: Blob;
}

/** A part of an unfinished upload. */
export interface UploadedPart {
  readonly blob: Blob;
  readonly etag: string;
  readonly checksum: Checksum | undefined;
  readonly uploadedAt: number;
}

/** A multipart upload that is neither completed nor aborted. */
export interface Upload {
  readonly uploadId: string;
  readonly key: string;
  readonly startedAt: number;
  readonly metadata: ObjectMetadata;
  readonly algorithm: ChecksumAlgorithm | undefined;
  readonly checksumType: Checksum["type"];
  readonly parts: Map<number, UploadedPart>;
}

/** Everything about one bucket. */
export interface Bucket {
  readonly name: string;
  readonly region: string;
  readonly ownerAccountId: string;
  readonly createdAt: number;
  /** Versions by key, newest first; no key has an empty list. */
  readonly objects: Map<string, ObjectVersion[]>;
  readonly uploads: Map<string, Upload>;
  readonly documents: Map<DocumentName, string>;
  versioning: "Enabled" | "Suspended" | undefined;
  ownership: Ownership | undefined;
  publicAccessBlock: PublicAccessBlock | undefined;
  policy: Policy | undefined;
  grants: readonly Grant[];
}

/** The version id of objects in a bucket that keeps no versions. */
export const nullVersion = "null";

/** The current version, or the one named; a delete marker is found only by its name. */
export function findVersion(bucket: Bucket, key: string, versionId?: string): ObjectVersion | undefined {
  const versions = bucket.objects.get(key);
  return versionId === undefined ? versions?.[0] : versions?.find((version) => version.versionId === versionId);
}

/** Whether a version holds bytes, that is, is no delete marker. */
export function isStored(version: ObjectVersion | undefined): version is StoredObject {
  return version?.blob !== undefined;
}

/** Makes a version the current one; without versioning it takes the place of the "null" version. */
export function addVersion(bucket: Bucket, key: string, version: ObjectVersion): void {
  const versions = bucket.objects.get(key) ?? [];
  const kept =
    version.versionId === nullVersion ? versions.filter((older) => older.versionId !== nullVersion) : versions;
  bucket.objects.set(key, [version, ...kept]);
}

/** Removes one version for good. */
export function removeVersion(bucket: Bucket, key: string, versionId: string): void {
  const kept = (bucket.objects.get(key) ?? []).filter((version) => version.versionId !== versionId);
  if (kept.length === 0) bucket.objects.delete(key);
  else bucket.objects.set(key, kept);
}

/** Keys in the order of their UTF-8 bytes, as S3 lists them. */
export function sortedKeys(bucket: Bucket): string[] {
  return [...bucket.objects.keys()].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
}
