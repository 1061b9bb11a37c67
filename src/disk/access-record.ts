/**
 * `links.ndjson` in the state folder: a line for every link that was handed out and for every one that was taken back.
 * Lines are only ever added, so that what happened stays told; a line that a power loss cut is left out when it is read.
 */
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { LinkEvent } from "../domain/delivery.ts";
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

/** Opens the record of a state folder for writing. */
export function createAccessRecord(statePath: string): AccessRecord {
  const path = join(statePath, FILE);
  return {
    async note(events) {
      const lines = events.map((event) => `${JSON.stringify(event)}\n`).join("");
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
    },
  };
}

/** All entries, or those of one run, oldest first. */
export async function readAccessRecord(statePath: string, runId?: string): Promise<LinkEvent[]> {
  const path = join(statePath, FILE);
  const text = await onDisk(path, async () => await readFile(path, "utf8").catch(noSuchFile));
  return (text ?? "").split("\n").flatMap((line) => {
    const event = parseLine(line);
    return event !== undefined && (runId === undefined || event.runId === runId) ? [event] : [];
  });
}

function parseLine(line: string): LinkEvent | undefined {
  try {
    return EVENT.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function noSuchFile(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
  throw error;
}
