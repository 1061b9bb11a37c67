// In: the calls about the ACL and the tags of one object. Out: them, changed or reported.

import { authorize, missingKey } from "./authorize.ts";
import { findVersion, isStored, type ObjectMetadata, type StoredObject } from "./bucket.ts";
import { readNewGrants } from "./bucket-settings.ts";
import { aclContent, cannedGrants } from "./grants.ts";
import { parseTagDocument } from "./object-metadata.ts";
import { findQuery } from "./s3-request.ts";
import { type Answer, type BucketCall, emptyAnswer, xmlAnswer } from "./store-state.ts";
import { writeXml } from "./xml.ts";

/** GetObjectAcl. */
export function getObjectAcl(call: BucketCall): Answer {
  const { metadata } = findObject(call, "s3:GetObjectAcl");
  const { bucket } = call;
  const isEnforced = bucket.ownership === "BucketOwnerEnforced";
  const owner = isEnforced ? bucket.ownerAccountId : metadata.ownerAccountId;
  return xmlAnswer(
    writeXml(
      "AccessControlPolicy",
      aclContent(owner, isEnforced ? cannedGrants("private", owner, owner) : metadata.grants),
    ),
  );
}

/** PutObjectAcl. */
export function putObjectAcl(call: BucketCall): Answer {
  const object = findObject(call, "s3:PutObjectAcl");
  changeMetadata(call, object, { grants: readNewGrants(call, object.metadata.ownerAccountId) });
  return emptyAnswer();
}

/** GetObjectTagging. */
export function getObjectTagging(call: BucketCall): Answer {
  const { metadata } = findObject(call, "s3:GetObjectTagging");
  return xmlAnswer(
    writeXml("Tagging", { TagSet: { Tag: metadata.tags.map(([name, value]) => ({ Key: name, Value: value })) } }),
  );
}

/** PutObjectTagging. */
export function putObjectTagging(call: BucketCall): Answer {
  const object = findObject(call, "s3:PutObjectTagging");
  changeMetadata(call, object, { tags: parseTagDocument(call.payload.bytes.toString("utf8")) });
  return emptyAnswer();
}

/** DeleteObjectTagging. */
export function deleteObjectTagging(call: BucketCall): Answer {
  changeMetadata(call, findObject(call, "s3:DeleteObjectTagging"), { tags: [] });
  return emptyAnswer(204);
}

function findObject(call: BucketCall, action: string): StoredObject {
  const { bucket, key, request } = call;
  const versionId = findQuery(request, "versionId");
  authorize(call, { action, bucket, key, facts: { "s3:versionid": versionId } });
  const version = findVersion(bucket, key, versionId);
  if (!isStored(version)) throw missingKey(call, versionId === undefined ? "NoSuchKey" : "NoSuchVersion");
  return version;
}

function changeMetadata({ bucket, key }: BucketCall, object: StoredObject, change: Partial<ObjectMetadata>): void {
  const changed = Object.freeze({ ...object, metadata: Object.freeze({ ...object.metadata, ...change }) });
  const versions = bucket.objects.get(key) ?? [];
  bucket.objects.set(
    key,
    versions.map((version) => (version === object ? changed : version)),
  );
}
