// Each deliberate fault, seen from outside: the same questions before, during and after.

import { createHash } from "node:crypto";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3ServiceException,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterEach, describe, expect, test } from "vitest";
import { ask, codeOf } from "../../test/contract/s3-claims/world.ts";
import { type OpenStore, openStore } from "../../test/simulator/open-store.ts";
import * as faults from "./misbehaviour.ts";

const opened: OpenStore[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

async function open(): Promise<OpenStore> {
  const world = await openStore();
  opened.push(world);
  await world.store.buckets.get("reports").put("a.csv", "mine");
  await world.store.buckets.get("reports").put("b.csv", "other");
  return world;
}

type Probe = (world: OpenStore) => Promise<string>;

const link = ({ owner }: OpenStore, expiresIn = 60, signingDate = new Date()): Promise<string> =>
  getSignedUrl(owner, new GetObjectCommand({ Bucket: "reports", Key: "a.csv" }), { expiresIn, signingDate });

const flipped: Probe = async (world) =>
  ask((await link(world)).replace(/Signature=./, (text) => `Signature=${text.endsWith("0") ? "1" : "0"}`));
const ended: Probe = async (world) => ask(await link(world, 60, new Date(Date.now() - 3_600_000)));
const future: Probe = async (world) => ask(await link(world, 60, new Date(Date.now() + 3_600_000)));
const longer: Probe = async (world) => ask((await link(world)).replace("Expires=60", "Expires=86400"));
const deleting: Probe = async (world) => ask(await link(world), { method: "DELETE" });
const otherKey: Probe = async (world) => ask((await link(world)).replace("/a.csv?", "/b.csv?"));
const unsigned: Probe = async ({ store }) => (await fetch(`${store.url}/reports/a.csv`, { redirect: "manual" })).text();
const unsignedStatus: Probe = async ({ store }) => ask(`${store.url}/reports/a.csv`);
const signed: Probe = async (world) => (await fetch(await link(world))).text();
const disposed: Probe = async ({ owner }) => {
  const command = new GetObjectCommand({ Bucket: "reports", Key: "a.csv", ResponseContentDisposition: "attachment" });
  return String((await fetch(await getSignedUrl(owner, command))).headers.get("content-disposition"));
};
const putTwice: Probe = async ({ owner }) => {
  const put = () =>
    codeOf(owner.send(new PutObjectCommand({ Bucket: "reports", Key: "new", Body: "x", IfNoneMatch: "*" })));
  return `${await put()}, ${await put()}`;
};
const putAndHead: Probe = async ({ owner }) => {
  await owner.send(new PutObjectCommand({ Bucket: "reports", Key: "c", Body: "x", ChecksumAlgorithm: "SHA256" }));
  try {
    const head = await owner.send(new HeadObjectCommand({ Bucket: "reports", Key: "c", ChecksumMode: "ENABLED" }));
    return `${head.ServerSideEncryption} ${head.ChecksumSHA256 === undefined ? "no checksum" : "checksum"}`;
  } catch (error) {
    if (error instanceof S3ServiceException) return error.name;
    throw error;
  }
};
const deleteAndRead: Probe = async ({ store, owner }) => {
  await owner.send(new DeleteObjectCommand({ Bucket: "reports", Key: "a.csv" }));
  return store.buckets.get("reports").keys().includes("a.csv") ? "still there" : "gone";
};
const foreignOwner: Probe = async ({ owner }) =>
  codeOf(owner.send(new HeadObjectCommand({ Bucket: "reports", Key: "a.csv", ExpectedBucketOwner: "999999999999" })));
const block: Probe = async ({ owner }) => {
  try {
    return JSON.stringify(
      (await owner.send(new GetPublicAccessBlockCommand({ Bucket: "reports" }))).PublicAccessBlockConfiguration
        ?.BlockPublicAcls ?? "nothing",
    );
  } catch (error) {
    if (error instanceof S3ServiceException) return error.name;
    throw error;
  }
};

const aged: Probe = async (world) => ask(await link(world, 3600, new Date(Date.now() - 1_800_000)));
const checksum: Probe = async ({ owner }) => {
  await owner.send(new PutObjectCommand({ Bucket: "reports", Key: "c.csv", Body: "x", ChecksumAlgorithm: "SHA256" }));
  const head = await owner.send(new HeadObjectCommand({ Bucket: "reports", Key: "c.csv", ChecksumMode: "ENABLED" }));
  return head.ChecksumSHA256 === createHash("sha256").update("x").digest("base64") ? "right" : "wrong";
};
const sharedWith: Probe = async ({ owner, store }) => {
  store.buckets.get("reports").set({ ownership: "ObjectWriter" });
  await owner.send(new PutObjectCommand({ Bucket: "reports", Key: "c", Body: "x" }));
  const { Grants = [] } = await owner.send(new GetObjectAclCommand({ Bucket: "reports", Key: "c" }));
  return Grants.flatMap(({ Grantee }) => Grantee?.URI?.split("/").at(-1) ?? []).join(", ");
};
const aclError: Probe = async ({ owner }) =>
  await owner.send(new GetObjectAclCommand({ Bucket: "reports", Key: "a.csv" })).then(
    () => "no error",
    (error: Error) => error.name.replace(/[0-9a-f]{64}/, "…"),
  );

const wrong = "403 SignatureDoesNotMatch";
const rows: readonly [faults.Misbehaviour, Probe, string, string][] = [
  [faults.acceptsAnySignature(), flipped, wrong, "200"],
  [faults.neverExpires(), ended, "403 AccessDenied", "200"],
  [faults.neverExpires(), flipped, wrong, wrong],
  [faults.acceptsFutureDates(), future, "403 AccessDenied", "200"],
  [faults.ignoresLifetime(), longer, wrong, "200"],
  [faults.ignoresLifetime(), flipped, wrong, wrong],
  [faults.ignoresMethod(), deleting, wrong, "204"],
  [faults.ignoresMethod(), otherKey, wrong, wrong],
  [faults.ignoresKey(), otherKey, wrong, "200"],
  [faults.ignoresKey(), deleting, wrong, wrong],
  [faults.servesAnybody(), unsignedStatus, "403 AccessDenied", "200"],
  [faults.servesAnybody(), flipped, wrong, wrong],
  [faults.leaksInRefusals(), unsignedStatus, "403 AccessDenied", "403"],
  [faults.redirectsUnsigned("/elsewhere"), unsignedStatus, "403 AccessDenied", "302"],
  [faults.redirectsUnsigned("/elsewhere"), signed, "mine", "mine"],
  [faults.altersBytes(), signed, "mine", "mind"],
  [faults.ignoresDisposition(), disposed, "attachment", "null"],
  [faults.ignoresPreconditions(), putTwice, "200, 412 PreconditionFailed", "200, 200"],
  [faults.dropsObjects(), putAndHead, "AES256 checksum", "NotFound"],
  [faults.ignoresEncryption(), putAndHead, "AES256 checksum", "undefined checksum"],
  [faults.hidesChecksums(), putAndHead, "AES256 checksum", "AES256 no checksum"],
  [faults.keepsDeleted(), deleteAndRead, "gone", "still there"],
  [faults.ignoresOwner(), foreignOwner, "403 Unknown", "200"],
  [faults.emptyPublicAccessBlock(), block, "true", '"nothing"'],
  [faults.lacks("GetBucketPublicAccessBlock"), block, "true", "NotImplemented"],
  [faults.comparesOnlyTheEnd(), flipped, wrong, "200"],
  [faults.comparesOnlyTheEnd(), otherKey, wrong, wrong],
  [faults.dropsOldLinks(900_000), aged, "200", "403 AccessDenied"],
  [faults.dropsOldLinks(900_000), signed, "mine", "mine"],
  [faults.misstatesChecksums(), checksum, "right", "wrong"],
  [faults.sharesNewObjects(), sharedWith, "", "AuthenticatedUsers"],
  [faults.echoesSignatures(), aclError, "no error", "NotImplemented.…"],
];

describe("misbehave()", () => {
  test.each(rows.map((row) => [row[0].name, ...row] as const))("%s", async (_name, fault, probe, honest, faulty) => {
    expect(await probe(await open())).toBe(honest);
    const world = await open();
    const end = world.store.misbehave(fault);
    expect(await probe(world)).toBe(faulty);
    end();
    const fresh = await open();
    fresh.store.misbehave(fault)();
    expect(await probe(fresh)).toBe(honest);
  });

  test("slowsDown(), failsInternally() and conflicts() last as often as they say", async () => {
    const { store, owner } = await open();
    const put = () => codeOf(owner.send(new PutObjectCommand({ Bucket: "reports", Key: "c", Body: "x" })));
    store.misbehave(faults.slowsDown(2), faults.failsInternally(1, "PutObject"), faults.conflicts(1));
    expect([await put(), await put(), await put(), await put(), await put()]).toEqual([
      "503 SlowDown",
      "503 SlowDown",
      "500 InternalError",
      "409 ConditionalRequestConflict",
      "200",
    ]);
  });

  test("ignoresPrefixes() lets a writer write anywhere", async () => {
    const { store, client } = await open();
    const writer = {
      name: "writer",
      accountId: store.accountId,
      accessKeyId: "AKIAWRITER",
      secretAccessKey: "s",
      allow: [],
    };
    store.users.set(writer);
    const put = () =>
      codeOf(client({ credentials: writer }).send(new PutObjectCommand({ Bucket: "reports", Key: "c", Body: "x" })));
    expect(await put()).toBe("403 AccessDenied");
    store.misbehave(faults.ignoresPrefixes());
    expect(await put()).toBe("200");
  });

  test("ignoresToken() accepts temporary keys after their end", async () => {
    const { store, client } = await open();
    const guest = {
      name: "guest",
      accountId: store.accountId,
      accessKeyId: "AKIAGUEST",
      secretAccessKey: "s",
      sessionToken: "t",
      expiresAt: 0,
    };
    store.users.set(guest);
    const read = () =>
      codeOf(client({ credentials: guest }).send(new GetObjectCommand({ Bucket: "reports", Key: "a.csv" })));
    expect(await read()).toBe("400 ExpiredToken");
    store.misbehave(faults.ignoresToken());
    expect(await read()).toBe("200");
  });

  test("resetsUploads() breaks the connection in the middle of an upload, and nothing is stored", async () => {
    const { store, owner } = await open();
    const put = (Key: string) =>
      owner.send(new PutObjectCommand({ Bucket: "reports", Key, Body: Buffer.alloc(3_000_000) }));
    store.misbehave(faults.resetsUploads(1));
    await expect(put("big")).rejects.toThrow(/ECONNRESET|EPIPE|socket hang up/);
    expect(store.buckets.get("reports").keys()).toEqual(["a.csv", "b.csv"]);
    expect(await codeOf(put("big"))).toBe("200");
  });

  test("failsInsideSuccess() answers a completion with 200 and an error, and the upload is still there", async () => {
    const { store, owner } = await open();
    const target = { Bucket: "reports", Key: "big" };
    const { UploadId } = await owner.send(new CreateMultipartUploadCommand(target));
    const { ETag } = await owner.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: "x" }));
    const complete = () =>
      codeOf(
        owner.send(
          new CompleteMultipartUploadCommand({
            ...target,
            UploadId,
            MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
          }),
        ),
      );
    store.misbehave(faults.failsInsideSuccess(1));
    expect(await complete()).toBe("503 InternalError"); // the SDK reads such an answer as a failure
    expect([store.requests.at(-1)?.status, store.buckets.get("reports").uploads()]).toEqual([200, [UploadId]]);
    expect(await complete()).toBe("200");
  });

  test("leaksInRefusals() sends the object with a 403", async () => {
    const world = await open();
    world.store.misbehave(faults.leaksInRefusals());
    expect(await unsigned(world)).toBe("mine");
  });
});
