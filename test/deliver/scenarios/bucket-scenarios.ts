// Buckets and stores in every state that people have been bitten by, each with the truth about it in one word. `safe`: a
// link may be handed out. `loose`: nobody reads now, but one mistake would do, or the bucket is not as its owner expects;
// only `strict` must refuse. `open`: somebody reads, or the link does not do what it says; both policies must refuse.

import {
  DeleteBucketEncryptionCommand,
  DeletePublicAccessBlockCommand,
  GetObjectCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutBucketWebsiteCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { ObjectStore as SimulatedStore } from "../../../simulator/object-store/create-object-store.ts";
import * as faults from "../../../simulator/object-store/misbehaviour.ts";
import type { User } from "../../../simulator/object-store/users.ts";
import type { Settings, Site } from "./site.ts";

/** One state of the world. */
export interface Scenario {
  readonly name: string;
  readonly truth: "safe" | "loose" | "open";
  /** What is withheld from callsheet: these checks cannot be answered, and `strict` may say so instead of the truth. */
  readonly hides?: readonly string[];
  /** Puts the bucket into its state, as its owner would. */
  readonly arrange?: (site: Site) => Promise<unknown>;
  /** What only the strict store can be: out of order, of another account, or with users of few rights. */
  readonly disturb?: (store: SimulatedStore) => void;
  readonly bucketAccount?: string;
  /** Who delivers; the owner of the store when absent. */
  readonly user?: Partial<User> & { readonly toldEnd?: boolean };
  readonly settings?: Partial<Settings>;
  /** The fault is one of reports only, so a rehearsal with a canary does not meet it. */
  readonly isOfReports?: true;
  /** Whether Ceph RGW can hold this state too. */
  readonly isOnRgw?: true;
}

/** The account of the store's owner. */
export const ACCOUNT = "111122223333";
const PARTNER = "999988887777";
const KEYS = `arn:aws:kms:us-east-1:${ACCOUNT}:key`;
const HOUR = 3600;

const everybody = { Effect: "Allow", Principal: "*", Action: "s3:GetObject" };

/** No block, and access lists count: what was made before 2023, or on a compatible store. */
async function openUp({ owner, bucket: Bucket }: Site): Promise<void> {
  await owner.send(new DeletePublicAccessBlockCommand({ Bucket }));
  const OwnershipControls = { Rules: [{ ObjectOwnership: "ObjectWriter" as const }] };
  // Ceph RGW has no such controls: there access lists always count.
  await owner.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls })).catch(() => undefined);
}

async function block({ owner, bucket: Bucket }: Site, isOn: boolean, policiesOnly = false): Promise<void> {
  const PublicAccessBlockConfiguration = {
    BlockPublicAcls: isOn && !policiesOnly,
    IgnorePublicAcls: isOn && !policiesOnly,
    BlockPublicPolicy: isOn,
    RestrictPublicBuckets: isOn,
  };
  await owner.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
}

async function policy({ owner, bucket: Bucket }: Site, ...statements: readonly object[]): Promise<void> {
  const Resource = [`arn:aws:s3:::${Bucket}/*`];
  const Statement = statements.map((statement) => ({ Resource, ...statement }));
  await owner.send(
    new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }),
  );
}

async function acl({ owner, bucket: Bucket }: Site, ACL: "public-read" | "public-read-write" | "authenticated-read") {
  await owner.send(new PutBucketAclCommand({ Bucket, ACL }));
}

async function lifecycle(site: Site, rule: object): Promise<void> {
  const Rules = [{ ID: "rule", Status: "Enabled" as const, ...rule }];
  const input = { Bucket: site.bucket, LifecycleConfiguration: { Rules: Rules as [] } };
  await site.owner.send(new PutBucketLifecycleConfigurationCommand(input));
}

const withPolicy =
  (...statements: readonly object[]) =>
  async (site: Site) => {
    await openUp(site);
    await policy(site, ...statements);
  };
const withAcl = (name: Parameters<typeof acl>[1]) => async (site: Site) => {
  await openUp(site);
  await acl(site, name);
};
const misbehaving =
  (...misbehaviours: readonly faults.Misbehaviour[]) =>
  (store: SimulatedStore): void => {
    store.misbehave(...misbehaviours);
  };
/** A user who may do everything but these. */
const without = (...actions: readonly string[]): Partial<User> => ({ deny: [{ actions, resources: ["*"] }] });

const closed: readonly Scenario[] = [
  { name: "a new bucket", truth: "safe", isOnRgw: true },
  {
    name: "a bucket in an account that blocks too",
    truth: "safe",
    disturb: (store) => store.setAccountPublicAccessBlock(true),
  },
  {
    name: "no block of the bucket, but of the account",
    truth: "safe",
    arrange: async ({ owner, bucket: Bucket, strict }) => {
      await owner.send(new DeletePublicAccessBlockCommand({ Bucket }));
      strict?.store.setAccountPublicAccessBlock(true);
    },
  },
  {
    name: "access lists that count, and grant nobody",
    truth: "safe",
    arrange: async (site) => {
      await openUp(site);
      await block(site, true);
    },
  },
  { name: "no block at all, and nothing is public", truth: "loose", arrange: openUp, isOnRgw: true },
  {
    name: "a block of policies only",
    truth: "loose",
    arrange: async (site) => {
      await openUp(site);
      await block(site, true, true);
    },
  },
  {
    name: "a policy for one other account",
    truth: "safe",
    arrange: async (site) => await policy(site, { ...everybody, Principal: { AWS: `arn:aws:iam::${PARTNER}:root` } }),
  },
  {
    name: "a policy for everybody in one network address",
    truth: "safe",
    arrange: async (site) =>
      await policy(site, { ...everybody, Condition: { IpAddress: { "aws:SourceIp": "198.51.100.7/32" } } }),
  },
  {
    name: "a policy for everybody behind one private endpoint",
    truth: "safe",
    arrange: async (site) =>
      await policy(site, { ...everybody, Condition: { StringEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" } } }),
  },
  {
    name: "a policy that denies writing to all but us",
    truth: "safe",
    arrange: async (site) =>
      await policy(site, {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:DeleteBucket",
        Resource: `arn:aws:s3:::${site.bucket}`,
      }),
    isOnRgw: true,
  },
  {
    name: "a policy that refuses plain HTTP",
    truth: "safe",
    arrange: async (site) =>
      await policy(site, {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      }),
  },
  {
    name: "versions are kept",
    truth: "safe",
    arrange: async ({ owner, bucket: Bucket }) =>
      await owner.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } })),
  },
  {
    name: "an access log is written",
    truth: "safe",
    arrange: async ({ owner, bucket: Bucket }) =>
      await owner.send(
        new PutBucketLoggingCommand({
          Bucket,
          BucketLoggingStatus: { LoggingEnabled: { TargetBucket: Bucket, TargetPrefix: "log/" } },
        }),
      ),
  },
  {
    name: "pages of one site may read",
    truth: "safe",
    arrange: async ({ owner, bucket: Bucket }) =>
      await owner.send(
        new PutBucketCorsCommand({
          Bucket,
          CORSConfiguration: { CORSRules: [{ AllowedMethods: ["GET"], AllowedOrigins: ["https://intranet.example"] }] },
        }),
      ),
  },
];

const open: readonly Scenario[] = [
  { name: "a policy for everybody", truth: "open", arrange: withPolicy(everybody), isOnRgw: true },
  {
    name: "a policy for everybody who has an account",
    truth: "open",
    arrange: withPolicy({ ...everybody, Principal: { AWS: "*" } }),
    isOnRgw: true,
  },
  {
    name: "a policy that lets everybody list",
    truth: "open",
    arrange: async (site) => {
      await openUp(site);
      await policy(site, { ...everybody, Action: "s3:ListBucket", Resource: `arn:aws:s3:::${site.bucket}` });
    },
    isOnRgw: true,
  },
  {
    name: "a policy that lets everybody write",
    truth: "open",
    arrange: withPolicy({ ...everybody, Action: "s3:PutObject" }),
    isOnRgw: true,
  },
  {
    name: "a policy for half of all addresses",
    truth: "open",
    arrange: withPolicy({ ...everybody, Condition: { IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } } }),
  },
  {
    name: "a policy for whoever names a referer",
    truth: "open",
    arrange: withPolicy({ ...everybody, Condition: { StringNotLike: { "aws:Referer": "https://nobody.example/*" } } }),
  },
  {
    name: "a policy for all but one account",
    truth: "open",
    arrange: withPolicy({
      Effect: "Allow",
      NotPrincipal: { AWS: [`arn:aws:iam::${PARTNER}:root`] },
      Action: "s3:GetObject",
    }),
  },
  {
    name: "a policy for everybody, on our addresses only",
    truth: "open",
    arrange: withPolicy({ ...everybody, Condition: { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } } }),
  },
  {
    name: "a public policy that the block covers",
    truth: "open",
    arrange: async (site) => {
      await openUp(site);
      await policy(site, everybody);
      await block(site, true);
    },
    isOnRgw: true,
  },
  {
    name: "a public policy that the account's block covers",
    truth: "open",
    arrange: async (site) => {
      await openUp(site);
      await policy(site, everybody);
      site.strict?.store.setAccountPublicAccessBlock(true);
    },
  },
  { name: "an access list for everybody", truth: "open", arrange: withAcl("public-read"), isOnRgw: true },
  {
    name: "an access list that lets everybody write",
    truth: "open",
    arrange: withAcl("public-read-write"),
    isOnRgw: true,
  },
  {
    name: "an access list for everybody who has an account",
    truth: "open",
    arrange: withAcl("authenticated-read"),
    isOnRgw: true,
  },
  {
    name: "a public access list that the block covers",
    truth: "open",
    arrange: async (site) => {
      await openUp(site);
      await acl(site, "public-read");
      await block(site, true);
    },
    isOnRgw: true,
  },
  {
    name: "each new object is shared with every account",
    truth: "open",
    arrange: openUp,
    disturb: misbehaving(faults.sharesNewObjects()),
  },
];

const settings: readonly Scenario[] = [
  {
    name: "a website",
    truth: "loose",
    arrange: async ({ owner, bucket: Bucket }) =>
      await owner.send(
        new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration: { IndexDocument: { Suffix: "index.html" } } }),
      ),
  },
  {
    name: "pages of every site may read",
    truth: "loose",
    arrange: async ({ owner, bucket: Bucket }) =>
      await owner.send(
        new PutBucketCorsCommand({
          Bucket,
          CORSConfiguration: { CORSRules: [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"] }] },
        }),
      ),
  },
  {
    name: "no default encryption",
    truth: "loose",
    arrange: async ({ owner, bucket: Bucket }) => await owner.send(new DeleteBucketEncryptionCommand({ Bucket })),
  },
  {
    name: "no default encryption, each object encrypted as configured",
    truth: "loose",
    settings: { encryption: { kind: "SSE-S3" } },
    arrange: async ({ owner, bucket: Bucket }) => await owner.send(new DeleteBucketEncryptionCommand({ Bucket })),
  },
  {
    name: "a default key, each object encrypted with the configured one",
    truth: "safe",
    settings: { encryption: { kind: "SSE-KMS", key: `${KEYS}/1234` } },
    disturb: (store) =>
      store.buckets.get("reports").set({ encryption: { algorithm: "aws:kms", kmsKeyId: `${KEYS}/1234` } }),
  },
  {
    name: "a store that ignores the configured key",
    truth: "open",
    settings: { encryption: { kind: "SSE-KMS", key: `${KEYS}/1234` } },
    disturb: misbehaving(faults.ignoresEncryption()),
  },
  {
    name: "a rule that removes reports before the link ends",
    truth: "open",
    settings: { linkLifetimeSeconds: 60 * HOUR },
    arrange: async (site) => await lifecycle(site, { Filter: { Prefix: "daily/" }, Expiration: { Days: 1 } }),
  },
  {
    name: "a rule that removes everything from a day on",
    truth: "open",
    arrange: async (site) =>
      await lifecycle(site, { Filter: { Prefix: "" }, Expiration: { Date: new Date("2024-01-01T00:00:00Z") } }),
  },
  {
    name: "a rule that removes reports after their links",
    truth: "safe",
    arrange: async (site) => await lifecycle(site, { Filter: { Prefix: "daily/" }, Expiration: { Days: 8 } }),
  },
  {
    name: "a rule that removes what is elsewhere",
    truth: "safe",
    settings: { linkLifetimeSeconds: 60 * HOUR },
    arrange: async (site) => await lifecycle(site, { Filter: { Prefix: "weekly/" }, Expiration: { Days: 1 } }),
  },
  {
    name: "a rule that removes what has a tag",
    truth: "safe",
    settings: { linkLifetimeSeconds: 60 * HOUR },
    arrange: async (site) =>
      await lifecycle(site, { Filter: { Tag: { Key: "keep", Value: "no" } }, Expiration: { Days: 1 } }),
  },
  {
    name: "a rule that is switched off",
    truth: "safe",
    settings: { linkLifetimeSeconds: 60 * HOUR },
    arrange: async (site) =>
      await lifecycle(site, { Status: "Disabled", Filter: { Prefix: "" }, Expiration: { Days: 1 } }),
  },
  {
    name: "a policy that ends links after ten minutes: shortened",
    truth: "safe",
    arrange: async (site) =>
      await policy(site, {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:GetObject",
        Condition: { NumericGreaterThan: { "s3:signatureAge": "600000" } },
      }),
  },
  {
    name: "a policy that ends links early from here only",
    truth: "open",
    arrange: async (site) =>
      await policy(site, {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:GetObject",
        Condition: {
          NumericGreaterThan: { "s3:signatureAge": "600000" },
          IpAddress: { "aws:SourceIp": "127.0.0.0/8" },
        },
      }),
  },
  {
    name: "a policy that ends links early, and that we may not read",
    truth: "open",
    user: without("s3:GetBucketPolicy"),
    arrange: async (site) =>
      await policy(site, {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:GetObject",
        Condition: { NumericGreaterThan: { "s3:signatureAge": "600000" } },
      }),
  },
  {
    name: "a policy that lets no link be read",
    truth: "open",
    arrange: async (site) =>
      await policy(site, {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:GetObject",
        Condition: { StringEquals: { "s3:authType": "REST-QUERY-STRING" } },
      }),
  },
];

const people: readonly Scenario[] = [
  {
    name: "keys of another account than expected",
    truth: "loose",
    user: { accountId: "444455556666" },
    arrange: async (site) =>
      await policy(site, {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::444455556666:root" },
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${site.bucket}`, `arn:aws:s3:::${site.bucket}/*`],
      }),
  },
  {
    name: "a bucket of another account, as expected",
    truth: "safe",
    bucketAccount: PARTNER,
    settings: { expectedOwner: PARTNER, expectedAccount: ACCOUNT },
    disturb: (store) => shareWithUs(store),
  },
  {
    name: "a bucket of another account than expected",
    truth: "open",
    bucketAccount: PARTNER,
    disturb: (store) => shareWithUs(store),
  },
  {
    name: "keys without the right to use the key of the bucket",
    truth: "open",
    user: without("kms:Decrypt"),
    disturb: (store) =>
      store.buckets.get("reports").set({ encryption: { algorithm: "aws:kms", kmsKeyId: `${KEYS}/1234` } }),
  },
  {
    name: "a bucket that encrypts with a key of the account",
    truth: "safe",
    disturb: (store) =>
      store.buckets.get("reports").set({ encryption: { algorithm: "aws:kms", kmsKeyId: `${KEYS}/1234` } }),
  },
  { name: "keys that may not read", truth: "open", user: without("s3:GetObject") },
  {
    name: "keys that may not write",
    truth: "open",
    user: { allow: [{ actions: ["s3:Get*", "s3:List*"], resources: ["*"] }] },
  },
  {
    name: "keys that end before the link: shortened",
    truth: "loose",
    user: { sessionToken: "token", expiresAt: 30 * 60, toldEnd: true },
  },
  {
    name: "keys that end after the link",
    truth: "safe",
    user: { sessionToken: "token", expiresAt: 2 * HOUR, toldEnd: true },
  },
  {
    name: "keys that end before the link and do not say so",
    truth: "open",
    user: { sessionToken: "token", expiresAt: 30 * 60 },
    hides: ["V02"],
  },
  { name: "keys that have ended", truth: "open", user: { sessionToken: "token", expiresAt: -1 } },
  {
    name: "keys that write everywhere, where that was to be ruled out",
    truth: "open",
    settings: { leastPrivilege: true },
  },
  {
    name: "keys that write below the prefix only",
    truth: "safe",
    settings: { leastPrivilege: true },
    user: {
      deny: [
        { actions: ["s3:PutObject"], resources: ["arn:aws:s3:::reports/weekly/*", "arn:aws:s3:::reports/callsheet*"] },
      ],
    },
  },
  {
    name: "keys that may ask nothing about the bucket",
    truth: "safe",
    user: without(
      "s3:GetBucket*",
      "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:ListBucket",
      "s3:GetAccount*",
      "s3:GetObjectAcl",
    ),
    hides: ["V03", "V04", "V05", "V06", "V07", "V08", "V09", "V10", "V12"],
  },
  {
    name: "a public access list that the block covers, and that we may not read",
    truth: "open",
    user: without("s3:GetBucketAcl", "s3:GetObjectAcl"),
    hides: ["V08"],
    arrange: async (site) => {
      await withAcl("public-read")(site);
      await block(site, true);
    },
  },
  { name: "keys that may not list, but ask everything else", truth: "safe", user: without("s3:ListBucket") },
];

const stores: readonly Scenario[] = [
  { name: "a store that accepts any signature", truth: "open", disturb: misbehaving(faults.acceptsAnySignature()) },
  {
    name: "a store that compares only the end of signatures",
    truth: "open",
    disturb: misbehaving(faults.comparesOnlyTheEnd()),
  },
  { name: "a store that ignores the object in signatures", truth: "open", disturb: misbehaving(faults.ignoresKey()) },
  {
    name: "a store that ignores the life in signatures",
    truth: "open",
    disturb: misbehaving(faults.ignoresLifetime()),
  },
  {
    name: "a store that ignores the method in signatures",
    truth: "open",
    disturb: misbehaving(faults.ignoresMethod()),
  },
  { name: "a store that never ends links", truth: "open", disturb: misbehaving(faults.neverExpires()) },
  {
    name: "a store that ends links after fifteen minutes",
    truth: "open",
    disturb: misbehaving(faults.dropsOldLinks(900_000)),
  },
  {
    name: "a store that calls itself closed and serves anybody",
    truth: "open",
    disturb: misbehaving(faults.servesAnybody()),
  },
  {
    name: "a store that sends the object with its refusal",
    truth: "open",
    disturb: misbehaving(faults.leaksInRefusals()),
  },
  {
    name: "a store that leads strangers to a copy",
    truth: "open",
    disturb: leadToCopies,
  },
  { name: "a store that changes bytes", truth: "open", disturb: misbehaving(faults.altersBytes()) },
  { name: "a store that loses objects", truth: "open", disturb: misbehaving(faults.dropsObjects()) },
  { name: "a store that keeps what is deleted", truth: "open", disturb: misbehaving(faults.keepsDeleted()) },
  {
    name: "a store that tells another checksum of tables",
    truth: "open",
    isOfReports: true,
    disturb: misbehaving(faults.misstatesChecksums()),
  },
  {
    name: "a store that shows pages in place",
    truth: "loose",
    disturb: misbehaving(faults.ignoresDisposition(), {
      name: "forgets dispositions",
      alter: (answer) => ({ ...answer, headers: { ...answer.headers, "content-disposition": "inline" } }),
    }),
  },
  {
    name: "a store that sends signatures back in errors",
    truth: "loose",
    disturb: misbehaving(faults.echoesSignatures()),
  },
  {
    name: "a store that encrypts nothing",
    truth: "loose",
    hides: ["V16"],
    disturb: misbehaving(faults.ignoresEncryption()),
  },
  {
    name: "a store that does not look at owners",
    truth: "open",
    bucketAccount: PARTNER,
    hides: ["V03"],
    disturb: (store) => {
      shareWithUs(store);
      store.misbehave(faults.ignoresOwner());
    },
  },
  {
    name: "a store that says {} for the block",
    truth: "safe",
    hides: ["V04", "V05"],
    disturb: misbehaving(faults.emptyPublicAccessBlock()),
  },
  { name: "a store that has no checksums", truth: "safe", disturb: misbehaving(faults.hidesChecksums()) },
  {
    name: "a store that knows none of the questions",
    truth: "safe",
    hides: ["V03", "V04", "V05", "V06", "V07", "V08", "V09", "V10", "V12"],
    disturb: misbehaving(
      faults.lacks(
        "HeadBucket",
        "GetBucketLocation",
        "GetBucketPublicAccessBlock",
        "AccountPublicAccessBlock",
        "GetBucketPolicyStatus",
        "GetBucketOwnershipControls",
        "GetBucketAcl",
        "GetObjectAcl",
        "GetBucketWebsite",
        "GetBucketCors",
        "GetBucketEncryption",
        "GetBucketLifecycleConfiguration",
        "GetBucketPolicy",
      ),
    ),
  },
  {
    name: "a store that overwrites in spite of conditions",
    truth: "safe",
    disturb: misbehaving(faults.ignoresPreconditions()),
  },
  { name: "a store that takes links dated ahead", truth: "safe", disturb: misbehaving(faults.acceptsFutureDates()) },
];

/** All of them. */
export const SCENARIOS: readonly Scenario[] = [...closed, ...open, ...settings, ...people, ...stores];

/** A bucket of somebody else, who lets our account do everything. */
function shareWithUs(store: SimulatedStore): void {
  const Principal = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
  const Resource = ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"];
  const Statement = [{ Effect: "Allow", Principal, Action: "s3:*", Resource }];
  store.buckets.get("reports").set({ policy: { Version: "2012-10-17", Statement } });
}

/** Answers who has no link with the address of one. */
function leadToCopies(store: SimulatedStore): void {
  const { url: endpoint, region, accessKeyId, secretAccessKey } = store;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials });
  store.misbehave({
    name: "leads strangers to a copy",
    replace: async ({ operation, isSigned, request, now }) => {
      if (operation !== "GetObject" || isSigned) return undefined;
      const command = new GetObjectCommand({ Bucket: "reports", Key: request.key });
      const location = await getSignedUrl(client, command, { signingDate: new Date(now) });
      return { status: 302, headers: { location }, body: "" };
    },
  });
}
