/** Finished runs in the state folder, by their manifests; their rows lie beside them as JSON. */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ReportError } from "../domain/errors.ts";
import type { ReportRow } from "../domain/row-change.ts";
import type { PastRun, PastRuns } from "../runs/past-runs.ts";
import { suggestion } from "../support/did-you-mean.ts";
import { onDisk } from "./on-disk.ts";
import { namesIn } from "./store-folder.ts";

/** Rows are compared in memory, which takes several times the size of their file. */
const MAX_ROWS_BYTES = 32 * 1024 * 1024;

const MANIFEST = z.object({
  schema: z.literal("callsheet.manifest/1"),
  runId: z.string(),
  report: z.string(),
  definitionHash: z.string(),
  interval: z.string(),
  revision: z.int(),
  finishedAt: z.string(),
  columns: z.array(z.object({ name: z.string(), role: z.enum(["key", "measure", "detail"]) })),
  rows: z.object({ count: z.int(), sha256: z.string() }),
});

const CELL = z.union([
  z.string(),
  z.number(),
  z.null(),
  z.array(z.string()).readonly(),
  z.record(z.string(), z.number()),
]);
const ROWS = z.array(z.record(z.string(), CELL));

/** `voice-by-queue-20240301T020000Z-0a1b2c` */
const RUN_ID = /^(.+)-(\d{8}T\d{6}Z)-[0-9a-f]{6}$/;

/** Reads the runs below a state folder. */
export function readPastRuns(statePath: string): PastRuns {
  const runs = join(statePath, "runs");

  async function read(runId: string): Promise<PastRun | undefined> {
    const text = await readFile(join(runs, runId, "manifest.json"), "utf8").catch(() => undefined);
    if (text === undefined) return undefined;
    const { data } = MANIFEST.safeParse(jsonOf(text));
    // A folder that somebody renamed is no run of ours.
    return data?.runId === runId ? data : undefined;
  }

  return {
    async *of(report) {
      const names = await onDisk(runs, async () => await namesIn(runs));
      const own = names.filter((name) => RUN_ID.exec(name)?.[1] === report);
      const bySecond = [...Map.groupBy(own, stampOf)].sort(([left], [right]) => (left < right ? 1 : -1));
      for (const [, runIds] of bySecond) {
        const found: PastRun[] = [];
        for (const runId of runIds) {
          const run = await read(runId);
          if (run) found.push(run);
        }
        yield* found.sort(laterFirst);
      }
    },
    async get(runId) {
      const names = await onDisk(runs, async () => await namesIn(runs));
      const run = names.includes(runId) ? await read(runId) : undefined;
      if (run) return run;
      throw new ReportError(
        "config.missing",
        `There is no finished run "${runId}" that can be compared.${suggestion(runId, names)}`,
        { hint: `The folders of ${runs} are named for their runs; \`callsheet run\` names its own.` },
      );
    },
    async readRows({ runId, report, rows }) {
      const file = join(runs, runId, "artifacts", `${report}.json`);
      return await onDisk(file, async (): Promise<readonly ReportRow[] | undefined> => {
        if ((await stat(file)).size > MAX_ROWS_BYTES) return undefined;
        const bytes = await readFile(file);
        const { data } = ROWS.safeParse(jsonOf(bytes.toString("utf8")));
        if (data && createHash("sha256").update(bytes).digest("hex") === rows.sha256) return data;
        throw new ReportError("disk.unwritable", `${file} no longer holds what was written to it`, {
          hint: "Run the report again; compare runs whose files are whole.",
        });
      });
    },
  };
}

/** The second in which the run began. */
function stampOf(runId: string): string {
  return RUN_ID.exec(runId)?.[2] ?? "";
}

/** Of two that ended at the same time the higher revision was the later one. */
function laterFirst(left: PastRun, right: PastRun): number {
  if (left.finishedAt !== right.finishedAt) return left.finishedAt < right.finishedAt ? 1 : -1;
  return right.revision - left.revision;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
