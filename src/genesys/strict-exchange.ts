/**
 * One HTTP exchange of which we believe nothing that was not proved: the body ended where it said, the gzip
 * trailer fits, the text is JSON. Deadlines bound every wait; redirects are not followed; sizes are capped. Bytes
 * that are no UTF-8 become U+FFFD, as every JSON reader makes them.
 */
import { constants, gunzipSync } from "node:zlib";
import { type Dispatcher, EnvHttpProxyAgent, request } from "undici";
import { ReportError } from "../domain/errors.ts";
import { unlessAborted } from "../support/unless-aborted.ts";
import { OverwhelmedError } from "./overwhelmed-error.ts";

/** Milliseconds each wait may take. `total` covers the whole exchange. */
export interface Deadlines {
  readonly connect: number;
  readonly firstByte: number;
  readonly idle: number;
  readonly total: number;
}

/** Proxies on the way, as `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` name them; nothing: none. */
export interface Proxies {
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  readonly noProxy?: string | undefined;
}

/** Generous for a slow query, bounded for a dead connection. */
export const DEFAULT_DEADLINES: Deadlines = { connect: 10_000, firstByte: 60_000, idle: 30_000, total: 180_000 };

/** An answer whose body arrived whole. `json` is undefined when the body is not JSON; an error's may be empty. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: unknown;
  /** Bytes on the wire. */
  readonly sizeBytes: number;
}

/** What to send. */
export interface Exchange {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Reads the body of a good answer in place of JSON.parse; throws where that would. */
  readonly decode?: Decode;
}

/** Bytes of a whole JSON text to its value, or as much of it as is needed. */
export type Decode = (bytes: Buffer) => unknown;

/** Sends and receives; `close` ends all connections, and what is still asked on them. */
export interface Exchanger {
  /**
   * Throws `genesys.unavailable` (an OverwhelmedError when a deadline passed after the connection stood) or
   * `genesys.broken_answer`, both worth a retry; `genesys.not_the_api` when the other side's certificate proves
   * nothing; `genesys.unexpected_answer` for an answer beyond all size; or the signal's reason.
   */
  exchange(what: Exchange, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

/** A page of 100 conversations is a few megabytes at most; as many as there are connections may be in memory at once. */
const MAX_WIRE_BYTES = 32 * 1024 * 1024;
const MAX_DECODED_BYTES = 128 * 1024 * 1024;
const CONNECTIONS = 16;

/** No page shrinks more than this; one that does comes in several chunks. */
const MOST_UNPACKED_PER_BYTE = 64;

/** Makes an exchanger with its own pool of connections. */
export function createExchanger(deadlines: Deadlines = DEFAULT_DEADLINES, proxies: Proxies = {}): Exchanger {
  const agent = new EnvHttpProxyAgent({
    // An empty text keeps the HTTP client from reading the process's environment for itself.
    httpProxy: proxies.httpProxy ?? "",
    httpsProxy: proxies.httpsProxy ?? proxies.httpProxy ?? "",
    noProxy: proxies.noProxy ?? "",
    connections: CONNECTIONS,
    connect: { timeout: deadlines.connect },
    connectTimeout: deadlines.connect,
    headersTimeout: deadlines.firstByte,
    bodyTimeout: deadlines.idle,
  });
  return {
    async exchange(what, signal) {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(deadlines.total)]);
      try {
        const answer = async (): Promise<Answer> =>
          await receive(await send(agent, what, bounded), bounded, what.decode);
        // The HTTP client hears its signal only when it has a connection; a wait for one must end too.
        return await unlessAborted(answer(), bounded);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof ReportError) throw error;
        throw refusedByProxy(error) ?? unreachable(what.url, error);
      }
    },
    close: async () => await agent.destroy(),
  };
}

async function send(
  dispatcher: Dispatcher,
  { method, url, headers, body }: Exchange,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  return await request(url, {
    method,
    dispatcher,
    signal,
    headers: { "accept-encoding": "gzip", accept: "application/json", ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

async function receive(
  response: Dispatcher.ResponseData,
  signal: AbortSignal,
  decode: Decode = parseWhole,
): Promise<Answer> {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? (value[0] ?? "") : (value ?? ""),
    ]),
  );
  const wire = await readBody(response, signal);
  const bytes = unpacked(wire, headers["content-encoding"]);
  const isJson = /json/i.test(headers["content-type"] ?? "");
  const json = isJson ? parseJson(bytes, response.statusCode, decode) : undefined;
  const sizeBytes = wire.length;
  for (const { buffer } of new Set([bytes, wire])) release(buffer);
  return { status: response.statusCode, headers, json, sizeBytes };
}

/**
 * Gives the memory of a page back. The garbage collector would come for it later, and oftener: of 100,000
 * conversations, half a gigabyte of pages, it made 44 full collections (`npm run bench:pipeline`).
 */
function release(buffer: ArrayBufferLike): void {
  // Small buffers are parts of a pool that others use too.
  if (buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize) buffer.transfer(0);
}

async function readBody({ body, headers }: Dispatcher.ResponseData, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    signal.throwIfAborted();
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > MAX_WIRE_BYTES)
      throw new ReportError("genesys.unexpected_answer", `An answer is larger than ${MAX_WIRE_BYTES} bytes`);
    chunks.push(bytes);
  }
  const promised = Number(headers["content-length"] ?? size);
  if (promised !== size) throw broken(`${size} of ${promised} bytes arrived`);
  return Buffer.concat(chunks);
}

function unpacked(wire: Buffer, encoding: string | undefined): Buffer {
  if (encoding === undefined || encoding === "identity") return wire;
  if (encoding !== "gzip")
    throw new ReportError(
      "genesys.unexpected_answer",
      `An answer is encoded as "${encoding}", which was not asked for`,
    );
  try {
    return gunzipSync(wire, { maxOutputLength: MAX_DECODED_BYTES, chunkSize: chunkSizeFor(wire) });
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new ReportError("genesys.unexpected_answer", `An answer unpacks to more than ${MAX_DECODED_BYTES} bytes`);
    throw broken("its compressed body is cut or damaged");
  }
}

/**
 * One chunk for the whole of it, as the trailer states its size: sixty small ones would cost more than the unpacking.
 * A trailer that lies costs at most what the wire could unpack to.
 */
function chunkSizeFor(wire: Buffer): number {
  const stated = wire.length >= 4 ? wire.readUInt32LE(wire.length - 4) : 0;
  return Math.max(constants.Z_MIN_CHUNK, Math.min(stated + 1, wire.length * MOST_UNPACKED_PER_BYTE, MAX_DECODED_BYTES));
}

function parseWhole(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString("utf8").replace(/^\uFEFF/, ""));
}

/** JSON.parse quotes its input in errors, and the input is customer data: only the fact is kept. */
function parseJson(bytes: Buffer, status: number, decode: Decode): unknown {
  try {
    return status < 300 ? decode(bytes) : parseWhole(bytes);
  } catch {
    if (status !== 200) return undefined;
    throw broken("its body is not whole JSON");
  }
}

function broken(why: string): ReportError {
  return new ReportError("genesys.broken_answer", `An answer of Genesys Cloud was damaged on the way: ${why}`, {
    hint: "Run again; if it persists, look for a proxy that alters answers.",
  });
}

/** A proxy that answered for itself; the HTTP client tells its status in the message only. */
function refusedByProxy(error: unknown): ReportError | undefined {
  const message = error instanceof Error ? error.message : "";
  const status = /^Proxy response \((\d+)\)|^Proxy Authentication Required \((407)\)/.exec(message);
  if (status === null) return undefined;
  const number = status[1] ?? status[2];
  return number === "407"
    ? new ReportError("genesys.not_the_api", "The proxy of this network wants a user and a password (407)", {
        hint: "Write them into HTTPS_PROXY or HTTP_PROXY: http://user:password@host:port.",
        cause: error,
      })
    : new ReportError("genesys.not_the_api", `The proxy of this network refused the connection (${number})`, {
        hint: "Ask for the hosts of Genesys Cloud to be allowed there, or name them in NO_PROXY.",
        cause: error,
      });
}

/** Names the failure without the URL's path or query. */
function unreachable(url: string, error: unknown): ReportError {
  const { host } = new URL(url);
  const code = codeOf(error);
  const distrusted = CERTIFICATES[code];
  if (distrusted !== undefined)
    return new ReportError("genesys.not_the_api", `Cannot trust ${host}: ${distrusted}`, {
      hint: "If a company proxy signs with its own authority, name it in NODE_EXTRA_CA_CERTS. Certificates are always checked.",
      cause: error,
    });
  const [what, hint] = EXPLAINED[code] ?? [
    `${code}`,
    "Check the network between here and Genesys Cloud, then run again.",
  ];
  return DEADLINES.has(code)
    ? new OverwhelmedError(`No answer from ${host}: ${what}`, true, { hint, cause: error })
    : new ReportError("genesys.unavailable", `Cannot reach ${host}: ${what}`, { hint, cause: error });
}

function codeOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "TimeoutError";
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.name : "unknown";
}

const CERTIFICATES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet; this machine's clock may be wrong",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate chain is self-signed",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "nobody known here signed its certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate cannot be verified",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
};

/** What ran out of time when the connection stood. */
const DEADLINES = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "TimeoutError"]);

const EXPLAINED: Readonly<Record<string, readonly [string, string]>> = {
  ENOTFOUND: ["no such host", "Check genesys.region, or genesys.loginUrl and genesys.apiUrl."],
  EAI_AGAIN: ["its name cannot be looked up", "Check the network and its DNS, then run again."],
  ECONNREFUSED: [
    "connection refused",
    "Check that the address is right and that the service runs, and the proxy if HTTPS_PROXY or HTTP_PROXY names one.",
  ],
  ECONNRESET: ["connection reset", "Run again; the fetch goes on where it can."],
  UND_ERR_SOCKET: ["the connection was closed", "Run again; the fetch goes on where it can."],
  UND_ERR_CONNECT_TIMEOUT: ["no connection in time", "Check the network. If it has a proxy, name it in HTTPS_PROXY."],
  UND_ERR_HEADERS_TIMEOUT: ["no answer in time", "Narrow the interval or add a filter, then run again."],
  UND_ERR_BODY_TIMEOUT: ["the answer stopped half-way", "Run again."],
  TimeoutError: ["the answer took too long", "Narrow the interval or add a filter, then run again."],
};
