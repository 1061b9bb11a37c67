/** One bucket of Amazon S3 or of a store that speaks like it. Credentials come from the SDK's own chain. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { ObjectFacts, ObjectHead, ObjectStore } from "../deliver/object-store.ts";
import { ReportError } from "../domain/errors.ts";
import { attachment } from "../support/attachment.ts";
import { objectGrantsQuestion } from "./access-questions.ts";
import { openAccount } from "./account-facts.ts";
import { askQuestion } from "./ask-questions.ts";
import { askBucketFacts } from "./bucket-facts.ts";
import { discoverRegion } from "./discover-region.ts";
import { encryptionFrom } from "./encryption-headers.ts";
import { measureSkew } from "./measure-skew.ts";
import type { ObjectStatements } from "./object-statements.ts";
import { LINK_TERMS } from "./link-terms.ts";
import { probeUrl } from "./probe-url.ts";
import { statusOf, translateError } from "./translate-error.ts";
import { withRenewal } from "./renew-credentials.ts";
import { writeObject } from "./write-object.ts";
import type { PartSizes } from "./write-once.ts";

/** Where the bucket is, and as whom it is used. */
export interface BucketOptions {
  readonly bucket: string;
  /** Without one the bucket is asked where it is, once. */
  readonly region?: string;
  /** For a compatible store; `pathStyle` puts the bucket into the path. */
  readonly endpoint?: string;
  readonly pathStyle?: boolean;
  /** The account that must own the bucket; every call states it. */
  readonly expectedOwner?: string;
  /** The account that should sign; the owner's, when it is not another one. */
  readonly expectedAccount?: string;
  /** Where the store has the services of the account, if it is a compatible one; Amazon's are known. */
  readonly stsEndpoint?: string;
  readonly controlEndpoint?: string;
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
  /** What every object states; SHA-256 and nothing else when absent. */
  readonly statements?: ObjectStatements;
  readonly parts?: PartSizes;
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

/** Whoever pressed Ctrl-C waits no longer than this for the removal of what was left to be removed. */
const AFTER_STOP_MS = 3000;

const MEBIBYTE = 1024 * 1024;

/** Beyond this a broken connection would cost more than the requests that parts take. */
const PARTS: PartSizes = { thresholdBytes: 16 * MEBIBYTE, partBytes: 16 * MEBIBYTE };

const STATEMENTS: ObjectStatements = { checksums: "sha256", tags: {} };

/** Makes the store; nothing is sent before the first call. */
export function createObjectStore(options: BucketOptions): S3ObjectStore {
  const { bucket: Bucket, expectedOwner, signal, deadlines = DEADLINES, statements = STATEMENTS } = options;
  const owner = expectedOwner === undefined ? {} : { ExpectedBucketOwner: expectedOwner };
  const settings = clientSettings(options, deadlines);
  let { region } = options;
  let found: Promise<string> | undefined;
  const client = new S3Client({
    ...settings,
    // Several calls ask for it at once, before the first has it.
    region: async () => {
      found ??=
        region === undefined ? discoverRegion(settings, { Bucket, ...owner }, deadline()) : Promise.resolve(region);
      region = await found;
      return region;
    },
  });
  const skew = measureSkew(client, options.now);
  const account = openAccount({
    ...options,
    region: client.config.region,
    isCompatible: options.endpoint !== undefined && !isAmazons(options.endpoint),
    expectedAccount: options.expectedAccount ?? expectedOwner,
    credentials: client.config.credentials,
    requestHandler: timeouts(deadlines),
    maxAttempts: MAX_TRIES,
  });
  let largestBytes = 0;

  const callMs = (bytes: number): number => deadlines.callMs + Math.ceil(bytes / MEBIBYTE) * deadlines.perMebibyteMs;
  function deadline(bytes = 0): AbortSignal {
    const timeout = AbortSignal.timeout(callMs(bytes));
    return signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
  }

  /** Runs one call; its errors are ours. */
  async function call<T>(action: string, key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await withRenewal(client, work);
    } catch (error) {
      signal?.throwIfAborted();
      const credentialsEndAt = await endOfCredentials();
      throw translateError(error, { action, bucket: Bucket, key, region, expectedOwner, credentialsEndAt });
    }
  }

  async function endOfCredentials(): Promise<number | undefined> {
    const credentials = await client.config.credentials().catch(() => undefined);
    return credentials?.expiration?.getTime();
  }

  const removalDeadline = (): AbortSignal => AbortSignal.timeout(signal?.aborted ? AFTER_STOP_MS : deadlines.callMs);

  async function find(Key: string, VersionId?: string): ReturnType<ObjectStore["find"]> {
    return await call("s3:GetObject", Key, async () => {
      try {
        const command = new HeadObjectCommand({ Bucket, Key, VersionId, ChecksumMode: "ENABLED", ...owner });
        const answer = await client.send(command, { abortSignal: deadline() });
        // Of an object in parts the store tells a hash of hashes ("…-3"): our note says what the bytes have.
        const isWhole = answer.ChecksumSHA256?.includes("-") === false;
        const told = isWhole && Buffer.from(answer.ChecksumSHA256 ?? "", "base64").toString("hex");
        const sha256 = told || answer.Metadata?.sha256;
        const encryption = encryptionFrom(answer.ServerSideEncryption, answer.SSEKMSKeyId);
        return {
          bytes: answer.ContentLength ?? -1,
          isOwnChecksum: Boolean(told),
          ...(sha256 === undefined ? {} : { sha256 }),
          ...versionOf(answer),
          ...(encryption && { encryption }),
        };
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    });
  }

  async function getSame(Key: string, facts: ObjectFacts): Promise<ObjectHead> {
    const there = await find(Key);
    if (there?.sha256 === facts.sha256 && there.bytes === facts.bytes) return there;
    throw new ReportError("s3.checksum_mismatch", `Another object already stands at ${Bucket}/${Key}`, {
      hint: "Somebody else writes under this prefix: give callsheet a prefix of its own.",
    });
  }

  return {
    links: LINK_TERMS,
    find,
    async put(Key, body, facts) {
      largestBytes = Math.max(largestBytes, facts.bytes);
      const bucket = { Bucket, ...owner };
      const { parts = PARTS } = options;
      const writer = { client, bucket, statements, parts, deadline, removalDeadline, find };
      const written = await call("s3:PutObject", Key, async () => await writeObject(writer, Key, body, facts));
      const { versionId } = written.isNew ? written : await getSame(Key, facts);
      return { isNew: written.isNew, ...versionOf({ VersionId: versionId }) };
    },
    async delete(Key, VersionId) {
      const command = new DeleteObjectCommand({ Bucket, Key, VersionId, ...owner });
      await call("s3:DeleteObject", Key, async () => await client.send(command, { abortSignal: removalDeadline() }));
    },
    async credentialsEnd() {
      const { expiration, sessionToken } = await call("credentials", "", async () => await client.config.credentials());
      if (expiration !== undefined) return { kind: "at", at: expiration.getTime() };
      return { kind: sessionToken === undefined ? "never" : "untold" };
    },
    now: () => skew.now(),
    async presign(Key, lifetimeSeconds, downloadName, secondsAgo = 0, VersionId?) {
      const signedAt = skew.now() - secondsAgo * 1000;
      const { expiration } = await call("credentials", Key, async () => await client.config.credentials());
      const signingDate = new Date(signedAt);
      const ResponseContentDisposition = attachment(downloadName);
      const command = new GetObjectCommand({ Bucket, Key, VersionId, ResponseContentDisposition });
      const url = await getSignedUrl(client, command, { expiresIn: lifetimeSeconds, signingDate });
      const signedUntil = Math.floor(signedAt / 1000) * 1000 + lifetimeSeconds * 1000;
      return { url, expiresAt: Math.min(signedUntil, expiration?.getTime() ?? Number.POSITIVE_INFINITY) };
    },
    probe: async (url, method = "GET") =>
      await probeUrl(url, method, { idleMs: deadlines.idleMs, totalMs: callMs(largestBytes) }, signal),
    bucketFacts: async (question) =>
      await call("credentials", "", async () =>
        askBucketFacts(client, account, { Bucket, ...owner }, question, statements.tags, deadline, signal),
      ),
    objectGrants: async (Key) =>
      await call("s3:GetObjectAcl", Key, async () =>
        askQuestion(objectGrantsQuestion(client, { Bucket, ...owner }, Key), deadline()),
      ),
    close() {
      client.destroy();
      account.close();
    },
  };
}

/** Amazon's own endpoints may be named too: those of a private network, of dual stack, of the government's regions. */
function isAmazons(endpoint: string): boolean {
  return URL.canParse(endpoint) && /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
}

function timeouts({ idleMs }: S3Deadlines): { readonly connectionTimeout: number; readonly socketTimeout: number } {
  return { connectionTimeout: idleMs, socketTimeout: idleMs };
}

function clientSettings(options: BucketOptions, deadlines: S3Deadlines): S3ClientConfig {
  return {
    forcePathStyle: options.pathStyle ?? false,
    maxAttempts: MAX_TRIES,
    requestHandler: timeouts(deadlines),
    // Compatible stores refuse the trailing checksums that the SDK sends by default; ours are stated outright.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  };
}

/** A bucket without versions says nothing, or the word null. */
function versionOf({ VersionId }: { readonly VersionId?: string | undefined }): { readonly versionId?: string } {
  return VersionId === undefined || VersionId === "null" ? {} : { versionId: VersionId };
}
