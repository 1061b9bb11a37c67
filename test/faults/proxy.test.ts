/** E10: networks that reach the outside only through a proxy. */
import { createServer, request as forward, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createExchanger } from "../../src/genesys/strict-exchange.ts";
import { expectComplete, expectRefused, fourDays, runWith } from "./details-report.ts";

const CREDENTIALS = `Basic ${Buffer.from("someone:pass-of-the-proxy").toString("base64")}`;

interface Proxy {
  /** What it was asked for: absolute URLs, or `host:port` to connect to. */
  readonly asked: readonly string[];
  url(credentials?: string): string;
}

/** A proxy that forwards plain requests of whoever has the credentials, and opens no tunnel. */
async function startProxy(tunnelStatus = 407): Promise<Proxy> {
  const asked: string[] = [];
  const server: Server = createServer((incoming, reply) => {
    asked.push(incoming.url ?? "");
    if (incoming.headers["proxy-authorization"] !== CREDENTIALS) return void reply.writeHead(407).end();
    const { "proxy-authorization": _own, ...headers } = incoming.headers;
    const outgoing = forward(incoming.url ?? "", { method: incoming.method, headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(reply);
    });
    incoming.pipe(outgoing);
  });
  server.on("connect", (incoming, socket) => {
    asked.push(incoming.url ?? "");
    socket.end(`HTTP/1.1 ${tunnelStatus} Refused\r\ncontent-length: 0\r\n\r\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { asked, url: (credentials) => `http://${credentials ? `${credentials}@` : ""}127.0.0.1:${port}` };
}

test("E10: HTTP_PROXY is respected for sign-in and queries, with its user and password", async () => {
  const proxy = await startProxy();
  const run = await runWith([], {
    centre: fourDays(4),
    env: { HTTP_PROXY: proxy.url("someone:pass-of-the-proxy") },
  });
  expectComplete(run, 4);
  expect(proxy.asked).toHaveLength(run.project.simulator.requests.length);
});

test("E10: a host that NO_PROXY names is asked directly", async () => {
  const proxy = await startProxy();
  const run = await runWith([], { centre: fourDays(4), env: { HTTP_PROXY: proxy.url(), NO_PROXY: "127.0.0.1" } });
  expectComplete(run, 4);
  expect(proxy.asked).toEqual([]);
});

test("E10: a proxy that wants other credentials is named, asked once, and its password shown to nobody", async () => {
  const proxy = await startProxy();
  const run = await runWith([], { env: { http_proxy: proxy.url("someone:an-old-password") } });
  expectRefused(run, 7, "error genesys.not_the_api: The proxy of this network wants a user and a password (407)");
  expect(run.err).toContain("HTTPS_PROXY");
  expect(run.err).not.toContain("an-old-password");
  expect(proxy.asked).toHaveLength(1);
});

test.each([
  [407, "wants a user and a password (407)"],
  [403, "refused the connection (403)"],
])("E10: a proxy that opens no tunnel (%i) is named", async (status, words) => {
  const proxy = await startProxy(status);
  const exchanger = createExchanger(undefined, { httpsProxy: proxy.url() });
  onTestFinished(async () => await exchanger.close());
  const asking = exchanger.exchange(
    { method: "GET", url: "https://api.example.test/x", headers: {} },
    new AbortController().signal,
  );
  await expect(asking).rejects.toMatchObject({ code: "genesys.not_the_api", message: expect.stringContaining(words) });
  expect(proxy.asked).toEqual(["api.example.test:443"]);
});

test("E10: a proxy that is down is named as a possible cause", async () => {
  const run = await runWith([], { env: { HTTP_PROXY: "http://127.0.0.1:1" } });
  expectRefused(run, 7, /Gave up after 6 tries: Cannot reach .*: connection refused/);
  expect(run.err).toContain("and the proxy if HTTPS_PROXY or HTTP_PROXY names one");
});

test.each(["not a url:secret", "ftp://someone:secret@host"])(
  "E10: a proxy that is none is refused: %s",
  async (text) => {
    const run = await runWith([], { env: { HTTPS_PROXY: text } });
    expectRefused(run, 3, "error config.invalid: Cannot use the proxy in HTTPS_PROXY");
    expect(run.err).not.toContain("secret");
  },
);
