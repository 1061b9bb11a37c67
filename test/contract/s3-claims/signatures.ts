// Claims about signed requests: a request that was changed after it was signed, or was never signed, is refused.

import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { Claim } from "../s3-server.ts";
import { ask, codeOf } from "./world.ts";

const hour = 3_600_000;

export const signatureClaims: readonly Claim[] = [
  {
    name: "an unknown access key",
    amazon: "403 InvalidAccessKeyId",
    observe: ({ client }) =>
      codeOf(
        client({}, { accessKeyId: "AKIANOBODYKNOWSME", secretAccessKey: "x".repeat(40) }).send(
          new ListBucketsCommand({}),
        ),
      ),
  },
  {
    name: "a wrong secret",
    amazon: "403 SignatureDoesNotMatch",
    observe: ({ client, server }) =>
      codeOf(client({}, { ...server.owner, secretAccessKey: "x".repeat(40) }).send(new ListBucketsCommand({}))),
  },
  {
    name: "a clock an hour behind",
    amazon: "403 RequestTimeTooSkewed",
    observe: ({ client }) => codeOf(client({ systemClockOffset: -hour }).send(new ListBucketsCommand({}))),
  },
  {
    name: "a clock an hour ahead",
    amazon: "403 RequestTimeTooSkewed",
    observe: ({ client }) => codeOf(client({ systemClockOffset: hour }).send(new ListBucketsCommand({}))),
  },
  {
    name: "a clock ten minutes behind",
    amazon: "200",
    observe: ({ client }) => codeOf(client({ systemClockOffset: -hour / 6 }).send(new ListBucketsCommand({}))),
  },
  {
    name: "a signature for another region",
    amazon: "400 AuthorizationHeaderMalformed",
    observe: async ({ client, bucket }) =>
      codeOf(client({ region: "ap-southeast-2" }).send(new ListObjectsV2Command({ Bucket: await bucket() }))),
  },
  {
    name: "a session token nobody issued",
    amazon: "400 InvalidToken",
    observe: ({ client, server }) =>
      codeOf(client({ credentials: { ...server.owner, sessionToken: "invented" } }).send(new ListBucketsCommand({}))),
  },
  {
    name: "a body changed after signing",
    amazon: "400 XAmzContentSHA256Mismatch",
    async observe({ client, bucket }) {
      const changed = meddling(client({ requestChecksumCalculation: "WHEN_REQUIRED" }), (request) => {
        request.body = "HELLO";
      });
      return await codeOf(changed.send(new PutObjectCommand({ Bucket: await bucket(), Key: "a", Body: "hello" })));
    },
  },
  {
    name: "a key changed after signing",
    amazon: "403 SignatureDoesNotMatch",
    async observe({ client, bucket, put }) {
      const Bucket = await bucket();
      await put(Bucket, "b", "b");
      const changed = meddling(client({}), (request) => {
        request.path = `/${Bucket}/b`;
      });
      return await codeOf(changed.send(new GetObjectCommand({ Bucket, Key: "a" })));
    },
  },
  {
    name: "a method changed after signing",
    amazon: "403 SignatureDoesNotMatch",
    async observe({ client, bucket, put }) {
      const Bucket = await bucket();
      await put(Bucket, "a", "a");
      const changed = meddling(client({}), (request) => {
        request.method = "DELETE";
      });
      return await codeOf(changed.send(new GetObjectCommand({ Bucket, Key: "a" })));
    },
  },
  {
    name: "a query added after signing",
    amazon: "403 SignatureDoesNotMatch",
    async observe({ client, bucket }) {
      const changed = meddling(client({}), (request) => {
        request.query = { "list-type": "2", "max-keys": "1" };
      });
      return await codeOf(changed.send(new ListObjectsV2Command({ Bucket: await bucket() })));
    },
  },
  {
    name: "a signed header changed after signing",
    amazon: "403 SignatureDoesNotMatch",
    async observe({ client, bucket }) {
      const changed = meddling(client({}), (request) => setHeader(request, "x-amz-meta-run", "8"));
      return await codeOf(
        changed.send(new PutObjectCommand({ Bucket: await bucket(), Key: "a", Body: "hello", Metadata: { run: "7" } })),
      );
    },
  },
  {
    name: "an x-amz header added after signing",
    amazon: "403 AccessDenied",
    async observe({ client, bucket }) {
      const changed = meddling(client({}), (request) => setHeader(request, "x-amz-meta-run", "8"));
      return await codeOf(changed.send(new PutObjectCommand({ Bucket: await bucket(), Key: "a", Body: "hello" })));
    },
  },
  {
    name: "an unsigned GET",
    amazon: "403 AccessDenied",
    async observe({ bucket, put, url }) {
      const Bucket = await bucket();
      await put(Bucket, "a", "a");
      return await ask(url(Bucket, "a"));
    },
  },
  {
    name: "an unsigned GET of a missing key",
    amazon: "403 AccessDenied",
    observe: async ({ bucket, url }) => ask(url(await bucket(), "none")),
  },
  {
    name: "an unsigned HEAD",
    amazon: "403",
    async observe({ bucket, put, url }) {
      const Bucket = await bucket();
      await put(Bucket, "a", "a");
      return await ask(url(Bucket, "a"), { method: "HEAD" });
    },
  },
  {
    name: "an unsigned list",
    amazon: "403 AccessDenied",
    observe: async ({ bucket, server }) => ask(`${server.endpoint}/${await bucket()}?list-type=2`),
  },
  {
    name: "an unsigned PUT",
    amazon: "403 AccessDenied",
    observe: async ({ bucket, url }) => ask(url(await bucket(), "a"), { method: "PUT", body: "x" }),
  },
  {
    name: "an unsigned DELETE",
    amazon: "403 AccessDenied",
    async observe({ bucket, put, url }) {
      const Bucket = await bucket();
      await put(Bucket, "a", "a");
      return await ask(url(Bucket, "a"), { method: "DELETE" });
    },
  },
  {
    name: "another account's read, write and deletion",
    amazon: "403 AccessDenied, 403 AccessDenied, 403 AccessDenied",
    async observe({ other, bucket, put }) {
      const target = { Bucket: await bucket(), Key: "a" };
      await put(target.Bucket, target.Key, "a");
      const codes = [
        await codeOf(other.send(new GetObjectCommand(target))),
        await codeOf(other.send(new PutObjectCommand({ ...target, Body: "x" }))),
        await codeOf(other.send(new DeleteObjectCommand(target))),
      ];
      return codes.join(", ");
    },
  },
];

type Request = Record<string, unknown>;

/** A client whose requests are changed between signing and sending. */
function meddling(client: S3Client, change: (request: Request) => void): S3Client {
  client.middlewareStack.add(
    (next) => (args) => {
      const { request } = args;
      if (isRecord(request)) change(request);
      return next(args);
    },
    { step: "deserialize", priority: "low" },
  );
  return client;
}

function setHeader(request: Request, name: string, value: string): void {
  if (isRecord(request.headers)) request.headers[name] = value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
