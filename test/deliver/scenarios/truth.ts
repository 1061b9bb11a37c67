// The truth about a bucket, found without a line of callsheet: by plain requests, by the AWS SDK with its own settings,
// and by waiting (the strict store's clock moves). It looks at an object of its own below the prefix, and at a link of its
// own with the delivery's keys. What it does to the bucket on the way is not undone: it comes last.

import { createHash } from "node:crypto";
import {
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketWebsiteCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { PREFIX, type Settings, type Site } from "./site.ts";

/** Reasons why a link must not be handed out; none when it may. */
export interface Truth {
  /** Somebody reads without a link, or a link does not do what it says. */
  readonly open: readonly string[];
  /** One mistake away from that, or against what the operator expects of a bucket. */
  readonly loose: readonly string[];
}

/** A link that was handed out, with the end that was promised. */
export interface Promised {
  readonly url: string;
  readonly expiresAt: number;
}

const SECRET = "queue,calls\r\nthe secret,1\r\n";
const KEY = `${PREFIX}truth/secret.csv`;
const OTHER_KEY = `${PREFIX}truth/other.csv`;

/** Finds it out. `promised` is the link that callsheet handed out, if it did. */
export async function findTruth(site: Site, settings: Settings, promised: Promised | undefined): Promise<Truth> {
  const holder = new S3Client({
    endpoint: site.endpoint,
    region: site.region,
    forcePathStyle: true,
    credentials: site.keys,
    maxAttempts: 3,
  });
  try {
    await site.owner.send(putOf(site.bucket, OTHER_KEY, "other")).catch(() => undefined);
    await site.owner.send(putOf(site.bucket, KEY, SECRET)).catch(() => undefined);
    const isWritten = await succeeds(holder.send(putOf(site.bucket, KEY, SECRET, settings)));
    const loose = await settingsThatAreLoose(site, holder, settings);
    const encryption = await otherEncryption(site, settings);
    const open = [
      ...(isWritten ? [] : ["the keys of the delivery do not write"]),
      ...(await whoReads(site)),
      ...(await whatTheLinkDoes(site, holder, settings.linkLifetimeSeconds)),
      ...(await howLongItLives(site, holder, settings.linkLifetimeSeconds, promised)),
      ...encryption,
      ...(settings.leastPrivilege ? await writesElsewhere(site, holder) : []),
    ];
    loose.push(...(await oneSlip(site)));
    open.push(...(await withoutBlock(site)));
    return { open, loose };
  } finally {
    holder.destroy();
  }
}

function putOf(Bucket: string, Key: string, Body: string, { encryption }: Partial<Settings> = {}): PutObjectCommand {
  const isKey = encryption?.kind === "SSE-KMS";
  return new PutObjectCommand({
    Bucket,
    Key,
    Body,
    ChecksumAlgorithm: "SHA256",
    ...(encryption && { ServerSideEncryption: isKey ? "aws:kms" : "AES256" }),
    ...(isKey && { SSEKMSKeyId: encryption.key }),
    ContentType: "text/csv; charset=utf-8",
    ContentDisposition: 'attachment; filename="secret.csv"',
  });
}

/** Whoever reads, lists or writes without a link: nobody, anybody, or anybody who has an account. */
async function whoReads({ endpoint, bucket, stranger }: Site): Promise<string[]> {
  const found: string[] = [];
  const plain = await fetch(`${endpoint}/${bucket}/${KEY}`).catch(() => undefined);
  if ((await plain?.text())?.includes("the secret") === true) found.push("anybody reads");
  const list = await fetch(`${endpoint}/${bucket}?list-type=2`);
  if ((await list.text()).includes("truth/secret.csv")) found.push("anybody lists");
  const put = await fetch(`${endpoint}/${bucket}/${PREFIX}truth/planted`, { method: "PUT", body: "planted" });
  if (put.ok) found.push("anybody writes");
  if (await succeeds(stranger.send(new GetObjectCommand({ Bucket: bucket, Key: KEY }))))
    found.push("any account reads");
  if (await succeeds(stranger.send(new ListObjectsV2Command({ Bucket: bucket })))) found.push("any account lists");
  return found;
}

/** A holder reads the right bytes; who changes anything about the link, does not. */
async function whatTheLinkDoes(site: Site, holder: S3Client, lifetimeSeconds: number): Promise<string[]> {
  const found: string[] = [];
  const link = await linkOf(site, holder, lifetimeSeconds);
  const answer = await fetch(link);
  const text = await answer.text();
  if (answer.status !== 200 || text !== SECRET) found.push("the holder does not get the bytes");
  const forged = {
    "a changed digit is not seen": link.replace(
      /(Signature=)(.)/,
      (_, name: string, digit: string) => name + (digit === "0" ? "1" : "0"),
    ),
    "another object opens": link.replace("truth/secret.csv", "truth/other.csv"),
    "a longer life is taken": link.replace(/X-Amz-Expires=\d+/, "X-Amz-Expires=600000"),
  };
  for (const [says, url] of Object.entries(forged)) if ((await fetch(url)).ok) found.push(says);
  const over = await linkOf(site, holder, 60, 3600);
  if ((await fetch(over)).ok) found.push("an old link opens");
  const head = await site.owner
    .send(new HeadObjectCommand({ Bucket: site.bucket, Key: KEY, ChecksumMode: "ENABLED" }))
    .catch(() => undefined);
  const told = head?.ChecksumSHA256;
  if (told !== undefined && told !== createHash("sha256").update(SECRET).digest("base64"))
    found.push("another checksum is told");
  if ((await fetch(link, { method: "PUT", body: "forged" })).ok) found.push("a GET link writes");
  if ((await fetch(link, { method: "DELETE" })).ok) found.push("a GET link deletes");
  await site.owner.send(putOf(site.bucket, KEY, SECRET)).catch(() => undefined);
  await site.owner.send(putOf(site.bucket, `${PREFIX}truth/gone`, SECRET)).catch(() => undefined);
  await site.owner
    .send(new DeleteObjectCommand({ Bucket: site.bucket, Key: `${PREFIX}truth/gone` }))
    .catch(() => undefined);
  const gone = await succeeds(
    site.owner.send(new GetObjectCommand({ Bucket: site.bucket, Key: `${PREFIX}truth/gone` })),
  );
  if (gone) found.push("what is deleted stays");
  return found;
}

/** A second before its end it opens, and not at its end: the promised link, or else one of the life that was asked for. */
async function howLongItLives(
  site: Site,
  holder: S3Client,
  lifetimeSeconds: number,
  promised: Promised | undefined,
): Promise<string[]> {
  const clock = site.strict?.clock;
  if (clock === undefined) {
    const nearItsEnd = await linkOf(site, holder, lifetimeSeconds, lifetimeSeconds - 30);
    return (await fetch(nearItsEnd)).ok ? [] : ["the link dies early"];
  }
  const url = promised?.url ?? (await linkOf(site, holder, lifetimeSeconds));
  const endsAt = promised?.expiresAt ?? Math.floor(clock.now() / 1000) * 1000 + lifetimeSeconds * 1000;
  const startedAt = clock.now();
  clock.jump(endsAt - 1000 - clock.now());
  const before = (await fetch(url)).ok;
  clock.jump(1000);
  const after = (await fetch(url)).ok;
  clock.jump(startedAt - clock.now());
  return [...(before ? [] : ["the link dies early"]), ...(after ? ["the link lives on"] : [])];
}

async function writesElsewhere({ bucket }: Site, holder: S3Client): Promise<string[]> {
  const isWritten = await succeeds(holder.send(putOf(bucket, "weekly/elsewhere", "x")));
  return isWritten ? ["the keys write outside the prefix"] : [];
}

/** What was configured, the store must have done. */
async function otherEncryption({ owner, bucket }: Site, { encryption }: Settings): Promise<string[]> {
  if (encryption === undefined) return [];
  const head = await owner.send(new HeadObjectCommand({ Bucket: bucket, Key: KEY })).catch(() => undefined);
  const wanted = encryption.kind === "SSE-KMS" ? ["aws:kms", encryption.key] : ["AES256", undefined];
  const isDone = head?.ServerSideEncryption === wanted[0] && (wanted[1] ?? head?.SSEKMSKeyId) === head?.SSEKMSKeyId;
  return isDone ? [] : ["not encrypted as configured"];
}

async function settingsThatAreLoose(site: Site, holder: S3Client, settings: Settings): Promise<string[]> {
  const { bucket: Bucket, owner } = site;
  const found: string[] = [];
  if (await succeeds(owner.send(new GetBucketWebsiteCommand({ Bucket })))) found.push("a website");
  const page = await fetch(await linkOf(site, holder, 60), { headers: { origin: "https://evil.example" } });
  const rules = await owner.send(new GetBucketCorsCommand({ Bucket })).catch(() => undefined);
  const anySite = rules?.CORSRules?.some(({ AllowedOrigins }) => AllowedOrigins?.includes("*")) === true;
  if (page.headers.has("access-control-allow-origin") || anySite) found.push("pages of any site read it");
  if (page.ok && !(page.headers.get("content-disposition") ?? "").startsWith("attachment"))
    found.push("shown in place");
  const head = await owner.send(new HeadObjectCommand({ Bucket, Key: KEY })).catch(() => undefined);
  const none = await owner.send(new GetBucketEncryptionCommand({ Bucket })).catch((error: Error) => error.name);
  if (
    head !== undefined &&
    (head.ServerSideEncryption === undefined || none === "ServerSideEncryptionConfigurationNotFoundError")
  )
    found.push("not encrypted");
  const expected = settings.expectedAccount ?? settings.expectedOwner;
  if (site.strict !== undefined && expected !== undefined && (await accountOf(site)) !== expected)
    found.push("another account signs");
  const expiresAt = site.keys.expiration?.getTime();
  if (expiresAt !== undefined && site.strict !== undefined)
    if (expiresAt < site.strict.clock.now() + settings.linkLifetimeSeconds * 1000)
      found.push("the keys end before the link");
  const echo = await owner.send(new GetObjectAclCommand({ Bucket, Key: KEY })).catch((error: Error) => error.name);
  if (typeof echo === "string" && /[0-9a-f]{64}/.test(echo)) found.push("signatures come back in errors");
  return found;
}

async function accountOf({ endpoint, region, keys }: Site): Promise<string | undefined> {
  const sts = new STSClient({ endpoint, region, credentials: keys });
  try {
    return (await sts.send(new GetCallerIdentityCommand({})).catch(() => undefined))?.Account;
  } finally {
    sts.destroy();
  }
}

/** One call of an administrator that makes something public, and that nothing stops. */
async function oneSlip({ bucket: Bucket, owner }: Site): Promise<string[]> {
  const found: string[] = [];
  const statement = {
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${Bucket}/${KEY}.x`,
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const earlier = (await owner.send(new GetBucketPolicyCommand({ Bucket })).catch(() => undefined))?.Policy;
  if (await succeeds(owner.send(new PutBucketPolicyCommand({ Bucket, Policy })))) {
    found.push("a public policy would be taken");
    if (earlier !== undefined) await succeeds(owner.send(new PutBucketPolicyCommand({ Bucket, Policy: earlier })));
    else await succeeds(owner.send(new DeleteBucketPolicyCommand({ Bucket })));
  }
  const acl = (ACL: "public-read" | "private") => owner.send(new PutObjectAclCommand({ Bucket, Key: OTHER_KEY, ACL }));
  if (await succeeds(acl("public-read"))) {
    found.push("a public access list would be taken");
    await succeeds(acl("private"));
  }
  return found;
}

/** What is public already, and only covered by the block of bucket or account. */
async function withoutBlock(site: Site): Promise<string[]> {
  await succeeds(site.owner.send(new DeletePublicAccessBlockCommand({ Bucket: site.bucket })));
  site.strict?.store.setAccountPublicAccessBlock(undefined);
  return (await whoReads(site)).map((says) => `${says} once the block is gone`);
}

async function linkOf(site: Site, holder: S3Client, expiresIn: number, secondsAgo = 0): Promise<string> {
  const now = site.strict?.clock.now() ?? Date.now();
  const command = new GetObjectCommand({ Bucket: site.bucket, Key: KEY });
  return await getSignedUrl(holder, command, { expiresIn, signingDate: new Date(now - secondsAgo * 1000) });
}

async function succeeds(call: Promise<unknown>): Promise<boolean> {
  return await call.then(
    () => true,
    () => false,
  );
}
