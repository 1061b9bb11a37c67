/** One exchange over real sockets: what is cut, damaged, slow or untrusted is never an answer. */
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, createServer as createSocketServer, type Server, type Socket } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { type Certificate, createCertificate } from "../support/certificate.ts";
import { ReportError } from "../../src/domain/errors.ts";
import { OverwhelmedError } from "../../src/genesys/overwhelmed-error.ts";
import {
  type Answer,
  createExchanger,
  DEFAULT_DEADLINES,
  type Deadlines,
  type Exchanger,
} from "../../src/genesys/strict-exchange.ts";

/** The HTTP client looks at the first three about once a second, so tests of them leave the total longer. */
const SHORT: Deadlines = { connect: 150, firstByte: 150, idle: 150, total: 600 };
const JSON_TYPE = { "content-type": "application/json" };
const BODY = JSON.stringify({ conversations: [{ conversationId: "a" }], totalHits: 1 });

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).toReversed()) await thing.close();
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.push({ close: () => new Promise((resolve) => server.close(resolve)) });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/path?secret=1`;
}

function exchanger(deadlines: Deadlines = DEFAULT_DEADLINES): Exchanger {
  const made = createExchanger(deadlines);
  opened.push(made);
  return made;
}

async function get(url: string, deadlines?: Deadlines, signal = new AbortController().signal): Promise<Answer> {
  return await exchanger(deadlines).exchange({ method: "GET", url, headers: {} }, signal);
}

async function failure(promise: Promise<unknown>): Promise<ReportError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ReportError) return error;
  throw new Error("expected a ReportError", { cause: error });
}

/** A server that writes these bytes for every request, and then ends the connection or leaves it open. */
async function rawServer(bytes: () => Buffer | string, after: "end" | "stay" = "end"): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(bytes());
      if (after === "end") socket.end();
    });
  });
  const url = await listen(server);
  opened.push({
    close() {
      for (const socket of sockets) socket.destroy();
    },
  });
  return url;
}

function rawAnswer(framing: string, body: Buffer | string): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${framing}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}

async function serve(listener: RequestListener): Promise<string> {
  return await listen(createServer(listener));
}

test("exchange() gives status, headers, JSON and the size on the wire", async () => {
  const packed = gzipSync(BODY);
  const url = await serve((_request, response) =>
    response.writeHead(200, { ...JSON_TYPE, "content-encoding": "gzip", "ININ-Correlation-Id": "c" }).end(packed),
  );
  const { status, headers, json, sizeBytes } = await get(url);
  expect([status, headers["inin-correlation-id"], json, sizeBytes]).toEqual([
    200,
    "c",
    JSON.parse(BODY),
    packed.length,
  ]);
});

test("exchange() takes the first of several headers, and a byte order mark for nothing", async () => {
  const url = await serve((_request, response) =>
    response.setHeader("retry-after", ["1", "99"]).writeHead(200, JSON_TYPE).end(`\ufeff${BODY}`),
  );
  const { headers, json } = await get(url);
  expect([headers["retry-after"], json]).toEqual(["1", JSON.parse(BODY)]);
});

test("exchange() gives no JSON for another type, nor for an error that is no JSON", async () => {
  const url = await serve((request, response) =>
    request.url === "/html"
      ? response.writeHead(200, { "content-type": "text/html" }).end("<html>")
      : response.writeHead(502, JSON_TYPE).end("<html>"),
  );
  const base = url.replace(/\/path.*/, "");
  expect([(await get(`${base}/html`)).json, (await get(base)).json]).toEqual([undefined, undefined]);
});

test("E4: gzip that is cut at any byte is never data, whatever the framing says", async () => {
  const whole = gzipSync(BODY);
  let cut = 0;
  const framings = {
    honest: () => rawAnswer(`content-encoding: gzip\r\ncontent-length: ${cut}`, whole.subarray(0, cut)),
    promised: () => rawAnswer(`content-encoding: gzip\r\ncontent-length: ${whole.length}`, whole.subarray(0, cut)),
    closed: () => rawAnswer("content-encoding: gzip\r\nconnection: close", whole.subarray(0, cut)),
    chunked: () =>
      rawAnswer(
        "content-encoding: gzip\r\ntransfer-encoding: chunked",
        Buffer.concat([Buffer.from(`${cut.toString(16)}\r\n`), whole.subarray(0, cut), Buffer.from("\r\n")]),
      ),
  };
  const own = exchanger();
  for (const [name, framing] of Object.entries(framings)) {
    const url = await rawServer(framing);
    const codes = new Set<string>();
    for (cut = 0; cut < whole.length; cut++)
      codes.add((await failure(own.exchange({ method: "GET", url, headers: {} }, AbortSignal.timeout(5_000)))).code);
    for (const code of codes) expect([name, code]).toEqual([name, expect.stringMatching(/broken_answer|unavailable/)]);
  }
});

test("E4: plain JSON that is cut at any byte is never data, an empty body neither", async () => {
  let cut = 0;
  const url = await rawServer(() => rawAnswer("connection: close", BODY.slice(0, cut)));
  const own = exchanger();
  for (cut = 0; cut < BODY.length; cut++) {
    const error = await failure(own.exchange({ method: "GET", url, headers: {} }, AbortSignal.timeout(5_000)));
    expect([cut, error.code]).toEqual([cut, "genesys.broken_answer"]);
  }
});

test("E4: one wrong byte in the checksum or length of gzip is found", async () => {
  const whole = gzipSync(BODY);
  for (let at = whole.length - 8; at < whole.length; at++) {
    const spoiled = Buffer.from(whole);
    spoiled.writeUInt8((spoiled.readUInt8(at) + 1) % 256, at);
    const url = await rawServer(() => rawAnswer(`content-encoding: gzip\r\ncontent-length: ${whole.length}`, spoiled));
    expect((await failure(get(url))).code).toBe("genesys.broken_answer");
  }
});

test("E6: a body beyond all size is refused while it comes", async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200, JSON_TYPE);
    const block = Buffer.alloc(1 << 20, "a");
    const more = (): void => {
      while (!response.destroyed && response.write(block));
    };
    response.on("drain", more);
    more();
  });
  const error = await failure(get(url));
  expect([error.code, error.message]).toEqual(["genesys.unexpected_answer", "An answer is larger than 33554432 bytes"]);
});

test("exchange() refuses an encoding that nobody asked for", async () => {
  const url = await serve((_request, response) =>
    response.writeHead(200, { ...JSON_TYPE, "content-encoding": "br" }).end("x"),
  );
  expect((await failure(get(url))).message).toBe('An answer is encoded as "br", which was not asked for');
});

test("E2: no connection in time", async () => {
  const startedAt = performance.now();
  const error = await failure(get(await deafServer(), { ...SHORT, total: 20_000 }));
  expect(performance.now() - startedAt).toBeLessThan(DEFAULT_DEADLINES.connect / 2);
  expect([error.code, error.message]).toEqual([
    "genesys.unavailable",
    expect.stringMatching(/^Cannot reach 127\.0\.0\.1:\d+: no connection in time$/),
  ]);
  expect(error).not.toBeInstanceOf(OverwhelmedError);
});

test.each([
  ["no first byte in time", "", "no answer in time"],
  ["no more bytes in time", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{", "the answer stopped half-way"],
])("E2: %s", async (_name, bytes, words) => {
  const error = await failure(get(await rawServer(() => bytes, "stay"), { ...SHORT, total: 20_000 }));
  expect(error).toBeInstanceOf(OverwhelmedError);
  expect(error.message).toMatch(new RegExp(`^No answer from 127\\.0\\.0\\.1:\\d+: ${words}$`));
});

test("E2: an answer that trickles is ended by the total deadline", async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200, JSON_TYPE);
    const drip = setInterval(() => response.write(" "), 40);
    response.on("close", () => clearInterval(drip));
  });
  const startedAt = performance.now();
  const error = await failure(get(url, SHORT));
  expect(error).toBeInstanceOf(OverwhelmedError);
  expect(error.message).toMatch(/^No answer from 127\.0\.0\.1:\d+: the answer took too long$/);
  expect(performance.now() - startedAt).toBeLessThan(SHORT.total * 3);
});

test("E1: a refused connection is named, without path and query", async () => {
  const error = await failure(get("http://127.0.0.1:1/path?secret=1"));
  expect([error.code, error.message]).toEqual(["genesys.unavailable", "Cannot reach 127.0.0.1:1: connection refused"]);
});

const TOMORROW = Date.now() + 86_400_000;

test.each([
  ["that nobody vouches for", createCertificate("localhost", TOMORROW), false, "its certificate is self-signed"],
  ["that has expired", createCertificate("localhost", Date.now() - 60_000), true, "its certificate has expired"],
  ["for another host", createCertificate("elsewhere.test", TOMORROW), true, "its certificate is for another host"],
])("E1: a certificate %s is refused and never retried", async (_name, certificate, trusted, words) => {
  const port = await secureServer(certificate, trusted);
  const error = await failure(get(`https://localhost:${port}/`));
  expect([error.code, error.message, error.recourse]).toEqual([
    "genesys.not_the_api",
    `Cannot trust localhost:${port}: ${words}`,
    "fix_access",
  ]);
  expect(error.hint).toContain("NODE_EXTRA_CA_CERTS");
});

test("E1: a certificate of an authority that this machine knows is accepted", async () => {
  const port = await secureServer(createCertificate("localhost", TOMORROW), true);
  expect((await get(`https://localhost:${port}/`)).json).toEqual(JSON.parse(BODY));
});

test("R-35: exchange() ends at once when it is stopped, with the reason", async () => {
  const stop = new AbortController();
  const url = await rawServer(() => {
    stop.abort(new ReportError("process.stopping", "stopped"));
    return "";
  }, "stay");
  expect((await failure(get(url, undefined, stop.signal))).code).toBe("process.stopping");
});

test("R-35: exchange() and close() end at once even while there is no connection yet", async () => {
  const stop = new AbortController();
  const own = createExchanger();
  const url = await deafServer();
  const startedAt = performance.now();
  const failing = failure(own.exchange({ method: "GET", url, headers: {} }, stop.signal));
  await new Promise(setImmediate);
  stop.abort(new ReportError("process.stopping", "stopped"));
  expect((await failing).code).toBe("process.stopping");
  await own.close();
  expect(performance.now() - startedAt).toBeLessThan(DEFAULT_DEADLINES.connect / 2);
});

test("close() leaves no connection open", async () => {
  const server = createServer((_request, response) => response.writeHead(200, JSON_TYPE).end(BODY));
  const url = await listen(server);
  const own = createExchanger();
  const ask = async (): Promise<Answer> =>
    await own.exchange({ method: "GET", url, headers: {} }, new AbortController().signal);
  await Promise.all([ask(), ask(), ask()]);
  const connections = (): Promise<number> =>
    new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
  expect(await connections()).toBeGreaterThan(0);
  await own.close();
  await expect.poll(connections).toBe(0);
});

/** A port that takes no connection: its queue of unaccepted ones is full, because its thread sleeps. */
async function deafServer(): Promise<string> {
  const code = `
    const { parentPort } = require("node:worker_threads");
    const server = require("node:net").createServer();
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20000));
    });`;
  const worker = new Worker(code, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once("message", resolve));
  const fillers: Socket[] = [];
  for (let count = 0; count < 4; count++) fillers.push(connect(port, "127.0.0.1").on("error", () => undefined));
  await new Promise((resolve) => fillers[0]?.once("connect", resolve));
  onTestFinished(async () => {
    for (const socket of fillers) socket.destroy();
    await worker.terminate();
  });
  return `http://127.0.0.1:${port}/`;
}

async function secureServer({ key, cert }: Certificate, trusted: boolean): Promise<number> {
  const server = createSecureServer({ key, cert }, (_request, response) =>
    response.writeHead(200, JSON_TYPE).end(BODY),
  );
  const url = await listen(server);
  if (trusted) {
    const before = getCACertificates("default");
    setDefaultCACertificates([...before, cert]);
    onTestFinished(() => setDefaultCACertificates(before));
  }
  return Number(new URL(url).port);
}
