// In: the headers of an upload and its bucket's defaults. Out: what is kept beside the bytes; and from that the headers
// of an answer. Encryption is a promise here, not a cipher: it is checked, stored and reported as S3 would.

import { authorizeKey, effectiveBlock } from "./authorize.ts";
import type { Bucket, Encryption, ObjectMetadata, StoredObject } from "./bucket.ts";
import { checksumHeader } from "./checksums.ts";
import { cannedGrants, type Grant, isPublicAcl, readAclHeaders } from "./grants.ts";
import { S3Error } from "./s3-error.ts";
import { findSetting, type S3Request } from "./s3-request.ts";
import { type BucketCall, knownAccounts } from "./store-state.ts";
import { accountOf } from "./users.ts";
import { findChild, findChildren, findText, parseXml, type XmlElement } from "./xml.ts";

const keptHeaders = [
  "content-type",
  "content-disposition",
  "content-encoding",
  "content-language",
  "cache-control",
  "expires",
];
const maximumUserBytes = 2048;

/** What an upload says about its object. */
export function readMetadata(call: BucketCall): ObjectMetadata {
  const { request, bucket } = call;
  const headers = keptHeaders.flatMap((name) => {
    const value = request.headers.get(name);
    const kept = name === "content-encoding" ? withoutStreaming(value) : value;
    return kept === undefined ? [] : [[name, kept] as const];
  });
  const ownerAccountId = accountOf(call.authentication.principal) ?? bucket.ownerAccountId;
  return Object.freeze({
    headers: { "content-type": "binary/octet-stream", ...Object.fromEntries(headers) },
    user: readUserMetadata(request),
    tags: parseTagHeader(findSetting(request, "x-amz-tagging") ?? ""),
    encryption: readEncryption(call),
    ownerAccountId: bucket.ownership === "BucketOwnerEnforced" ? bucket.ownerAccountId : ownerAccountId,
    grants: readGrants(call, ownerAccountId),
  });
}

/** "aws-chunked" describes the transfer only and is not stored. */
function withoutStreaming(value: string | undefined): string | undefined {
  const kept = value
    ?.split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "aws-chunked")
    .join(",");
  return kept === "" ? undefined : kept;
}

function readUserMetadata(request: S3Request): Record<string, string> {
  const prefix = "x-amz-meta-";
  const pairs = [...request.headers, ...request.query.map(([name, value]) => [name.toLowerCase(), value] as const)]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value] as const);
  if (Buffer.byteLength(pairs.flat().join("")) > maximumUserBytes) {
    throw new S3Error("InvalidRequest", "Your metadata headers exceed the maximum allowed metadata size");
  }
  return Object.fromEntries(pairs);
}

function readGrants(call: BucketCall, ownerAccountId: string): readonly Grant[] {
  const { request, bucket, state } = call;
  const asked = readAclHeaders(
    (header) => findSetting(request, header),
    ownerAccountId,
    bucket.ownerAccountId,
    knownAccounts(state),
  );
  if (asked === undefined) return cannedGrants("private", ownerAccountId, bucket.ownerAccountId);
  if (effectiveBlock(state, bucket).blockPublicAcls && isPublicAcl(asked.grants)) {
    throw new S3Error(
      "AccessDenied",
      "The ACL is public, and public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.",
    );
  }
  if (bucket.ownership === "BucketOwnerEnforced" && asked.canned !== "bucket-owner-full-control") {
    throw new S3Error("AccessControlListNotSupported", "The bucket does not allow ACLs");
  }
  return asked.grants;
}

function readEncryption(call: BucketCall): Encryption | undefined {
  const { request, bucket } = call;
  if ([...request.headers.keys()].some((name) => name.startsWith("x-amz-server-side-encryption-customer-"))) {
    throw new S3Error("NotImplemented", "Encryption with customer-provided keys is not implemented by this store.");
  }
  const asked = findSetting(request, "x-amz-server-side-encryption");
  const keyId = findSetting(request, "x-amz-server-side-encryption-aws-kms-key-id");
  const encryption =
    asked === undefined ? defaultEncryption(bucket) : { algorithm: parseAlgorithm(asked), kmsKeyId: keyId };
  if (encryption === undefined || encryption.algorithm === "AES256") {
    if (keyId !== undefined)
      throw new S3Error(
        "InvalidArgument",
        "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
      );
    return encryption;
  }
  const kmsKeyId = keyArn(encryption.kmsKeyId, bucket);
  authorizeKey(call, "kms:GenerateDataKey", kmsKeyId);
  return { algorithm: encryption.algorithm, kmsKeyId };
}

function parseAlgorithm(word: string): Encryption["algorithm"] {
  if (word === "AES256" || word === "aws:kms" || word === "aws:kms:dsse") return word;
  throw new S3Error("InvalidArgument", "The encryption method specified is not supported", {
    ArgumentName: "x-amz-server-side-encryption",
    ArgumentValue: word,
  });
}

function keyArn(keyId: string | undefined, bucket: Bucket): string {
  if (keyId?.startsWith("arn:")) return keyId;
  return `arn:aws:kms:${bucket.region}:${bucket.ownerAccountId}:${keyId === undefined ? "alias/aws/s3" : `key/${keyId}`}`;
}

/** What the bucket's encryption setting makes of an upload that says nothing. */
export function defaultEncryption(bucket: Bucket): Encryption | undefined {
  const document = bucket.documents.get("encryption");
  if (document === undefined) return undefined;
  const rule = findChild(parseXml(document), "Rule");
  const settings = rule === undefined ? undefined : findChild(rule, "ApplyServerSideEncryptionByDefault");
  const algorithm = settings === undefined ? undefined : findText(settings, "SSEAlgorithm");
  if (settings === undefined || algorithm === undefined)
    throw new S3Error("MalformedXML", "An encryption rule needs ApplyServerSideEncryptionByDefault with SSEAlgorithm");
  return { algorithm: parseAlgorithm(algorithm), kmsKeyId: findText(settings, "KMSMasterKeyID") };
}

/** Tags as the x-amz-tagging header writes them: a=1&b=2. */
function parseTagHeader(text: string): ObjectMetadata["tags"] {
  return checkTags([...new URLSearchParams(text)]);
}

/** Tags of a Tagging document. */
export function parseTagDocument(text: string): ObjectMetadata["tags"] {
  const set: XmlElement | undefined = findChild(parseXml(text), "TagSet");
  if (set === undefined) throw new S3Error("MalformedXML", "The tagging has no TagSet");
  return checkTags(findChildren(set, "Tag").map((tag) => [findText(tag, "Key") ?? "", findText(tag, "Value") ?? ""]));
}

function checkTags(tags: ObjectMetadata["tags"]): ObjectMetadata["tags"] {
  if (tags.length > 10) throw new S3Error("InvalidRequest", "Object tags cannot be greater than 10");
  if (new Set(tags.map(([name]) => name)).size < tags.length)
    throw new S3Error("InvalidRequest", "Cannot provide multiple Tags with the same key");
  return tags;
}

/** Headers that tell how something is encrypted. */
export function encryptionHeaders(encryption: Encryption | undefined): Record<string, string> {
  if (encryption === undefined) return {};
  const { algorithm, kmsKeyId } = encryption;
  return {
    "x-amz-server-side-encryption": algorithm,
    ...(kmsKeyId === undefined ? {} : { "x-amz-server-side-encryption-aws-kms-key-id": kmsKeyId }),
  };
}

/** Headers that tell the version, in a bucket that has or had versions. */
export function versionHeaders(bucket: Bucket, versionId: string): Record<string, string> {
  return bucket.versioning === undefined ? {} : { "x-amz-version-id": versionId };
}

/** Headers that carry the checksum. */
export function checksumHeaders({ checksum }: Pick<StoredObject, "checksum">): Record<string, string> {
  if (checksum === undefined) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type };
}
