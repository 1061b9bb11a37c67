/** From an answer to bytes: JSON text, compression when the client accepts it, headers; and the ordinary sending. */
import type { ServerResponse } from "node:http";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { WireAnswer } from "../faults/fault.ts";
import type { Answer } from "./answer.ts";

const compress = promisify(gzip);
/** Below this a compressed answer is hardly smaller. */
const COMPRESS_FROM_BYTES = 1024;

/** Turns an answer into the bytes that are sent. */
export async function toWire(
  answer: Answer,
  headers: Readonly<Record<string, string>>,
  acceptEncoding: string | undefined,
): Promise<WireAnswer> {
  const text = answer.json === undefined ? (answer.text ?? "") : JSON.stringify(answer.json);
  const plain = Buffer.from(text, "utf8");
  const type: Record<string, string> = answer.json === undefined ? {} : { "content-type": "application/json" };
  const common = { ...headers, ...type, ...answer.headers };
  if (plain.length < COMPRESS_FROM_BYTES || !acceptsGzip(acceptEncoding)) {
    return { status: answer.status, headers: common, payload: plain, plain };
  }
  const payload = await compress(plain, { level: constants.Z_BEST_SPEED });
  return {
    status: answer.status,
    headers: { ...common, "content-encoding": "gzip", vary: "accept-encoding" },
    payload,
    plain,
  };
}

/** Sends an answer as it should be. */
export function sendPlainly(answer: WireAnswer, response: ServerResponse): void {
  // A 204 has no body, and must not announce the length of one.
  const length = answer.status === 204 ? {} : { "content-length": String(answer.payload.length) };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.end(answer.payload);
}

function acceptsGzip(acceptEncoding = ""): boolean {
  return acceptEncoding.split(",").some((coding) => /^\s*(gzip|\*)\s*(;\s*q=(1|0\.\d*[1-9]).*)?$/i.test(coding));
}
