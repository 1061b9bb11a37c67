// In: a request for an object. Out: its bytes or a part of them, or its headers alone, or its attributes. The overrides
// response-content-disposition and the like are honoured for signed requests only, because they are covered by the
// signature; for anyone else they would let a stranger decide what a link shows.

import { authorize, authorizeKey, missingKey } from "./authorize.ts";
import { findVersion, isStored, type StoredObject } from "./bucket.ts";
import { checksumElement } from "./checksums.ts";
import { checksumHeaders, encryptionHeaders, versionHeaders } from "./object-metadata.ts";
import { checkReadConditions } from "./preconditions.ts";
import { S3Error } from "./s3-error.ts";
import { findQuery, findSetting } from "./s3-request.ts";
import { type Answer, type BucketCall, emptyAnswer, xmlAnswer } from "./store-state.ts";
import { writeXml } from "./xml.ts";

const overrides = [
  "content-type",
  "content-disposition",
  "content-encoding",
  "content-language",
  "cache-control",
  "expires",
];

/** GetObject and HeadObject; the caller drops the body for HEAD. */
export async function getObject(call: BucketCall): Promise<Answer> {
  const object = findReadable(call);
  const { request } = call;
  const headers = { ...objectHeaders(call, object), ...readOverrides(call) };
  if (checkReadConditions(request, object) === "not modified") return emptyAnswer(304, { etag: `"${object.etag}"` });
  const range = readRange(request.headers.get("range"), object.blob.sizeBytes) ?? readPart(call, object);
  if (range === undefined) {
    // A checksum of the whole says nothing about a part of it, so only whole answers carry it.
    const checksums =
      findSetting(request, "x-amz-checksum-mode")?.toUpperCase() === "ENABLED" ? checksumHeaders(object) : {};
    return {
      status: 200,
      headers: { ...headers, ...checksums, "content-length": object.blob.sizeBytes },
      body: await bytesFor(call, object),
    };
  }
  const { start, end } = range;
  const contentRange = `bytes ${start}-${end - 1}/${object.blob.sizeBytes}`;
  return {
    status: 206,
    headers: { ...headers, "content-range": contentRange, "content-length": end - start },
    body: await bytesFor(call, object, start, end),
  };
}

/** The object that a request names, if the caller may read it. */
function findReadable(call: BucketCall, action = "s3:GetObject"): StoredObject {
  const { bucket, key, request } = call;
  const versionId = findQuery(request, "versionId");
  authorize(call, {
    action: versionId === undefined ? action : action.replace("Object", "ObjectVersion"),
    bucket,
    key,
    facts: { "s3:versionid": versionId },
  });
  const version = findVersion(bucket, key, versionId);
  if (version === undefined) throw missingKey(call, versionId === undefined ? "NoSuchKey" : "NoSuchVersion");
  if (!isStored(version)) {
    const headers = { "x-amz-delete-marker": "true", "x-amz-version-id": version.versionId };
    if (versionId !== undefined)
      throw new S3Error("MethodNotAllowed", "The specified method is not allowed against this resource.", {}, headers);
    throw new S3Error("NoSuchKey", "The specified key does not exist.", { Key: key }, headers);
  }
  if (version.metadata.encryption?.kmsKeyId !== undefined)
    authorizeKey(call, "kms:Decrypt", version.metadata.encryption.kmsKeyId);
  return version;
}

function bytesFor(
  { request }: BucketCall,
  object: StoredObject,
  start?: number,
  end?: number,
): Promise<Buffer> | Buffer {
  return request.method === "HEAD" ? Buffer.alloc(0) : object.blob.read(start, end);
}

function objectHeaders({ bucket }: BucketCall, object: StoredObject): Record<string, string> {
  const { metadata, etag, modifiedAt, versionId } = object;
  return {
    ...metadata.headers,
    ...Object.fromEntries(Object.entries(metadata.user).map(([name, value]) => [`x-amz-meta-${name}`, value])),
    ...(metadata.tags.length === 0 ? {} : { "x-amz-tagging-count": String(metadata.tags.length) }),
    ...(object.partSizes === undefined ? {} : { "x-amz-mp-parts-count": String(object.partSizes.length) }),
    "accept-ranges": "bytes",
    etag: `"${etag}"`,
    "last-modified": new Date(modifiedAt).toUTCString(),
    ...encryptionHeaders(metadata.encryption),
    ...versionHeaders(bucket, versionId),
  };
}

function readOverrides({ request, authentication }: BucketCall): Record<string, string> {
  const asked = overrides.flatMap((name) => {
    const value = findQuery(request, `response-${name}`);
    return value === undefined ? [] : [[name, value] as const];
  });
  if (asked.length > 0 && authentication.carrier === "none") {
    throw new S3Error("InvalidRequest", "Request specific response headers cannot be used for anonymous GET requests.");
  }
  if (asked.some(([, value]) => /[\r\n]/.test(value)))
    throw new S3Error("InvalidArgument", "A response header cannot hold a line break");
  return Object.fromEntries(asked);
}

/** One range of bytes; several ranges or nonsense mean the whole object, a start behind its end is refused. */
function readRange(header: string | undefined, sizeBytes: number): { start: number; end: number } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  const start = first === "" ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === "" || last === "" ? sizeBytes : Math.min(sizeBytes, Number(last) + 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  if (start >= sizeBytes || (first === "" && last === "0")) {
    throw new S3Error(
      "InvalidRange",
      "The requested range is not satisfiable",
      { RangeRequested: header ?? "", ActualObjectSize: sizeBytes },
      { "content-range": `bytes */${sizeBytes}` },
    );
  }
  return { start, end };
}

function readPart({ request }: BucketCall, object: StoredObject): { start: number; end: number } | undefined {
  const asked = findQuery(request, "partNumber");
  if (asked === undefined) return undefined;
  const sizes = object.partSizes ?? [object.blob.sizeBytes];
  const size = sizes[Number(asked) - 1];
  if (size === undefined) throw new S3Error("InvalidRange", "The requested partnumber is not satisfiable");
  const start = sizes.slice(0, Number(asked) - 1).reduce((sum, part) => sum + part, 0);
  return size === 0 ? undefined : { start, end: start + size };
}

/** GetObjectAttributes. */
export function getObjectAttributes(call: BucketCall): Answer {
  const { bucket, key, request } = call;
  const object = findReadable(call);
  authorize(call, { action: "s3:GetObjectAttributes", bucket, key });
  const asked = (request.headers.get("x-amz-object-attributes") ?? "").split(",").map((name) => name.trim());
  if (asked[0] === "")
    throw new S3Error(
      "InvalidRequest",
      "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty",
    );
  const { checksum, partSizes } = object;
  const body = writeXml("GetObjectAttributesResponse", {
    ETag: asked.includes("ETag") ? object.etag : undefined,
    Checksum:
      asked.includes("Checksum") && checksum !== undefined
        ? { [checksumElement(checksum.algorithm)]: checksum.value, ChecksumType: checksum.type }
        : undefined,
    ObjectParts:
      asked.includes("ObjectParts") && partSizes !== undefined ? { PartsCount: partSizes.length } : undefined,
    StorageClass: asked.includes("StorageClass") ? "STANDARD" : undefined,
    ObjectSize: asked.includes("ObjectSize") ? object.blob.sizeBytes : undefined,
  });
  return xmlAnswer(body, {
    "last-modified": new Date(object.modifiedAt).toUTCString(),
    ...versionHeaders(bucket, object.versionId),
  });
}
