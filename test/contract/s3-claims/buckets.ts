// Claims about the settings of a bucket: what is put comes back, what is absent is refused by its name, and a new
// bucket is closed.

import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import type { Claim } from "../s3-server.ts";
import { codeOf, shown } from "./world.ts";

const allOn = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

export const bucketClaims: readonly Claim[] = [
  {
    name: "a bucket is there",
    amazon: "200",
    observe: ({ owner, bucket }) => onBucket(bucket, (Bucket) => owner.send(new HeadBucketCommand({ Bucket }))),
  },
  {
    name: "another account's bucket",
    amazon: "403",
    observe: async ({ other, bucket }) =>
      (await onBucket(bucket, (Bucket) => other.send(new HeadBucketCommand({ Bucket })))).slice(0, 3),
  },
  {
    name: "a bucket that is not there",
    amazon: "404",
    observe: async ({ owner }) =>
      (await codeOf(owner.send(new HeadBucketCommand({ Bucket: "claims-there-is-none" })))).slice(0, 3),
  },
  {
    name: "a bucket name already taken",
    amazon: "409 BucketAlreadyExists",
    observe: ({ other, bucket }) => onBucket(bucket, (Bucket) => other.send(new CreateBucketCommand({ Bucket }))),
  },
  {
    name: "a bucket whose name has capitals",
    amazon: "400 InvalidBucketName",
    observe: ({ owner }) => codeOf(owner.send(new CreateBucketCommand({ Bucket: "Claims-Capital" }))),
  },
  {
    name: "deleting a bucket that is not empty",
    amazon: "409 BucketNotEmpty",
    async observe({ owner, bucket, put }) {
      const Bucket = await bucket();
      await put(Bucket, "a", "a");
      return await codeOf(owner.send(new DeleteBucketCommand({ Bucket })));
    },
  },
  {
    name: "where a bucket is",
    amazon: "200",
    observe: ({ owner, bucket }) => onBucket(bucket, (Bucket) => owner.send(new GetBucketLocationCommand({ Bucket }))),
  },
  {
    name: "another owner than expected",
    amazon: "403 AccessDenied",
    observe: ({ owner, bucket }) =>
      onBucket(bucket, (Bucket) =>
        owner.send(new PutObjectCommand({ Bucket, Key: "a", Body: "x", ExpectedBucketOwner: "999999999999" })),
      ),
  },
  {
    name: "a new bucket blocks public access",
    amazon: "true true true true",
    async observe({ owner, bucket }) {
      const Bucket = await bucket();
      return await shown(async () => {
        const { PublicAccessBlockConfiguration: block } = await owner.send(new GetPublicAccessBlockCommand({ Bucket }));
        return [
          block?.BlockPublicAcls,
          block?.IgnorePublicAcls,
          block?.BlockPublicPolicy,
          block?.RestrictPublicBuckets,
        ].join(" ");
      });
    },
  },
  {
    name: "a public access block that was put",
    amazon: "true false true false",
    async observe({ owner, bucket }) {
      const Bucket = await bucket();
      await owner.send(
        new PutPublicAccessBlockCommand({
          Bucket,
          PublicAccessBlockConfiguration: { ...allOn, IgnorePublicAcls: false, RestrictPublicBuckets: false },
        }),
      );
      const { PublicAccessBlockConfiguration: block } = await owner.send(new GetPublicAccessBlockCommand({ Bucket }));
      return [
        block?.BlockPublicAcls,
        block?.IgnorePublicAcls,
        block?.BlockPublicPolicy,
        block?.RestrictPublicBuckets,
      ].join(" ");
    },
  },
  {
    name: "a public access block that was deleted",
    amazon: "404 NoSuchPublicAccessBlockConfiguration",
    async observe({ owner, bucket }) {
      const Bucket = await bucket();
      await owner.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: allOn }));
      await owner.send(new DeletePublicAccessBlockCommand({ Bucket }));
      return await codeOf(owner.send(new GetPublicAccessBlockCommand({ Bucket })));
    },
  },
  {
    name: "a new bucket has no ACLs",
    amazon: "BucketOwnerEnforced",
    async observe({ owner, bucket }) {
      const Bucket = await bucket();
      return await shown(async () =>
        String(
          (await owner.send(new GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls?.Rules?.[0]
            ?.ObjectOwnership,
        ),
      );
    },
  },
  {
    name: "a new bucket grants its owner alone",
    amazon: "CanonicalUser FULL_CONTROL",
    async observe({ owner, bucket }) {
      const { Grants = [] } = await owner.send(new GetBucketAclCommand({ Bucket: await bucket() }));
      return Grants.map(({ Grantee, Permission }) => `${Grantee?.Type} ${Permission}`).join(", ");
    },
  },
  {
    name: "no policy",
    amazon: "404 NoSuchBucketPolicy",
    observe: ({ owner, bucket }) => onBucket(bucket, (Bucket) => owner.send(new GetBucketPolicyCommand({ Bucket }))),
  },
  {
    name: "the policy status of no policy",
    amazon: "404 NoSuchBucketPolicy",
    observe: ({ owner, bucket }) =>
      onBucket(bucket, (Bucket) => owner.send(new GetBucketPolicyStatusCommand({ Bucket }))),
  },
  {
    name: "no website",
    amazon: "404 NoSuchWebsiteConfiguration",
    observe: ({ owner, bucket }) => onBucket(bucket, (Bucket) => owner.send(new GetBucketWebsiteCommand({ Bucket }))),
  },
  {
    name: "a website",
    amazon: "index.html",
    async observe({ owner, bucket }) {
      const Bucket = await bucket();
      return await shown(async () => {
        await owner.send(
          new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration: { IndexDocument: { Suffix: "index.html" } } }),
        );
        return String((await owner.send(new GetBucketWebsiteCommand({ Bucket }))).IndexDocument?.Suffix);
      });
    },
  },
  {
    name: "no CORS",
    amazon: "404 NoSuchCORSConfiguration",
    observe: ({ owner, bucket }) => onBucket(bucket, (Bucket) => owner.send(new GetBucketCorsCommand({ Bucket }))),
  },
  {
    name: "CORS for every origin",
    amazon: "*",
    async observe({ owner, bucket }) {
      const Bucket = await bucket();
      await owner.send(
        new PutBucketCorsCommand({
          Bucket,
          CORSConfiguration: { CORSRules: [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"] }] },
        }),
      );
      return String((await owner.send(new GetBucketCorsCommand({ Bucket }))).CORSRules?.[0]?.AllowedOrigins?.join());
    },
  },
  {
    name: "a new bucket encrypts with AES256",
    amazon: "AES256",
    async observe({ owner, bucket }) {
      const Bucket = await bucket();
      return await shown(async () => {
        const { ServerSideEncryptionConfiguration: found } = await owner.send(
          new GetBucketEncryptionCommand({ Bucket }),
        );
        return String(found?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm);
      });
    },
  },
  {
    name: "a default encryption that was put",
    amazon: "aws:kms",
    async observe({ owner, bucket }) {
      const Bucket = await bucket();
      return await shown(async () => {
        const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const } }];
        await owner.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
        const { ServerSideEncryptionConfiguration: found } = await owner.send(
          new GetBucketEncryptionCommand({ Bucket }),
        );
        return String(found?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm);
      });
    },
  },
  {
    name: "a new bucket keeps no versions",
    amazon: "undefined",
    observe: async ({ owner, bucket }) =>
      String((await owner.send(new GetBucketVersioningCommand({ Bucket: await bucket() }))).Status),
  },
  {
    name: "no lifecycle",
    amazon: "404 NoSuchLifecycleConfiguration",
    observe: ({ owner, bucket }) =>
      onBucket(bucket, (Bucket) => owner.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))),
  },
  {
    name: "a lifecycle rule",
    amazon: "reports/ 30 days",
    async observe({ owner, bucket }) {
      const Bucket = await bucket();
      const Rules = [
        { ID: "old", Status: "Enabled" as const, Filter: { Prefix: "reports/" }, Expiration: { Days: 30 } },
      ];
      await owner.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
      const { Rules: [rule] = [] } = await owner.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
      return `${rule?.Filter?.Prefix} ${rule?.Expiration?.Days} days`;
    },
  },
  {
    name: "no access log",
    amazon: "200",
    observe: ({ owner, bucket }) => onBucket(bucket, (Bucket) => owner.send(new GetBucketLoggingCommand({ Bucket }))),
  },
];

async function onBucket(
  bucket: () => Promise<string>,
  attempt: (name: string) => Promise<{ $metadata: { httpStatusCode?: number | undefined } }>,
): Promise<string> {
  return await codeOf(attempt(await bucket()));
}
