// The store says no, says "not now", or says nothing: each ends with the right error within its time, repeats only what
// may be repeated, and tells the operator which right, which bucket, which region or which credentials to mend.

import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import {
  conflicts,
  failsInternally,
  ignoresOwner,
  resetsUploads,
  slowsDown,
} from "../../simulator/object-store/misbehaviour.ts";
import type { BucketTold } from "../../src/deliver/object-store.ts";
import { ReportError } from "../../src/domain/errors.ts";
import { createObjectStore } from "../../src/s3/create-object-store.ts";
import { checkOf, type DestinationOptions, FILES, type OpenDestination, openDestination } from "./open-destination.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function opened(options?: DestinationOptions): Promise<OpenDestination> {
  const destination = await openDestination(options);
  closers.push(() => destination.close());
  return destination;
}

const USER = {
  name: "writer",
  accountId: "111122223333",
  accessKeyId: "AKIAWRITERWRITER",
  secretAccessKey: "the secret of the writer",
};
const { accessKeyId, secretAccessKey } = USER;

describe("K1: rights that are missing", () => {
  test.each(["s3:PutObject", "s3:GetObject", "s3:DeleteObject"])(
    "%s is named with the ARN and a statement to paste",
    async (action) => {
      const { refusal, bucket } = await opened({
        store: { users: [{ ...USER, deny: [{ actions: [action], resources: ["arn:aws:s3:::reports/*"] }] }] },
        connection: { credentials: { accessKeyId, secretAccessKey } },
      });
      const error = await refusal();
      expect(error.code).toBe("s3.access_denied");
      expect(error.message).toMatch(new RegExp(`^The object store refused ${action} on arn:aws:s3:::reports/daily/`));
      expect(error.hint).toMatch(
        /^The credentials need this statement: \{"Effect":"Allow","Action":"s3:\w+","Resource":"arn:aws:s3:::reports\/daily\/.*\*"\}/,
      );
      if (action !== "s3:DeleteObject") expect(bucket.keys()).toEqual([]);
    },
  );
});

test("K1: a key of the key management service that may not be used is named, not the object", async () => {
  const key = "arn:aws:kms:us-east-1:111122223333:key/1234";
  const { refusal } = await opened({
    bucket: { encryption: { algorithm: "aws:kms", kmsKeyId: key } },
    store: { users: [{ ...USER, deny: [{ actions: ["kms:GenerateDataKey"], resources: [key] }] }] },
    connection: { credentials: { accessKeyId, secretAccessKey } },
  });
  expect(await refusal()).toMatchObject({
    code: "s3.access_denied",
    message: `The object store refused kms:GenerateDataKey on ${key} (AccessDenied)`,
    hint: `The credentials need this statement: {"Effect":"Allow","Action":"kms:GenerateDataKey","Resource":"${key}"}`,
  });
});

describe("K2, R-82: the wrong bucket", () => {
  test("one that does not exist is named", async () => {
    const { refusal } = await opened({ connection: { bucket: "no-such-reports" } });
    expect(await refusal()).toMatchObject({
      code: "s3.access_denied",
      message: 'There is no bucket "no-such-reports" for s3:PutObject',
      hint: "Check bucket, region and endpoint of the destination.",
    });
  });

  test("one of somebody else gets nothing, when the owner is stated", async () => {
    const { refusal, bucket } = await opened({
      bucket: { accountId: "999988887777", policy: openTo("111122223333") },
      connection: { expectedOwner: "111122223333" },
    });
    const error = await refusal();
    expect(error.code).toBe("s3.access_denied");
    expect(error.hint).toContain("Or the bucket does not belong to account 111122223333 (expectedOwner).");
    expect(bucket.keys()).toEqual([]);
  });

  test("every call states the owner, the link does not", async () => {
    const { deliver, simulated } = await opened({ connection: { expectedOwner: "111122223333" } });
    const seen: (string | undefined)[] = [];
    simulated.misbehave({
      ...ignoresOwner(),
      replace: ({ isSigned, request }) => {
        const isLink = request.query.some(([name]) => name === "X-Amz-Signature");
        if (isSigned && !isLink) seen.push(request.headers.get("x-amz-expected-bucket-owner"));
        return undefined;
      },
      ignoresHeaders: [],
    });
    const [csv] = await deliver();
    // Once another account, to see that the store looks at it.
    expect(seen.filter((owner) => owner !== "111122223333")).toEqual(["000000000000"]);
    expect(csv && checkOf(csv, "V03").fact).toBe("exists, owned by 111122223333");
    expect(csv?.url).not.toContain("owner");
  });

  test("one of another region is named with its region", async () => {
    const { refusal } = await opened({ bucket: { region: "eu-central-1" } });
    expect(await refusal()).toMatchObject({
      code: "s3.access_denied",
      message: 'The bucket "reports" is in region eu-central-1, not in us-east-1',
      hint: "Write `region: eu-central-1` under the destination.",
    });
  });
});

describe("credentials", () => {
  test.each([
    {
      name: "an access key nobody knows",
      credentials: { accessKeyId: "AKIANOBODY", secretAccessKey },
      says: "does not know the access key (InvalidAccessKeyId)",
    },
    {
      name: "a secret key of another access key",
      credentials: { accessKeyId, secretAccessKey: "wrong" },
      says: "does not accept the signature (SignatureDoesNotMatch)",
    },
  ])("$name is told apart from a missing right", async ({ credentials, says }) => {
    const { refusal } = await opened({ store: { users: [USER] }, connection: { credentials } });
    const error = await refusal();
    expect(error).toMatchObject({ code: "s3.access_denied", message: `The object store ${says}` });
    expect(error.hint).not.toContain("statement");
  });

  test("a session that has ended is told as that, and not tried again", async () => {
    const { refusal, simulated } = await opened({
      store: { users: [{ ...USER, sessionToken: "token", expiresAt: Date.now() - 1 }] },
      connection: { credentials: { accessKeyId, secretAccessKey, sessionToken: "token" } },
    });
    expect((await refusal()).message).toBe("The object store says that the credentials have ended (ExpiredToken)");
    expect(simulated.requests.filter(({ method }) => method === "PUT")).toEqual([]);
  });

  test("K5, R-76: a session that ends before the link shortens it, and the check says so", async () => {
    const expiration = new Date(Math.ceil(Date.now() / 1000) * 1000 + 600_000);
    const { deliver } = await opened({
      store: { users: [{ ...USER, sessionToken: "token", expiresAt: expiration.getTime() }] },
      connection: { credentials: { accessKeyId, secretAccessKey, sessionToken: "token", expiration } },
      linkLifetimeSeconds: 3600,
    });
    const [csv] = await deliver();
    if (csv === undefined) throw new Error("nothing was delivered");
    expect(checkOf(csv, "V02")).toMatchObject({ result: "fail" });
    expect(checkOf(csv, "V02").fact).toMatch(/: the link was shortened from 3600 to \d{3} seconds$/);
    expect(checkOf(csv, "V24").result).toBe("pass");
    expect(Date.parse(csv.expiresAt ?? "")).toBeLessThanOrEqual(expiration.getTime());
    expect(Number(new URL(csv.url ?? "").searchParams.get("X-Amz-Expires"))).toBeLessThanOrEqual(600);
  });

  test("K5: a session that does not say when it ends leaves the life of the link unknown", async () => {
    const { deliver } = await opened({
      store: { users: [{ ...USER, sessionToken: "token" }] },
      connection: { credentials: { accessKeyId, secretAccessKey, sessionToken: "token" } },
    });
    const [csv] = await deliver();
    expect(csv && checkOf(csv, "V02")).toMatchObject({ result: "unknown" });
  });

  test("K5: under strict such a session refuses", async () => {
    const { refusal } = await opened({
      access: "strict",
      store: { users: [{ ...USER, sessionToken: "token" }] },
      connection: {
        credentials: {
          accessKeyId,
          secretAccessKey,
          sessionToken: "token",
          expiration: new Date(Date.now() + 600_000),
        },
      },
    });
    expect(await refusal()).toMatchObject({
      code: "delivery.access_unproved",
      message: expect.stringContaining("\nV02 "),
    });
  });
});

describe("K3: a store that stumbles", () => {
  test.each([
    { name: "503 SlowDown once", fault: slowsDown(1, "PutObject") },
    { name: "500 InternalError twice", fault: failsInternally(2, "PutObject") },
    { name: "a connection that breaks in the upload", fault: resetsUploads(1) },
    { name: "503 for a probe of the link", fault: slowsDown(2, "GetObject") },
    { name: "503 for a question about the object", fault: slowsDown(1, "HeadObject") },
    { name: "K7: a conflict with another write of the same key", fault: conflicts(2) },
  ])("$name is tried again and ends well", async ({ fault }) => {
    const { deliver, simulated, bucket } = await opened();
    simulated.misbehave(fault);
    const deliveries = await deliver();
    expect(deliveries.every(({ verdict }) => verdict.proved)).toBe(true);
    expect(bucket.keys()).toHaveLength(2);
  });

  test("K7: an upload whose answer was lost is found to be ours when it is repeated", async () => {
    const { deliver, simulated, bucket } = await opened();
    let isLost = false;
    simulated.misbehave({
      name: "stores, then answers 500",
      alter: (answer, { operation, request }) => {
        if (isLost || operation !== "PutObject" || request.key?.endsWith("calls.csv") !== true) return answer;
        isLost = true;
        return { status: 500, headers: {}, body: "" };
      },
    });
    const [csv] = await deliver();
    expect((await bucket.read(csv?.key ?? "")).toString()).toBe(FILES["calls.csv"]);
    expect(simulated.requests.filter(({ key, status }) => key === csv?.key && status === 412)).toHaveLength(1);
  });

  test("an object of other bytes at our key is never overwritten and never linked", async () => {
    const { deliver, refusal, bucket } = await opened();
    const [csv] = await deliver();
    await bucket.put(csv?.key ?? "", "somebody else's");
    expect(await refusal()).toMatchObject({
      code: "s3.checksum_mismatch",
      message: `Another object already stands at reports/${csv?.key}`,
    });
    expect((await bucket.read(csv?.key ?? "")).toString()).toBe("somebody else's");
  });

  test("a store that always fails is given up after four tries", async () => {
    const { refusal, simulated } = await opened();
    simulated.misbehave(failsInternally(Number.POSITIVE_INFINITY, "PutObject"));
    expect(await refusal()).toMatchObject({ code: "s3.unavailable" });
    expect(simulated.requests.filter(({ operation }) => operation === "PutObject")).toHaveLength(4);
  });

  test("a link that always answers 503 is given up after three tries, and the canary is removed", async () => {
    const { refusal, simulated, bucket } = await opened();
    simulated.misbehave(failsInternally(Number.POSITIVE_INFINITY, "GetObject"));
    expect((await refusal()).message).toMatch(/^Cannot reach 127\.0\.0\.1:\d+ to try the link: status 500$/);
    expect(simulated.requests.filter(({ operation }) => operation === "GetObject")).toHaveLength(3);
    expect(bucket.keys().filter((key) => key.includes(".canary"))).toEqual([]);
  });
});

describe("a store that says nothing", () => {
  const QUESTION = { prefix: "", linkSeconds: 3600 };
  const SHORT = { idleMs: 100, callMs: 400, perMebibyteMs: 0 };

  /** A port that takes connections and never answers. */
  async function silent(): Promise<string> {
    const server: Server = createServer((socket) => void socket.on("error", () => {}));
    const sockets = new Set<{ destroy(): void }>();
    server.on("connection", (socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closers.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function silentStore(signal?: AbortSignal): Promise<ReturnType<typeof createObjectStore>> {
    const store = createObjectStore({
      bucket: "reports",
      region: "us-east-1",
      endpoint: await silent(),
      pathStyle: true,
      now: () => Date.now(),
      credentials: { accessKeyId, secretAccessKey },
      ...(signal === undefined ? { deadlines: SHORT } : { signal }),
    });
    closers.push(async () => store.close());
    return store;
  }

  test("every call ends within its deadline", async () => {
    const store = await silentStore();
    const facts = { contentType: "text/csv", downloadName: "x.csv", sha256: "0".repeat(64), bytes: 1 };
    const startedAt = performance.now();
    const unavailable = expect.objectContaining({ code: "s3.unavailable" });
    await Promise.all([
      expect(store.put("a", { text: "x" }, facts)).rejects.toEqual(unavailable),
      expect(store.find("a")).rejects.toEqual(unavailable),
      expect(store.delete("a")).rejects.toEqual(unavailable),
      expect(store.presign("a", 60, "a").then(({ url }) => store.probe(url))).rejects.toEqual(unavailable),
      expect(store.bucketFacts(QUESTION)).resolves.toSatisfy(({ facts }: BucketTold) =>
        facts.every(({ result }) => result === "unknown"),
      ),
    ]);
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });

  test("a stop ends every call at once with its reason", async () => {
    const stop = new AbortController();
    const store = await silentStore(stop.signal);
    const reason = new ReportError("process.stopping", "Stopped");
    const calls = [
      store.find("a"),
      store.bucketFacts(QUESTION),
      store.presign("a", 60, "a").then(({ url }) => store.probe(url)),
    ];
    const ends = Promise.allSettled(calls);
    setTimeout(() => stop.abort(reason), 50);
    expect(await ends).toEqual(calls.map(() => ({ status: "rejected", reason })));
  });

  test("a stop in the middle of a delivery leaves no canary behind and hands out nothing", async () => {
    const stop = new AbortController();
    const reason = new ReportError("process.stopping", "Stopped");
    const { refusal, simulated, bucket } = await opened({ connection: { signal: stop.signal } });
    simulated.misbehave({
      name: "stopped at the first report",
      replace: ({ operation, request }) => {
        if (operation === "PutObject" && request.key?.endsWith("calls.csv") === true) stop.abort(reason);
        return undefined;
      },
    });
    expect(await refusal()).toBe(reason);
    expect(bucket.keys().filter((key) => key.includes(".canary"))).toEqual([]);
  });

  test("R-85, R-87: no error holds a link, a key or a token, however deep one looks", async () => {
    const store = createObjectStore({
      bucket: "reports",
      region: "us-east-1",
      endpoint: "http://127.0.0.1:9",
      pathStyle: true,
      now: () => Date.now(),
      credentials: { accessKeyId, secretAccessKey, sessionToken: "CANARY-token" },
      deadlines: SHORT,
    });
    closers.push(async () => store.close());
    const { url } = await store.presign("a", 60, "a");
    const errors = await Promise.all(
      [store.probe(url), store.find("a"), store.delete("a")].map((call) => call.catch((error: unknown) => error)),
    );
    for (const error of errors) {
      expect(error).toBeInstanceOf(ReportError);
      const shown = inspect(error, { depth: 20, showHidden: true });
      expect(shown).not.toMatch(/X-Amz-(Signature|Credential)|CANARY-token/i);
      expect(shown).not.toContain(secretAccessKey);
    }
  });

  test("R-79, R-87: a store's echo of what was signed does not outlive the refusal", async () => {
    const { refusal } = await opened({
      store: { users: [{ ...USER, sessionToken: "CANARY-token" }] },
      connection: { credentials: { accessKeyId, secretAccessKey: "wrong", sessionToken: "CANARY-token" } },
    });
    const error = await refusal();
    expect(error.code).toBe("s3.access_denied");
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("CANARY-token");
  });
});

/** A policy that lets another account do everything: without the owner's number nothing would stop the delivery. */
function openTo(account: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "s3:*",
        Resource: ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"],
      },
    ],
  };
}
