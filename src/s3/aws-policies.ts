/**
 * The least rights that a destination needs on Amazon S3, as policies to paste: one for who writes, one for who signs
 * links, one for who asks about the bucket, and one for the bucket itself, which holds everybody else to the same.
 */
import type { Encryption } from "../domain/encryption.ts";

/** What the policies are for. */
export interface PolicySubject {
  readonly bucket: string;
  /** As keys begin with it. */
  readonly prefix: string;
  readonly region: string;
  readonly linkLifetimeSeconds: number;
  readonly encryption?: Encryption;
  /** Whether objects are written with tags. */
  readonly hasTags?: boolean;
}

/** A policy document. */
export interface AwsPolicy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

/** One statement of it. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** All four. */
export interface AwsPolicies {
  readonly writer: AwsPolicy;
  readonly signer: AwsPolicy;
  readonly auditor: AwsPolicy;
  readonly bucketPolicy: AwsPolicy;
}

const AUDITED = [
  "s3:GetBucketLocation",
  "s3:GetBucketPublicAccessBlock",
  "s3:GetBucketPolicyStatus",
  "s3:GetBucketPolicy",
  "s3:GetBucketOwnershipControls",
  "s3:GetBucketAcl",
  "s3:GetBucketWebsite",
  "s3:GetBucketCORS",
  "s3:GetEncryptionConfiguration",
  "s3:GetLifecycleConfiguration",
  "s3:GetBucketVersioning",
  "s3:GetBucketLogging",
];

/** Makes them. */
export function awsPolicies(subject: PolicySubject): AwsPolicies {
  const { prefix } = subject;
  const bucket = `arn:${partitionOf(subject.region)}:s3:::${subject.bucket}`;
  const objects = `${bucket}/${prefix}*`;
  const allow = (Sid: string, Action: string | readonly string[], Resource: string): PolicyStatement => ({
    Sid,
    Effect: "Allow",
    Action,
    Resource,
  });
  return {
    writer: policy(
      allow(
        "WriteReports",
        [
          "s3:PutObject",
          "s3:AbortMultipartUpload",
          "s3:ListMultipartUploadParts",
          ...(subject.hasTags ? ["s3:PutObjectTagging"] : []),
        ],
        objects,
      ),
      allow("FindLeftovers", "s3:ListBucketMultipartUploads", bucket),
      allow("RemoveCanaries", "s3:DeleteObject", `${bucket}/${prefix}.canary/*`),
      ...useKey(subject, ["kms:GenerateDataKey", "kms:Decrypt"]),
    ),
    signer: policy(
      allow("ReadReports", ["s3:GetObject", "s3:GetObjectVersion"], objects),
      ...useKey(subject, ["kms:Decrypt"]),
    ),
    auditor: policy(
      allow("AskBucket", AUDITED, bucket),
      {
        ...allow("ListUnderPrefix", "s3:ListBucket", bucket),
        Condition: { StringLike: { "s3:prefix": `${prefix}*` } },
      },
      allow("AskObjects", "s3:GetObjectAcl", objects),
      allow("AskAccount", "s3:GetAccountPublicAccessBlock", "*"),
    ),
    bucketPolicy: policy(...denials(subject, bucket, objects)),
  };
}

function policy(...Statement: readonly PolicyStatement[]): AwsPolicy {
  return { Version: "2012-10-17", Statement };
}

/** A key that is not named is the account's own, whose policy lets the service use it. */
function useKey({ encryption }: PolicySubject, Action: readonly string[]): PolicyStatement[] {
  if (encryption?.kind !== "SSE-KMS" || encryption.key === undefined) return [];
  return [{ Sid: "UseKey", Effect: "Allow", Action, Resource: encryption.key }];
}

function denials(subject: PolicySubject, bucket: string, objects: string): PolicyStatement[] {
  const { linkLifetimeSeconds, encryption } = subject;
  const deny = (Sid: string, Action: string, Resource: PolicyStatement["Resource"]) =>
    ({ Sid, Effect: "Deny", Principal: "*", Action, Resource }) as const;
  return [
    {
      ...deny("RefusePlainHttp", "s3:*", [bucket, `${bucket}/*`]),
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      ...deny("RefuseOldLinks", "s3:GetObject*", objects),
      Condition: { NumericGreaterThan: { "s3:signatureAge": String(linkLifetimeSeconds * 1000) } },
    },
    {
      // Not for the parts of an upload: the condition comes with the request that makes the object of them.
      ...deny("RefuseOverwriting", "s3:PutObject", objects),
      Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
    },
    ...(encryption === undefined
      ? []
      : [
          {
            ...deny("RefuseOtherEncryption", "s3:PutObject", objects),
            Condition: { StringNotEqualsIfExists: encryptionCondition(encryption) },
          },
        ]),
  ];
}

/** An upload that says nothing is encrypted as the bucket does by default, which V16 proves on the object. */
function encryptionCondition(encryption: Encryption): Record<string, string> {
  const algorithm = encryption.kind === "SSE-S3" ? "AES256" : "aws:kms";
  return { "s3:x-amz-server-side-encryption": algorithm };
}

/** ARNs begin otherwise in China and in the government's regions. */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
