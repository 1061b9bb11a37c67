/** A small compressed body that unpacks to a huge one. It is valid JSON, so that only its size gives it away. */
import { createGzip } from "node:zlib";
import { type Fault, on, type Selection } from "./fault.ts";
import { sendPlainly } from "../routes/wire.ts";

/** Which requests, and how much comes out of the bomb. */
export interface GzipBomb extends Selection {
  /** Size after unpacking. Default 1 GiB, about 1 MiB on the wire. */
  readonly bytes?: number;
}

const BLOCK = Buffer.alloc(1 << 20, "a");

/** Answers with the bomb; it is made anew each time, about a second for the default size. */
export function gzipBomb(options: GzipBomb = {}): Fault {
  const { bytes = 1 << 30 } = options;
  return {
    name: "gzipBomb",
    ...on(options),
    async send(answer, response) {
      const payload = await compressed(bytes);
      const headers = { ...answer.headers, "content-type": "application/json", "content-encoding": "gzip" };
      sendPlainly({ ...answer, status: 200, headers, payload }, response);
    },
  };
}

async function compressed(bytes: number): Promise<Buffer> {
  const stream = createGzip();
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  const finished = new Promise((resolve, reject) => stream.on("end", resolve).on("error", reject));
  const put = (block: Buffer | string): Promise<void> => new Promise((resolve) => stream.write(block, () => resolve()));
  await put('{"padding":"');
  for (let left = bytes; left > 0; left -= BLOCK.length) await put(BLOCK.subarray(0, left));
  stream.end('"}');
  await finished;
  return Buffer.concat(chunks);
}
