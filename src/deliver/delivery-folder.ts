/** The port to a folder that reports are delivered to, on a disk of this machine or one that is mounted there. */
import type { ObjectBody } from "./object-store.ts";

/** Throws `disk.full` and `disk.unwritable`. */
export interface DeliveryFolder {
  readonly name: string;
  /** What keys begin with. */
  readonly prefix: string;
  /** Finds out, as far as that is possible, whether files can be written. */
  expectWritable(): Promise<void>;
  /**
   * Writes once, so that a reader sees the whole file or none. A file that is there with the same SHA-256 (hexadecimal)
   * counts as written and is not new, another one is an error.
   */
  put(key: string, body: ObjectBody, sha256: string): Promise<{ readonly path: string; readonly isNew: boolean }>;
  remove(key: string): Promise<void>;
}
