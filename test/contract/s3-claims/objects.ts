// Claims about single objects: what is put comes back, and what is wrong is refused by its name.

import { createHash } from "node:crypto";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import type { Claim } from "../s3-server.ts";
import { codeOf, shown, type World } from "./world.ts";

const hostileKey = "a b+c%2Fd&e=f;g,h'(i)*!/ünï/çödé~_.-@$:.csv";

export const objectClaims: readonly Claim[] = [
  {
    name: "an object comes back with its bytes, type and metadata",
    amazon: "hello text/csv; charset=utf-8 attachment 7",
    async observe({ owner, bucket }) {
      const target = { Bucket: await bucket(), Key: "a.csv" };
      await owner.send(
        new PutObjectCommand({
          ...target,
          Body: "hello",
          ContentType: "text/csv; charset=utf-8",
          ContentDisposition: "attachment",
          Metadata: { run: "7" },
        }),
      );
      const got = await owner.send(new GetObjectCommand(target));
      return `${await got.Body?.transformToString()} ${got.ContentType} ${got.ContentDisposition} ${got.Metadata?.run}`;
    },
  },
  {
    name: "a key of difficult characters is kept letter for letter",
    amazon: `hello ${hostileKey}`,
    async observe({ owner, bucket, put }) {
      const Bucket = await bucket();
      await put(Bucket, hostileKey, "hello");
      const got = await owner.send(new GetObjectCommand({ Bucket, Key: hostileKey }));
      const list = await owner.send(new ListObjectsV2Command({ Bucket }));
      return `${await got.Body?.transformToString()} ${list.Contents?.[0]?.Key}`;
    },
  },
  {
    name: "HEAD tells size and ETag",
    amazon: `5 "${createHash("md5").update("hello").digest("hex")}"`,
    async observe(world) {
      const target = await putHello(world);
      const head = await world.owner.send(new HeadObjectCommand(target));
      return `${head.ContentLength} ${head.ETag}`;
    },
  },
  {
    name: "a range",
    amazon: "206 ell bytes 1-3/5",
    async observe(world) {
      const target = await putHello(world);
      const got = await world.owner.send(new GetObjectCommand({ ...target, Range: "bytes=1-3" }));
      return `${got.$metadata.httpStatusCode} ${await got.Body?.transformToString()} ${got.ContentRange}`;
    },
  },
  {
    name: "a range from the end",
    amazon: "206 lo",
    async observe(world) {
      const target = await putHello(world);
      const got = await world.owner.send(new GetObjectCommand({ ...target, Range: "bytes=-2" }));
      return `${got.$metadata.httpStatusCode} ${await got.Body?.transformToString()}`;
    },
  },
  {
    name: "a range behind the end",
    amazon: "416 InvalidRange",
    observe: async (world) =>
      codeOf(world.owner.send(new GetObjectCommand({ ...(await putHello(world)), Range: "bytes=5-9" }))),
  },
  {
    name: "a missing key, asked by who may list",
    amazon: "404 NoSuchKey",
    observe: async ({ owner, bucket }) =>
      codeOf(owner.send(new GetObjectCommand({ Bucket: await bucket(), Key: "none" }))),
  },
  {
    name: "a missing bucket",
    amazon: "404 NoSuchBucket",
    observe: ({ owner }) => codeOf(owner.send(new GetObjectCommand({ Bucket: "claims-there-is-none", Key: "none" }))),
  },
  {
    name: "deleting what is not there",
    amazon: "204",
    observe: async ({ owner, bucket }) =>
      codeOf(owner.send(new DeleteObjectCommand({ Bucket: await bucket(), Key: "none" }))),
  },
  {
    name: "a deleted object is gone",
    amazon: "204, 404 NoSuchKey",
    async observe(world) {
      const target = await putHello(world);
      const deleted = await codeOf(world.owner.send(new DeleteObjectCommand(target)));
      return `${deleted}, ${await codeOf(world.owner.send(new GetObjectCommand(target)))}`;
    },
  },
  {
    name: "many objects are deleted at once",
    amazon: "a, b, none; c is left",
    async observe({ owner, bucket, put }) {
      const Bucket = await bucket();
      for (const key of ["a", "b", "c"]) await put(Bucket, key, key);
      const { Deleted = [] } = await owner.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "a" }, { Key: "b" }, { Key: "none" }] } }),
      );
      const { Contents = [] } = await owner.send(new ListObjectsV2Command({ Bucket }));
      const deleted = Deleted.map(({ Key }) => Key ?? "").sort(compareTexts);
      return `${deleted.join(", ")}; ${Contents.map(({ Key }) => Key).join(", ")} is left`;
    },
  },
  {
    name: "a list is in byte order, in pages",
    amazon: "B+a | a/b+é",
    async observe({ owner, bucket, put }) {
      const Bucket = await bucket();
      for (const key of ["é", "a", "B", "a/b"]) await put(Bucket, key, "");
      const first = await owner.send(new ListObjectsV2Command({ Bucket, MaxKeys: 2 }));
      const second = await owner.send(
        new ListObjectsV2Command({ Bucket, ContinuationToken: first.NextContinuationToken }),
      );
      return [first, second].map(({ Contents = [] }) => Contents.map(({ Key }) => Key).join("+")).join(" | ");
    },
  },
  {
    name: "a list folds what a delimiter divides",
    amazon: "r/x.csv and r/1/, r/2/",
    async observe({ owner, bucket, put }) {
      const Bucket = await bucket();
      for (const key of ["r/1/a", "r/1/b", "r/2/a", "r/x.csv", "s"]) await put(Bucket, key, "");
      const { Contents = [], CommonPrefixes = [] } = await owner.send(
        new ListObjectsV2Command({ Bucket, Prefix: "r/", Delimiter: "/" }),
      );
      return `${Contents.map(({ Key }) => Key).join(", ")} and ${CommonPrefixes.map(({ Prefix }) => Prefix).join(", ")}`;
    },
  },
  {
    name: "If-None-Match: * does not overwrite",
    amazon: "412 PreconditionFailed, hello",
    async observe(world) {
      const target = await putHello(world);
      const code = await codeOf(world.owner.send(new PutObjectCommand({ ...target, Body: "again", IfNoneMatch: "*" })));
      const got = await world.owner.send(new GetObjectCommand(target));
      return `${code}, ${await got.Body?.transformToString()}`;
    },
  },
  {
    name: "If-None-Match: * writes what is not there",
    amazon: "200",
    observe: async ({ owner, bucket }) =>
      codeOf(owner.send(new PutObjectCommand({ Bucket: await bucket(), Key: "new", Body: "x", IfNoneMatch: "*" }))),
  },
  {
    name: "If-Match of another ETag refuses a GET",
    amazon: "412 PreconditionFailed",
    observe: async (world) =>
      codeOf(world.owner.send(new GetObjectCommand({ ...(await putHello(world)), IfMatch: '"0"' }))),
  },
  {
    name: "If-None-Match of the ETag gives nothing new",
    amazon: "304",
    async observe(world) {
      const target = await putHello(world);
      const code = await codeOf(
        world.owner.send(
          new HeadObjectCommand({ ...target, IfNoneMatch: `"${createHash("md5").update("hello").digest("hex")}"` }),
        ),
      );
      return code.slice(0, 3);
    },
  },
  {
    name: "a wrong Content-MD5",
    amazon: "400 BadDigest",
    observe: async ({ owner, bucket }) =>
      codeOf(
        owner.send(
          new PutObjectCommand({
            Bucket: await bucket(),
            Key: "a",
            Body: "hello",
            ContentMD5: createHash("md5").update("other").digest("base64"),
          }),
        ),
      ),
  },
  {
    name: "a wrong SHA-256 checksum",
    amazon: "400 BadDigest",
    observe: async ({ owner, bucket }) =>
      codeOf(
        owner.send(
          new PutObjectCommand({
            Bucket: await bucket(),
            Key: "a",
            Body: "hello",
            ChecksumSHA256: createHash("sha256").update("other").digest("base64"),
          }),
        ),
      ),
  },
  {
    name: "a SHA-256 checksum is echoed by HEAD",
    amazon: createHash("sha256").update("hello").digest("base64"),
    async observe({ owner, bucket }) {
      const target = { Bucket: await bucket(), Key: "a" };
      await owner.send(new PutObjectCommand({ ...target, Body: "hello", ChecksumAlgorithm: "SHA256" }));
      return String((await owner.send(new HeadObjectCommand({ ...target, ChecksumMode: "ENABLED" }))).ChecksumSHA256);
    },
  },
  {
    name: "object attributes",
    amazon: "5 STANDARD",
    async observe(world) {
      const target = await putHello(world);
      return await shown(async () => {
        const got = await world.owner.send(
          new GetObjectAttributesCommand({ ...target, ObjectAttributes: ["ObjectSize", "StorageClass"] }),
        );
        return `${got.ObjectSize} ${got.StorageClass}`;
      });
    },
  },
  {
    name: "AES256 is applied when asked for",
    amazon: "AES256",
    async observe({ owner, bucket }) {
      const target = { Bucket: await bucket(), Key: "a" };
      await owner.send(new PutObjectCommand({ ...target, Body: "hello", ServerSideEncryption: "AES256" }));
      return String((await owner.send(new HeadObjectCommand(target))).ServerSideEncryption);
    },
  },
  {
    name: "a KMS key is applied when asked for",
    amazon: "aws:kms testkey-1",
    async observe({ owner, bucket }) {
      const target = { Bucket: await bucket(), Key: "a" };
      await owner.send(
        new PutObjectCommand({ ...target, Body: "hello", ServerSideEncryption: "aws:kms", SSEKMSKeyId: "testkey-1" }),
      );
      const head = await owner.send(new HeadObjectCommand(target));
      return `${head.ServerSideEncryption} ${head.SSEKMSKeyId?.split("/").at(-1)}`;
    },
  },
  {
    name: "a copy has the bytes and the metadata",
    amazon: "hello text/csv 7",
    async observe({ owner, bucket }) {
      const Bucket = await bucket();
      await owner.send(
        new PutObjectCommand({ Bucket, Key: "a b", Body: "hello", ContentType: "text/csv", Metadata: { run: "7" } }),
      );
      await owner.send(new CopyObjectCommand({ Bucket, Key: "c", CopySource: `${Bucket}/a%20b` }));
      const got = await owner.send(new GetObjectCommand({ Bucket, Key: "c" }));
      return `${await got.Body?.transformToString()} ${got.ContentType} ${got.Metadata?.run}`;
    },
  },
  {
    name: "tags",
    amazon: "kind=report",
    async observe({ owner, bucket }) {
      const target = { Bucket: await bucket(), Key: "a" };
      await owner.send(new PutObjectCommand({ ...target, Body: "hello", Tagging: "kind=report" }));
      const { TagSet = [] } = await owner.send(new GetObjectTaggingCommand(target));
      return TagSet.map(({ Key, Value }) => `${Key}=${Value}`).join();
    },
  },
  {
    name: "without versions, an object that was written twice is there once",
    amazon: "one version: two",
    async observe({ owner, bucket, put }) {
      const target = { Bucket: await bucket(), Key: "a" };
      await put(target.Bucket, target.Key, "one");
      await put(target.Bucket, target.Key, "two");
      const { Versions = [] } = await owner.send(new ListObjectVersionsCommand({ Bucket: target.Bucket }));
      const got = await owner.send(new GetObjectCommand(target));
      return `${Versions.length === 1 ? "one version" : `${Versions.length} versions`}: ${await got.Body?.transformToString()}`;
    },
  },
  {
    name: "with versions, an older one can still be read",
    amazon: "one, two, 404 NoSuchKey",
    async observe({ owner, bucket }) {
      const target = { Bucket: await bucket(), Key: "a" };
      await owner.send(
        new PutBucketVersioningCommand({ Bucket: target.Bucket, VersioningConfiguration: { Status: "Enabled" } }),
      );
      const first = await owner.send(new PutObjectCommand({ ...target, Body: "one" }));
      await owner.send(new PutObjectCommand({ ...target, Body: "two" }));
      const older = await owner.send(new GetObjectCommand({ ...target, VersionId: first.VersionId }));
      const newer = await owner.send(new GetObjectCommand(target));
      await owner.send(new DeleteObjectCommand(target));
      return `${await older.Body?.transformToString()}, ${await newer.Body?.transformToString()}, ${await codeOf(owner.send(new GetObjectCommand(target)))}`;
    },
  },
];

async function putHello({ bucket, put }: World): Promise<{ Bucket: string; Key: string }> {
  const Bucket = await bucket();
  await put(Bucket, "hello.txt", "hello");
  return { Bucket, Key: "hello.txt" };
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
