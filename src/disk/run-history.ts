/** The runs of a project, as their folders tell: what each was asked, how far it got, how it ended. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { KeptPlan } from "../domain/checkpoint.ts";
import { ReportError } from "../domain/errors.ts";
import type { RunEnd } from "../domain/run-folder.ts";
import { readLog } from "./checkpoint-log.ts";
import { readEnd } from "./end-file.ts";
import { onDisk } from "./on-disk.ts";
import { CHECKPOINT } from "./open-slice.ts";
import { readPlanText } from "./plan-file.ts";
import { isLocked } from "./run-lock.ts";
import { LOCK, MANIFEST, PLAN, runsFolder } from "./run-names.ts";

/** How a run stands. A killed one is interrupted too. `damaged`: its plan can no longer be read. */
export type RunState = "running" | "done" | "failed" | "interrupted" | "damaged";

/** A cell as JSON files have it. */
export const CELL = z.union([
  z.string(),
  z.number(),
  z.null(),
  z.array(z.string()).readonly(),
  z.record(z.string(), z.number()),
]);

/** What a finished run says of itself, as far as it is shown. */
export type KeptManifest = z.infer<typeof MANIFEST_FILE>;

/** A run that has a folder. */
export interface PastRun {
  readonly runId: string;
  readonly path: string;
  readonly state: RunState;
  /** Absent when damaged. */
  readonly plan?: KeptPlan;
  /** Of the error that ended it. */
  readonly code?: string;
  readonly message?: string;
  readonly endedAt?: number;
  /** Present when its files are whole; what is delivered may still be missing in it unless the run is done. */
  readonly manifest?: KeptManifest;
}

/** How far a slice has got. */
export interface PastSlice {
  readonly slice: string;
  readonly state: "under way" | "done" | "halved" | "cut" | "damaged";
  readonly pages: number;
  readonly rows: number;
}

const MANIFEST_FILE = z.object({
  runId: z.string(),
  report: z.string(),
  definitionHash: z.string(),
  interval: z.string(),
  revision: z.int(),
  finishedAt: z.string(),
  columns: z.array(z.object({ name: z.string(), role: z.enum(["row", "key", "measure", "detail"]) })),
  /** Absent in what versions before 0.2 wrote. */
  rows: z.object({ count: z.int(), sha256: z.string() }).exactOptional(),
  completeness: z.enum(["complete", "provisional"]),
  reasons: z.array(z.string()),
  counts: z.object({ unique: z.int(), requests: z.int() }),
  artifacts: z.array(
    z.object({
      name: z.string(),
      format: z.string(),
      path: z.string(),
      rows: z.int(),
      bytes: z.int(),
      sha256: z.string(),
    }),
  ),
  deliveries: z.array(z.looseObject({ destination: z.string(), artifact: z.string() })),
  totals: z.record(z.string(), CELL).exactOptional(),
  checks: z
    .array(
      z.object({
        check: z.string(),
        action: z.enum(["warn", "block"]),
        result: z.enum(["pass", "fail", "unknown"]),
        found: z.string(),
      }),
    )
    .exactOptional(),
});

/** All runs, or those of one report; the newest first. */
export async function listRuns(statePath: string, report?: string): Promise<PastRun[]> {
  const runs: PastRun[] = [];
  for (const runId of await runIds(statePath)) {
    const run = await readRun(statePath, runId);
    if (run && (report === undefined || run.plan?.report === report)) runs.push(run);
  }
  return runs.sort((left, right) => startOf(right) - startOf(left) || (left.runId < right.runId ? -1 : 1));
}

/** One run; `config.missing` when there is none of that name. */
export async function getRun(statePath: string, runId: string): Promise<PastRun> {
  const run = (await runIds(statePath)).includes(runId) ? await readRun(statePath, runId) : undefined;
  if (run) return run;
  throw new ReportError("config.missing", `There is no run ${runId}`, {
    hint: "`callsheet runs list` shows the runs of this project.",
  });
}

/** How far its slices have got, in order of time; none when its pages are gone. */
export async function readSlices({ path, runId }: PastRun): Promise<PastSlice[]> {
  const slices: PastSlice[] = [];
  const pagesPath = join(path, "pages");
  const names = await readdir(pagesPath).catch((): string[] => []);
  for (const slice of names.sort()) {
    const text = await readFile(join(pagesPath, slice, CHECKPOINT), "utf8").catch(() => "");
    const log = readLog(text, runId, slice);
    if ("damage" in log) slices.push({ slice, state: "damaged", pages: 0, rows: 0 });
    else {
      const { pages, end } = log.progress;
      const rows = pages.reduce((sum, { stored }) => sum + (stored?.rowCount ?? 0), 0);
      slices.push({ slice, state: end?.kind ?? "under way", pages: pages.length, rows });
    }
  }
  return slices;
}

/** The names of all run folders, in no order. */
export async function runIds(statePath: string): Promise<string[]> {
  const path = runsFolder(statePath);
  return await onDisk(path, async () => {
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw error;
    });
    return entries.flatMap((entry) => (entry.isDirectory() && !entry.name.startsWith(".") ? [entry.name] : []));
  });
}

/** Undefined for a run that never got a plan, or whose folder has just been removed. */
async function readRun(statePath: string, runId: string): Promise<PastRun | undefined> {
  const path = join(runsFolder(statePath), runId);
  const text = await readFile(join(path, PLAN), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const running = isLocked(join(path, LOCK));
  const end = await readEnd(path);
  const manifest = await readManifest(path, runId);
  const plan = readPlan(text, runId);
  return {
    runId,
    path,
    state: running ? "running" : stateOf(end, plan !== undefined),
    ...(plan && { plan }),
    ...(end?.code === undefined ? {} : { code: end.code }),
    ...(end?.message === undefined ? {} : { message: end.message }),
    ...(end && { endedAt: end.at }),
    ...(manifest && { manifest }),
  };
}

/** What is over needs its plan no more. */
function stateOf(end: RunEnd | undefined, hasPlan: boolean): RunState {
  if (end !== undefined && end.state !== "interrupted") return end.state;
  return hasPlan ? "interrupted" : "damaged";
}

function readPlan(text: string, runId: string): KeptPlan | undefined {
  try {
    return readPlanText(text, runId).kept;
  } catch {
    return undefined;
  }
}

/** What a run says of itself; undefined when it gave no rows, or when somebody renamed its folder. */
export async function readManifest(path: string, runId: string): Promise<KeptManifest | undefined> {
  try {
    const manifest = MANIFEST_FILE.parse(JSON.parse(await readFile(join(path, MANIFEST), "utf8")));
    return manifest.runId === runId ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function startOf({ plan }: PastRun): number {
  return plan?.startedAt ?? 0;
}
