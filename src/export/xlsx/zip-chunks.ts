/**
 * A ZIP archive in pieces, from texts that come in pieces: one is read, packed and handed on at a time, and no faster
 * than its reader takes it. The same texts give the same bytes: entries carry no clock.
 */
import { Readable } from "node:stream";
import { ZipFile } from "yazl";

/** A file of the archive; its text is asked for when its turn comes. */
export interface ZipEntry {
  readonly path: string;
  chunks(): Iterable<string> | AsyncIterable<string>;
}

/** The least date that an archive knows. */
const NO_DATE = new Date(1980, 0, 1);
const OPTIONS = { mtime: NO_DATE, mode: 0o100_644, forceDosTimestamp: true, compress: true } as const;

/** The archive's bytes. An error of an entry ends it; a reader that stops closes the entry that is being read. */
export async function* zipChunks(entries: readonly ZipEntry[]): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  // The library types its output as the least that a stream can do; it is a PassThrough.
  const output = Readable.from(zip.outputStream, { objectMode: false });
  let current: Readable | undefined;
  const fail = (error: Error): void => void output.destroy(error);
  zip.on("error", fail);
  for (const entry of entries) {
    zip.addReadStreamLazy(entry.path, OPTIONS, (callback) => {
      current = Readable.from(buffersOf(entry.chunks()), { objectMode: false });
      current.on("error", fail);
      callback(null, current);
    });
  }
  zip.end();
  try {
    for await (const chunk of output) yield bytesOf(chunk);
  } finally {
    current?.destroy();
  }
}

async function* buffersOf(chunks: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk, "utf8");
}

function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError("an archive comes as bytes");
}
