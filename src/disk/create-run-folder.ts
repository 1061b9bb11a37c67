/**
 * A run's folder on a local disk: `plan.json`, `pages/<slice>/` with a checkpoint each, `rejects.ndjson`, `artifacts/`,
 * `manifest.json`, and `ended.json` once it came to an end. A killed run has no end, and nobody holds its lock.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { open, readdir, readFile, rm, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { KeptPlan } from "../domain/checkpoint.ts";
import type { ConversationRecord } from "../domain/conversation-record.ts";
import { ReportError } from "../domain/errors.ts";
import type { StoredPage } from "../domain/page.ts";
import type { RunFolder } from "../domain/run-folder.ts";
import { atomicWrite } from "../support/atomic-write.ts";
import { makeFolder } from "../support/make-folder.ts";
import { readLog } from "./checkpoint-log.ts";
import { decodeRecords } from "./encode-records.ts";
import { readEnd, writeEndText } from "./end-file.ts";
import { damagedFile, onDisk } from "./on-disk.ts";
import { CHECKPOINT, openSlice } from "./open-slice.ts";
import { readPiece } from "./page-file.ts";
import { type ReadPlan, readPlanText, writePlanText } from "./plan-file.ts";
import { expectPublishable, publishFiles } from "./publish-files.ts";
import { type Release, takeLock } from "./run-lock.ts";
import { ENDED, LOCK, MANIFEST, PLAN, REJECTS, runsFolder } from "./run-names.ts";

const ARTIFACTS = "artifacts";

/** Makes the folder of a new run below the state folder; `startedAt` in epoch milliseconds names it. */
export async function createRunFolder(statePath: string, report: string, startedAt: number): Promise<RunFolder> {
  const stamp = new Date(startedAt).toISOString().replaceAll(/[-:]/g, "").slice(0, 15);
  const runId = `${report}-${stamp}Z-${randomBytes(3).toString("hex")}`;
  const path = join(runsFolder(statePath), runId);
  await onDisk(path, async () => await makeFolder(path));
  return await openFolder(path, runId, await lock(path, runId), undefined);
}

/** Opens the folder of a run that was interrupted: `config.missing` without one, `run.locked` while it is running. */
export async function reopenRunFolder(statePath: string, runId: string): Promise<RunFolder> {
  const path = join(runsFolder(statePath), runId);
  const isName = /^[a-z0-9][\w-]{0,119}$/i.test(runId);
  const text = isName
    ? await onDisk(path, async () => await readFile(join(path, PLAN), "utf8").catch(noSuchFile))
    : undefined;
  if (text === undefined) {
    throw new ReportError("config.missing", `There is no run ${runId} to resume`, {
      hint: "`callsheet runs list` shows the runs of this project.",
    });
  }
  const release = await lock(path, runId);
  try {
    const ended = await onDisk(path, async () => await readEnd(path));
    if (ended !== undefined && ended.state !== "interrupted") throw overAlready(runId, ended.state);
    return await openFolder(path, runId, release, readPlanText(text, runId));
  } catch (error) {
    release();
    throw error;
  }
}

async function lock(path: string, runId: string): Promise<Release> {
  const release = await onDisk(path, () => Promise.resolve(takeLock(join(path, LOCK))));
  if (release) return release;
  throw new ReportError("run.locked", `Another process is at work on run ${runId}`, {
    hint: "Wait until it ends; `callsheet runs show RUN` tells how it stands.",
  });
}

async function openFolder(
  path: string,
  runId: string,
  release: Release,
  read: ReadPlan | undefined,
): Promise<RunFolder> {
  const scratchPath = join(path, "scratch");
  await onDisk(path, async () => {
    // Spill files of a process that died are of no use to this one.
    await rm(scratchPath, { recursive: true, force: true });
    for (const name of ["pages", ARTIFACTS, "scratch"]) await makeFolder(join(path, name));
  });
  let kept: KeptPlan | undefined = read?.kept;
  const rejects: string[] = [];
  let sequence = read === undefined ? 0 : await highestSequence(path, runId);

  return {
    runId,
    path,
    scratchPath,
    get kept() {
      return kept;
    },
    async keepPlan(plan) {
      if (read !== undefined && JSON.stringify(plan.plan) !== read.planText) throw otherPlan(runId, read.kept, plan);
      if (kept === undefined)
        await onDisk(path, async () => await atomicWrite(join(path, PLAN), [writePlanText(runId, plan)]));
      kept = plan;
    },
    openSlice: async (sliceId) =>
      await openSlice({ runId, sliceId, folder: join(path, "pages", sliceId), nextSequence: () => ++sequence }),
    readPage: async (page) => await onDisk(page.file, async () => await readPage(page)),
    async writeRejects(more) {
      rejects.push(...more.map((reject) => `${JSON.stringify(reject)}\n`));
      await onDisk(path, async () => await atomicWrite(join(path, REJECTS), rejects));
    },
    writeText: async (name, text) => await onDisk(path, async () => await atomicWrite(join(path, name), [text])),
    writeArtifact: async (name, chunks) =>
      await onDisk(path, async () => {
        const file = join(path, ARTIFACTS, name);
        await makeFolder(dirname(file));
        return await atomicWrite(file, chunks);
      }),
    expectPublishable: async (folder) => await expectPublishable(folder, runId),
    publish: async (files, folder) => await publishFiles(files, join(path, ARTIFACTS), folder, runId),
    freeBytes: async () =>
      await statfs(path).then(
        ({ bavail, bsize }) => bavail * bsize,
        () => undefined,
      ),
    async end(how) {
      return await onDisk(path, async () => {
        await rm(scratchPath, { recursive: true, force: true });
        if (how.state !== "done" && !(await hasResult(path))) {
          await rm(path, { recursive: true, force: true });
          return false;
        }
        await atomicWrite(join(path, ENDED), [writeEndText(how)]);
        if (how.state !== "interrupted") await rm(join(path, "pages"), { recursive: true, force: true });
        return true;
      });
    },
    close: release,
  };
}

async function readPage({ file, ...piece }: StoredPage): Promise<ConversationRecord[]> {
  const handle = await open(file, "r");
  try {
    const bytes = await readPiece(handle, piece);
    if (typeof bytes === "string") throw damagedFile(file);
    // The checksum has shown that these are the very bytes that were made of records.
    return decodeRecords(bytes.toString("utf8"));
  } finally {
    await handle.close();
  }
}

/** A page, or the account of a run that needed none: what it asked for was stated, or stored already. */
async function hasResult(path: string): Promise<boolean> {
  if (existsSync(join(path, MANIFEST))) return true;
  const slices = await readdir(join(path, "pages"));
  return slices.some((sliceId) => existsSync(join(path, "pages", sliceId, CHECKPOINT)));
}

/** Pages that are fetched from now on come behind all that the checkpoints speak of. */
async function highestSequence(path: string, runId: string): Promise<number> {
  let highest = 0;
  for (const sliceId of await onDisk(path, async () => await readdir(join(path, "pages")))) {
    const text = await onDisk(
      path,
      async () => await readFile(join(path, "pages", sliceId, CHECKPOINT), "utf8").catch(noSuchFile),
    );
    const found = readLog(text ?? "", runId, sliceId);
    if ("damage" in found) continue;
    for (const { stored } of found.progress.pages) highest = Math.max(highest, stored?.sequence ?? 0);
  }
  return highest;
}

function noSuchFile(error: unknown): undefined {
  if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return;
  throw error;
}

function overAlready(runId: string, state: "done" | "failed"): ReportError {
  return new ReportError(
    "run.not_resumable",
    `Cannot resume run ${runId}: it is ${state === "done" ? "done" : "over, it failed"}`,
    {
      hint: `\`callsheet runs show ${runId}\` tells how it ended. Run the report anew, without --resume.`,
    },
  );
}

function otherPlan(runId: string, { version }: KeptPlan, plan: { readonly version: string }): ReportError {
  const otherVersion = version === plan.version ? "" : `, by version ${version} of callsheet`;
  return new ReportError("run.not_resumable", `Cannot resume run ${runId}: it was planned otherwise${otherVersion}`, {
    hint: "Give it the options of its first try, or run the report anew, without --resume.",
  });
}
