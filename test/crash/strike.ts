/**
 * Loaded before the program (`node --import`): kills the process at one chosen operation on files, as a power switch
 * would. `STRIKE` says where, in JSON; an operation is counted before it begins and after it ended, and a write may
 * also be cut in half. Where a process is not struck it runs as always.
 */
import { appendFileSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

/** Where to strike: at the `nth` moment (from 1) of those that are meant; without an operation, of all moments. */
export interface Strike {
  readonly operation?: "open" | "write" | "sync" | "rename" | "rm" | "copyFile" | "mkdir";
  /** A regular expression over the path that the operation leads to. */
  readonly path?: string;
  readonly when?: "before" | "half" | "after";
  readonly nth?: number;
  /** A file that gets a line of JSON for each moment, in the order in which they came. */
  readonly trace?: string;
}

/** A line of the trace: the operation, the path it leads to, whether it begins or has ended. */
export type Moment = readonly [operation: string, path: string, when: string];

const strike = JSON.parse(process.env["STRIKE"] ?? "{}") as Strike;
const pattern = new RegExp(strike.path ?? "");
const paths = new WeakMap<object, string>();
let left = strike.nth ?? 1;

function isHere(operation: Strike["operation"], path: string, when: Strike["when"]): boolean {
  if (strike.trace !== undefined && when !== "half")
    appendFileSync(strike.trace, `${JSON.stringify([operation, path, when])}\n`);
  const isMeant =
    strike.operation === undefined
      ? when !== "half"
      : strike.operation === operation && strike.when === when && pattern.test(path);
  return isMeant && --left === 0;
}

function die(): never {
  process.kill(process.pid, "SIGKILL");
  // The signal is on its way; nothing more may happen until it is here.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  throw new Error("still alive");
}

function hit(operation: Strike["operation"], path: string, when: Strike["when"]): void {
  if (isHere(operation, path, when)) die();
}

const { open, rename, rm, copyFile, mkdir } = fs;
const probe = await open(process.execPath);
const handles = Object.getPrototypeOf(probe) as {
  writeFile: (this: object, data: string | Uint8Array) => Promise<void>;
  sync: (this: object) => Promise<void>;
};
await probe.close();
const { writeFile, sync } = handles;

handles.writeFile = async function (this: object, data) {
  const path = paths.get(this) ?? "";
  hit("write", path, "before");
  if (isHere("write", path, "half")) {
    const bytes = Buffer.from(data);
    await writeFile.call(this, bytes.subarray(0, bytes.length >> 1));
    die();
  }
  await writeFile.call(this, data);
  hit("write", path, "after");
};
handles.sync = async function (this: object) {
  const path = paths.get(this) ?? "";
  hit("sync", path, "before");
  await sync.call(this);
  hit("sync", path, "after");
};

Object.assign(fs, {
  open: async (...args: Parameters<typeof open>) => {
    hit("open", String(args[0]), "before");
    const handle = await open(...args);
    paths.set(handle, String(args[0]));
    hit("open", String(args[0]), "after");
    return handle;
  },
  rename: around("rename", rename, 1),
  copyFile: around("copyFile", copyFile, 1),
  rm: around("rm", rm, 0),
  mkdir: around("mkdir", mkdir, 0),
});
syncBuiltinESMExports();

/** The same function, with a moment before it and one behind it; its argument at this place is the path. */
function around<A extends unknown[], R>(
  operation: NonNullable<Strike["operation"]>,
  work: (...args: A) => Promise<R>,
  place: number,
): (...args: A) => Promise<R> {
  return async (...args) => {
    hit(operation, String(args[place]), "before");
    const result = await work(...args);
    hit(operation, String(args[place]), "after");
    return result;
  };
}
