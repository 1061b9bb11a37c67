// In: a request. Out: the S3 operation that its method, its address and its subresource name, under the name that the
// AWS SDK gives it. One table, so that the console of a test, the fault scripts and this dispatch use the same names.

import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from "./bucket-operations.ts";
import { accountBlock, getSetting, putSetting, removeSetting, settings } from "./bucket-settings.ts";
import { deleteObject, deleteObjects } from "./delete-object.ts";
import { getObject, getObjectAttributes } from "./get-object.ts";
import { listObjects, listVersions } from "./list-objects.ts";
import { abortUpload, completeUpload, createUpload, listParts, listUploads, uploadPart } from "./multipart.ts";
import {
  deleteObjectTagging,
  getObjectAcl,
  getObjectTagging,
  putObjectAcl,
  putObjectTagging,
} from "./object-settings.ts";
import { copyObject, putObject } from "./put-object.ts";
import { S3Error } from "./s3-error.ts";
import { findQuery, type S3Request } from "./s3-request.ts";
import type { Answer, BucketCall, Call } from "./store-state.ts";

/** One operation: about the store, about a bucket that must exist, or about a key in one. */
export type Operation = {
  readonly name: string;
  readonly method: string;
  /** Query parameters that must be present. */
  readonly subresources?: readonly string[];
  /** A header that must be present. */
  readonly header?: string;
} & (OnStore<"store"> | OnStore<"new bucket"> | OnBucket<"bucket"> | OnBucket<"object">);

interface OnStore<Level> {
  readonly level: Level;
  run(call: Call): Answer | Promise<Answer>;
}

interface OnBucket<Level> {
  readonly level: Level;
  run(call: BucketCall): Answer | Promise<Answer>;
}

/** The path on which the account's public access block is served. */
const accountBlockPath = "/v20180820/configuration/publicAccessBlock";

const accountBlockOperation: Operation = {
  name: "AccountPublicAccessBlock",
  method: "",
  level: "store",
  run: accountBlock,
};

const operations: readonly Operation[] = [
  { name: "ListBuckets", method: "GET", level: "store", run: listBuckets },

  ...settings.flatMap((setting): Operation[] => [
    {
      name: `GetBucket${setting.name}`,
      method: "GET",
      level: "bucket",
      subresources: [setting.subresource],
      run: (call) => getSetting(setting, call),
    },
    ...(setting.put === undefined
      ? []
      : [
          {
            name: `PutBucket${setting.name}`,
            method: "PUT",
            level: "bucket",
            subresources: [setting.subresource],
            run: (call: BucketCall) => putSetting(setting, call),
          } as const,
        ]),
    ...(setting.remove === undefined
      ? []
      : [
          {
            name: `DeleteBucket${setting.name}`,
            method: "DELETE",
            level: "bucket",
            subresources: [setting.subresource],
            run: (call: BucketCall) => removeSetting(setting, call),
          } as const,
        ]),
  ]),
  { name: "GetBucketLocation", method: "GET", level: "bucket", subresources: ["location"], run: getBucketLocation },
  { name: "ListMultipartUploads", method: "GET", level: "bucket", subresources: ["uploads"], run: listUploads },
  { name: "ListObjectVersions", method: "GET", level: "bucket", subresources: ["versions"], run: listVersions },
  { name: "DeleteObjects", method: "POST", level: "bucket", subresources: ["delete"], run: deleteObjects },
  { name: "CreateBucket", method: "PUT", level: "new bucket", run: createBucket },
  { name: "ListObjectsV2", method: "GET", level: "bucket", run: listObjects },
  { name: "HeadBucket", method: "HEAD", level: "bucket", run: headBucket },
  { name: "DeleteBucket", method: "DELETE", level: "bucket", run: deleteBucket },

  { name: "GetObjectAcl", method: "GET", level: "object", subresources: ["acl"], run: getObjectAcl },
  { name: "PutObjectAcl", method: "PUT", level: "object", subresources: ["acl"], run: putObjectAcl },
  { name: "GetObjectTagging", method: "GET", level: "object", subresources: ["tagging"], run: getObjectTagging },
  { name: "PutObjectTagging", method: "PUT", level: "object", subresources: ["tagging"], run: putObjectTagging },
  {
    name: "DeleteObjectTagging",
    method: "DELETE",
    level: "object",
    subresources: ["tagging"],
    run: deleteObjectTagging,
  },
  {
    name: "GetObjectAttributes",
    method: "GET",
    level: "object",
    subresources: ["attributes"],
    run: getObjectAttributes,
  },
  { name: "CreateMultipartUpload", method: "POST", level: "object", subresources: ["uploads"], run: createUpload },
  {
    name: "UploadPartCopy",
    method: "PUT",
    level: "object",
    subresources: ["partNumber", "uploadId"],
    header: "x-amz-copy-source",
    run: notImplemented,
  },
  { name: "UploadPart", method: "PUT", level: "object", subresources: ["partNumber", "uploadId"], run: uploadPart },
  { name: "CompleteMultipartUpload", method: "POST", level: "object", subresources: ["uploadId"], run: completeUpload },
  { name: "AbortMultipartUpload", method: "DELETE", level: "object", subresources: ["uploadId"], run: abortUpload },
  { name: "ListParts", method: "GET", level: "object", subresources: ["uploadId"], run: listParts },
  { name: "CopyObject", method: "PUT", level: "object", header: "x-amz-copy-source", run: copyObject },
  { name: "PutObject", method: "PUT", level: "object", run: putObject },
  { name: "GetObject", method: "GET", level: "object", run: getObject },
  { name: "HeadObject", method: "HEAD", level: "object", run: getObject },
  { name: "DeleteObject", method: "DELETE", level: "object", run: deleteObject },
];

/** Subresources that S3 has and this store has not: answered with NotImplemented, never mistaken for something else. */
const unknownSubresources = new Set(
  "accelerate analytics intelligent-tiering inventory legal-hold metadataTable metrics notification object-lock replication requestPayment restore retention select torrent renameObject session".split(
    " ",
  ),
);
const levelsOf = { store: ["store"], bucket: ["new bucket", "bucket"], object: ["object"] } as const;

/** Finds the operation; throws `MethodNotAllowed` or `NotImplemented`. */
export function findOperation(request: S3Request): Operation {
  if (request.rawPath === accountBlockPath) return accountBlockOperation;
  const missing = request.query.find(([name]) => unknownSubresources.has(name));
  if (missing !== undefined)
    throw new S3Error("NotImplemented", `The subresource ${missing[0]} is not implemented by this store.`);
  const levels: readonly string[] =
    levelsOf[request.bucketName === undefined ? "store" : request.key === undefined ? "bucket" : "object"];
  const found = operations.find(
    (operation) =>
      levels.includes(operation.level) &&
      operation.method === request.method &&
      (operation.subresources ?? []).every((name) => findQuery(request, name) !== undefined) &&
      (operation.header === undefined || request.headers.has(operation.header)),
  );
  const isAboutSetting = request.query.some(([name]) => settings.some(({ subresource }) => subresource === name));
  // PUT ?policyStatus must not fall through to CreateBucket.
  if (found === undefined || (isAboutSetting && found.subresources === undefined)) {
    throw new S3Error("MethodNotAllowed", "The specified method is not allowed against this resource.", {
      Method: request.method,
    });
  }
  return found;
}

function notImplemented(): Answer {
  throw new S3Error("NotImplemented", "This operation is not implemented by this store.");
}
