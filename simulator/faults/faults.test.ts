import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { connect, type Connection, idsOf, member, type Reply, signIn } from "../../test/simulator/connect.ts";
import { type RawReply, rawQuery } from "../../test/simulator/raw-request.ts";
import { minuteByMinute, smallCentre } from "../../test/simulator/small-centre.ts";
import { createSimulator, type Simulator } from "../create-simulator.ts";
import type { Fault } from "./fault.ts";
import { gzipBomb } from "./gzip-bomb.ts";
import {
  changedRows,
  duplicatesAcrossPages,
  hitsChange,
  lateRows,
  repeatPage,
  rowsOutOfOrder,
  rowsShiftBetweenPages,
} from "./moving-rows.ts";
import { redirect } from "./redirect.ts";
import { resetConnection } from "./reset-connection.ts";
import { serverError, timeoutOnWideIntervals } from "./server-error.ts";
import { slowAnswer } from "./slow-answer.ts";
import {
  deepNesting,
  errorWithStatus200,
  htmlSignInPage,
  malformedJson,
  spoiledBytes,
  wrongShape,
} from "./spoiled-body.ts";
import { expiredToken, oddTokenAnswer, revokedToken } from "./token-faults.ts";
import { tooManyRequests } from "./too-many-requests.ts";
import { truncatedBody } from "./truncated-body.ts";

const NOW = Date.UTC(2024, 4, 2);
const DAY = { interval: "2024-05-01T00:00:00Z/2024-05-02T00:00:00Z" };
const ROWS = 30;
const IDS = minuteByMinute(ROWS).map(({ conversationId }) => conversationId);

const open: Simulator[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

async function start(...faults: readonly Fault[]): Promise<Simulator> {
  const simulator = await createSimulator({ centre: smallCentre(minuteByMinute(ROWS)), now: () => NOW, faults });
  open.push(simulator);
  return simulator;
}

async function startClient(...faults: readonly Fault[]): Promise<Connection> {
  return connect(await start(...faults));
}

const page = (client: Connection, pageNumber: number): Promise<Reply> =>
  client.query({ ...DAY, paging: { pageSize: 10, pageNumber } });

async function statuses(client: Connection, count: number): Promise<number[]> {
  const seen: number[] = [];
  for (let index = 0; index < count; index += 1) seen.push((await client.query(DAY)).status);
  return seen;
}

describe("choosing requests", () => {
  test("a fault strikes the nth request, so many times, and is named in the record", async () => {
    const simulator = await start();
    const fault = serverError({ nth: 2, times: 2 });
    simulator.faults.add(fault);
    expect(await statuses(await connect(simulator), 5)).toEqual([200, 503, 503, 200, 200]);
    expect(simulator.faults.struck(fault)).toBe(2);
    expect(simulator.requests.map(({ faults }) => faults)).toEqual([[], [], ["serverError"], ["serverError"], [], []]);
  });

  test("a fault counts only what it concerns: method, path, page", async () => {
    const client = await startClient(
      serverError({ path: "/api/v2/users", times: 9 }),
      serverError({ method: "DELETE", times: 9, status: 500 }),
      serverError({ page: 3, times: 9, status: 502 }),
    );
    expect((await client.get("/api/v2/routing/queues")).status).toBe(200);
    expect((await client.get("/api/v2/users?pageSize=1")).status).toBe(503);
    expect((await client.get("/api/v2/routing/queues?pageNumber=3")).status).toBe(502);
    expect([(await page(client, 2)).status, (await page(client, 3)).status]).toEqual([200, 502]);
    expect((await client.send("/api/v2/tokens/me", { method: "DELETE" })).status).toBe(500);
  });

  test("clear() ends all faults, and the login host has none unless named", async () => {
    const simulator = await start(serverError({ times: Number.POSITIVE_INFINITY }));
    const client = await connect(simulator);
    expect((await client.query(DAY)).status).toBe(503);
    simulator.faults.clear();
    expect((await client.query(DAY)).status).toBe(200);
    simulator.faults.add(serverError({ path: "/oauth/token" }));
    expect((await signIn(simulator)).status).toBe(503);
  });
});

describe("tooManyRequests()", () => {
  test.each<[string, Parameters<typeof tooManyRequests>[0], string | null]>([
    ["seconds", { retryAfter: 7 }, "7"],
    ["a date", { retryAfter: { dateInSeconds: 5 } }, "Thu, 02 May 2024 00:00:05 GMT"],
    ["a date in the past", { retryAfter: { dateInSeconds: -3600 } }, "Wed, 01 May 2024 23:00:00 GMT"],
    ["garbage", { retryAfter: "soon" }, "soon"],
    ["absurd", { retryAfter: 31_536_000 }, "31536000"],
    ["two headers", { retryAfter: ["1", "99"] }, "1, 99"],
    ["none", {}, null],
  ])("%s", async (_name, options, expected) => {
    const reply = await (await startClient(tooManyRequests(options))).query(DAY);
    expect([reply.status, reply.headers.get("retry-after")]).toEqual([429, expected]);
    expect(member(reply.json, "code")).toMatch(/^too\.many\.requests/);
  });

  test("with the vendor's reset header", async () => {
    const reply = await (await startClient(tooManyRequests({ resetSeconds: 12 }))).query(DAY);
    expect(reply.headers.get("inin-ratelimit-reset")).toBe("12");
  });
});

describe("serverError()", () => {
  test("once, with the vendor's words", async () => {
    const client = await startClient(serverError({ status: 504 }));
    expect(await client.query(DAY)).toMatchObject({ status: 504, json: { code: "request.timeout" } });
    expect((await client.query(DAY)).status).toBe(200);
  });

  test("for ever", async () => {
    expect(await statuses(await startClient(serverError({ times: Number.POSITIVE_INFINITY })), 4)).toEqual([
      503, 503, 503, 503,
    ]);
  });

  test("a gateway's page, or nothing at all", async () => {
    const client = await startClient(
      serverError({ status: 502, body: "html" }),
      serverError({ status: 502, body: "empty", nth: 2, retryAfter: 3 }),
    );
    const [html, empty] = [await client.query(DAY), await client.query(DAY)];
    expect([html.status, html.headers.get("content-type"), html.text]).toEqual([
      502,
      "text/html",
      expect.stringContaining("<h1>502</h1>"),
    ]);
    expect([empty.status, empty.text, empty.headers.get("retry-after")]).toEqual([502, "", "3"]);
  });

  test("only for wide intervals", async () => {
    const client = await startClient(timeoutOnWideIntervals({ longerThanMs: 3_600_000 }));
    expect((await client.query(DAY)).status).toBe(504);
    expect((await client.query({ interval: "2024-05-01T00:00:00Z/2024-05-01T01:00:00Z" })).status).toBe(200);
  });
});

describe("tokens", () => {
  test("expiredToken() ends the token in the middle; a new one helps", async () => {
    const simulator = await start(expiredToken({ nth: 2 }));
    const client = await connect(simulator);
    expect(await statuses(client, 3)).toEqual([200, 401, 401]);
    expect(await statuses(await connect(simulator), 1)).toEqual([200]);
  });

  test("revokedToken() refuses whatever token", async () => {
    const simulator = await start(revokedToken({ nth: 2 }));
    expect(await statuses(await connect(simulator), 2)).toEqual([200, 401]);
    expect(await statuses(await connect(simulator), 1)).toEqual([401]);
  });

  test("oddTokenAnswer() changes or leaves out members", async () => {
    const odd = async (members: Record<string, unknown>): Promise<unknown> =>
      member((await signIn(await start(oddTokenAnswer(members)))).json, "expires_in");
    expect(await odd({ expires_in: undefined })).toBeUndefined();
    expect(await odd({ expires_in: "soon" })).toBe("soon");
  });

  test("the sign-in itself can fail", async () => {
    const simulator = await start(tooManyRequests({ path: "/oauth/token", retryAfter: 1 }));
    expect([(await signIn(simulator)).status, (await signIn(simulator)).status]).toEqual([429, 200]);
  });
});

describe("the connection", () => {
  test("resetConnection() before any answer", async () => {
    const raw = await rawQuery(await start(resetConnection()), DAY);
    expect(raw).toEqual({ head: "", body: Buffer.alloc(0), error: "ECONNRESET" });
  });

  test("resetConnection() in the middle of the body", async () => {
    const raw = await rawQuery(await start(resetConnection({ when: "midBody" })), DAY);
    expect(raw.head).toContain("http/1.1 200 ok");
    expect(raw.body.length).toBeGreaterThan(100);
    expect(raw.body.length).toBeLessThan(declaredLength(raw));
    expect(raw.error).toBe("ECONNRESET");
  });

  test.each(["firstByte", "afterHeaders", "trickle"] as const)("slowAnswer() waits: %s", async (stage) => {
    const simulator = await start(slowAnswer({ stage, ms: 200 }));
    const began = performance.now();
    const raw = await rawQuery(simulator, DAY);
    expect(performance.now() - began).toBeGreaterThanOrEqual(180);
    expect(member(JSON.parse(raw.body.toString()), "totalHits")).toBe(ROWS);
  });

  test("a slow answer does not hold up the end of the simulator", async () => {
    const simulator = await start(slowAnswer({ ms: 3_600_000 }));
    const waiting = rawQuery(simulator, DAY);
    while (simulator.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    await simulator.close();
    await waiting;
  });
});

describe("truncatedBody()", () => {
  test("short of its content length", async () => {
    const raw = await rawQuery(await start(truncatedBody({ kind: "shortOfContentLength" })), DAY);
    expect(raw.body.length).toBe(Math.floor(declaredLength(raw) / 2));
  });

  test("chunks without an end", async () => {
    const raw = await rawQuery(await start(truncatedBody({ kind: "chunkedWithoutEnd" })), DAY);
    expect(raw.head).toContain("transfer-encoding: chunked");
    expect(raw.body.toString()).not.toContain("\r\n0\r\n");
  });

  test("delimited by the end of the connection", async () => {
    const raw = await rawQuery(await start(truncatedBody({ kind: "closeDelimited", atByte: 50 })), DAY);
    expect(raw.head).not.toMatch(/content-length|transfer-encoding/);
    expect(raw.body.length).toBe(50);
  });

  test.each([
    ["gzipCut", "unexpected end of file"],
    ["gzipWithoutTrailer", "unexpected end of file"],
    ["gzipWrongChecksum", "incorrect data check"],
  ] as const)("%s in a framing that is intact", async (kind, reason) => {
    const raw = await rawQuery(await start(truncatedBody({ kind })), DAY);
    expect(raw.body.length).toBe(declaredLength(raw));
    expect(raw.head).toContain("content-encoding: gzip");
    expect(() => gunzipSync(raw.body)).toThrow(reason);
  });

  test("cut at a given byte of the compressed body", async () => {
    const raw = await rawQuery(await start(truncatedBody({ kind: "gzipCut", atByte: 33 })), DAY);
    expect(raw.body.length).toBe(33);
  });
});

describe("the body", () => {
  test("malformedJson() breaks off, or spoils as told", async () => {
    const client = await startClient(malformedJson(), malformedJson({ nth: 2, spoil: (text) => `${text}!` }));
    const [half, more] = [await client.query(DAY), await client.query(DAY)];
    expect([half.status, half.json, half.headers.get("content-type")]).toEqual([200, undefined, "application/json"]);
    expect(more.text.endsWith("!")).toBe(true);
  });

  test("spoiledBytes() sends what is no text", async () => {
    const spoil = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf, 0xff]), bytes]);
    const raw = await rawQuery(await start(spoiledBytes({ spoil })), DAY, "accept-encoding: gzip\r\n");
    expect([...raw.body.subarray(0, 5)]).toEqual([0xef, 0xbb, 0xbf, 0xff, 0x7b]);
    expect(raw.head).not.toContain("content-encoding");
  });

  test("wrongShape() and errorWithStatus200()", async () => {
    const client = await startClient(wrongShape(), wrongShape({ nth: 2, json: [1] }), errorWithStatus200({ nth: 3 }));
    const replies = [await client.query(DAY), await client.query(DAY), await client.query(DAY)];
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(replies.map(({ json }) => json)).toEqual([
      { results: [] },
      [1],
      expect.objectContaining({ code: "internal.server.error" }),
    ]);
  });

  test("htmlSignInPage() with status 200", async () => {
    const reply = await (await startClient(htmlSignInPage())).query(DAY);
    expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(reply.text).toContain("<form");
  });

  test("gzipBomb() is small on the wire, large when unpacked, and valid JSON", async () => {
    const raw = await rawQuery(await start(gzipBomb({ bytes: 3_000_000 })), DAY);
    expect(raw.body.length).toBeLessThan(30_000);
    expect(JSON.parse(gunzipSync(raw.body).toString())).toEqual({ padding: "a".repeat(3_000_000) });
  });

  test("deepNesting() is valid JSON of that depth", async () => {
    const { text } = await (await startClient(deepNesting({ depth: 1_000 }))).query(DAY);
    expect(text).toBe(`{"conversations":${"[".repeat(1_000)}${"]".repeat(1_000)}}`);
  });

  test("redirect() elsewhere", async () => {
    const raw = await rawQuery(await start(redirect({ to: "http://127.0.0.1:9/elsewhere", status: 307 })), DAY);
    expect(raw.head).toMatch(/^http\/1\.1 307 /);
    expect(raw.head).toContain("location: http://127.0.0.1:9/elsewhere");
  });
});

describe("rows that move", () => {
  async function read(client: Connection): Promise<{ ids: string[]; hits: unknown[] }> {
    const seen: { ids: string[]; hits: unknown[] } = { ids: [], hits: [] };
    for (let pageNumber = 1; pageNumber < 20; pageNumber += 1) {
      const reply = await page(client, pageNumber);
      if (member(reply.json, "conversations") === undefined) break;
      seen.ids.push(...idsOf(reply));
      seen.hits.push(member(reply.json, "totalHits"));
    }
    return seen;
  }

  test("duplicatesAcrossPages() repeats the last rows of each page, loses none, and counts them", async () => {
    const { ids, hits } = await read(await startClient(duplicatesAcrossPages({ rows: 2 })));
    expect(ids).toHaveLength(36);
    expect(ids.slice(8, 12)).toEqual([IDS[8], IDS[9], IDS[8], IDS[9]]);
    expect([...new Set(ids)]).toEqual(IDS);
    expect(hits).toEqual([36, 36, 36, 36]);
  });

  test("duplicatesAcrossPages() can bring the repeated rows in a newer version", async () => {
    const client = await startClient(duplicatesAcrossPages({ rows: 1, updated: true }));
    const tags = async (pageNumber: number): Promise<unknown[]> => {
      const { json } = await page(client, pageNumber);
      return [0, 1].map((row) => member(json, "conversations", row, "externalTag"));
    };
    expect([await tags(1), await tags(2)]).toEqual([
      [undefined, undefined],
      ["updated", undefined],
    ]);
  });

  test("rowsShiftBetweenPages() brings a row again, or misses one", async () => {
    const more = await read(await startClient(rowsShiftBetweenPages()));
    expect(more.ids).toEqual([...IDS.slice(0, 10), ...IDS.slice(9)]);
    expect(more.hits).toEqual([30, 31, 31, 31]);
    const fewer = await read(await startClient(rowsShiftBetweenPages({ by: -1 })));
    expect(fewer.ids).toEqual([...IDS.slice(0, 10), ...IDS.slice(11)]);
    expect(fewer.hits).toEqual([30, 29, 29]);
  });

  test("repeatPage() serves another page once", async () => {
    const { ids } = await read(await startClient(repeatPage({ page: 2, serves: 1 })));
    expect(ids).toEqual([...IDS.slice(0, 10), ...IDS.slice(0, 10), ...IDS.slice(20)]);
  });

  test("repeatPage() for ever never ends", async () => {
    const { ids } = await read(await startClient(repeatPage({ nth: 3, times: Number.POSITIVE_INFINITY, serves: 2 })));
    expect(ids).toHaveLength(190);
  });

  test("hitsChange() lies about the count", async () => {
    const { hits } = await read(await startClient(hitsChange({ by: 5, nth: 2 })));
    expect(hits).toEqual([30, 35, 35]);
  });

  test("lateRows() hides some rows from the first query only", async () => {
    const client = await startClient(lateRows({ every: 3 }));
    const all = { ...DAY, paging: { pageSize: 100, pageNumber: 1 } };
    const [first, second] = [await client.query(all), await client.query(all)];
    expect(idsOf(first)).toEqual(IDS.filter((_, index) => index % 3 !== 0));
    expect(member(first.json, "totalHits")).toBe(20);
    expect(idsOf(second)).toEqual(IDS);
  });

  test("rowsOutOfOrder() turns each page around", async () => {
    expect((await read(await startClient(rowsOutOfOrder()))).ids.slice(0, 10)).toEqual(IDS.slice(0, 10).toReversed());
  });

  test("changedRows() sends rows with odd members, or without some", async () => {
    const change = (row: Readonly<Record<string, unknown>>): unknown =>
      row.conversationId === IDS[0] ? undefined : { ...row, originatingDirection: "sideways" };
    const { json } = await page(await startClient(changedRows({ change })), 1);
    expect(member(json, "conversations", "length")).toBe(9);
    expect(member(json, "conversations", 0, "originatingDirection")).toBe("sideways");
  });
});

function declaredLength({ head }: RawReply): number {
  return Number(/content-length: (\d+)/.exec(head)?.[1]);
}
