// In: one key to delete, or a list of them. Out: the key is gone, or hidden behind a delete marker where the bucket
// keeps versions. Deleting what is not there succeeds, as in S3.

import { authorize, isAllowed } from "./authorize.ts";
import { addVersion, type Bucket, findVersion, nullVersion, removeVersion } from "./bucket.ts";
import { S3Error } from "./s3-error.ts";
import { findQuery } from "./s3-request.ts";
import { type Answer, type BucketCall, createId, emptyAnswer, type StoreState, xmlAnswer } from "./store-state.ts";
import { findChildren, findText, parseXml, writeXml, type XmlValue } from "./xml.ts";

const maximumKeys = 1000;

/** DeleteObject. */
export function deleteObject(call: BucketCall): Answer {
  const { bucket, key, request, state } = call;
  const versionId = findQuery(request, "versionId");
  authorize(call, { action: actionFor(versionId), bucket, key, facts: { "s3:versionid": versionId } });
  return emptyAnswer(204, deletionHeaders(removeObject(state, bucket, key, versionId)));
}

/** DeleteObjects: one answer for each key, refused or not. */
export function deleteObjects(call: BucketCall): Answer {
  if (call.payload.checksum === undefined && call.request.headers.get("content-md5") === undefined) {
    throw new S3Error("InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  }
  const document = parseXml(call.payload.bytes.toString("utf8"));
  const objects = findChildren(document, "Object");
  if (document.name !== "Delete" || objects.length === 0 || objects.length > maximumKeys) {
    throw new S3Error("MalformedXML", `A deletion names between 1 and ${maximumKeys} objects`);
  }
  const outcomes = objects.map((object) =>
    deleteListed(call, findText(object, "Key") ?? "", findText(object, "VersionId")),
  );
  const isQuiet = findText(document, "Quiet") === "true";
  return xmlAnswer(
    writeXml("DeleteResult", {
      Deleted: isQuiet ? [] : outcomes.flatMap(({ deleted }) => deleted ?? []),
      Error: outcomes.flatMap(({ error }) => error ?? []),
    }),
  );
}

function deleteListed(
  call: BucketCall,
  key: string,
  versionId: string | undefined,
): { deleted?: XmlValue; error?: XmlValue } {
  const { bucket, state } = call;
  const wish = { action: actionFor(versionId), bucket, key, facts: { "s3:versionid": versionId } };
  if (!isAllowed(call, wish))
    return { error: { Key: key, VersionId: versionId, Code: "AccessDenied", Message: "Access Denied" } };
  const { marker, removed } = removeObject(state, bucket, key, versionId);
  return {
    deleted: {
      Key: key,
      VersionId: versionId,
      DeleteMarker: marker !== undefined || removed || undefined,
      DeleteMarkerVersionId: marker,
    },
  };
}

function actionFor(versionId: string | undefined): string {
  return versionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
}

interface Deletion {
  /** The version id of a delete marker that was made. */
  readonly marker?: string;
  /** Whether the version that was removed was itself a delete marker. */
  readonly removed?: true;
  readonly versionId?: string;
}

/** Removes a version, or what is current: for good, or behind a delete marker where versions are kept. */
export function removeObject(state: StoreState, bucket: Bucket, key: string, versionId?: string): Deletion {
  if (versionId !== undefined) {
    const version = findVersion(bucket, key, versionId);
    removeVersion(bucket, key, versionId);
    return { versionId, ...(version !== undefined && version.blob === undefined ? { removed: true } : {}) };
  }
  if (bucket.versioning === undefined) {
    removeVersion(bucket, key, nullVersion);
    return {};
  }
  const marker = bucket.versioning === "Enabled" ? createId() : nullVersion;
  const metadata = {
    headers: {},
    user: {},
    tags: [],
    encryption: undefined,
    ownerAccountId: bucket.ownerAccountId,
    grants: [],
  };
  addVersion(bucket, key, {
    versionId: marker,
    modifiedAt: state.now(),
    blob: undefined,
    etag: "",
    checksum: undefined,
    partSizes: undefined,
    metadata,
  });
  return { marker };
}

function deletionHeaders({ marker, removed, versionId }: Deletion): Record<string, string> {
  if (marker !== undefined) return { "x-amz-delete-marker": "true", "x-amz-version-id": marker };
  if (versionId === undefined) return {};
  return { "x-amz-version-id": versionId, ...(removed ? { "x-amz-delete-marker": "true" } : {}) };
}
