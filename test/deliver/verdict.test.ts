// The verdict on real deliveries: a closed bucket is proved, and every way in which a store can be open, careless or
// dishonest is found and named, while nobody gets a link.

import { createHash } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import {
  acceptsAnySignature,
  altersBytes,
  dropsObjects,
  emptyPublicAccessBlock,
  hidesChecksums,
  ignoresDisposition,
  ignoresKey,
  ignoresLifetime,
  ignoresMethod,
  keepsDeleted,
  lacks,
  leaksInRefusals,
  type Misbehaviour,
  neverExpires,
  redirectsUnsigned,
  servesAnybody,
} from "../../simulator/object-store/misbehaviour.ts";
import { probeReport } from "../../src/deliver/probe-link.ts";
import { createTestClock } from "../support/test-clock.ts";
import {
  checkOf,
  type DestinationOptions,
  FILES,
  idsWith,
  type OpenDestination,
  openDestination,
} from "./open-destination.ts";

let open: OpenDestination | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function opened(options?: DestinationOptions): Promise<OpenDestination> {
  open = await openDestination(options);
  return open;
}

const PROBES = ["V13", "V15", "V17", "V18", "V19", "V20", "V21", "V22", "V23", "V24"];

describe("a bucket as Amazon S3 makes it today", () => {
  test("R-78: is proved, check by check, with the raw facts", async () => {
    const { deliver } = await opened();
    const [csv] = await deliver();
    if (csv === undefined) throw new Error("nothing was delivered");
    expect(csv.verdict.proved).toBe(true);
    // A new bucket has no policy, so nothing refuses plain HTTP: told, and never asked for.
    expect(idsWith(csv, "fail")).toEqual(["V11"]);
    expect(idsWith(csv, "unknown")).toEqual(["V01", "V05"]);
    expect(checkOf(csv, "V04").fact).toBe("4 of 4 blocks are on");
    expect(checkOf(csv, "V15").fact).toBe("22 of 22 bytes, checksum equal");
    expect(checkOf(csv, "V17").fact).toBe("status 403");
    expect(checkOf(csv, "V22").fact).toBe("PUT 403, DELETE 403, object unchanged");
    for (const { fact, call } of csv.verdict.checks) expect(fact + call).not.toMatch(/https?:|[0-9a-f]{64}/);
  });

  test("the link gives the right bytes, saved under the report's name, and a page is not run in the bucket's name", async () => {
    const { deliver } = await opened();
    const deliveries = await deliver();
    expect(deliveries.map(({ artifact }) => artifact)).toEqual(["calls.csv", "calls.html"]);
    const answers = await Promise.all(deliveries.map(async ({ url = "" }) => await fetch(url)));
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(Object.values(FILES));
    expect(answers.map(({ headers }) => headers.get("content-type"))).toEqual([
      "text/csv; charset=utf-8",
      "application/octet-stream",
    ]);
    expect(answers.map(({ headers }) => headers.get("content-disposition"))).toEqual([
      `attachment; filename="calls.csv"; filename*=UTF-8''calls.csv`,
      `attachment; filename="calls.html"; filename*=UTF-8''calls.html`,
    ]);
  });

  test("a name beyond ASCII is kept for browsers that know how, and spelled plainly for the others", async () => {
    const { deliver } = await opened();
    const [csv] = await deliver({ 'Überblick "Mai".csv': "a\r\n" });
    expect(csv?.key).toMatch(/^daily\/calls\/[\dTZ_]+\/r1-[0-9a-f]{12}\/-berblick-Mai-\.csv$/);
    const disposition = `attachment; filename="_berblick__Mai_.csv"; filename*=UTF-8''%C3%9Cberblick%20%22Mai%22.csv`;
    expect((await fetch(csv?.url ?? "")).headers.get("content-disposition")).toBe(disposition);
    // Signed into the link as well, for stores that do not keep it.
    expect(new URL(csv?.url ?? "").searchParams.get("response-content-disposition")).toBe(disposition);
  });

  test("K7, R-74: repeating a delivery of the same bytes writes nothing new, other bytes get another key", async () => {
    const { deliver, bucket } = await opened();
    const first = await deliver();
    const again = await deliver();
    expect(again.map(({ key }) => key)).toEqual(first.map(({ key }) => key));
    expect(bucket.keys()).toHaveLength(2);
    const [other] = await deliver({ "calls.csv": "queue,calls\r\nSales,3\r\n" });
    expect(bucket.keys()).toHaveLength(3);
    expect(other?.key).not.toBe(first[0]?.key);
    expect((await bucket.read(first[0]?.key ?? "")).toString()).toBe(FILES["calls.csv"]);
  });

  test("forgeries are tried on a canary that is gone afterwards, never on the report", async () => {
    const { deliver, bucket, simulated } = await opened();
    const deliveries = await deliver();
    expect(bucket.keys().sort()).toEqual(deliveries.map(({ key }) => key).sort());
    const forged = simulated.requests.filter(({ method, status }) => status === 403 && method !== "GET");
    expect(forged.map(({ method, key }) => `${method} ${key}`)).toEqual([
      "PUT daily/.canary/calls-1",
      "DELETE daily/.canary/calls-1",
    ]);
  });

  test("V24: the link lives as long as it says, and not a second longer", async () => {
    const clock = createTestClock();
    const { deliver } = await opened({ clock, store: { now: () => clock.now() }, linkLifetimeSeconds: 600 });
    const [csv] = await deliver();
    expect(csv?.expiresAt).toBe(new Date(Math.floor(clock.now() / 1000) * 1000 + 600_000).toISOString());
    clock.jump(Date.parse(csv?.expiresAt ?? "") - 1000 - clock.now());
    expect((await fetch(csv?.url ?? "")).status).toBe(200);
    clock.jump(1000);
    expect((await fetch(csv?.url ?? "")).status).toBe(403);
  });
});

const PUBLIC_POLICY = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*" }],
};

describe("buckets that are open get no report", () => {
  const states: readonly { name: string; bucket: DestinationOptions["bucket"]; refused: string }[] = [
    { name: "a public policy", bucket: { publicAccessBlock: false, policy: PUBLIC_POLICY }, refused: "V06" },
    { name: "a public policy that a block covers", bucket: { policy: PUBLIC_POLICY }, refused: "V06" },
    {
      name: "an access list for everybody",
      bucket: { publicAccessBlock: false, ownership: "ObjectWriter", acl: "public-read" },
      refused: "V08",
    },
    {
      name: "an access list for everybody with an account",
      bucket: { publicAccessBlock: false, ownership: "ObjectWriter", acl: "authenticated-read" },
      refused: "V08",
    },
  ];
  for (const access of ["probed", "strict"] as const) {
    test.each(states)(`K10: $name is refused before the upload (${access})`, async ({ bucket: settings, refused }) => {
      const { refusal, bucket } = await opened({ access, bucket: settings ?? {} });
      const error = await refusal();
      expect(error.code).toBe("delivery.access_unproved");
      expect(error.message).toContain(
        `\n${refused} ${refused === "V06" ? "Is the bucket's policy not public? fail" : "Does no access list grant the public? fail"}`,
      );
      expect(error.message).not.toMatch(/https?:/);
      expect(error.hint).toMatch(/^Mend what failed, then run again\. The files are kept in the run folder\./);
      expect(bucket.keys()).toEqual([]);
    });
  }

  test("K10: a bucket that was made public between two runs is refused, and the older report stays", async () => {
    const { deliver, refusal, bucket } = await opened();
    const before = await deliver();
    bucket.set({ publicAccessBlock: false, policy: PUBLIC_POLICY });
    expect((await refusal()).message).toContain("V06");
    expect(bucket.keys().sort()).toEqual(before.map(({ key }) => key).sort());
  });

  test.each([
    {
      name: "no public access block, but nothing is public",
      bucket: { publicAccessBlock: false },
      failed: ["V04", "V11"],
    },
    { name: "access lists that grant nobody", bucket: { ownership: "ObjectWriter" as const }, failed: ["V07", "V11"] },
  ])("$name is proved by the probes", async ({ bucket, failed }) => {
    const { deliver } = await opened({ bucket });
    const [csv] = await deliver();
    expect(csv?.verdict.proved).toBe(true);
    expect(csv && idsWith(csv, "fail")).toEqual(failed);
  });
});

describe("stores that are careless or dishonest", () => {
  const bad: readonly { misbehaviour: Misbehaviour; refused: string[] }[] = [
    { misbehaviour: acceptsAnySignature(), refused: ["V19", "V20", "V21", "V22", "V23"] },
    { misbehaviour: neverExpires(), refused: ["V23"] },
    { misbehaviour: ignoresLifetime(), refused: ["V21"] },
    { misbehaviour: ignoresMethod(), refused: ["V22"] },
    { misbehaviour: ignoresKey(), refused: ["V20"] },
    { misbehaviour: servesAnybody(), refused: ["V17"] },
    { misbehaviour: leaksInRefusals(), refused: ["V17"] },
    { misbehaviour: redirectsUnsigned("https://elsewhere.example/"), refused: ["V17"] },
    { misbehaviour: altersBytes(), refused: ["V18"] },
    { misbehaviour: dropsObjects(), refused: ["V15", "V18", "V22", "V24"] },
    { misbehaviour: keepsDeleted(), refused: ["V13"] },
  ];
  test.each(bad)("$misbehaviour.name: refused for $refused, without a link", async ({ misbehaviour, refused }) => {
    const { refusal, simulated } = await opened();
    simulated.misbehave(misbehaviour);
    const error = await refusal();
    expect(error.code).toBe("delivery.access_unproved");
    expect([...error.message.matchAll(/^(V\d\d) /gm)].map(([, id]) => id)).toEqual(refused);
    expect(`${error.message}${error.hint}${error.stack}`).not.toMatch(/https?:\/\/|X-Amz-Signature/);
  });

  test("V15: a store that tells neither checksum nor note leaves it unknown whether the bytes arrived, and has no proof", async () => {
    const { refusal, simulated } = await opened();
    simulated.misbehave(hidesChecksums(), {
      name: "forgets notes",
      alter: (answer) => ({
        ...answer,
        headers: Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !name.startsWith("x-amz-meta-"))),
      }),
    });
    const error = await refusal();
    expect(error.message).toMatch(/\nV15 .* unknown: 22 of 22 bytes, checksum not told$/m);
    expect(error.hint).toContain("The store did not tell what a proof needs");
  });

  test("V15: an object of the same size and another checksum is not ours", async () => {
    const { s3, deliver } = await opened();
    const [csv] = await deliver();
    if (csv?.url === undefined || csv.expiresAt === undefined) throw new Error("nothing was delivered");
    const facts = {
      contentType: "text/csv; charset=utf-8",
      downloadName: "calls.csv",
      sha256: "0".repeat(64),
      bytes: 22,
    };
    const link = { url: csv.url, expiresAt: Date.parse(csv.expiresAt) };
    const findings = await probeReport(s3, { key: csv.key, facts, link, life: { seconds: 3600 } });
    expect(findings.find(({ id }) => id === "V15")).toMatchObject({
      result: "fail",
      fact: "22 of 22 bytes, checksum different",
    });
  });

  test.each([
    { name: "a second later than it is signed", lieMs: 1000, lifetimeSeconds: 3600 },
    { name: "when it is signed, but for another life than was asked", lieMs: 0, lifetimeSeconds: 3601 },
  ])("V24: a link that is said to end $name fails", async ({ lieMs, lifetimeSeconds }) => {
    const { s3, deliver } = await opened();
    const [csv] = await deliver();
    if (csv?.url === undefined || csv.expiresAt === undefined) throw new Error("nothing was delivered");
    const facts = {
      contentType: "text/csv; charset=utf-8",
      downloadName: "calls.csv",
      sha256: "0".repeat(64),
      bytes: 22,
    };
    const link = { url: csv.url, expiresAt: Date.parse(csv.expiresAt) + lieMs };
    const life = { seconds: lifetimeSeconds };
    const findings = await probeReport(s3, { key: csv.key, facts, link, life });
    expect(findings.find(({ id }) => id === "V24")?.result).toBe("fail");
  });

  test("V22: a store that takes the forger's write and keeps its object is refused all the same", async () => {
    const { refusal, simulated } = await opened();
    simulated.misbehave({
      ...ignoresMethod(),
      name: "is polite to forgers",
      replace: ({ request }) =>
        request.method !== "GET" && request.query.some(([name]) => name === "X-Amz-Signature")
          ? { status: 200, headers: {}, body: "" }
          : undefined,
    });
    expect((await refusal()).message).toMatch(/\nV22 .* fail: PUT 200, DELETE 200, object unchanged$/);
  });

  test("the canary is removed also when the delivery fails half-way", async () => {
    const { refusal, bucket, simulated } = await opened();
    simulated.misbehave({
      name: "refuses the second report",
      replace: ({ operation, request }) =>
        operation === "PutObject" && request.key?.endsWith("calls.html") === true
          ? { status: 403, headers: {}, body: "" }
          : undefined,
    });
    expect((await refusal()).code).toBe("s3.access_denied");
    expect(bucket.keys().filter((key) => key.includes(".canary"))).toEqual([]);
  });

  test("R-80: when one of two reports is not proved, neither has a link", async () => {
    const { refusal, simulated } = await opened();
    simulated.misbehave({
      name: "spoils the page only",
      alter: (answer, { operation, request }) =>
        operation === "GetObject" && request.key?.endsWith("calls.html") === true
          ? { ...answer, body: "x".repeat(FILES["calls.html"].length) }
          : answer,
    });
    expect((await refusal()).message).toMatch(/\nV18 .* fail: status 200, 35 bytes, different/);
  });
});

describe("K14: stores that tell little", () => {
  const silent = [
    lacks("GetBucketPolicyStatus", "GetBucketOwnershipControls", "GetBucketAcl", "HeadBucket"),
    emptyPublicAccessBlock(),
    hidesChecksums(),
  ];

  test("probed: what they do not tell is unknown, never passed, and the probes decide", async () => {
    const { deliver, simulated } = await opened();
    simulated.misbehave(...silent);
    const [csv] = await deliver();
    if (csv === undefined) throw new Error("nothing was delivered");
    expect(idsWith(csv, "unknown")).toEqual(["V01", "V03", "V04", "V05", "V06", "V07", "V08"]);
    expect(idsWith(csv, "pass")).toEqual([
      "V02",
      "V09",
      "V10",
      "V12",
      "V13",
      "V15",
      "V16",
      ...PROBES.slice(2),
      "V25",
      "V26",
    ]);
    expect(checkOf(csv, "V04").fact).toBe("an empty answer");
    expect(checkOf(csv, "V06").fact).toBe("NotImplemented");
    expect(checkOf(csv, "V15").fact).toContain("our own note");
  });

  test("an access list without any grant tells nothing: even a private one names its owner", async () => {
    const { deliver, bucket } = await opened();
    bucket.set({ ownership: "ObjectWriter", acl: [] });
    const [csv] = await deliver();
    expect(csv && checkOf(csv, "V08")).toMatchObject({
      result: "unknown",
      fact: "an empty answer; 0 of 1 grants on the object are public",
    });
  });

  test("a store without conditional writes is looked at before it is written to, and nothing is overwritten", async () => {
    const { deliver, refusal, simulated, bucket } = await opened();
    simulated.misbehave({
      name: "lacks conditional writes",
      replace: ({ operation, request }) =>
        operation === "PutObject" && request.headers.has("if-none-match")
          ? { status: 501, headers: {}, body: "" }
          : undefined,
    });
    const [csv] = await deliver();
    expect((await deliver())[0]?.key).toBe(csv?.key);
    expect(bucket.keys()).toHaveLength(2);
    await bucket.put(csv?.key ?? "", "somebody else's");
    expect((await refusal()).code).toBe("s3.checksum_mismatch");
    expect((await bucket.read(csv?.key ?? "")).toString()).toBe("somebody else's");
  });

  test("strict: what is unknown refuses before the upload, and the hint says what would do", async () => {
    const { refusal, simulated, bucket } = await opened({ access: "strict" });
    simulated.misbehave(...silent);
    const error = await refusal();
    expect(error.code).toBe("delivery.access_unproved");
    expect([...error.message.matchAll(/^(V\d\d) .* (\w+): /gm)].map(([, id, result]) => `${id} ${result}`)).toEqual(
      ["V01", "V03", "V04", "V05", "V06", "V07", "V08"].map((id) => `${id} unknown`),
    );
    expect(error.hint).toContain("`access: probed` under this destination is content with the probes");
    expect(bucket.keys()).toEqual([]);
  });

  test("V25: a store that ignores the name of a link is told of, and does not refuse under probed", async () => {
    const { deliver, simulated } = await opened();
    simulated.misbehave(ignoresDisposition(), {
      name: "forgets the stored disposition",
      alter: (answer) => ({ ...answer, headers: { ...answer.headers, "content-disposition": "inline" } }),
    });
    const [csv] = await deliver();
    expect(csv && idsWith(csv, "fail")).toEqual(["V11", "V25"]);
  });
});

test("V18 reads the whole report: one of several MiB is compared to the last byte", async () => {
  const { deliver } = await opened();
  const text = "x".repeat(5 * 1024 * 1024);
  const [csv] = await deliver({ "large.csv": text });
  expect(csv && checkOf(csv, "V18").fact).toBe(`status 200, ${text.length} bytes, equal`);
  const bytes = Buffer.from(await (await fetch(csv?.url ?? "")).arrayBuffer());
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(createHash("sha256").update(text).digest("hex"));
});
