// In: a server. Out: what claims use to ask it: SDK clients of its users, plain requests without one, fresh buckets, and
// short texts for what came back ("200", "403 AccessDenied"), so that an answer fits into a table.

import { randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketOwnershipControlsCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { Credentials, S3Server } from "../s3-server.ts";

/** What a claim works with; functions are properties so that a claim can take out the few it needs. */
export interface World {
  readonly server: S3Server;
  /** The owner of every bucket here. */
  readonly owner: S3Client;
  /** A user of another account. */
  readonly other: S3Client;
  /** A client with other settings than the default ones; closed with the world. */
  readonly client: (settings: S3ClientConfig, credentials?: Credentials) => S3Client;
  /** A new bucket; closed as the server makes it, or opened: no public access block, ACLs enabled. */
  readonly bucket: (state?: "as made" | "opened") => Promise<string>;
  /** Puts a small text object. */
  readonly put: (bucket: string, key: string, text: string) => Promise<void>;
  /** A link that reads an object. */
  readonly link: (
    bucket: string,
    key: string,
    options?: { readonly lifetimeSeconds?: number; readonly signedAt?: Date },
  ) => Promise<string>;
  /** The address of an object, unsigned. */
  readonly url: (bucket: string, key: string) => string;
  readonly close: () => Promise<void>;
}

/** Makes the world of a server. */
export function createWorld(server: S3Server): World {
  const clients: S3Client[] = [];
  const buckets: string[] = [];
  const client = (settings: S3ClientConfig, credentials = server.owner): S3Client => {
    const made = new S3Client({
      endpoint: server.endpoint,
      region: server.region,
      credentials,
      forcePathStyle: true,
      maxAttempts: 1,
      ...settings,
    });
    clients.push(made);
    return made;
  };
  const owner = client({});
  const other = client({}, server.other);
  return {
    server,
    owner,
    other,
    client,
    async bucket(state = "as made") {
      const name = `claims-${randomBytes(6).toString("hex")}`;
      await owner.send(new CreateBucketCommand({ Bucket: name }));
      buckets.push(name);
      if (state === "opened") await openUp(owner, name);
      return name;
    },
    async put(bucket, key, text) {
      await owner.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(text) }));
    },
    link: (bucket, key, { lifetimeSeconds = 60, signedAt } = {}) =>
      getSignedUrl(owner, new GetObjectCommand({ Bucket: bucket, Key: key }), {
        expiresIn: lifetimeSeconds,
        ...(signedAt === undefined ? {} : { signingDate: signedAt }),
      }),
    url: (bucket, key) => `${server.endpoint}/${bucket}/${encodeURIComponent(key)}`,
    async close() {
      for (const bucket of buckets) await removeBucket(owner, bucket);
      for (const made of clients) made.destroy();
    },
  };
}

/** Old servers have neither of the two, and then nothing is to be opened. */
async function openUp(owner: S3Client, bucket: string): Promise<void> {
  await codeOf(owner.send(new DeletePublicAccessBlockCommand({ Bucket: bucket })));
  const rules = [{ ObjectOwnership: "ObjectWriter" as const }];
  await codeOf(
    owner.send(new PutBucketOwnershipControlsCommand({ Bucket: bucket, OwnershipControls: { Rules: rules } })),
  );
}

async function removeBucket(owner: S3Client, bucket: string): Promise<void> {
  await codeOf(owner.send(new DeleteBucketPolicyCommand({ Bucket: bucket })));
  const { Uploads = [] } = await owner.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  for (const { Key, UploadId } of Uploads)
    await owner.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
  const { Versions = [], DeleteMarkers = [] } = await owner.send(new ListObjectVersionsCommand({ Bucket: bucket }));
  for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
    await owner.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId }));
  await owner.send(new DeleteBucketCommand({ Bucket: bucket }));
}

/** The status of an SDK call that succeeds, or "<status> <code>" of one that is refused. */
export async function codeOf(
  attempt: Promise<{ readonly $metadata: { readonly httpStatusCode?: number | undefined } }>,
): Promise<string> {
  try {
    return String((await attempt).$metadata.httpStatusCode);
  } catch (error) {
    if (error instanceof S3ServiceException) return `${error.$metadata.httpStatusCode} ${error.name}`;
    throw error;
  }
}

/** What `look` says, or how the server refuses it, or that its answer is no answer to the question. */
export async function shown(look: () => Promise<string>): Promise<string> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof S3ServiceException) return `${error.$metadata.httpStatusCode} ${error.name}`;
    return "an answer that the SDK cannot read";
  }
}

/** "<status> <code>" of a request without the SDK; a success is its status alone. */
export async function ask(url: string, init: RequestInit = {}): Promise<string> {
  const answer = await fetch(url, { redirect: "manual", ...init });
  const code = /<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1];
  return code === undefined ? String(answer.status) : `${answer.status} ${code}`;
}

/** The same with target and headers sent as they stand: fetch would fold dots, encode, and join repeated headers. */
export function askRaw(
  endpoint: string,
  method: string,
  target: string,
  headers: Readonly<Record<string, string | string[]>>,
  body = "",
): Promise<string> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { hostname, port, method, path: target, headers: { ...headers, "content-length": Buffer.byteLength(body) } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.once("end", () => {
          const code = /<Code>(\w+)<\/Code>/.exec(Buffer.concat(chunks).toString("utf8"))?.[1];
          resolve(code === undefined ? String(answer.statusCode) : `${answer.statusCode} ${code}`);
        });
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}
