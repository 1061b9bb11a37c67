// The policies of `callsheet init aws`, put to work on the strict store: who has them delivers under strict, and can do no
// more; who lacks one of the three roles is told what is missing; the bucket's policy stops what it says it stops.

import { PutBucketPolicyCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, expect, test } from "vitest";
import type { Permission } from "../../simulator/object-store/users.ts";
import { type AwsPolicy, awsPolicies } from "../../src/s3/aws-policies.ts";
import { createTestClock, type TestClock } from "../support/test-clock.ts";
import { checkOf, idsWith, type OpenDestination, openDestination } from "./open-destination.ts";

const ACCOUNT = "111122223333";
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234`;
const SUBJECT = { bucket: "reports", prefix: "daily/", region: "us-east-1", linkLifetimeSeconds: 3600 };
const KEYS = { accessKeyId: "AKIAROLE", secretAccessKey: "the secret of the role" };

let open: OpenDestination | undefined;
let clock: TestClock;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** What a role with these policies may do. The store has no conditions for users, so a conditional right is no right. */
function rightsOf(...policies: readonly AwsPolicy[]): Permission[] {
  return policies
    .flatMap(({ Statement }) => Statement)
    .filter(({ Condition }) => Condition === undefined)
    .map(({ Action, Resource }) => ({ actions: [Action].flat(), resources: [Resource].flat() }));
}

async function openWith(allow: readonly Permission[], isEncryptedByKey = false): Promise<OpenDestination> {
  clock = createTestClock(Math.floor(Date.now() / 1000) * 1000);
  open = await openDestination({
    access: "strict",
    clock,
    bucket: isEncryptedByKey ? { encryption: { algorithm: "aws:kms", kmsKeyId: KEY } } : {},
    store: {
      users: [{ name: "role", accountId: ACCOUNT, ...KEYS, allow }],
      secureTransport: true,
      now: () => clock.now(),
    },
    connection: { credentials: KEYS, expectedOwner: ACCOUNT },
    leastPrivilege: true,
    hasAccountServices: true,
  });
  return open;
}

async function putPolicy({ simulated }: OpenDestination, policy: AwsPolicy): Promise<void> {
  const { url: endpoint, region, accessKeyId, secretAccessKey } = simulated;
  const owner = new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
  await owner.send(new PutBucketPolicyCommand({ Bucket: "reports", Policy: JSON.stringify(policy) }));
  owner.destroy();
}

test("writer, signer and auditor with the bucket's policy are proved under strict, every check", async () => {
  const { writer, signer, auditor, bucketPolicy } = awsPolicies(SUBJECT);
  const destination = await openWith(rightsOf(writer, signer, auditor));
  await putPolicy(destination, bucketPolicy);
  const [csv] = await destination.deliver();
  expect(csv && [idsWith(csv, "fail"), idsWith(csv, "unknown")]).toEqual([[], []]);
  expect(csv && checkOf(csv, "V11").fact).toBe("plain HTTP is refused, links end at the age of 3600 seconds");
  expect(csv && checkOf(csv, "V14").fact).toBe("refused");
});

test("the same with a key of the key management service", async () => {
  const { writer, signer, auditor } = awsPolicies({ ...SUBJECT, encryption: { kind: "SSE-KMS", key: KEY } });
  const destination = await openWith(rightsOf(writer, signer, auditor), true);
  const [csv] = await destination.deliver();
  expect(csv && checkOf(csv, "V16")).toMatchObject({ result: "pass", fact: `SSE-KMS with ${KEY}` });
  const without = awsPolicies(SUBJECT);
  await open?.close();
  const { refusal } = await openWith(rightsOf(without.writer, without.signer, without.auditor), true);
  expect((await refusal()).hint).toContain('"Action":"kms:GenerateDataKey"');
});

test("without the auditor every check that is unknown names the statement to paste, and these suffice", async () => {
  const { writer, signer } = awsPolicies(SUBJECT);
  const { refusal } = await openWith(rightsOf(writer, signer));
  const error = await refusal();
  expect(error.code).toBe("delivery.access_unproved");
  const pasted = [...error.message.matchAll(/The credentials lack (\{.*\})$/gm)].flatMap(
    ([, text]) => JSON.parse(`[${text}]`) as { Action: string; Resource: string }[],
  );
  expect(pasted).toContainEqual({
    Effect: "Allow",
    Action: "s3:GetEncryptionConfiguration",
    Resource: "arn:aws:s3:::reports",
  });
  await open?.close();
  const grants = pasted.map(({ Action, Resource }) => ({ actions: [Action], resources: [Resource] }));
  const { deliver } = await openWith([...rightsOf(writer, signer), ...grants]);
  expect((await deliver())[0]?.verdict.proved).toBe(true);
});

test("the bucket's policy refuses old links and overwriting, and a signer's link does no more than read", async () => {
  const { writer, signer, auditor, bucketPolicy } = awsPolicies({ ...SUBJECT, linkLifetimeSeconds: 600 });
  const destination = await openWith(rightsOf(writer, signer, auditor));
  const [before] = await destination.deliver();
  await putPolicy(destination, bucketPolicy);
  // It was signed for an hour, before the policy was there.
  clock.jump(600_000);
  expect((await fetch(before?.url ?? "")).status).toBe(200);
  clock.jump(1000);
  expect((await fetch(before?.url ?? "")).status).toBe(403);
  const { url: endpoint, region } = destination.simulated;
  const role = new S3Client({ endpoint, region, forcePathStyle: true, credentials: KEYS });
  const put = { Bucket: "reports", Key: before?.key ?? "", Body: "forged" };
  await expect(role.send(new PutObjectCommand(put))).rejects.toMatchObject({ name: "AccessDenied" });
  await expect(role.send(new PutObjectCommand({ ...put, IfNoneMatch: "*" }))).rejects.toMatchObject({
    name: "PreconditionFailed",
  });
  role.destroy();
});

test.each([
  { region: "eu-central-1", partition: "aws" },
  { region: "cn-north-1", partition: "aws-cn" },
  { region: "us-gov-west-1", partition: "aws-us-gov" },
])("awsPolicies() writes ARNs of $region as arn:$partition", ({ region, partition }) => {
  const { writer } = awsPolicies({ ...SUBJECT, region });
  expect(writer.Statement[0]?.Resource).toBe(`arn:${partition}:s3:::reports/daily/*`);
});

test("awsPolicies() refuses other encryption only where one is configured", () => {
  const sids = ({ Statement }: AwsPolicy): string[] => Statement.map(({ Sid }) => Sid);
  expect(sids(awsPolicies(SUBJECT).bucketPolicy)).toEqual(["RefusePlainHttp", "RefuseOldLinks", "RefuseOverwriting"]);
  const { bucketPolicy } = awsPolicies({ ...SUBJECT, encryption: { kind: "SSE-S3" } });
  expect(bucketPolicy.Statement.at(-1)).toEqual({
    Sid: "RefuseOtherEncryption",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: "arn:aws:s3:::reports/daily/*",
    Condition: { StringNotEqualsIfExists: { "s3:x-amz-server-side-encryption": "AES256" } },
  });
});
