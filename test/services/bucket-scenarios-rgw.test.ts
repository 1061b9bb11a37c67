// The bucket scenarios that Ceph RGW can hold, on a real server: the same arrangement, the same look without callsheet,
// the same judgement. RGW tells too little for `strict`, which never hands out a link there; `probed` must be right.

import { randomBytes } from "node:crypto";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCENARIOS } from "../deliver/scenarios/bucket-scenarios.ts";
import type { Keys } from "../deliver/scenarios/site.ts";
import { findTruth } from "../deliver/scenarios/truth.ts";
import { judgeSite } from "../deliver/scenarios/verdict-of.ts";
import { requireService } from "./services-env.ts";

const region = "us-east-1";
let owner: S3Client;
let stranger: S3Client;

beforeAll(() => {
  owner = client(ownerKeys());
  stranger = client({
    accessKeyId: requireService("CALLSHEET_TEST_RGW_OTHER_ACCESS_KEY"),
    secretAccessKey: requireService("CALLSHEET_TEST_RGW_OTHER_SECRET_KEY"),
  });
});
afterAll(() => {
  owner.destroy();
  stranger.destroy();
});

const held = SCENARIOS.filter(({ isOnRgw }) => isOnRgw === true);

test("at least ten scenarios are held", () => {
  expect(held.length).toBeGreaterThanOrEqual(10);
});

test.each(held.map((scenario) => [scenario.name, scenario] as const))("K10, Ceph RGW: %s", async (_name, scenario) => {
  const bucket = `scenario-${randomBytes(6).toString("hex")}`;
  await owner.send(new CreateBucketCommand({ Bucket: bucket }));
  const endpoint = requireService("CALLSHEET_TEST_RGW_ENDPOINT");
  const site = { endpoint, region, bucket, owner, stranger, keys: ownerKeys() };
  const settings = { linkLifetimeSeconds: 3600 };
  try {
    await scenario.arrange?.(site);
    const strict = await judgeSite(site, settings, "strict");
    const probed = await judgeSite(site, settings, "probed");
    const { open } = await findTruth(site, settings, probed.promised);
    expect(open.length > 0).toBe(scenario.truth === "open");
    expect(probed).toMatchObject({ said: scenario.truth === "open" ? "unsafe" : "safe" });
    expect(strict.said).not.toBe("safe");
  } finally {
    await remove(bucket);
  }
});

function ownerKeys(): Keys {
  return {
    accessKeyId: requireService("CALLSHEET_TEST_RGW_ACCESS_KEY"),
    secretAccessKey: requireService("CALLSHEET_TEST_RGW_SECRET_KEY"),
  };
}

function client(credentials: Keys): S3Client {
  const endpoint = requireService("CALLSHEET_TEST_RGW_ENDPOINT");
  return new S3Client({ endpoint, region, forcePathStyle: true, credentials });
}

async function remove(Bucket: string): Promise<void> {
  await owner.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await owner.send(new DeleteBucketPolicyCommand({ Bucket }));
  const { Contents = [] } = await owner.send(new ListObjectsV2Command({ Bucket }));
  for (const { Key } of Contents) await owner.send(new DeleteObjectCommand({ Bucket, Key }));
  await owner.send(new DeleteBucketCommand({ Bucket }));
}
