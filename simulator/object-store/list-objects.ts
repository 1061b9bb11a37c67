// In: a listing request. Out: keys in the order of their UTF-8 bytes, a page at a time, those that share a prefix up to
// the delimiter folded into one. ListObjectsV2, the older ListObjects, and ListObjectVersions differ in names only.

import { authorize } from "./authorize.ts";
import { type ObjectVersion, sortedKeys } from "./bucket.ts";
import { canonicalId } from "./grants.ts";
import { S3Error } from "./s3-error.ts";
import { findQuery } from "./s3-request.ts";
import { type Answer, type BucketCall, xmlAnswer } from "./store-state.ts";
import { writeXml, type XmlValue } from "./xml.ts";

const largestPage = 1000;

/** ListObjectsV2, or ListObjects for who does not say list-type=2. */
export function listObjects(call: BucketCall): Answer {
  const { bucket, request } = call;
  authorize(call, { action: "s3:ListBucket", bucket, key: "" });
  const isSecond = findQuery(request, "list-type") === "2";
  const token = findQuery(request, "continuation-token");
  const after = isSecond
    ? token === undefined
      ? (findQuery(request, "start-after") ?? "")
      : readToken(token)
    : (findQuery(request, "marker") ?? "");
  const page = cutPage(
    call,
    after,
    sortedKeys(bucket).filter((key) => bucket.objects.get(key)?.[0]?.blob !== undefined),
  );
  const withOwner = !isSecond || findQuery(request, "fetch-owner") === "true";
  const own = isSecond
    ? {
        KeyCount: page.keys.length + page.prefixes.length,
        ContinuationToken: token,
        NextContinuationToken: page.next === undefined ? undefined : Buffer.from(page.next).toString("base64url"),
        StartAfter: findQuery(request, "start-after"),
      }
    : { Marker: findQuery(request, "marker") ?? "", NextMarker: page.next };
  return listAnswer("ListBucketResult", call, page, {
    ...own,
    Contents: page.keys.map((key) => describe(key, bucket.objects.get(key)?.[0], withOwner, page.encode)),
  });
}

/** ListObjectVersions: every version and delete marker of the keys of a page. */
export function listVersions(call: BucketCall): Answer {
  const { bucket, request } = call;
  authorize(call, { action: "s3:ListBucketVersions", bucket, key: "" });
  const page = cutPage(call, findQuery(request, "key-marker") ?? "", sortedKeys(bucket));
  const versions = page.keys.flatMap((key) =>
    (bucket.objects.get(key) ?? []).map((version, index) => ({ key, version, isLatest: index === 0 })),
  );
  const content = versions.map(({ key, version, isLatest }) => ({
    kind: version.blob === undefined ? "DeleteMarker" : "Version",
    value: { ...describe(key, version, true, page.encode), VersionId: version.versionId, IsLatest: isLatest },
  }));
  return listAnswer("ListVersionsResult", call, page, {
    KeyMarker: findQuery(request, "key-marker") ?? "",
    NextKeyMarker: page.next,
    Version: content.filter(({ kind }) => kind === "Version").map(({ value }) => value),
    DeleteMarker: content.filter(({ kind }) => kind === "DeleteMarker").map(({ value }) => value),
  });
}

interface Page {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  /** The last entry of this page, when there are more. */
  readonly next: string | undefined;
  readonly maximum: number;
  readonly encode: (text: string) => string;
}

function cutPage({ request }: BucketCall, after: string, keys: readonly string[]): Page {
  const prefix = findQuery(request, "prefix") ?? "";
  const delimiter = findQuery(request, "delimiter") ?? "";
  const maximum = readMaximum(findQuery(request, "max-keys"));
  const isUrl = findQuery(request, "encoding-type") === "url";
  const entries = new Map<string, "key" | "prefix">();
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const entry = cut === -1 ? key : key.slice(0, cut + delimiter.length);
    if (Buffer.compare(Buffer.from(entry), Buffer.from(after)) <= 0) continue;
    entries.set(entry, cut === -1 ? "key" : "prefix");
    if (entries.size > maximum) break;
  }
  const shown = [...entries].slice(0, maximum);
  const ofKind = (kind: "key" | "prefix"): string[] =>
    shown.filter(([, candidate]) => candidate === kind).map(([entry]) => entry);
  return {
    keys: ofKind("key"),
    prefixes: ofKind("prefix"),
    next: entries.size > maximum ? (shown.at(-1)?.[0] ?? after) : undefined,
    maximum,
    encode: (text) => (isUrl ? encodeURIComponent(text).replaceAll("%2F", "/") : text),
  };
}

function readMaximum(text: string | undefined): number {
  if (text === undefined || text === "") return largestPage;
  if (!/^\d{1,10}$/.test(text))
    throw new S3Error("InvalidArgument", "Provided max-keys not an integer or within integer range");
  return Math.min(Number(text), largestPage);
}

function readToken(token: string): string {
  const key = Buffer.from(token, "base64url").toString("utf8");
  if (key === "" || Buffer.from(key).toString("base64url") !== token)
    throw new S3Error("InvalidArgument", "The continuation token provided is incorrect");
  return key;
}

function describe(key: string, version: ObjectVersion | undefined, withOwner: boolean, encode: Page["encode"]) {
  if (version === undefined) return {};
  const { checksum } = version;
  return {
    Key: encode(key),
    LastModified: new Date(version.modifiedAt).toISOString(),
    ...(version.blob === undefined
      ? {}
      : {
          ETag: `"${version.etag}"`,
          ChecksumAlgorithm: checksum?.algorithm,
          ChecksumType: checksum?.type,
          Size: version.blob.sizeBytes,
          StorageClass: "STANDARD",
        }),
    Owner: withOwner ? { ID: canonicalId(version.metadata.ownerAccountId) } : undefined,
  };
}

function listAnswer(
  root: string,
  { bucket, request }: BucketCall,
  page: Page,
  own: Readonly<Record<string, XmlValue>>,
): Answer {
  const shared = {
    Name: bucket.name,
    Prefix: page.encode(findQuery(request, "prefix") ?? ""),
    Delimiter: findQuery(request, "delimiter"),
    MaxKeys: page.maximum,
    EncodingType: findQuery(request, "encoding-type"),
    IsTruncated: page.next !== undefined && page.maximum > 0,
  };
  return xmlAnswer(
    writeXml(root, {
      ...shared,
      ...own,
      CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: page.encode(prefix) })),
    }),
  );
}
