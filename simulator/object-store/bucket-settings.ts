// In: the Get…, Put… and Delete… calls of the settings of a bucket. Out: the setting, changed or reported. Each setting
// is one row: its subresource, the rights it needs, how it is read and written, and the code for its absence.

import { authorize, effectiveBlock } from "./authorize.ts";
import type { Bucket, DocumentName, Ownership, PublicAccessBlock } from "./bucket.ts";
import { aclContent, cannedGrants, isPublicAcl, parseAclDocument, readAclHeaders } from "./grants.ts";
import { defaultEncryption } from "./object-metadata.ts";
import { parsePolicy } from "./policy.ts";
import { isPublicPolicy } from "./public-policy.ts";
import { S3Error, type S3ErrorCode } from "./s3-error.ts";
import { findSetting } from "./s3-request.ts";
import { type Answer, type BucketCall, type Call, emptyAnswer, knownAccounts, xmlAnswer } from "./store-state.ts";
import { accountOf } from "./users.ts";
import { findChild, findText, parseXml, writeXml, type XmlElement } from "./xml.ts";

/** How one setting is read, written and removed. */
export interface Setting {
  readonly subresource: string;
  /** The ending of the S3 operation's name: GetBucket<name>, PutBucket<name>. */
  readonly name: string;
  readonly getAction: string;
  readonly putAction: string;
  get(call: BucketCall): Answer;
  put?(call: BucketCall): void;
  remove?(call: BucketCall): void;
}

/** All settings of a bucket. */
export const settings: readonly Setting[] = [
  {
    subresource: "policy",
    name: "Policy",
    getAction: "s3:GetBucketPolicy",
    putAction: "s3:PutBucketPolicy",
    get: ({ bucket }) => ({
      status: 200,
      headers: { "content-type": "application/json" },
      body: getPolicy(bucket).text,
    }),
    put: putPolicy,
    remove: ({ bucket }) => {
      bucket.policy = undefined;
    },
  },
  {
    subresource: "policyStatus",
    name: "PolicyStatus",
    getAction: "s3:GetBucketPolicyStatus",
    putAction: "",
    get: ({ bucket }) =>
      xmlAnswer(writeXml("PolicyStatus", { IsPublic: isPublicPolicy(getPolicy(bucket)) ? "TRUE" : "FALSE" })),
  },
  {
    subresource: "publicAccessBlock",
    name: "PublicAccessBlock",
    getAction: "s3:GetBucketPublicAccessBlock",
    putAction: "s3:PutBucketPublicAccessBlock",
    get: ({ bucket }) => xmlAnswer(blockDocument(bucket.publicAccessBlock)),
    put: ({ bucket, payload }) => {
      bucket.publicAccessBlock = parseBlock(payload.bytes.toString("utf8"));
    },
    remove: ({ bucket }) => {
      bucket.publicAccessBlock = undefined;
    },
  },
  {
    subresource: "ownershipControls",
    name: "OwnershipControls",
    getAction: "s3:GetBucketOwnershipControls",
    putAction: "s3:PutBucketOwnershipControls",
    get: ({ bucket }) => xmlAnswer(writeXml("OwnershipControls", { Rule: { ObjectOwnership: getOwnership(bucket) } })),
    put: ({ bucket, payload }) => putOwnership(bucket, payload.bytes.toString("utf8")),
    remove: ({ bucket }) => {
      bucket.ownership = undefined;
    },
  },
  {
    subresource: "acl",
    name: "Acl",
    getAction: "s3:GetBucketAcl",
    putAction: "s3:PutBucketAcl",
    get: ({ bucket }) =>
      xmlAnswer(writeXml("AccessControlPolicy", aclContent(bucket.ownerAccountId, visibleGrants(bucket)))),
    put: (call) => {
      call.bucket.grants = readNewGrants(call, call.bucket.ownerAccountId);
    },
  },
  {
    subresource: "versioning",
    name: "Versioning",
    getAction: "s3:GetBucketVersioning",
    putAction: "s3:PutBucketVersioning",
    get: ({ bucket }) => xmlAnswer(writeXml("VersioningConfiguration", { Status: bucket.versioning })),
    put: ({ bucket, payload }) => {
      const status = findText(parseXml(payload.bytes.toString("utf8")), "Status");
      if (status !== "Enabled" && status !== "Suspended")
        throw new S3Error("MalformedXML", "The versioning Status must be Enabled or Suspended");
      bucket.versioning = status;
    },
  },
  documentSetting(
    "website",
    "Website",
    "WebsiteConfiguration",
    "s3:GetBucketWebsite",
    "s3:PutBucketWebsite",
    "NoSuchWebsiteConfiguration",
  ),
  documentSetting(
    "cors",
    "Cors",
    "CORSConfiguration",
    "s3:GetBucketCORS",
    "s3:PutBucketCORS",
    "NoSuchCORSConfiguration",
  ),
  documentSetting(
    "encryption",
    "Encryption",
    "ServerSideEncryptionConfiguration",
    "s3:GetEncryptionConfiguration",
    "s3:PutEncryptionConfiguration",
    "ServerSideEncryptionConfigurationNotFoundError",
  ),
  documentSetting(
    "lifecycle",
    "LifecycleConfiguration",
    "LifecycleConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:PutLifecycleConfiguration",
    "NoSuchLifecycleConfiguration",
  ),
  documentSetting("tagging", "Tagging", "Tagging", "s3:GetBucketTagging", "s3:PutBucketTagging", "NoSuchTagSet"),
  documentSetting("logging", "Logging", "BucketLoggingStatus", "s3:GetBucketLogging", "s3:PutBucketLogging", undefined),
];

/** Reads one setting. */
export function getSetting(setting: Setting, call: BucketCall): Answer {
  authorize(call, { action: setting.getAction, bucket: call.bucket, key: "" });
  return setting.get(call);
}

/** Changes one setting. */
export function putSetting(setting: Setting, call: BucketCall): Answer {
  authorize(call, { action: setting.putAction, bucket: call.bucket, key: "" });
  setting.put?.(call);
  return emptyAnswer(setting.subresource === "policy" ? 204 : 200);
}

/** Removes one setting. */
export function removeSetting(setting: Setting, call: BucketCall): Answer {
  const action = setting.subresource === "policy" ? "s3:DeleteBucketPolicy" : setting.putAction;
  authorize(call, { action, bucket: call.bucket, key: "" });
  setting.remove?.(call);
  return emptyAnswer(204);
}

function documentSetting(
  name: DocumentName,
  operation: string,
  root: string,
  getAction: string,
  putAction: string,
  absent: S3ErrorCode | undefined,
): Setting {
  return {
    subresource: name,
    name: operation,
    getAction,
    putAction,
    get: ({ bucket }) => {
      const document = bucket.documents.get(name);
      if (document === undefined && absent !== undefined)
        throw new S3Error(absent, `The ${name} configuration does not exist`, { BucketName: bucket.name });
      return xmlAnswer(document ?? writeXml(root, undefined));
    },
    put: ({ bucket, payload }) => putDocument(bucket, name, root, payload.bytes.toString("utf8")),
    remove: ({ bucket }) => {
      bucket.documents.delete(name);
    },
  };
}

/** Keeps a setting's document after a look at its root; an encryption rule must be one we can apply. */
function putDocument(bucket: Bucket, name: DocumentName, root: string, text: string): void {
  if (parseXml(text).name !== root) throw new S3Error("MalformedXML", `The document's root must be ${root}`);
  const earlier = bucket.documents.get(name);
  bucket.documents.set(name, text);
  try {
    if (name === "encryption") defaultEncryption(bucket);
  } catch (error) {
    if (earlier === undefined) bucket.documents.delete(name);
    else bucket.documents.set(name, earlier);
    throw error;
  }
}

function getPolicy(bucket: Bucket) {
  if (bucket.policy === undefined)
    throw new S3Error("NoSuchBucketPolicy", "The bucket policy does not exist", { BucketName: bucket.name });
  return bucket.policy;
}

function putPolicy(call: BucketCall): void {
  const { bucket, payload, state } = call;
  const policy = parsePolicy(payload.bytes.toString("utf8"), bucket.name);
  if (isPublicPolicy(policy) && effectiveBlock(state, bucket).blockPublicPolicy) {
    throw new S3Error(
      "AccessDenied",
      "The policy is public, and public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
    );
  }
  bucket.policy = policy;
}

/** A public access block as XML; throws when there is none. */
function blockDocument(block: PublicAccessBlock | undefined): string {
  if (block === undefined)
    throw new S3Error("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found");
  return writeXml("PublicAccessBlockConfiguration", {
    BlockPublicAcls: block.blockPublicAcls,
    IgnorePublicAcls: block.ignorePublicAcls,
    BlockPublicPolicy: block.blockPublicPolicy,
    RestrictPublicBuckets: block.restrictPublicBuckets,
  });
}

/** Reads a public access block; what it does not name is false. */
function parseBlock(text: string): PublicAccessBlock {
  const document: XmlElement = parseXml(text);
  if (document.name !== "PublicAccessBlockConfiguration")
    throw new S3Error("MalformedXML", "The document's root must be PublicAccessBlockConfiguration");
  const isOn = (name: string): boolean => findText(document, name)?.trim().toLowerCase() === "true";
  return Object.freeze({
    blockPublicAcls: isOn("BlockPublicAcls"),
    ignorePublicAcls: isOn("IgnorePublicAcls"),
    blockPublicPolicy: isOn("BlockPublicPolicy"),
    restrictPublicBuckets: isOn("RestrictPublicBuckets"),
  });
}

function getOwnership(bucket: Bucket): Ownership {
  if (bucket.ownership === undefined)
    throw new S3Error("OwnershipControlsNotFoundError", "The bucket ownership controls were not found", {
      BucketName: bucket.name,
    });
  return bucket.ownership;
}

function putOwnership(bucket: Bucket, text: string): void {
  const rule = findChild(parseXml(text), "Rule");
  const word = rule === undefined ? undefined : findText(rule, "ObjectOwnership");
  const ownership = (["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"] as const).find(
    (candidate) => candidate === word,
  );
  if (ownership === undefined)
    throw new S3Error(
      "MalformedXML",
      "ObjectOwnership must be BucketOwnerEnforced, BucketOwnerPreferred or ObjectWriter",
    );
  if (ownership === "BucketOwnerEnforced" && bucket.grants.length > 1) {
    throw new S3Error(
      "InvalidBucketAclWithObjectOwnership",
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    );
  }
  bucket.ownership = ownership;
}

function visibleGrants(bucket: Bucket) {
  const isEnforced = bucket.ownership === "BucketOwnerEnforced";
  return isEnforced ? cannedGrants("private", bucket.ownerAccountId, bucket.ownerAccountId) : bucket.grants;
}

/** The grants that a PutBucketAcl or PutObjectAcl asks for, if they may be set. */
export function readNewGrants(call: BucketCall, ownerAccountId: string) {
  const { bucket, payload, request, state } = call;
  if (bucket.ownership === "BucketOwnerEnforced")
    throw new S3Error("AccessControlListNotSupported", "The bucket does not allow ACLs");
  const accounts = knownAccounts(state);
  const inHeaders = readAclHeaders(
    (header) => findSetting(request, header),
    ownerAccountId,
    bucket.ownerAccountId,
    accounts,
  );
  const grants = inHeaders?.grants ?? parseAclDocument(payload.bytes.toString("utf8"), accounts);
  if (effectiveBlock(state, bucket).blockPublicAcls && isPublicAcl(grants)) {
    throw new S3Error(
      "AccessDenied",
      "The ACL is public, and public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.",
    );
  }
  return grants;
}

/** The account's own public access block, as S3 Control serves it: GET, PUT or DELETE by a user of that account. */
export function accountBlock(call: Call): Answer {
  const { state, request, authentication, payload } = call;
  const accountId = request.headers.get("x-amz-account-id") ?? "";
  const { principal } = authentication;
  const verb = request.method === "GET" ? "Get" : "Put";
  const action = `s3:${verb}AccountPublicAccessBlock`;
  const isAllowed =
    principal.kind === "user" &&
    (principal.user.allow?.some(({ actions }) => actions.includes(action) || actions.includes("s3:*")) ?? true);
  if (accountOf(principal) !== accountId || !isAllowed) throw new S3Error("AccessDenied", "Access Denied");
  if (request.method === "GET") return xmlAnswer(blockDocument(state.accountBlocks.get(accountId)));
  if (request.method === "PUT") {
    state.accountBlocks.set(accountId, parseBlock(payload.bytes.toString("utf8")));
    return emptyAnswer();
  }
  if (request.method !== "DELETE")
    throw new S3Error("MethodNotAllowed", "The specified method is not allowed against this resource.");
  state.accountBlocks.delete(accountId);
  return emptyAnswer(204);
}
