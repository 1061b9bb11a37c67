/** `ended.json`: how a run came to its end. Absent while it is running, and when it was killed. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { RunEnd } from "../domain/run-folder.ts";
import { ENDED } from "./run-names.ts";

const FILE = z.strictObject({
  schema: z.literal("callsheet.ended/1"),
  state: z.enum(["done", "failed", "interrupted"]),
  code: z.string().exactOptional(),
  message: z.string().exactOptional(),
  at: z.iso.datetime(),
});

/** The text of the file. */
export function writeEndText({ at, ...end }: RunEnd): string {
  return `${JSON.stringify({ schema: "callsheet.ended/1", ...end, at: new Date(at).toISOString() }, undefined, 2)}\n`;
}

/** Reads it from a run's folder; undefined when there is none that can be read, as behind a kill. */
export async function readEnd(path: string): Promise<RunEnd | undefined> {
  try {
    const { schema: _schema, at, ...end } = FILE.parse(JSON.parse(await readFile(join(path, ENDED), "utf8")));
    return { ...end, at: Date.parse(at) };
  } catch {
    return undefined;
  }
}
