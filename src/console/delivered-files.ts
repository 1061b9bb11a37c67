/** The port to files that were delivered to folders whose links `serve` opens. */
import type { Readable } from "node:stream";

/** A file that is open. */
export interface DeliveredFile {
  readonly bytes: number;
  /** Its bytes from `start` up to and with `end`; the stream closes the file. */
  stream(start: number, end: number): Readable;
  /** For who does not read it. */
  close(): Promise<void>;
}

/** Opens regular files below the destination's folder only, and follows no link on the way there. */
export interface DeliveredFiles {
  /** Undefined when there is no such destination or file. */
  open(destination: string, key: string): Promise<DeliveredFile | undefined>;
}
