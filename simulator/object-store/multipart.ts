// In: the calls of an upload in parts. Out: unfinished uploads, then one object. Between create and complete (or
// abort) the parts take room and are seen by nobody but the lists here; that is what a client may leave behind.

import { authorize } from "./authorize.ts";
import type { Upload, UploadedPart } from "./bucket.ts";
import {
  type Checksum,
  checksumAlgorithms,
  checksumElement,
  combineChecksums,
  isChecksumAlgorithm,
} from "./checksums.ts";
import { canonicalId } from "./grants.ts";
import { checksumHeaders, encryptionHeaders, readMetadata, versionHeaders } from "./object-metadata.ts";
import { checkWriteConditions } from "./preconditions.ts";
import { authorizeWrite, currentObject, md5, storeObject } from "./put-object.ts";
import { S3Error } from "./s3-error.ts";
import { findQuery, findSetting } from "./s3-request.ts";
import { type Answer, type BucketCall, createId, emptyAnswer, xmlAnswer } from "./store-state.ts";
import { findChildren, findText, parseXml, writeXml, type XmlElement } from "./xml.ts";

const smallestPartBytes = 5 * 1024 * 1024; // except for the last part
const largestPartNumber = 10_000;

/** CreateMultipartUpload. */
export function createUpload(call: BucketCall): Answer {
  const { bucket, key, request, state } = call;
  authorizeWrite(call);
  const algorithm = findSetting(request, "x-amz-checksum-algorithm")?.toUpperCase();
  if (algorithm !== undefined && !isChecksumAlgorithm(algorithm))
    throw new S3Error("InvalidRequest", "Checksum algorithm provided is unsupported.");
  const checksumType = readChecksumType(findSetting(request, "x-amz-checksum-type"), algorithm);
  const upload: Upload = {
    uploadId: createId(),
    key,
    startedAt: state.now(),
    metadata: readMetadata(call),
    algorithm,
    checksumType,
    parts: new Map(),
  };
  bucket.uploads.set(upload.uploadId, upload);
  return xmlAnswer(
    writeXml("InitiateMultipartUploadResult", { Bucket: bucket.name, Key: key, UploadId: upload.uploadId }),
    {
      ...encryptionHeaders(upload.metadata.encryption),
      ...(algorithm === undefined
        ? {}
        : { "x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": checksumType }),
    },
  );
}

function readChecksumType(asked: string | undefined, algorithm: string | undefined): Checksum["type"] {
  const type = asked?.toUpperCase() ?? (algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  if (type !== "FULL_OBJECT" && type !== "COMPOSITE")
    throw new S3Error("InvalidRequest", "Value for x-amz-checksum-type header is invalid.");
  const isImpossible = type === "FULL_OBJECT" ? algorithm?.startsWith("SHA") === true : algorithm === "CRC64NVME";
  if (isImpossible)
    throw new S3Error(
      "InvalidRequest",
      `The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    );
  return type;
}

/** UploadPart. */
export async function uploadPart(call: BucketCall): Promise<Answer> {
  const { bucket, key, payload, state, request } = call;
  authorize(call, { action: "s3:PutObject", bucket, key });
  const upload = getUpload(call);
  const partNumber = Number(findQuery(request, "partNumber"));
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > largestPartNumber) {
    throw new S3Error(
      "InvalidArgument",
      `Part number must be an integer between 1 and ${largestPartNumber}, inclusive`,
    );
  }
  const { checksum } = payload;
  if (checksum !== undefined && upload.algorithm !== undefined && checksum.algorithm !== upload.algorithm) {
    throw new S3Error(
      "InvalidRequest",
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm.toLowerCase()}, actual checksum Type: ${checksum.algorithm.toLowerCase()}`,
    );
  }
  const part: UploadedPart = {
    blob: await state.blobs.write(payload.bytes),
    etag: md5(payload.bytes),
    checksum,
    uploadedAt: state.now(),
  };
  upload.parts.set(partNumber, part);
  return emptyAnswer(200, {
    etag: `"${part.etag}"`,
    ...checksumHeaders(part),
    ...encryptionHeaders(upload.metadata.encryption),
  });
}

/** CompleteMultipartUpload. */
export async function completeUpload(call: BucketCall): Promise<Answer> {
  const { bucket, key, request, state } = call;
  authorize(call, { action: "s3:PutObject", bucket, key });
  const upload = getUpload(call);
  const parts = readPartList(call, upload);
  const buffers = await Promise.all(parts.map((part) => part.blob.read()));
  const checksum =
    upload.algorithm === undefined ? undefined : combineChecksums(upload.algorithm, upload.checksumType, buffers);
  checkFinalChecksum(call, checksum);
  const blob = await state.blobs.write(Buffer.concat(buffers));
  checkWriteConditions(request, currentObject(bucket, key));
  if (!bucket.uploads.delete(upload.uploadId)) throw noSuchUpload(); // completed or aborted while we read
  const etag = `${md5(Buffer.concat(parts.map((part) => Buffer.from(part.etag, "hex"))))}-${parts.length}`;
  const stored = storeObject(call, {
    blob,
    etag,
    checksum,
    metadata: upload.metadata,
    partSizes: buffers.map((buffer) => buffer.length),
  });
  const body = writeXml("CompleteMultipartUploadResult", {
    Location: `http://${request.headers.get("host")}/${bucket.name}/${encodeURI(key)}`,
    Bucket: bucket.name,
    Key: key,
    ETag: `"${etag}"`,
    ...(checksum === undefined
      ? {}
      : { [checksumElement(checksum.algorithm)]: checksum.value, ChecksumType: checksum.type }),
  });
  return xmlAnswer(body, {
    ...versionHeaders(bucket, stored.versionId),
    ...encryptionHeaders(stored.metadata.encryption),
  });
}

function readPartList({ payload }: BucketCall, upload: Upload): UploadedPart[] {
  const document = parseXml(payload.bytes.toString("utf8"));
  const listed = findChildren(document, "Part");
  if (document.name !== "CompleteMultipartUpload" || listed.length === 0)
    throw new S3Error("MalformedXML", "You must specify at least one part");
  const numbers = listed.map((part) => Number(findText(part, "PartNumber")));
  if (numbers.some((number, index) => number <= (numbers[index - 1] ?? 0))) {
    throw new S3Error(
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
    );
  }
  const parts = listed.map((part) => findPart(part, upload));
  const small = parts.slice(0, -1).find((part) => part.blob.sizeBytes < smallestPartBytes);
  if (small !== undefined) {
    throw new S3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      ProposedSize: small.blob.sizeBytes,
      MinSizeAllowed: smallestPartBytes,
    });
  }
  return parts;
}

function findPart(listed: XmlElement, upload: Upload): UploadedPart {
  const part = upload.parts.get(Number(findText(listed, "PartNumber")));
  const isSame =
    part !== undefined &&
    findText(listed, "ETag")?.replaceAll('"', "") === part.etag &&
    checksumAlgorithms.every((algorithm) => hasChecksum(listed, part, algorithm));
  if (isSame) return part;
  throw new S3Error(
    "InvalidPart",
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    {
      UploadId: upload.uploadId,
      PartNumber: findText(listed, "PartNumber") ?? "",
    },
  );
}

function hasChecksum(listed: XmlElement, part: UploadedPart, algorithm: Checksum["algorithm"]): boolean {
  const claimed = findText(listed, checksumElement(algorithm));
  return claimed === undefined || (part.checksum?.algorithm === algorithm && part.checksum.value === claimed);
}

/** A checksum of the whole may come with the last call; it speaks of the object, not of the call's own body. */
function checkFinalChecksum({ request }: BucketCall, checksum: Checksum | undefined): void {
  if (checksum === undefined) return;
  const claimed = request.headers.get(`x-amz-checksum-${checksum.algorithm.toLowerCase()}`);
  if (claimed !== undefined && claimed !== checksum.value)
    throw new S3Error("BadDigest", `The ${checksum.algorithm} you specified did not match the calculated checksum.`);
}

/** AbortMultipartUpload. */
export function abortUpload(call: BucketCall): Answer {
  const { bucket, key } = call;
  authorize(call, { action: "s3:AbortMultipartUpload", bucket, key });
  bucket.uploads.delete(getUpload(call).uploadId);
  return emptyAnswer(204);
}

/** ListParts. */
export function listParts(call: BucketCall): Answer {
  const { bucket, key, request } = call;
  authorize(call, { action: "s3:ListMultipartUploadParts", bucket, key });
  const upload = getUpload(call);
  const marker = Number(findQuery(request, "part-number-marker") ?? 0);
  const maximum = Math.min(Number(findQuery(request, "max-parts") ?? 1000), 1000);
  const waiting = [...upload.parts].filter(([number]) => number > marker).sort(([left], [right]) => left - right);
  const shown = waiting.slice(0, maximum);
  const owner = { ID: canonicalId(upload.metadata.ownerAccountId) };
  const body = writeXml("ListPartsResult", {
    Bucket: bucket.name,
    Key: key,
    UploadId: upload.uploadId,
    Initiator: owner,
    Owner: owner,
    StorageClass: "STANDARD",
    ChecksumAlgorithm: upload.algorithm,
    ChecksumType: upload.algorithm === undefined ? undefined : upload.checksumType,
    PartNumberMarker: marker,
    NextPartNumberMarker: shown.at(-1)?.[0],
    MaxParts: maximum,
    IsTruncated: shown.length < waiting.length,
    Part: shown.map(([number, part]) => ({
      PartNumber: number,
      LastModified: new Date(part.uploadedAt).toISOString(),
      ETag: `"${part.etag}"`,
      Size: part.blob.sizeBytes,
      ...(part.checksum === undefined ? {} : { [checksumElement(part.checksum.algorithm)]: part.checksum.value }),
    })),
  });
  return xmlAnswer(body);
}

/** ListMultipartUploads. */
export function listUploads(call: BucketCall): Answer {
  const { bucket, request } = call;
  authorize(call, { action: "s3:ListBucketMultipartUploads", bucket, key: "" });
  const prefix = findQuery(request, "prefix") ?? "";
  const uploads = [...bucket.uploads.values()]
    .filter(({ key }) => key.startsWith(prefix))
    .sort((left, right) => Buffer.compare(Buffer.from(left.key), Buffer.from(right.key)));
  const body = writeXml("ListMultipartUploadsResult", {
    Bucket: bucket.name,
    Prefix: prefix,
    MaxUploads: 1000,
    IsTruncated: false,
    Upload: uploads.map((upload) => ({
      Key: upload.key,
      UploadId: upload.uploadId,
      Owner: { ID: canonicalId(upload.metadata.ownerAccountId) },
      StorageClass: "STANDARD",
      Initiated: new Date(upload.startedAt).toISOString(),
      ChecksumAlgorithm: upload.algorithm,
    })),
  });
  return xmlAnswer(body);
}

function getUpload({ bucket, key, request }: BucketCall): Upload {
  const upload = bucket.uploads.get(findQuery(request, "uploadId") ?? "");
  if (upload?.key !== key) throw noSuchUpload();
  return upload;
}

function noSuchUpload(): S3Error {
  return new S3Error(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
  );
}
