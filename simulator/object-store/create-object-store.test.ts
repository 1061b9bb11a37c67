// What the conformance suite (test/contract) cannot ask of a foreign server: users with few rights, temporary keys, a
// moved clock, states that the API refuses to make, and what the handle of the store tells.

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetBucketEncryptionCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { ask, askRaw, codeOf } from "../../test/contract/s3-claims/world.ts";
import { type OpenStore, openStore } from "../../test/simulator/open-store.ts";
import type { ObjectStore, ObjectStoreOptions } from "./create-object-store.ts";
import { deriveKey, sha256, signParts } from "./signature.ts";
import type { User } from "./users.ts";

const opened: OpenStore[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

async function open(options: ObjectStoreOptions = {}): Promise<OpenStore> {
  const store = await openStore(options);
  opened.push(store);
  return store;
}

function user(name: string, more: Partial<User> = {}): User {
  return {
    name,
    accountId: "111122223333",
    accessKeyId: `AKIA${name.toUpperCase()}`,
    secretAccessKey: `the secret of ${name}`,
    ...more,
  };
}

const linkTo = ({ owner }: OpenStore, key: string, expiresIn = 60): Promise<string> =>
  getSignedUrl(owner, new GetObjectCommand({ Bucket: "reports", Key: key }), { expiresIn });

interface HandSigned {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly service?: string;
  /** The day in the scope, when it is not the day of the request. */
  readonly day?: string;
  readonly own?: Readonly<Record<string, string>>;
}

/** Headers of a request that the SDK would not make: signed for another service, another day, another API. */
function signByHand(store: ObjectStore, { method, path, body = "", service = "s3", day, own = {} }: HandSigned) {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = { day: day ?? date.slice(0, 8), region: store.region, service };
  const payloadHash = sha256(body);
  const sent = { host: new URL(store.url).host, ...own, "x-amz-content-sha256": payloadHash, "x-amz-date": date };
  const headers = Object.entries(sent);
  const signature = signParts(deriveKey(store.secretAccessKey, scope), {
    method,
    path,
    query: [],
    headers,
    payloadHash,
    date,
    scope,
  });
  const credential = `${store.accessKeyId}/${scope.day}/${scope.region}/${service}/aws4_request`;
  const signedHeaders = headers.map(([name]) => name).join(";");
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  return { headers: { ...sent, authorization } };
}

describe("createObjectStore() and its users", () => {
  test("a writer writes under its prefix, not elsewhere, and reads nothing", async () => {
    const writer = user("writer", {
      allow: [{ actions: ["s3:PutObject", "s3:AbortMultipartUpload"], resources: ["arn:aws:s3:::reports/daily/*"] }],
    });
    const { client } = await open({ users: [writer] });
    const own = client({ credentials: writer });
    const put = (Key: string) => codeOf(own.send(new PutObjectCommand({ Bucket: "reports", Key, Body: "x" })));
    expect([await put("daily/a"), await put("weekly/a"), await put("daily")]).toEqual([
      "200",
      "403 AccessDenied",
      "403 AccessDenied",
    ]);
    expect(await codeOf(own.send(new GetObjectCommand({ Bucket: "reports", Key: "daily/a" })))).toBe(
      "403 AccessDenied",
    );
    expect(await codeOf(own.send(new ListObjectsV2Command({ Bucket: "reports" })))).toBe("403 AccessDenied");
    expect(await codeOf(own.send(new CreateMultipartUploadCommand({ Bucket: "reports", Key: "weekly/a" })))).toBe(
      "403 AccessDenied",
    );
    await expect(own.send(new PutObjectCommand({ Bucket: "reports", Key: "weekly/a", Body: "x" }))).rejects.toThrow(
      'User: arn:aws:iam::111122223333:user/writer is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::reports/weekly/a"',
    );
  });

  test("a missing key is AccessDenied for who may read and not list, and a policy or a deny list decide too", async () => {
    const reader = user("reader", { allow: [{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::reports/*"] }] });
    const { client, store } = await open({ users: [reader] });
    const read = () =>
      codeOf(client({ credentials: reader }).send(new GetObjectCommand({ Bucket: "reports", Key: "none" })));
    expect(await read()).toBe("403 AccessDenied");
    const policy = {
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: "111122223333" },
          Action: "s3:ListBucket",
          Resource: "arn:aws:s3:::reports",
        },
      ],
    };
    store.buckets.get("reports").set({ policy });
    expect(await read()).toBe("404 NoSuchKey");
    await store.buckets.get("reports").put("none", "now there is");
    expect(await read()).toBe("200");
    store.buckets.get("reports").set({
      policy: { Statement: [{ ...policy.Statement[0], Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*" }] },
    });
    store.users.set({ ...reader, deny: [{ actions: ["s3:*"], resources: ["*"] }] });
    expect(await read()).toBe("403 AccessDenied");
  });

  test("another account needs its own rights and the bucket's", async () => {
    const helpless = user("helpless", { accountId: "444455556666", allow: [] });
    const free = user("free", { accountId: "444455556666" });
    const { client, store } = await open({ users: [helpless, free] });
    await store.buckets.get("reports").put("a", "a");
    const read = (who: User) =>
      codeOf(client({ credentials: who }).send(new GetObjectCommand({ Bucket: "reports", Key: "a" })));
    expect([await read(helpless), await read(free)]).toEqual(["403 AccessDenied", "403 AccessDenied"]);
    store.buckets.get("reports").set({
      policy: {
        Statement: [
          {
            Effect: "Allow",
            Principal: { AWS: "444455556666" },
            Action: "s3:GetObject",
            Resource: "arn:aws:s3:::reports/*",
          },
        ],
      },
    });
    expect([await read(helpless), await read(free)]).toEqual(["403 AccessDenied", "200"]);
  });

  test("temporary keys need their token and end with it, links as well", async () => {
    let now = Date.parse("2024-03-04T05:00:00Z");
    const guest = user("guest", { sessionToken: "token+/=", expiresAt: now + 600_000 });
    const { client, store } = await open({ users: [guest], now: () => now });
    await store.buckets.get("reports").put("a", "a");
    const command = new GetObjectCommand({ Bucket: "reports", Key: "a" });
    const systemClockOffset = now - Date.now();
    const send = (credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) =>
      codeOf(client({ credentials, systemClockOffset }).send(command));
    const { accessKeyId, secretAccessKey } = guest;
    expect(await send({ accessKeyId, secretAccessKey, sessionToken: "token+/=" })).toBe("200");
    expect(await send({ accessKeyId, secretAccessKey, sessionToken: "token" })).toBe("400 InvalidToken");
    expect(await send({ accessKeyId, secretAccessKey })).toBe("403 InvalidAccessKeyId");
    const credentials = { accessKeyId, secretAccessKey, sessionToken: "token+/=" };
    const link = await getSignedUrl(client({ credentials, systemClockOffset }), command, {
      expiresIn: 3600,
      signingDate: new Date(now),
    });
    expect(await ask(link)).toBe("200");
    now += 600_000;
    expect(await ask(link)).toBe("400 ExpiredToken");
  });

  test("a removed key is unknown", async () => {
    const { client, store } = await open({ users: [user("gone")] });
    store.users.remove("AKIAGONE");
    expect(await codeOf(client({ credentials: user("gone") }).send(new ListBucketsCommand({})))).toBe(
      "403 InvalidAccessKeyId",
    );
  });

  test("an object under a KMS key is read by who may decrypt, never by the public", async () => {
    const blind = user("blind", { allow: [{ actions: ["s3:*"], resources: ["*"] }] });
    const { client, owner, store } = await open({ users: [blind] });
    await owner.send(
      new PutObjectCommand({
        Bucket: "reports",
        Key: "a",
        Body: "a",
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: "k1",
      }),
    );
    const read = codeOf(client({ credentials: blind }).send(new GetObjectCommand({ Bucket: "reports", Key: "a" })));
    const write = codeOf(
      client({ credentials: blind }).send(
        new PutObjectCommand({ Bucket: "reports", Key: "b", Body: "b", ServerSideEncryption: "aws:kms" }),
      ),
    );
    expect([await read, await write]).toEqual(["403 AccessDenied", "403 AccessDenied"]);
    const policy = {
      Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*" }],
    };
    store.buckets.get("reports").set({ policy, publicAccessBlock: false });
    expect(await ask(`${store.url}/reports/a`)).toBe("400 InvalidArgument");
  });
});

describe("createObjectStore() and its links", () => {
  test("any one character of a link changed is a refusal, never the object", async () => {
    const world = await open();
    await world.store.buckets.get("reports").put("daily/a.csv", "the whole report");
    const { pathname, search } = new URL(await linkTo(world, "daily/a.csv"));
    const target = pathname + search;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(target.length - 2),
        fc.constantFrom("a", "Z", "0", "%", "&", "=", "/", "+", ".", "-"),
        async (index, character) => {
          const changed = target.slice(0, index + 1) + character + target.slice(index + 2);
          fc.pre(changed !== target);
          const answer = await fetch(world.store.url + changed, { redirect: "manual" });
          const body = await answer.text();
          expect(answer.status).toBeGreaterThanOrEqual(400);
          expect(body).not.toContain("the whole report");
        },
      ),
      { numRuns: 400 },
    );
  });

  test("a link ends on the second, and not before", async () => {
    let now = Date.now();
    const world = await open({ now: () => now });
    await world.store.buckets.get("reports").put("a", "a");
    const link = await linkTo(world, "a", 60);
    const signedAt = Date.parse(
      new URL(link).searchParams.get("X-Amz-Date")?.replace(/(....)(..)(..T..)(..)(..Z)/, "$1-$2-$3:$4:$5") ?? "",
    );
    now = signedAt + 59_999;
    expect(await ask(link)).toBe("200");
    now = signedAt + 60_000;
    const late = await fetch(link);
    expect([late.status, await late.text()]).toEqual([
      403,
      expect.stringContaining("<Message>Request has expired</Message>"),
    ]);
  });

  test("a refusal repeats neither signature nor secret nor token", async () => {
    const world = await open();
    const link = (await linkTo(world, "a")).replace(/Signature=..../, "Signature=0000");
    const text = await (await fetch(link)).text();
    expect(text).toContain("SignatureDoesNotMatch");
    const signature = new URL(link).searchParams.get("X-Amz-Signature") ?? "none";
    expect(text.includes(signature) || text.includes(world.store.secretAccessKey) || text.includes("AWS4-HMAC")).toBe(
      false,
    );
  });

  test("parameters of an unsigned request do not decide the answer's type", async () => {
    const { store } = await open();
    const policy = {
      Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*" }],
    };
    store.buckets.get("reports").set({ policy, publicAccessBlock: false });
    await store.buckets.get("reports").put("a", "a");
    expect(await ask(`${store.url}/reports/a`)).toBe("200");
    expect(await ask(`${store.url}/reports/a?response-content-type=text/html`)).toBe("400 InvalidRequest");
  });

  test("a link may name the bucket in the host, and then holds for that host alone", async () => {
    const { client, store } = await open({ buckets: ["reports", "others"] });
    await store.buckets.get("reports").put("a", "mine");
    await store.buckets.get("others").put("a", "other");
    const { port } = new URL(store.url);
    const command = new GetObjectCommand({ Bucket: "reports", Key: "a" });
    const { host, pathname, search } = new URL(
      await getSignedUrl(client({ endpoint: `http://localhost:${port}` }), command),
    );
    expect([host, pathname]).toEqual([`reports.localhost:${port}`, "/a"]);
    expect(await askRaw(store.url, "GET", pathname + search, { host })).toBe("200");
    expect(await askRaw(store.url, "GET", pathname + search, { host: host.replace("reports", "others") })).toBe(
      "403 SignatureDoesNotMatch",
    );
  });

  test("HEAD tells what GET would, without its body", async () => {
    const { store } = await open();
    await store.buckets.get("reports").put("a", "abc");
    expect(await ask(`${store.url}/reports/a`, { method: "HEAD" })).toBe("403");
    const policy = {
      Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*" }],
    };
    store.buckets.get("reports").set({ policy, publicAccessBlock: false });
    const head = await fetch(`${store.url}/reports/a`, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "3"]);
  });
});

describe("createObjectStore() and signatures made by hand", () => {
  test("a scope of another day, service or end is refused, and so is a header that was sent twice", async () => {
    const { store } = await open();
    const request = { method: "GET", path: "/" };
    const send = (headers: Readonly<Record<string, string | string[]>>) => askRaw(store.url, "GET", "/", headers);
    const { headers } = signByHand(store, request);
    expect(await send(headers)).toBe("200");
    expect(await send(signByHand(store, { ...request, service: "ec2" }).headers)).toBe(
      "400 AuthorizationHeaderMalformed",
    );
    expect(await send(signByHand(store, { ...request, day: "20240101" }).headers)).toBe(
      "400 AuthorizationHeaderMalformed",
    );
    const authorization = headers.authorization.replace("aws4_request", "aws5_request");
    expect(await send({ ...headers, authorization })).toBe("400 AuthorizationHeaderMalformed");
    const date = headers["x-amz-date"];
    expect(await send({ ...headers, "x-amz-date": [date, date] })).toBe("400 InvalidArgument");
  });
});

describe("createObjectStore() and its buckets", () => {
  test("a bucket of another region answers with its region, to whoever signs for it", async () => {
    const { client, owner, store } = await open({ buckets: [{ name: "reports", region: "eu-west-1" }] });
    await store.buckets.get("reports").put("a", "a");
    const answer = await fetch(await getSignedUrl(owner, new GetObjectCommand({ Bucket: "reports", Key: "a" })), {
      redirect: "manual",
    });
    expect([answer.status, answer.headers.get("x-amz-bucket-region")]).toEqual([301, "eu-west-1"]);
    expect(await codeOf(client({ region: "eu-west-1" }).send(new HeadBucketCommand({ Bucket: "reports" })))).toBe(
      "200",
    );
  });

  test("a public policy and an open ACL that only the handle can make are judged like any other", async () => {
    const { owner, store } = await open();
    const handle = store.buckets.get("reports");
    await handle.put("a", "a");
    handle.set({
      policy: {
        Statement: [
          {
            Effect: "Allow",
            Principal: "*",
            Action: "s3:*",
            Resource: ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"],
          },
        ],
      },
    });
    expect((await owner.send(new GetBucketPolicyStatusCommand({ Bucket: "reports" }))).PolicyStatus?.IsPublic).toBe(
      true,
    );
    expect(await ask(`${store.url}/reports/a`)).toBe("403 AccessDenied");
    handle.set({ publicAccessBlock: undefined });
    expect(await ask(`${store.url}/reports/a`)).toBe("200");
    store.setAccountPublicAccessBlock(true);
    expect(await ask(`${store.url}/reports/a`)).toBe("403 AccessDenied");
    store.setAccountPublicAccessBlock(undefined);
    handle.set({ policy: undefined, ownership: "ObjectWriter" });
    handle.setObjectAcl("a", "public-read");
    expect(await ask(`${store.url}/reports/a`)).toBe("200");
    handle.set({ ownership: "BucketOwnerEnforced" });
    expect(await ask(`${store.url}/reports/a`)).toBe("403 AccessDenied");
  });

  test("secureTransport decides what a policy on TLS sees", async () => {
    const policy = {
      Statement: [
        {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: "arn:aws:s3:::reports/*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    };
    for (const [secureTransport, code] of [
      [false, "403 AccessDenied"],
      [true, "200"],
    ] as const) {
      const { owner } = await open({ secureTransport, buckets: [{ name: "reports", policy }] });
      expect(await codeOf(owner.send(new PutObjectCommand({ Bucket: "reports", Key: "a", Body: "a" })))).toBe(code);
    }
  });

  test("a bucket without a default encryption says so, and its objects have none", async () => {
    const { owner } = await open({ buckets: [{ name: "reports", encryption: undefined }] });
    expect(await codeOf(owner.send(new GetBucketEncryptionCommand({ Bucket: "reports" })))).toBe(
      "404 ServerSideEncryptionConfigurationNotFoundError",
    );
    await owner.send(new PutObjectCommand({ Bucket: "reports", Key: "a", Body: "a" }));
    expect(
      (await owner.send(new HeadObjectCommand({ Bucket: "reports", Key: "a" }))).ServerSideEncryption,
    ).toBeUndefined();
  });

  test("a copy from a bucket of another owner needs the right to read there", async () => {
    const { owner, store } = await open({ buckets: ["reports", { name: "foreign", accountId: "444455556666" }] });
    await store.buckets.get("foreign").put("a", "a");
    expect(
      await codeOf(owner.send(new CopyObjectCommand({ Bucket: "reports", Key: "a", CopySource: "foreign/a" }))),
    ).toBe("403 AccessDenied");
  });

  test("a folder holds the bytes while the store runs, and nothing afterwards", async () => {
    const folder = await mkdtemp(join(tmpdir(), "callsheet-store-"));
    try {
      const world = await openStore({ folder });
      await world.owner.send(new PutObjectCommand({ Bucket: "reports", Key: "../../a", Body: "hello" }));
      const got = await world.owner.send(
        new GetObjectCommand({ Bucket: "reports", Key: "../../a", Range: "bytes=1-2" }),
      );
      expect([await got.Body?.transformToString(), (await readdir(folder)).length]).toEqual(["el", 1]);
      await world.close();
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("createObjectStore() tells", () => {
  test("what was asked, by whom, and never a signature", async () => {
    const world = await open();
    await world.store.buckets.get("reports").put("a", "a");
    await ask(await linkTo(world, "a"));
    await ask(`${world.store.url}/reports/a`);
    await world.owner.send(new PutObjectCommand({ Bucket: "reports", Key: "b", Body: "abc" }));
    expect(
      world.store.requests.map(({ operation, signed, user: who, status, code, key }) => [
        operation,
        signed,
        who,
        status,
        code,
        key,
      ]),
    ).toEqual([
      ["GetObject", "query", "owner", 200, undefined, "a"],
      ["GetObject", "none", undefined, 403, "AccessDenied", "a"],
      ["PutObject", "header", "owner", 200, undefined, "b"],
    ]);
    expect(JSON.stringify(world.store.requests)).not.toMatch(/[0-9a-f]{64}|Credential/);
  });

  test("the time of its own clock in the Date header", async () => {
    const { store } = await open({ now: () => Date.parse("2024-03-04T05:06:07Z") });
    expect((await fetch(store.url)).headers.get("date")).toBe("Mon, 04 Mar 2024 05:06:07 GMT");
  });

  test("who the caller is, to a form signed for the token service", async () => {
    const { store } = await open({ accountId: "123456789012" });
    const form = { method: "POST", path: "/", body: "Action=GetCallerIdentity&Version=2011-06-15" };
    const { headers } = signByHand(store, { ...form, service: "sts" });
    const answer = await fetch(store.url, { method: "POST", headers, body: form.body });
    expect(await answer.text()).toContain("<Arn>arn:aws:iam::123456789012:user/owner</Arn>");
    const forged = signByHand({ ...store, secretAccessKey: "wrong" }, { ...form, service: "sts" });
    expect(await askRaw(store.url, "POST", "/", forged.headers, form.body)).toBe("403 SignatureDoesNotMatch");
  });

  test("the account's public access block, to a user of that account", async () => {
    const { store } = await open();
    const path = "/v20180820/configuration/publicAccessBlock";
    const own = { "x-amz-account-id": store.accountId };
    const send = (method: string, body = "") => {
      const { headers } = signByHand(store, { method, path, body, own });
      return askRaw(store.url, method, path, headers, body);
    };
    const restrict = "<RestrictPublicBuckets>true</RestrictPublicBuckets>";
    expect(await send("GET")).toBe("404 NoSuchPublicAccessBlockConfiguration");
    expect(await send("PUT", `<PublicAccessBlockConfiguration>${restrict}</PublicAccessBlockConfiguration>`)).toBe(
      "200",
    );
    expect(await send("GET")).toBe("200");
    expect(await ask(store.url + path, { headers: own })).toBe("403 AccessDenied");
  });

  test("NotImplemented for what it has not, instead of something else", async () => {
    const { owner, store } = await open();
    expect(
      await codeOf(
        owner.send(new UploadPartCommand({ Bucket: "reports", Key: "a", UploadId: "x", PartNumber: 0, Body: "x" })),
      ),
    ).toBe("404 NoSuchUpload");
    expect(await ask(`${store.url}/reports?object-lock`)).toBe("501 NotImplemented");
    expect(await ask(`${store.url}/reports`, { method: "PATCH" })).toBe("405 MethodNotAllowed");
  });
});
