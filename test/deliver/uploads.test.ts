// Uploads as the store sees them: in one request or in parts, once, with all that they state; and what is left in the
// bucket when the line dies at any of their requests, as when the process is killed.

import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectTaggingCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { failsInsideSuccess, lacks, slowsDown } from "../../simulator/object-store/misbehaviour.ts";
import {
  type ObjectStore as SimulatedStore,
  createObjectStore as simulateStore,
} from "../../simulator/object-store/create-object-store.ts";
import { SYSTEM_CLOCK } from "../../src/cli/world.ts";
import { deliverParcel } from "../../src/deliver/deliver-parcel.ts";
import type { ObjectFacts } from "../../src/deliver/object-store.ts";
import type { Artifact } from "../../src/domain/artifact.ts";
import { ReportError } from "../../src/domain/errors.ts";
import { type BucketOptions, createObjectStore, type S3ObjectStore } from "../../src/s3/create-object-store.ts";
import { type CutPlace, openCuttingProxy } from "./cutting-proxy.ts";
import { checkOf, type DestinationOptions, type OpenDestination, openDestination } from "./open-destination.ts";

const MEBIBYTE = 1024 * 1024;
/** As small as the store takes parts. */
const PARTS = { thresholdBytes: 5 * MEBIBYTE, partBytes: 5 * MEBIBYTE };

let folder: string;
let large: { readonly path: string; readonly bytes: Buffer; readonly facts: ObjectFacts };
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-uploads-"));
  large = write("large.csv", randomBytes(11 * MEBIBYTE));
});
afterAll(() => rmSync(folder, { recursive: true }));

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function opened(options?: DestinationOptions): Promise<OpenDestination> {
  const destination = await openDestination({ ...options, connection: { parts: PARTS, ...options?.connection } });
  closers.push(() => destination.close());
  return destination;
}

function write(name: string, bytes: Buffer): typeof large {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { path, bytes, facts: { contentType: "text/csv", downloadName: name, sha256, bytes: bytes.length } };
}

function operationsOf({ simulated }: OpenDestination, key: string): string[] {
  return simulated.requests.filter((request) => request.key === key).map(({ operation }) => operation);
}

describe("a large file", () => {
  test("goes in parts, each with its checksum, and is one object with our note of the whole", async () => {
    const destination = await opened();
    const { s3, bucket } = destination;
    await s3.put("large.csv", large, large.facts);
    expect(operationsOf(destination, "large.csv")).toEqual([
      "HeadObject",
      "CreateMultipartUpload",
      "UploadPart",
      "UploadPart",
      "UploadPart",
      "CompleteMultipartUpload",
    ]);
    expect(await bucket.read("large.csv")).toEqual(large.bytes);
    expect(bucket.uploads()).toEqual([]);
    const { sha256, bytes } = large.facts;
    expect(await s3.find("large.csv")).toMatchObject({ bytes, sha256, isOwnChecksum: false });
  });

  test("K7: is not sent again when it is there, and another one under its key is an error", async () => {
    const destination = await opened();
    expect(await destination.s3.put("large.csv", large, large.facts)).toEqual({ isNew: true });
    expect(await destination.s3.put("large.csv", large, large.facts)).toEqual({ isNew: false });
    expect(operationsOf(destination, "large.csv").filter((name) => name === "UploadPart")).toHaveLength(3);
    const other = write("other.csv", randomBytes(6 * MEBIBYTE));
    await expect(destination.s3.put("large.csv", other, other.facts)).rejects.toMatchObject({
      code: "s3.checksum_mismatch",
    });
    expect(await destination.bucket.read("large.csv")).toEqual(large.bytes);
    expect(destination.bucket.uploads()).toEqual([]);
  });

  test.each([
    { name: "a part", fault: slowsDown(1, "UploadPart") },
    { name: "the completion, inside a success", fault: failsInsideSuccess(1) },
  ])("K3: $name that fails once is tried again", async ({ fault }) => {
    const { s3, bucket, simulated } = await opened();
    simulated.misbehave(fault);
    await s3.put("large.csv", large, large.facts);
    expect([bucket.keys(), bucket.uploads()]).toEqual([["large.csv"], []]);
  });

  test.each([
    { name: "a part", fault: slowsDown(Number.POSITIVE_INFINITY, "UploadPart") },
    { name: "the completion", fault: slowsDown(Number.POSITIVE_INFINITY, "CompleteMultipartUpload") },
  ])("K8: $name that fails for good leaves no parts behind", async ({ fault }) => {
    const { s3, bucket, simulated } = await opened();
    simulated.misbehave(fault);
    await expect(s3.put("large.csv", large, large.facts)).rejects.toMatchObject({ code: "s3.unavailable" });
    expect([bucket.keys(), bucket.uploads()]).toEqual([[], []]);
  });

  test("K8: a stop aborts the upload too", async () => {
    const stop = new AbortController();
    const { s3, bucket, simulated } = await opened({ connection: { signal: stop.signal } });
    simulated.misbehave({
      name: "tells of a part",
      replace: ({ operation }) => {
        if (operation === "UploadPart") stop.abort(new ReportError("process.stopping", "stopped"));
        return undefined;
      },
    });
    await expect(s3.put("large.csv", large, large.facts)).rejects.toMatchObject({ code: "process.stopping" });
    expect([bucket.keys(), bucket.uploads()]).toEqual([[], []]);
  });

  test("K8: what a process that died left of the same object is aborted, and of another is not touched", async () => {
    const { s3, bucket, simulated } = await opened();
    const endKeeping = simulated.misbehave(
      slowsDown(Number.POSITIVE_INFINITY, "UploadPart"),
      lacks("AbortMultipartUpload"),
    );
    await s3.put("large.csv", large, large.facts).catch(() => undefined);
    await s3.put("large.csv.2", large, large.facts).catch(() => undefined);
    expect(bucket.uploads()).toHaveLength(2);
    endKeeping();
    await s3.put("large.csv", large, large.facts);
    expect(bucket.uploads()).toHaveLength(1);
    await s3.put("large.csv.2", large, large.facts);
    expect([bucket.keys(), bucket.uploads()]).toEqual([["large.csv", "large.csv.2"], []]);
  });

  test("a credential that may not list uploads can send one", async () => {
    const user = { name: "writer", accountId: "111122223333", accessKeyId: "AKIAWRITER", secretAccessKey: "secret" };
    const { s3, bucket } = await opened({
      store: { users: [{ ...user, deny: [{ actions: ["s3:ListBucketMultipartUploads"], resources: ["*"] }] }] },
      connection: { credentials: user },
    });
    await s3.put("large.csv", large, large.facts);
    expect(bucket.keys()).toEqual(["large.csv"]);
  });

  test("a file that changes while it is sent is not delivered", async () => {
    const { s3, bucket } = await opened();
    const facts = { ...large.facts, sha256: "0".repeat(64) };
    await expect(s3.put("large.csv", large, facts)).rejects.toMatchObject({
      code: "s3.checksum_mismatch",
      message: "The file changed while it was sent to the object store",
    });
    expect([bucket.keys(), bucket.uploads()]).toEqual([[], []]);
  });
});

describe("interrupted uploads", () => {
  const places: readonly CutPlace[] = ["before", "in the body", "before the answer"];

  test.each(places)(
    "K7, K8: a large file whose line dies %s of any request, then sent again, is one object without leftover parts",
    async (place) => {
      const whole = await cutUpload(large, Number.POSITIVE_INFINITY, place);
      expect(whole.left).toEqual({ keys: ["large.csv"], uploads: 0 });
      const cuts = Array.from({ length: whole.requests }, (_, index) => index + 1);
      const outcomes = await Promise.all(cuts.map((at) => cutUpload(large, at, place)));
      for (const [index, { left, bytes }] of outcomes.entries()) {
        expect(left, `cut at ${index + 1}`).toEqual({ keys: ["large.csv"], uploads: 0 });
        expect(bytes.equals(large.bytes), `cut at ${index + 1}`).toBe(true);
      }
    },
  );

  test.each(places)(
    "R-80: a delivery whose line dies %s of any request has no manifest, and repeated it is whole",
    async (place) => {
      const whole = await cutDelivery(Number.POSITIVE_INFINITY, place);
      const cuts = Array.from({ length: whole.requests }, (_, index) => index + 1);
      for (const at of cuts) {
        const { between, keys } = await cutDelivery(at, place);
        expect(keys, `cut at ${at}`).toEqual(whole.keys);
        const sealed = between.filter((key) => key.endsWith("/delivery.json"));
        const isLast = at === whole.requests && place === "before the answer";
        expect(sealed, `cut at ${at}`).toHaveLength(isLast ? 1 : 0);
      }
    },
    60_000,
  );
});

/** Sends a file through a line that dies at a request, and then again through a whole one. */
async function cutUpload(
  file: typeof large,
  at: number,
  place: CutPlace,
): Promise<{ left: { keys: string[]; uploads: number }; bytes: Buffer; requests: number }> {
  const { simulated, proxy, connect, close } = await openLine(at, place);
  try {
    await connect()
      .put("large.csv", file, file.facts)
      .catch(() => undefined);
    const requests = proxy.seen;
    proxy.mend();
    await connect().put("large.csv", file, file.facts);
    const bucket = simulated.buckets.get("reports");
    const left = { keys: bucket.keys(), uploads: bucket.uploads().length };
    return { left, bytes: await bucket.read("large.csv"), requests };
  } finally {
    await close();
  }
}

/** Delivers two files so; the keys in the bucket when the line was dead, and at the end. */
async function cutDelivery(
  at: number,
  place: CutPlace,
): Promise<{ between: string[]; keys: string[]; requests: number }> {
  const { simulated, proxy, connect, close } = await openLine(at, place);
  const artifacts = ["calls.csv", "calls.json"].map((name): Artifact => {
    const { path, facts } = write(name, Buffer.from(`of ${name}`));
    const format = name.endsWith("csv") ? "csv" : "json";
    return { name, format, path, rows: 1, bytes: facts.bytes, sha256: facts.sha256 };
  });
  const interval = { startAt: Date.UTC(2024, 2, 1), endAt: Date.UTC(2024, 3, 1) };
  const parcel = { runId: "calls-1", report: "calls", interval, revision: 1, artifacts };
  const deliver = async (): Promise<unknown> =>
    await deliverParcel(
      parcel,
      { name: "archive", prefix: "daily/", linkLifetimeSeconds: 3600, access: "probed", store: connect() },
      SYSTEM_CLOCK,
    );
  try {
    await deliver().catch(() => undefined);
    const requests = proxy.seen;
    const between = simulated.buckets.get("reports").keys();
    proxy.mend();
    await deliver();
    return { between, keys: simulated.buckets.get("reports").keys().sort(), requests };
  } finally {
    await close();
  }
}

/** A store behind a line that dies at a request; whoever was connected then is stopped, as a killed process is. */
async function openLine(
  at: number,
  place: CutPlace,
): Promise<{
  simulated: SimulatedStore;
  proxy: Awaited<ReturnType<typeof openCuttingProxy>>;
  connect: () => S3ObjectStore;
  close: () => Promise<void>;
}> {
  const simulated = await simulateStore({ buckets: [{ name: "reports" }] });
  const proxy = await openCuttingProxy(simulated.url);
  const connected: S3ObjectStore[] = [];
  proxy.cutAt(at, place);
  return {
    simulated,
    proxy,
    connect() {
      const stop = new AbortController();
      proxy.onCut = () => stop.abort(new ReportError("process.stopping", "killed"));
      const { region, accessKeyId, secretAccessKey } = simulated;
      const options: BucketOptions = {
        bucket: "reports",
        region,
        endpoint: proxy.url,
        pathStyle: true,
        now: Date.now,
        credentials: { accessKeyId, secretAccessKey },
        signal: stop.signal,
        parts: PARTS,
        deadlines: { idleMs: 1000, callMs: 2000, perMebibyteMs: 1000 },
      };
      const store = createObjectStore(options);
      connected.push(store);
      return store;
    },
    async close() {
      for (const store of connected) store.close();
      await proxy.close();
      await simulated.close();
    },
  };
}

describe("what an upload states", () => {
  test("R-81: type, name, encryption, checksum and tags are set, in one request and in parts", async () => {
    const kmsKey = "arn:aws:kms:us-east-1:111122223333:key/1234";
    const { s3, simulated } = await opened({
      connection: {
        statements: {
          checksums: "sha256",
          encryption: { kind: "SSE-KMS", key: kmsKey },
          tags: { team: "Contact centre", class: "internal" },
        },
      },
    });
    const small = write("naïve (2)*.csv", Buffer.from("queue,calls\r\n"));
    await s3.put("large.csv", large, large.facts);
    await s3.put("small.csv", small, small.facts);
    const client = clientOf(simulated);
    for (const Key of ["large.csv", "small.csv"]) {
      const head = await client.send(new HeadObjectCommand({ Bucket: "reports", Key, ChecksumMode: "ENABLED" }));
      expect(head).toMatchObject({ ContentType: "text/csv", ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKey });
      expect(head.ChecksumSHA256).toBeDefined();
      expect(head.ContentDisposition).toBe(
        Key === "large.csv"
          ? `attachment; filename="large.csv"; filename*=UTF-8''large.csv`
          : `attachment; filename="na_ve__2__.csv"; filename*=UTF-8''na%C3%AFve%20%282%29%2A.csv`,
      );
      const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket: "reports", Key }));
      expect(TagSet).toEqual([
        { Key: "team", Value: "Contact centre" },
        { Key: "class", Value: "internal" },
      ]);
    }
  });

  test("`checksums: none` states none, and our note stands beside the object", async () => {
    const { s3, simulated } = await opened({ connection: { statements: { checksums: "none", tags: {} } } });
    let stated = 0;
    simulated.misbehave({
      name: "counts checksum headers",
      replace: ({ request }) => {
        if ([...request.headers.keys()].some((name) => /^x-amz-(sdk-)?checksum-(?!mode)/.test(name))) stated += 1;
        return undefined;
      },
    });
    const small = write("small.csv", Buffer.from("queue,calls\r\n"));
    await s3.put("large.csv", large, large.facts);
    await s3.put("small.csv", small, small.facts);
    expect(stated).toBe(0);
    expect(await s3.find("small.csv")).toMatchObject({ sha256: small.facts.sha256, isOwnChecksum: false });
  });

  function clientOf({ url, region, accessKeyId, secretAccessKey }: SimulatedStore): S3Client {
    const client = new S3Client({
      endpoint: url,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });
    closers.unshift(() => Promise.resolve(client.destroy()));
    return client;
  }
});

test("R-83: without a region the bucket is asked where it is, and links of an encrypted bucket are signed for it", async () => {
  const { deliver, simulated } = await openWithoutRegion({
    region: "eu-central-1",
    encryption: { algorithm: "aws:kms", kmsKeyId: "arn:aws:kms:eu-central-1:111122223333:key/1234" },
  });
  const [csv] = await deliver();
  const { searchParams } = new URL(csv?.url ?? "");
  expect(searchParams.get("X-Amz-Algorithm")).toBe("AWS4-HMAC-SHA256");
  expect(searchParams.get("X-Amz-Credential")).toContain("/eu-central-1/s3/aws4_request");
  expect((await fetch(csv?.url ?? "")).status).toBe(200);
  expect(simulated.requests.filter(({ status }) => status === 301 || status === 400)).toHaveLength(1);
});

test("R-83: a store that tells no region is used as the usual one", async () => {
  const { deliver, simulated } = await openWithoutRegion({});
  simulated.misbehave({
    name: "tells no region",
    alter: (answer) => ({
      ...answer,
      headers: Object.fromEntries(Object.entries(answer.headers).filter(([name]) => name !== "x-amz-bucket-region")),
    }),
  });
  const [csv] = await deliver();
  expect(new URL(csv?.url ?? "").searchParams.get("X-Amz-Credential")).toContain("/us-east-1/");
});

async function openWithoutRegion(bucket: DestinationOptions["bucket"]): Promise<OpenDestination> {
  const destination = await openDestination({ ...(bucket && { bucket }), isRegionTold: false });
  closers.push(() => destination.close());
  return destination;
}

test("K9: in a bucket that keeps versions the link opens the version that was proved, whatever comes later", async () => {
  const { deliver, bucket } = await opened({ bucket: { versioning: "Enabled" } });
  const [csv] = await deliver({ "calls.csv": "queue,calls\r\nSales,2\r\n" });
  expect(csv?.versionId).toMatch(/^\S+$/);
  expect(new URL(csv?.url ?? "").searchParams.get("versionId")).toBe(csv?.versionId);
  await bucket.put(csv?.key ?? "", "a forgery");
  expect(await (await fetch(csv?.url ?? "")).text()).toBe("queue,calls\r\nSales,2\r\n");
});

test("K9: without versions, what a third party puts there between upload and link is seen and no link is given", async () => {
  const { refusal, simulated, bucket } = await opened();
  simulated.misbehave({
    name: "a third party writes after us",
    alter: (answer, { operation, request }) => {
      if (operation === "PutObject" && request.key?.endsWith("calls.csv") === true)
        void bucket.put(request.key, "forged");
      return answer;
    },
  });
  const error = await refusal();
  expect(error.code).toBe("delivery.access_unproved");
  expect(error.message).toMatch(/\nV15 .* fail: 6 of 22 bytes/);
});

test("R-80: the manifest of a delivery names its files, comes last, and is the same when it is delivered again", async () => {
  const { simulated, proxy, connect, close } = await openLine(Number.POSITIVE_INFINITY, "before");
  closers.push(close);
  const { path, facts } = write("calls.csv", Buffer.from("queue,calls\r\n"));
  const artifact: Artifact = {
    name: "calls.csv",
    format: "csv",
    path,
    rows: 1,
    bytes: facts.bytes,
    sha256: facts.sha256,
  };
  const interval = { startAt: Date.UTC(2024, 2, 1), endAt: Date.UTC(2024, 3, 1) };
  const destination = { name: "archive", prefix: "daily/", linkLifetimeSeconds: 3600, access: "probed" as const };
  for (const runId of ["calls-1", "calls-2"]) {
    const parcel = { runId, report: "calls", interval, revision: 1, artifacts: [artifact] };
    const [csv] = await deliverParcel(parcel, { ...destination, store: connect() }, SYSTEM_CLOCK);
    const seal = await simulated.buckets.get("reports").read(csv?.manifestKey ?? "");
    expect(JSON.parse(seal.toString())).toEqual({
      schema: "callsheet.delivery/1",
      report: "calls",
      interval: "2024-03-01T00:00:00.000Z/2024-04-01T00:00:00.000Z",
      revision: 1,
      files: [{ name: "calls.csv", key: csv?.key, format: "csv", rows: 1, bytes: facts.bytes, sha256: facts.sha256 }],
    });
    expect(simulated.requests.at(-1)).toMatchObject({ operation: runId === "calls-1" ? "PutObject" : "HeadObject" });
    expect(simulated.requests.at(-1)?.key).toBe(csv?.manifestKey);
    if (csv) expect(checkOf(csv, "V15").result).toBe("pass");
  }
  expect(simulated.buckets.get("reports").keys()).toHaveLength(2);
  expect(proxy.seen).toBe(simulated.requests.length);
});
