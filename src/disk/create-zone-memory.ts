/** What this machine last foretold of clock changes, in a file of the state folder. */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { ZoneMemory } from "../schedule/zone-memory.ts";
import { atomicWrite } from "../support/atomic-write.ts";
import { onDisk } from "./on-disk.ts";

const SCHEMA = "callsheet.zones/1";

const FILE = z.strictObject({
  schema: z.literal(SCHEMA),
  version: z.string(),
  untilAt: z.int(),
  zones: z.record(z.string(), z.array(z.strictObject({ at: z.int(), before: z.number(), after: z.number() }))),
});

/** Makes the memory; a file that is missing or cannot be understood is as if nothing had been kept. */
export function createZoneMemory(statePath: string): ZoneMemory {
  const file = join(statePath, "zones.json");
  return {
    async read() {
      const text = await onDisk(file, async () => await readFile(file, "utf8").catch(() => ""));
      const { data } = FILE.safeParse(parseOrUndefined(text));
      if (!data) return undefined;
      const { schema: _schema, ...foretold } = data;
      return foretold;
    },
    async write(foretold) {
      await onDisk(file, async () => {
        await mkdir(statePath, { recursive: true, mode: 0o700 });
        await atomicWrite(file, [`${JSON.stringify({ schema: SCHEMA, ...foretold })}\n`]);
      });
    },
  };
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
