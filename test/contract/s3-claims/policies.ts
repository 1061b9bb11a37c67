// Claims about who gets in: policies, ACLs and the public access block, alone and against each other.

import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type PublicAccessBlockConfiguration,
  PutBucketAclCommand,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import type { Claim } from "../s3-server.ts";
import { ask, codeOf, type World } from "./world.ts";

type Statement = { readonly Resource?: string } & Readonly<Record<string, unknown>>;

const readAll = { Effect: "Allow", Principal: "*", Action: "s3:GetObject" } as const;
const readPublic = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "public/*" } as const;

export const policyClaims: readonly Claim[] = [
  anonymous("a policy that lets everybody read", [readAll], "200"),
  anonymous("a policy that lets everybody read another prefix", [readPublic], "403 AccessDenied"),
  anonymous(
    "a policy that lets everybody list, not read",
    [{ Effect: "Allow", Principal: "*", Action: "s3:ListBucket", Resource: "" }],
    "403 AccessDenied",
  ),
  anonymous("a policy with a wildcard in the action", [{ ...readAll, Action: "s3:Get*" }], "200"),
  anonymous("a policy with a principal written as AWS: *", [{ ...readAll, Principal: { AWS: "*" } }], "200"),
  anonymous("a Deny beats an Allow", [readAll, { ...readAll, Effect: "Deny" }], "403 AccessDenied"),
  anonymous(
    "a policy for addresses that include ours",
    [{ ...readAll, Condition: { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } } }],
    "200",
  ),
  anonymous(
    "a policy for other addresses",
    [{ ...readAll, Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }],
    "403 AccessDenied",
  ),
  anonymous(
    "a policy for all but our addresses",
    [{ ...readAll, Condition: { NotIpAddress: { "aws:SourceIp": "127.0.0.0/8" } } }],
    "403 AccessDenied",
  ),
  anonymous(
    "a policy that denies plain HTTP",
    [readAll, { ...readAll, Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }],
    "403 AccessDenied",
  ),
  anonymous(
    "a policy for a browser of one name",
    [{ ...readAll, Condition: { StringLike: { "aws:UserAgent": "nobody/*" } } }],
    "403 AccessDenied",
  ),
  {
    name: "a signed link is stopped by a Deny on plain HTTP",
    amazon: "403 AccessDenied",
    async observe(world) {
      const Bucket = await opened(world, [
        { ...readAll, Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } },
      ]);
      const answer = await ask(await world.link(Bucket, "a.csv"));
      await world.owner.send(new DeleteBucketPolicyCommand({ Bucket }));
      return answer;
    },
  },
  {
    name: "a link older than the policy's signature age",
    amazon: "200 young, 403 AccessDenied old",
    async observe(world) {
      const Bucket = await opened(world, [
        { ...readAll, Effect: "Deny", Condition: { NumericGreaterThan: { "s3:signatureAge": "600000" } } },
      ]);
      const young = await ask(await world.link(Bucket, "a.csv"));
      const old = await ask(
        await world.link(Bucket, "a.csv", { lifetimeSeconds: 7200, signedAt: new Date(Date.now() - 3_600_000) }),
      );
      return `${young} young, ${old} old`;
    },
  },
  {
    name: "a policy for any account lets another account read",
    amazon: "200",
    async observe(world) {
      const Bucket = await opened(world, [readAll]);
      return await codeOf(world.other.send(new GetObjectCommand({ Bucket, Key: "a.csv" })));
    },
  },
  {
    name: "a missing key, when everybody may read and nobody list",
    amazon: "403 AccessDenied",
    async observe(world) {
      const Bucket = await opened(world, [readAll]);
      return await ask(world.url(Bucket, "none"));
    },
  },
  {
    name: "a missing key, when everybody may read and list",
    amazon: "404 NoSuchKey",
    async observe(world) {
      const Bucket = await opened(world, [
        readAll,
        { Effect: "Allow", Principal: "*", Action: "s3:ListBucket", Resource: "" },
      ]);
      return await ask(world.url(Bucket, "none"));
    },
  },
  {
    name: "a link to a missing key",
    amazon: "404 NoSuchKey",
    observe: async (world) => ask(await world.link(await world.bucket(), "none")),
  },
  {
    name: "an object that everybody may read",
    amazon: "200 read, 403 AccessDenied list",
    async observe(world) {
      const Bucket = await opened(world);
      await world.owner.send(new PutObjectAclCommand({ Bucket, Key: "a.csv", ACL: "public-read" }));
      return `${await ask(world.url(Bucket, "a.csv"))} read, ${await ask(`${world.server.endpoint}/${Bucket}?list-type=2`)} list`;
    },
  },
  {
    name: "an object for everybody with an account",
    amazon: "403 AccessDenied unsigned, 200 signed",
    async observe(world) {
      const Bucket = await opened(world);
      await world.owner.send(new PutObjectAclCommand({ Bucket, Key: "a.csv", ACL: "authenticated-read" }));
      return `${await ask(world.url(Bucket, "a.csv"))} unsigned, ${await codeOf(world.other.send(new GetObjectCommand({ Bucket, Key: "a.csv" })))} signed`;
    },
  },
  {
    name: "a bucket that everybody may list",
    amazon: "200 list, 403 AccessDenied read",
    async observe(world) {
      const Bucket = await opened(world);
      await world.owner.send(new PutBucketAclCommand({ Bucket, ACL: "public-read" }));
      return `${await ask(`${world.server.endpoint}/${Bucket}?list-type=2`)} list, ${await ask(world.url(Bucket, "a.csv"))} read`;
    },
  },
  {
    name: "a bucket that everybody may write to",
    amazon: "200",
    async observe(world) {
      const Bucket = await opened(world);
      await world.owner.send(new PutBucketAclCommand({ Bucket, ACL: "public-read-write" }));
      return await ask(world.url(Bucket, "b.csv"), { method: "PUT", body: "x" });
    },
  },
  {
    name: "a public policy against BlockPublicPolicy",
    amazon: "403 AccessDenied",
    async observe(world) {
      const Bucket = await opened(world);
      await block(world, Bucket, { BlockPublicPolicy: true });
      return await codeOf(putPolicy(world, Bucket, [readAll]));
    },
  },
  {
    name: "a policy for one account against BlockPublicPolicy",
    amazon: "204",
    async observe(world) {
      const Bucket = await opened(world);
      await block(world, Bucket, { BlockPublicPolicy: true });
      return await codeOf(putPolicy(world, Bucket, [{ Effect: "Deny", Principal: "*", Action: "s3:DeleteObject" }]));
    },
  },
  {
    name: "a public policy under RestrictPublicBuckets",
    amazon: "200 before, 403 AccessDenied after",
    async observe(world) {
      const Bucket = await opened(world, [readAll]);
      const before = await ask(world.url(Bucket, "a.csv"));
      await block(world, Bucket, { RestrictPublicBuckets: true });
      return `${before} before, ${await ask(world.url(Bucket, "a.csv"))} after`;
    },
  },
  {
    name: "a public ACL against BlockPublicAcls",
    amazon: "403 AccessDenied, 403 AccessDenied",
    async observe(world) {
      const Bucket = await opened(world);
      await block(world, Bucket, { BlockPublicAcls: true });
      const object = await codeOf(
        world.owner.send(new PutObjectAclCommand({ Bucket, Key: "a.csv", ACL: "public-read" })),
      );
      const upload = await codeOf(
        world.owner.send(new PutObjectCommand({ Bucket, Key: "b.csv", Body: "x", ACL: "public-read" })),
      );
      return `${object}, ${upload}`;
    },
  },
  {
    name: "an ACL for everybody with an account against BlockPublicAcls",
    amazon: "403 AccessDenied",
    async observe(world) {
      const Bucket = await opened(world);
      await block(world, Bucket, { BlockPublicAcls: true });
      return await codeOf(
        world.owner.send(new PutObjectAclCommand({ Bucket, Key: "a.csv", ACL: "authenticated-read" })),
      );
    },
  },
  {
    name: "a public ACL under IgnorePublicAcls",
    amazon: "200 before, 403 AccessDenied after",
    async observe(world) {
      const Bucket = await opened(world);
      await world.owner.send(new PutObjectAclCommand({ Bucket, Key: "a.csv", ACL: "public-read" }));
      const before = await ask(world.url(Bucket, "a.csv"));
      await block(world, Bucket, { IgnorePublicAcls: true });
      return `${before} before, ${await ask(world.url(Bucket, "a.csv"))} after`;
    },
  },
  {
    name: "an ACL in a new bucket",
    amazon: "400 AccessControlListNotSupported",
    async observe(world) {
      const Bucket = await world.bucket();
      await world.put(Bucket, "a.csv", "mine");
      return await codeOf(
        world.owner.send(new PutObjectAclCommand({ Bucket, Key: "a.csv", ACL: "bucket-owner-read" })),
      );
    },
  },
  status("a policy for everybody is public", [readAll], "true"),
  status("a policy that only denies is not public", [{ ...readAll, Effect: "Deny" }], "false"),
  status(
    "a policy for everybody from one network is not public",
    [{ ...readAll, Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } }],
    "false",
  ),
  status(
    "a policy for everybody from everywhere is public",
    [{ ...readAll, Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } } }],
    "true",
  ),
  {
    name: "a policy that is no JSON",
    amazon: "400 MalformedPolicy",
    observe: async ({ owner, bucket }) =>
      codeOf(owner.send(new PutBucketPolicyCommand({ Bucket: await bucket("opened"), Policy: "{" }))),
  },
  {
    name: "a policy about another bucket",
    amazon: "400 MalformedPolicy",
    async observe({ owner, bucket }) {
      const Statement = [{ ...readAll, Resource: "arn:aws:s3:::somebody-elses/*" }];
      return await codeOf(
        owner.send(
          new PutBucketPolicyCommand({
            Bucket: await bucket("opened"),
            Policy: JSON.stringify({ Version: "2012-10-17", Statement }),
          }),
        ),
      );
    },
  },
  {
    name: "another account may not see settings",
    amazon: "403 AccessDenied, 403 AccessDenied",
    async observe({ other, bucket }) {
      const Bucket = await bucket();
      return `${await codeOf(other.send(new GetBucketPolicyStatusCommand({ Bucket })))}, ${await codeOf(other.send(new ListObjectsV2Command({ Bucket })))}`;
    },
  },
];

/** What an unsigned GET of a.csv gets under a policy. Resources are written without the bucket's name. */
function anonymous(name: string, statements: readonly Statement[], amazon: string): Claim {
  return {
    name,
    amazon,
    async observe(world) {
      const Bucket = await opened(world, statements);
      const answer = await ask(world.url(Bucket, "a.csv"));
      await world.owner.send(new DeleteBucketPolicyCommand({ Bucket }));
      return answer;
    },
  };
}

/** Whether the server calls a policy public. */
function status(name: string, statements: readonly Statement[], amazon: string): Claim {
  return {
    name,
    amazon,
    async observe(world) {
      const Bucket = await opened(world, statements);
      return String((await world.owner.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic);
    },
  };
}

/** A bucket open to ACLs and policies, with one private object and perhaps a policy. */
async function opened(world: World, statements: readonly Statement[] = []): Promise<string> {
  const Bucket = await world.bucket("opened");
  await world.put(Bucket, "a.csv", "mine");
  if (statements.length > 0) await putPolicy(world, Bucket, statements);
  return Bucket;
}

function putPolicy({ owner }: World, Bucket: string, statements: readonly Statement[]) {
  const Statement = statements.map((statement) => {
    const resource = statement.Resource ?? "*";
    return {
      ...statement,
      Resource: resource === "" ? `arn:aws:s3:::${Bucket}` : `arn:aws:s3:::${Bucket}/${resource}`,
    };
  });
  return owner.send(
    new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }),
  );
}

async function block({ owner }: World, Bucket: string, on: PublicAccessBlockConfiguration): Promise<void> {
  const off = {
    BlockPublicAcls: false,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  };
  await owner.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { ...off, ...on } }));
}
