// In: which buckets and users there are. Out: a small S3 server on loopback that judges every request as Amazon S3
// would, and the handle by which a test or the demo sets its state, reads what was asked of it, and makes it misbehave.
// Nothing outlives the process; with `folder` the bytes of objects are kept there and not in memory.

import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createFolderBlobs, createMemoryBlobs } from "./blobs.ts";
import type { PublicAccessBlock } from "./bucket.ts";
import { applySettings, asBlock, type BucketHandle, type BucketSettings, createBucketHandle } from "./bucket-handle.ts";
import { addBucket } from "./bucket-operations.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import { type RecordedRequest, serveRequest } from "./serve-request.ts";
import { type Answer, getBucket, type StoreState } from "./store-state.ts";
import type { User } from "./users.ts";

/** How a bucket is made; a plain name means what Amazon S3 makes today. */
interface BucketOptions extends BucketSettings {
  readonly name: string;
  /** Owner; the store's own account when absent. */
  readonly accountId?: string;
  /** Region; the store's own when absent. */
  readonly region?: string;
}

/** What a store starts with; every option may be left out. */
export interface ObjectStoreOptions {
  /** 0 (the default) takes a free one. */
  readonly port?: number;
  readonly buckets?: readonly (string | BucketOptions)[];
  /** Users besides the owner, who may do everything in the store's account. */
  readonly users?: readonly User[];
  /** Keys of the owner; random when absent. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The owner's account; 12 digits. */
  readonly accountId?: string;
  /** Default us-east-1. */
  readonly region?: string;
  /** The clock, epoch ms; default the system's. */
  readonly now?: () => number;
  /** A folder for the bytes of objects; default memory. */
  readonly folder?: string;
  /** What policies see as aws:SecureTransport. The wire is plain HTTP on loopback; `true` plays TLS. Default false. */
  readonly secureTransport?: boolean;
}

/** A running store. */
export interface ObjectStore {
  /** The endpoint, such as http://127.0.0.1:4711. */
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly accountId: string;
  readonly buckets: {
    /** The handle of a bucket; throws when there is none. */
    get(name: string): BucketHandle;
    create(options: string | BucketOptions): BucketHandle;
    names(): string[];
  };
  readonly users: {
    /** Adds a user, or replaces the one with the same access key. */
    set(user: User): void;
    /** Its key is unknown from now on. */
    remove(accessKeyId: string): void;
  };
  /** Sets or removes the public access block of an account; default the store's own. */
  setAccountPublicAccessBlock(block: PublicAccessBlock | boolean | undefined, accountId?: string): void;
  /** What was asked, oldest first; without signatures. */
  readonly requests: readonly RecordedRequest[];
  /** Adds deliberate faults; the function that comes back ends them. */
  misbehave(...misbehaviours: readonly Misbehaviour[]): () => void;
  close(): Promise<void>;
}

const maximumBodyBytes = 1024 * 1024 * 1024; // a body is held in memory while it is verified
const maximumRecords = 100_000; // a store that runs for days must not grow by its own diary

/** Starts a store; rejects when the port is taken. */
export async function createObjectStore(options: ObjectStoreOptions = {}): Promise<ObjectStore> {
  const accountId = options.accountId ?? "111122223333";
  const credentials = options.credentials ?? createCredentials();
  const state = createState(options, { name: "owner", accountId, ...credentials });
  const requests: RecordedRequest[] = [];
  let misbehaviours: readonly Misbehaviour[] = [];
  for (const bucket of options.buckets ?? []) makeBucket(state, accountId, bucket);

  const server = createServer((message, response) => {
    void handle(state, misbehaviours, message, response).then((record) => {
      if (record !== undefined) requests.push(record);
      if (requests.length > maximumRecords) requests.shift();
    });
  });
  const { port } = await listen(server, options.port ?? 0);

  return {
    url: `http://127.0.0.1:${port}`,
    region: state.region,
    ...credentials,
    accountId,
    buckets: {
      get: (name) => createBucketHandle(state, getBucket(state, name)),
      create: (bucket) => makeBucket(state, accountId, bucket),
      names: () => [...state.buckets.keys()],
    },
    users: {
      set: (user) => state.users.set(user.accessKeyId, user),
      remove: (accessKeyId) => state.users.delete(accessKeyId),
    },
    setAccountPublicAccessBlock(block, account = accountId) {
      const value = asBlock(block);
      if (value === undefined) state.accountBlocks.delete(account);
      else state.accountBlocks.set(account, value);
    },
    requests,
    misbehave(...added) {
      misbehaviours = [...misbehaviours, ...added];
      return () => {
        misbehaviours = misbehaviours.filter((misbehaviour) => !added.includes(misbehaviour));
      };
    },
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await state.blobs.close();
    },
  };
}

function createCredentials(): { accessKeyId: string; secretAccessKey: string } {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const suffix = Array.from(randomBytes(16), (byte) => alphabet[byte % alphabet.length]).join("");
  return { accessKeyId: `AKIA${suffix}`, secretAccessKey: randomBytes(30).toString("base64") };
}

function createState(options: ObjectStoreOptions, owner: User): StoreState {
  return {
    region: options.region ?? "us-east-1",
    secureTransport: options.secureTransport ?? false,
    buckets: new Map(),
    users: new Map([owner, ...(options.users ?? [])].map((user) => [user.accessKeyId, user])),
    accountBlocks: new Map(),
    blobs: options.folder === undefined ? createMemoryBlobs() : createFolderBlobs(options.folder),
    now: options.now ?? Date.now,
  };
}

function makeBucket(state: StoreState, accountId: string, options: string | BucketOptions): BucketHandle {
  const { name, region, ...settings } = typeof options === "string" ? { name: options, region: undefined } : options;
  const owner = "accountId" in settings && settings.accountId !== undefined ? settings.accountId : accountId;
  const bucket = addBucket(state, name, owner, region ?? state.region);
  applySettings(bucket, settings);
  return createBucketHandle(state, bucket);
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The object store has no TCP port");
  return address;
}

async function handle(
  state: StoreState,
  misbehaviours: readonly Misbehaviour[],
  message: IncomingMessage,
  response: ServerResponse,
): Promise<RecordedRequest | undefined> {
  const breaks = misbehaviours.some(
    ({ resets }) => resets?.({ method: message.method ?? "", target: message.url ?? "" }) === true,
  );
  const body = await readBody(message, breaks);
  if (body === undefined) return undefined;
  const { answer, record } = await serveRequest(state, misbehaviours, message, body);
  send(message, response, answer);
  return record;
}

/** The whole body; `undefined` when the connection broke, by the client's doing or by ours. */
function readBody(message: IncomingMessage, breaks: boolean): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    message.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (breaks) message.socket.resetAndDestroy();
      else if (bytes > maximumBodyBytes) message.destroy();
    });
    message.once("end", () => resolve(Buffer.concat(chunks)));
    message.once("error", () => resolve(undefined));
    message.once("close", () => resolve(undefined));
  });
}

function send(message: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, toHeader(value));
  response.statusCode = status;
  const bytes = Buffer.from(body);
  const isBodiless = message.method === "HEAD" || status === 204 || status === 304;
  if (!isBodiless && !response.hasHeader("content-length")) response.setHeader("content-length", bytes.length);
  response.end(isBodiless ? undefined : bytes);
}

/** Header values are bytes; text beyond Latin-1 goes out as its UTF-8 bytes, as S3 sends it. */
function toHeader(value: string | number): string | number {
  return typeof value === "number" || !/[\u{100}-\u{10ffff}]/u.test(value)
    ? value
    : Buffer.from(value, "utf8").toString("latin1");
}
