/** One bucket of Amazon S3 or of a store that speaks like it. Credentials come from the SDK's own chain. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { ObjectFacts, ObjectStore } from "../deliver/object-store.ts";
import { ReportError } from "../domain/errors.ts";
import { askBucketFacts } from "./bucket-facts.ts";
import { probeUrl } from "./probe-url.ts";
import { statusOf, translateError } from "./translate-error.ts";

/** Where the bucket is, and as whom it is used. */
export interface BucketOptions {
  readonly bucket: string;
  readonly region: string;
  /** For a compatible store; `pathStyle` puts the bucket into the path. */
  readonly endpoint?: string;
  readonly pathStyle?: boolean;
  /** The account that must own the bucket; every call states it. */
  readonly expectedOwner?: string;
  /** The wall clock, epoch milliseconds: links begin now. */
  readonly now: () => number;
  /** Fixed keys; without them the SDK's chain finds credentials. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
    /** When temporary keys end, if anybody said so. */
    readonly expiration?: Date;
  };
  /** Ends every call with its reason, except the removal of what was made to be removed. */
  readonly signal?: AbortSignal;
  readonly deadlines?: S3Deadlines;
}

/** How long the store may take. */
export interface S3Deadlines {
  /** To connect, and between two bytes. */
  readonly idleMs: number;
  /** One call with all its tries; an upload or a probe of a large object gets `perMebibyteMs` more for each MiB. */
  readonly callMs: number;
  readonly perMebibyteMs: number;
}

/** A live store that must be closed. */
export interface S3ObjectStore extends ObjectStore {
  close(): void;
}

const DEADLINES: S3Deadlines = { idleMs: 30_000, callMs: 60_000, perMebibyteMs: 4000 };

/** Tries of one request; the SDK waits between them with jitter, at most 20 s. */
const MAX_TRIES = 4;

/** Tries of a write that meets another write of its key, or a store without conditions; the SDK does not repeat these. */
const MAX_WRITES = 3;
const CONFLICT_WAIT_MS = 250;

/** Whoever pressed Ctrl-C waits no longer than this for the removal of what was left to be removed. */
const AFTER_STOP_MS = 3000;

const MEBIBYTE = 1024 * 1024;

/** Makes the store; nothing is sent before the first call. */
export function createObjectStore(options: BucketOptions): S3ObjectStore {
  const { bucket: Bucket, region, expectedOwner, signal, deadlines = DEADLINES } = options;
  const owner = expectedOwner === undefined ? {} : { ExpectedBucketOwner: expectedOwner };
  const client = createClient(options, deadlines);
  let largestBytes = 0;

  const callMs = (bytes: number): number => deadlines.callMs + Math.ceil(bytes / MEBIBYTE) * deadlines.perMebibyteMs;
  function deadline(bytes = 0): AbortSignal {
    const timeout = AbortSignal.timeout(callMs(bytes));
    return signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
  }

  /** Runs one call; its errors are ours. */
  async function call<T>(action: string, key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      throw translateError(error, { action, bucket: Bucket, key, region, expectedOwner });
    }
  }

  async function find(Key: string): ReturnType<ObjectStore["find"]> {
    return await call("s3:GetObject", Key, async () => {
      try {
        const command = new HeadObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED", ...owner });
        const answer = await client.send(command, { abortSignal: deadline() });
        const told = answer.ChecksumSHA256 && Buffer.from(answer.ChecksumSHA256, "base64").toString("hex");
        const sha256 = told || answer.Metadata?.sha256;
        return {
          bytes: answer.ContentLength ?? -1,
          isOwnChecksum: Boolean(told),
          ...(sha256 === undefined ? {} : { sha256 }),
        };
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    });
  }

  /** Whether it was written; false when an object stands there already. */
  async function putOnce(Key: string, Body: Buffer, facts: ObjectFacts): Promise<boolean> {
    const input = {
      Bucket,
      Key,
      Body,
      ContentLength: Body.length,
      ContentType: facts.contentType,
      ContentDisposition: attachment(facts.downloadName),
      ChecksumSHA256: Buffer.from(facts.sha256, "hex").toString("base64"),
      Metadata: { sha256: facts.sha256 },
      ...owner,
    };
    let condition: { readonly IfNoneMatch?: string } = { IfNoneMatch: "*" };
    for (let tries = 1; ; tries++) {
      try {
        await client.send(new PutObjectCommand({ ...input, ...condition }), { abortSignal: deadline(Body.length) });
        return true;
      } catch (error) {
        const status = statusOf(error);
        if (status === 412) return false;
        if (tries === MAX_WRITES) throw error;
        if (status === 409) {
          await sleep(CONFLICT_WAIT_MS * tries, undefined, { signal: deadline() });
        } else if (status === 501 && condition.IfNoneMatch !== undefined) {
          // A store without conditional writes: looking first is the best it can do, and keys hold their content's hash.
          if ((await find(Key)) !== undefined) return false;
          condition = {};
        } else throw error;
      }
    }
  }

  async function requireSame(Key: string, facts: ObjectFacts): Promise<void> {
    const there = await find(Key);
    if (there?.sha256 === facts.sha256 && there.bytes === facts.bytes) return;
    throw new ReportError("s3.checksum_mismatch", `Another object already stands at ${Bucket}/${Key}`, {
      hint: "Somebody else writes under this prefix: give callsheet a prefix of its own.",
    });
  }

  return {
    find,
    async put(Key, body, facts) {
      const bytes = "path" in body ? await readFile(body.path) : Buffer.from(body.text, "utf8");
      largestBytes = Math.max(largestBytes, bytes.length);
      const written = await call("s3:PutObject", Key, async () => await putOnce(Key, bytes, facts));
      if (!written) await requireSame(Key, facts);
    },
    async delete(Key) {
      const abortSignal = AbortSignal.timeout(signal?.aborted ? AFTER_STOP_MS : deadlines.callMs);
      const command = new DeleteObjectCommand({ Bucket, Key, ...owner });
      await call("s3:DeleteObject", Key, async () => await client.send(command, { abortSignal }));
    },
    async credentialsEnd() {
      const { expiration, sessionToken } = await call("credentials", "", async () => await client.config.credentials());
      if (expiration !== undefined) return { kind: "at", at: expiration.getTime() };
      return { kind: sessionToken === undefined ? "never" : "untold" };
    },
    async presign(Key, lifetimeSeconds, downloadName, signedAt = options.now()) {
      const { expiration } = await call("credentials", Key, async () => await client.config.credentials());
      const signingDate = new Date(signedAt);
      const command = new GetObjectCommand({ Bucket, Key, ResponseContentDisposition: attachment(downloadName) });
      const url = await getSignedUrl(client, command, { expiresIn: lifetimeSeconds, signingDate });
      const signedUntil = Math.floor(signedAt / 1000) * 1000 + lifetimeSeconds * 1000;
      return { url, expiresAt: Math.min(signedUntil, expiration?.getTime() ?? Number.POSITIVE_INFINITY) };
    },
    probe: async (url, method = "GET") =>
      await probeUrl(url, method, { idleMs: deadlines.idleMs, totalMs: callMs(largestBytes) }, signal),
    bucketFacts: async () => await askBucketFacts(client, { Bucket, ...owner }, deadline, signal),
    close: () => client.destroy(),
  };
}

function createClient(options: BucketOptions, { idleMs }: S3Deadlines): S3Client {
  return new S3Client({
    region: options.region,
    forcePathStyle: options.pathStyle ?? false,
    maxAttempts: MAX_TRIES,
    requestHandler: { connectionTimeout: idleMs, socketTimeout: idleMs },
    // Compatible stores refuse the trailing checksums that the SDK sends by default; ours are stated outright.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  });
}

/** A download name by RFC 6266: plain for old readers, UTF-8 for the others. */
function attachment(name: string): string {
  return `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, "_")}"; filename*=UTF-8''${encodeURIComponent(name)}`;
}
