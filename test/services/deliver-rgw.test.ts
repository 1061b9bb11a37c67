// The same delivery on a real S3 server, Ceph RGW 16: what the verdict finds there is written down check by check, so
// that neither our store nor our reading of it decides alone what a proof is.

import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketPolicyCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SYSTEM_CLOCK } from "../../src/cli/world.ts";
import type { Destination } from "../../src/deliver/deliver-artifacts.ts";
import { deliverParcel } from "../../src/deliver/deliver-parcel.ts";
import type { Delivery } from "../../src/domain/delivery.ts";
import { createObjectStore, type S3ObjectStore } from "../../src/s3/create-object-store.ts";
import { requireService } from "./services-env.ts";

const TEXT = "queue,calls\r\nSales,2\r\n";

let owner: S3Client;
let folder: string;
let bucket: string;
let s3: S3ObjectStore;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-rgw-"));
  owner = new S3Client({ ...connection(), forcePathStyle: true });
});
afterAll(() => {
  owner.destroy();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  bucket = `deliver-${randomBytes(6).toString("hex")}`;
  await owner.send(new CreateBucketCommand({ Bucket: bucket }));
  s3 = createObjectStore({ bucket, pathStyle: true, now: () => Date.now(), ...connection() });
});
afterEach(async () => {
  s3.close();
  for (const Key of await keys()) await owner.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  await owner.send(new DeleteBucketCommand({ Bucket: bucket }));
});

describe("Ceph RGW", () => {
  test("R-78: a private bucket is proved under probed, each check with RGW's own answer", async () => {
    const [csv] = await deliver("probed");
    const told = Object.fromEntries(csv?.verdict.checks.map(({ id, result }) => [id, result]) ?? []);
    expect(told).toEqual({
      V01: "unknown",
      V02: "pass",
      V03: "pass",
      V04: "fail",
      V05: "unknown",
      V06: "pass",
      V07: "unknown",
      V08: "pass",
      V09: "unknown",
      V10: "unknown",
      V11: "fail",
      V12: "pass",
      V13: "pass",
      V15: "pass",
      V16: "unknown",
      V17: "pass",
      V18: "pass",
      V19: "pass",
      V20: "pass",
      V21: "pass",
      V22: "pass",
      V23: "pass",
      V24: "pass",
      V25: "pass",
      V26: "pass",
    });
    expect(csv?.verdict.proved).toBe(true);
    expect(new Set(await keys())).toEqual(new Set([csv?.key, csv?.manifestKey]));
  });

  test("the link opens with the right bytes, type and name", async () => {
    const [csv] = await deliver("probed");
    const answer = await fetch(csv?.url ?? "");
    expect(await answer.text()).toBe(TEXT);
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(answer.headers.get("content-disposition")).toBe(
      `attachment; filename="calls.csv"; filename*=UTF-8''calls.csv`,
    );
  });

  test("K7: the same bytes delivered again are the same object", async () => {
    const [first] = await deliver("probed");
    const [again] = await deliver("probed");
    expect([again?.key, again?.manifestKey]).toEqual([first?.key, first?.manifestKey]);
    expect(await keys()).toHaveLength(2);
  });

  test("K8: a large file goes in parts, is one object, and leaves none behind; a delivery is sealed last", async () => {
    s3.close();
    const parts = { thresholdBytes: 5 * 1024 * 1024, partBytes: 5 * 1024 * 1024 };
    s3 = createObjectStore({ bucket, pathStyle: true, now: () => Date.now(), parts, ...connection() });
    const bytes = randomBytes(11 * 1024 * 1024);
    const [csv] = await deliver("probed", bytes);
    expect(Buffer.from(await (await fetch(csv?.url ?? "")).arrayBuffer()).equals(bytes)).toBe(true);
    expect(new Set(await keys())).toEqual(new Set([csv?.key, csv?.manifestKey]));
    const { Uploads = [] } = await owner.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads).toEqual([]);
  });

  test("strict refuses what RGW does not tell, before the upload", async () => {
    await expect(deliver("strict")).rejects.toMatchObject({ code: "delivery.access_unproved" });
    expect(await keys()).toEqual([]);
  });

  test("K10: a public access list refuses, before the upload", async () => {
    await owner.send(new PutBucketAclCommand({ Bucket: bucket, ACL: "public-read" }));
    await expect(deliver("probed")).rejects.toMatchObject({
      code: "delivery.access_unproved",
      message: expect.stringContaining("\nV08 "),
    });
    expect(await keys()).toEqual([]);
  });

  test("K10: a public policy refuses, before the upload", async () => {
    const statement = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucket}/*` };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await owner.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    await expect(deliver("probed")).rejects.toMatchObject({
      code: "delivery.access_unproved",
      message: expect.stringContaining("\nV06 "),
    });
    expect(await keys()).toEqual([]);
    await owner.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
  });
});

async function deliver(access: Destination["access"], bytes: string | Buffer = TEXT): Promise<Delivery[]> {
  const path = join(folder, "calls.csv");
  writeFileSync(path, bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const artifact = { name: "calls.csv", format: "csv" as const, path, rows: 1, bytes: bytes.length, sha256 };
  const interval = { startAt: Date.UTC(2024, 2, 1), endAt: Date.UTC(2024, 3, 1) };
  return await deliverParcel(
    { runId: "calls-1", report: "calls", interval, revision: 1, artifacts: [artifact] },
    { name: "archive", prefix: "daily/", linkLifetimeSeconds: 3600, access, store: s3 },
    SYSTEM_CLOCK,
  );
}

async function keys(): Promise<string[]> {
  const { Contents = [] } = await owner.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.flatMap(({ Key }) => Key ?? []);
}

function connection(): {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
} {
  return {
    endpoint: requireService("CALLSHEET_TEST_RGW_ENDPOINT"),
    region: "us-east-1",
    credentials: {
      accessKeyId: requireService("CALLSHEET_TEST_RGW_ACCESS_KEY"),
      secretAccessKey: requireService("CALLSHEET_TEST_RGW_SECRET_KEY"),
    },
  };
}
