/** Finished runs in the state folder, by their manifests; their rows lie beside them as JSON. */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ReportError } from "../domain/errors.ts";
import { createInterval } from "../domain/interval.ts";
import type { ReportRow } from "../domain/row-change.ts";
import type { ComparableRun, CompleteRun, PastRuns } from "../runs/past-runs.ts";
import { suggestion } from "../support/did-you-mean.ts";
import { readEnd } from "./end-file.ts";
import { damagedFile, onDisk } from "./on-disk.ts";
import { CELL, type KeptManifest, readManifest, runIds } from "./run-history.ts";
import { isOfReport, runsFolder } from "./run-names.ts";

/** Rows are compared in memory, which takes several times the size of their file. */
const MAX_ROWS_BYTES = 32 * 1024 * 1024;

const ROWS = z.array(z.record(z.string(), CELL));

/** Reads the runs below a state folder. */
export function readPastRuns(statePath: string): PastRuns {
  const runs = runsFolder(statePath);

  async function read(runId: string): Promise<ComparableRun | undefined> {
    const { rows, ...manifest } = (await readManifest(join(runs, runId), runId)) ?? {};
    return rows && "runId" in manifest ? { ...manifest, rows } : undefined;
  }

  return {
    async *of(report) {
      for (const runId of await runIds(statePath)) {
        if (!isOfReport(runId, report)) continue;
        const run = await read(runId);
        if (run) yield run;
      }
    },
    async *complete(report) {
      for (const runId of await runIds(statePath)) {
        const path = join(runs, runId);
        if (!isOfReport(runId, report) || (await readEnd(path))?.state !== "done") continue;
        const run = completeRun(await readManifest(path, runId));
        if (run) yield run;
      }
    },
    async get(runId) {
      const names = await runIds(statePath);
      const run = names.includes(runId) ? await read(runId) : undefined;
      if (run) return run;
      throw new ReportError(
        "config.missing",
        `There is no finished run "${runId}" that can be compared.${suggestion(runId, names)}`,
        { hint: "`callsheet runs list` shows the runs of this project." },
      );
    },
    async readRows({ runId, report, rows }) {
      const file = join(runs, runId, "artifacts", `${report}.json`);
      return await onDisk(file, async (): Promise<readonly ReportRow[] | undefined> => {
        if ((await stat(file)).size > MAX_ROWS_BYTES) return undefined;
        const bytes = await readFile(file);
        const { data } = ROWS.safeParse(jsonOf(bytes.toString("utf8")));
        if (data && createHash("sha256").update(bytes).digest("hex") === rows.sha256) return data;
        throw damagedFile(file);
      });
    },
  };
}

function completeRun(manifest: KeptManifest | undefined): CompleteRun | undefined {
  if (!manifest?.rows || !manifest.totals || manifest.completeness !== "complete") return undefined;
  const { runId, finishedAt, rows, totals } = manifest;
  const [startAt = Number.NaN, endAt = Number.NaN] = manifest.interval.split("/").map(Date.parse);
  if (!(startAt < endAt)) return undefined;
  return { runId, interval: createInterval(startAt, endAt), finishedAt, rowCount: rows.count, totals };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
