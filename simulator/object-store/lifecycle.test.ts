// What lifecycle rules do to objects, seen from outside with a clock that moves; and what pages of other sites are told.

import {
  GetObjectCommand,
  type LifecycleRule,
  ListObjectVersionsCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterEach, expect, test } from "vitest";
import { type OpenStore, openStore } from "../../test/simulator/open-store.ts";

const HOUR_MS = 3_600_000;

let open: OpenStore | undefined;
let now = 0;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** A store with one object and one rule. */
async function ruled(rule: Partial<LifecycleRule>, versioning?: "Enabled"): Promise<OpenStore> {
  now = Date.now();
  open = await openStore({ now: () => now, buckets: [{ name: "reports", versioning }] });
  const { owner } = open;
  await owner.send(new PutObjectCommand({ Bucket: "reports", Key: "daily/a.csv", Body: "mine", Tagging: "keep=no" }));
  const Rules = [{ ID: "rule", Status: "Enabled", ...rule } as LifecycleRule];
  await owner.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket: "reports", LifecycleConfiguration: { Rules } }),
  );
  return open;
}

/** The status of a link so many hours later. */
async function statusAfter({ owner }: OpenStore, hours: number): Promise<number> {
  now += hours * HOUR_MS;
  const command = new GetObjectCommand({ Bucket: "reports", Key: "daily/a.csv" });
  const answer = await fetch(await getSignedUrl(owner, command, { signingDate: new Date(now) }));
  now -= hours * HOUR_MS;
  return answer.status;
}

test("a rule ends an object at the midnight after its days", async () => {
  const store = await ruled({ Filter: { Prefix: "daily/" }, Expiration: { Days: 1 } });
  const midnight = (new Date(now + 24 * HOUR_MS).setUTCHours(24, 0, 0, 0) - now) / HOUR_MS;
  expect([await statusAfter(store, midnight - 0.1), await statusAfter(store, midnight)]).toEqual([200, 404]);
});

test.each([
  { says: "another prefix", rule: { Filter: { Prefix: "weekly/" }, Expiration: { Days: 1 } }, status: 200 },
  { says: "no prefix", rule: { Filter: {}, Expiration: { Days: 1 } }, status: 404 },
  {
    says: "another tag",
    rule: { Filter: { Tag: { Key: "keep", Value: "yes" } }, Expiration: { Days: 1 } },
    status: 200,
  },
  { says: "its tag", rule: { Filter: { Tag: { Key: "keep", Value: "no" } }, Expiration: { Days: 1 } }, status: 404 },
  { says: "larger ones", rule: { Filter: { ObjectSizeGreaterThan: 4 }, Expiration: { Days: 1 } }, status: 200 },
  { says: "a date long ago", rule: { Filter: {}, Expiration: { Date: new Date("2020-01-01") } }, status: 404 },
  { says: "nobody", rule: { Status: "Disabled" as const, Filter: {}, Expiration: { Days: 1 } }, status: 200 },
])("a rule for $says: $status", async ({ rule, status }) => {
  expect(await statusAfter(await ruled(rule), 100)).toBe(status);
});

test("where versions are kept a rule hides the object, and does not remove it", async () => {
  const store = await ruled({ Filter: {}, Expiration: { Days: 1 } }, "Enabled");
  expect(await statusAfter(store, 100)).toBe(404);
  const { Versions, DeleteMarkers } = await store.owner.send(new ListObjectVersionsCommand({ Bucket: "reports" }));
  expect([Versions?.length, DeleteMarkers?.length]).toEqual([1, 1]);
});

test.each([
  { origins: ["https://a.example"], from: "https://a.example", told: "https://a.example" },
  { origins: ["https://*.example"], from: "https://a.example", told: "https://a.example" },
  { origins: ["*"], from: "https://evil.test", told: "*" },
  { origins: ["https://a.example"], from: "https://evil.test", told: null },
])("a page of $from reads with rules for $origins: $told", async ({ origins, from, told }) => {
  open = await openStore();
  const { owner } = open;
  await owner.send(new PutObjectCommand({ Bucket: "reports", Key: "a", Body: "mine" }));
  const CORSRules = [{ AllowedMethods: ["GET"], AllowedOrigins: origins }];
  await owner.send(new PutBucketCorsCommand({ Bucket: "reports", CORSConfiguration: { CORSRules } }));
  const link = await getSignedUrl(owner, new GetObjectCommand({ Bucket: "reports", Key: "a" }));
  const answer = await fetch(link, { headers: { origin: from } });
  expect(answer.headers.get("access-control-allow-origin")).toBe(told);
});
