/**
 * `links.ndjson` in the state folder: a line for every link that was handed out, opened through `serve`, or taken back.
 * Lines are only ever added, so that what happened stays told; a line that a power loss cut is left out when it is read.
 */
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { LinkEvent, LinkOpening } from "../domain/delivery.ts";
import type { AccessRecord } from "../runs/access-record.ts";
import { makeFolder } from "../support/make-folder.ts";
import { onDisk } from "./on-disk.ts";

const FILE = "links.ndjson";

const EVENT = z.object({
  at: z.string(),
  event: z.enum(["handed_out", "placed", "revoked", "removed"]),
  runId: z.string(),
  report: z.string(),
  destination: z.string(),
  artifact: z.string(),
  key: z.string(),
  versionId: z.string().exactOptional(),
  manifestKey: z.string().exactOptional(),
  until: z.string().exactOptional(),
  by: z.string(),
  how: z.enum(["run", "deliver", "link", "prune"]),
  to: z.array(z.string()).exactOptional(),
});

const OPENING = z.object({
  at: z.string(),
  event: z.literal("opened"),
  destination: z.string(),
  key: z.string(),
  until: z.string(),
  address: z.string(),
  forwardedFor: z.string().exactOptional(),
  answer: z.enum(["sent", "gone", "led_on", "refused"]),
});

/** Opens the record of a state folder for writing. */
export function createAccessRecord(statePath: string): AccessRecord {
  return {
    note: async (events) => await append(statePath, events),
    noteOpening: async (opening) => await append(statePath, [opening]),
  };
}

async function append(statePath: string, entries: readonly (LinkEvent | LinkOpening)[]): Promise<void> {
  const path = join(statePath, FILE);
  const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  await onDisk(path, async () => {
    await makeFolder(statePath);
    const file = await open(path, "a", 0o600);
    try {
      // One write at the end of the file: lines of several processes do not mix.
      await file.write(lines);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** All that was handed out, placed, revoked and removed, or that of one run, oldest first. */
export async function readAccessRecord(statePath: string, runId?: string): Promise<LinkEvent[]> {
  const events = await readLines(statePath, EVENT);
  return events.filter((event) => runId === undefined || event.runId === runId);
}

/** All openings of links that `serve` opened, oldest first. */
export async function readOpenings(statePath: string): Promise<LinkOpening[]> {
  return await readLines(statePath, OPENING);
}

async function readLines<T>(statePath: string, kind: z.ZodType<T>): Promise<T[]> {
  const path = join(statePath, FILE);
  const text = await onDisk(path, async () => await readFile(path, "utf8").catch(noSuchFile));
  return (text ?? "").split("\n").flatMap((line) => {
    const entry = parseLine(line, kind);
    return entry === undefined ? [] : [entry];
  });
}

function parseLine<T>(line: string, kind: z.ZodType<T>): T | undefined {
  try {
    return kind.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function noSuchFile(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
  throw error;
}
