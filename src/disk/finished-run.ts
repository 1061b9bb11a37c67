/**
 * The folder of a run whose files are whole, opened to deliver them again: the one process that has it may note in its
 * manifest what was delivered since.
 */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ReportError } from "../domain/errors.ts";
import { EXPORT_FORMATS } from "../domain/report-definition.ts";
import { atomicWrite } from "../support/atomic-write.ts";
import { readEnd, writeEndText } from "./end-file.ts";
import { onDisk } from "./on-disk.ts";
import { getRun } from "./run-history.ts";
import { takeLock } from "./run-lock.ts";
import { ENDED, LOCK, MANIFEST } from "./run-names.ts";

const ARTIFACT = z.object({
  name: z.string(),
  format: z.enum(EXPORT_FORMATS),
  path: z.string(),
  rows: z.int(),
  bytes: z.int(),
  sha256: z.string(),
  dataset: z.string().exactOptional(),
});

const DELIVERY = z.looseObject({
  destination: z.string(),
  artifact: z.string(),
  key: z.string(),
  versionId: z.string().exactOptional(),
  manifestKey: z.string().exactOptional(),
  revokedAt: z.string().exactOptional(),
});

const FILE = z.looseObject({
  runId: z.string(),
  report: z.string(),
  title: z.string(),
  interval: z.string(),
  timeZone: z.string(),
  revision: z.int(),
  completeness: z.enum(["complete", "provisional"]),
  reasons: z.array(z.string()),
  checks: z.array(z.looseObject({ action: z.string(), result: z.string() })).exactOptional(),
  artifacts: z.array(ARTIFACT),
  deliveries: z.array(DELIVERY),
  placed: z.array(z.looseObject({ key: z.string() })).exactOptional(),
  shares: z.looseObject({ files: z.record(z.string(), z.array(ARTIFACT)) }).exactOptional(),
  messages: z.array(z.looseObject({ destination: z.string() })).exactOptional(),
  /** Absent in what versions before 0.2 wrote. */
  deliverTo: z.array(z.string()).exactOptional(),
});

/** What a run's manifest says that is needed to deliver it again. */
export type DeliverableManifest = z.infer<typeof FILE>;

/** A delivery as the manifest has it. */
export type KeptDelivery = z.infer<typeof DELIVERY>;

/** The folder, held until it is closed. */
export interface FinishedRunFolder {
  readonly manifest: DeliverableManifest;
  /** Writes the manifest anew with other values of some keys, and the run is done, if it was not. */
  update(changes: Readonly<Record<string, unknown>>, at: number): Promise<void>;
  close(): void;
}

/** Throws `config.missing` without such a run or without its files, `run.locked` while another process has it. */
export async function openFinishedRun(statePath: string, runId: string): Promise<FinishedRunFolder> {
  const { path } = await getRun(statePath, runId);
  const close = takeLock(join(path, LOCK));
  if (close === undefined)
    throw new ReportError("run.locked", `Another process is at work on run ${runId}`, {
      hint: "Wait until it ends; `callsheet runs show RUN` tells how it stands.",
    });
  try {
    const manifest = await readDeliverable(path, runId);
    return {
      manifest,
      async update(changes, at) {
        const text = `${JSON.stringify({ ...manifest, ...changes }, undefined, 2)}\n`;
        await onDisk(path, async () => {
          await atomicWrite(join(path, MANIFEST), [text]);
          if ((await readEnd(path))?.state === "done") return;
          await atomicWrite(join(path, ENDED), [writeEndText({ state: "done", at })]);
          await rm(join(path, "pages"), { recursive: true, force: true });
        });
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

async function readDeliverable(path: string, runId: string): Promise<DeliverableManifest> {
  const end = await readEnd(path);
  let manifest: DeliverableManifest;
  try {
    manifest = FILE.parse(JSON.parse(await readFile(join(path, MANIFEST), "utf8")));
  } catch {
    throw new ReportError("config.missing", `Run ${runId} has no files that could be delivered`, {
      hint: `\`callsheet runs show ${runId}\` tells how it ended.`,
    });
  }
  const isBlocked = (manifest.checks ?? []).some(({ action, result }) => action === "block" && result === "fail");
  if (isBlocked || end?.state === "failed")
    throw new ReportError(
      "run.check_failed",
      `Run ${runId} was kept from being delivered: it is not as its report expects`,
      {
        hint: "Mend the report, or its `expect`, and run it again.",
      },
    );
  // Whoever moved the project has moved its files too.
  const here = (artifacts: DeliverableManifest["artifacts"]): DeliverableManifest["artifacts"] =>
    artifacts.map((artifact) => ({ ...artifact, path: join(path, "artifacts", artifact.name) }));
  const { artifacts, shares } = manifest;
  const files = Object.fromEntries(Object.entries(shares?.files ?? {}).map(([to, list]) => [to, here(list)]));
  return { ...manifest, artifacts: here(artifacts), ...(shares && { shares: { ...shares, files } }) };
}
