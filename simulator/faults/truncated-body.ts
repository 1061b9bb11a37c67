/**
 * A body that ends too early, in every way that a client must notice. Some break the framing of HTTP; the worst leave it
 * intact, so that only the compressed stream itself shows that something is missing.
 */
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { type Fault, on, type Selection, type WireAnswer } from "./fault.ts";
import { end, headOf, socketOf } from "./raw-answer.ts";

/** The ways in which a body can end too early. */
type Truncation =
  /** Content-Length promises the whole, the connection ends before. */
  | "shortOfContentLength"
  /** Chunks without the last, empty one. */
  | "chunkedWithoutEnd"
  /** Neither length nor chunks: the end of the connection is the end of the body. */
  | "closeDelimited"
  /** gzip, cut; Content-Length fits what is sent. */
  | "gzipCut"
  /** gzip without its last eight bytes; Content-Length fits. */
  | "gzipWithoutTrailer"
  /** gzip whose checksum belongs to other bytes; Content-Length fits. */
  | "gzipWrongChecksum";

/** Which answers, and how they are cut. */
export interface TruncatedBody extends Selection {
  readonly kind: Truncation;
  /** Where the bytes that are sent end. Default: in the middle. */
  readonly atByte?: number;
}

/** Cuts the chosen answers. */
export function truncatedBody(options: TruncatedBody): Fault {
  return {
    name: `truncatedBody ${options.kind}`,
    ...on(options),
    send: (answer, response) => cut(options, answer, response),
  };
}

async function cut({ kind, atByte }: TruncatedBody, answer: WireAnswer, response: ServerResponse): Promise<void> {
  const socket = socketOf(response);
  if (socket === undefined) return;
  if (kind === "gzipCut" || kind === "gzipWithoutTrailer" || kind === "gzipWrongChecksum") {
    const spoiled = spoilGzip(kind, gzipSync(answer.plain), atByte);
    const framing = { "content-encoding": "gzip", "content-length": String(spoiled.length), connection: "close" };
    await end(socket, Buffer.concat([Buffer.from(headOf(answer, framing)), spoiled]));
    return;
  }
  const part = answer.payload.subarray(0, atByte ?? Math.floor(answer.payload.length / 2));
  if (kind === "shortOfContentLength") {
    const head = headOf(answer, { "content-length": String(answer.payload.length) });
    await end(socket, Buffer.concat([Buffer.from(head), part]));
  } else if (kind === "chunkedWithoutEnd") {
    const head = headOf(answer, { "transfer-encoding": "chunked" });
    const size = `${part.length.toString(16)}\r\n`;
    await end(socket, Buffer.concat([Buffer.from(head + size), part, Buffer.from("\r\n")]));
  } else {
    const head = headOf(answer, { connection: "close" });
    await end(socket, Buffer.concat([Buffer.from(head), part]));
  }
}

function spoilGzip(kind: Truncation, whole: Buffer, atByte: number | undefined): Buffer {
  if (kind === "gzipCut") return whole.subarray(0, atByte ?? Math.floor(whole.length / 2));
  if (kind === "gzipWithoutTrailer") return whole.subarray(0, -8);
  const spoiled = Buffer.from(whole);
  spoiled.writeUInt32LE((spoiled.readUInt32LE(spoiled.length - 8) ^ 0xffff_ffff) >>> 0, spoiled.length - 8);
  return spoiled;
}
