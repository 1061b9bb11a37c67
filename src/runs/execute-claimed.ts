/**
 * Runs a claimed run in the folder of its attempt before, where there is one that can be gone on with. The folder stands
 * in the ledger before anything is fetched, so that whoever takes over finds it. Nothing is uploaded and no link is made
 * without a look whether the run is still ours; what a cancelled one uploaded is removed again.
 */
import type { DeliveryFolder } from "../deliver/delivery-folder.ts";
import type { Destination } from "../deliver/deliver-artifacts.ts";
import type { SentMessage } from "../domain/delivery.ts";
import { ReportError } from "../domain/errors.ts";
import type { ObjectStore } from "../deliver/object-store.ts";
import type { Outlet } from "./deliver-run.ts";
import { executeRun, type RunServices } from "./execute-run.ts";
import type { RunLedger } from "./run-ledger.ts";
import type { AttemptOrder, RunGave } from "./work-task.ts";

/** What is needed besides the services of a run. */
export interface ClaimedServices {
  readonly ledger: RunLedger;
  readonly run: RunServices;
  /** What a run gave that was done before its worker could say so; undefined for all others. */
  readonly findDone: (runId: string) => Promise<Omit<RunGave, "withdraw"> | undefined>;
}

/** Runs it; throws what `executeRun` throws, and what says that the run is another's. */
export async function executeClaimed(
  { claimed, definition, expectHeld }: AttemptOrder,
  { ledger, run, findDone }: ClaimedServices,
  signal: AbortSignal,
): Promise<RunGave> {
  const { claim, runId } = claimed;
  const done = runId === undefined ? undefined : await findDone(runId);
  const uploaded: (() => Promise<void>)[] = [];
  const withdraw = async (): Promise<void> => {
    for (const remove of uploaded) await remove();
  };
  if (done) return { ...done, withdraw };
  const services: RunServices = {
    ...run,
    ...(run.store && { store: { ...run.store, servesSince: sharedSince(claimed, run.clock.now()) } }),
    async openFolder(report, startedAt) {
      const folder = await run.openFolder(report, startedAt);
      try {
        await ledger.noteFolder(claim, folder.runId);
      } catch (error) {
        await folder.end({ state: "failed", at: startedAt });
        folder.close();
        throw error;
      }
      return folder;
    },
    outlet: (name) => guardOutlet(run.outlet(name), expectHeld, uploaded),
    onEvent(event) {
      if (event.kind === "stage") ledger.noteStage(claim, event.stage).catch(() => undefined);
      run.onEvent(event);
    },
  };
  const request = { definition, nominalAt: claim.nominalAt };
  try {
    const { manifest, messages } = await resumeOrBegin(runId, async (resume) =>
      executeRun({ ...request, ...(resume === undefined ? {} : { resume }) }, services, signal),
    );
    const remarks = messages.flatMap(failureInWords);
    return { rows: manifest.rows.count, reasons: manifest.reasons, remarks, withdraw };
  } catch (error) {
    // Another worker's objects have the same names: only of a cancelled run nothing must stay.
    if (await isCancelled(expectHeld)) await withdraw();
    throw error;
  }
}

/** So long what one report of an instant fetched is as good for another one as if it asked itself. */
const SHARED_MS = 60 * 60_000;

/** A restated run asks anew: what it was made of was not complete. */
function sharedSince({ claim: { nominalAt }, restated }: AttemptOrder["claimed"], now: number): number {
  return restated > 0 ? now : Math.max(nominalAt, now - SHARED_MS);
}

/** What says that a folder cannot be gone on with: gone, damaged, of another version, or held by a frozen process. */
const BEGIN_ANEW: ReadonlySet<string> = new Set(["config.missing", "run.not_resumable", "run.damaged", "run.locked"]);

async function resumeOrBegin<T>(runId: string | undefined, execute: (resume?: string) => Promise<T>): Promise<T> {
  if (runId === undefined) return await execute();
  try {
    return await execute(runId);
  } catch (error) {
    if (!(error instanceof ReportError) || !BEGIN_ANEW.has(error.code)) throw error;
    return await execute();
  }
}

/** The files are delivered: what is wrong with a message is a word beside the run, not its end. */
function failureInWords({ destination, problem }: SentMessage): string[] {
  return problem === undefined ? [] : [`the message to ${destination} was not sent: ${problem}`];
}

function guardOutlet(outlet: Outlet, expectHeld: () => Promise<void>, uploaded: (() => Promise<void>)[]): Outlet {
  if (outlet.kind === "folder") return { kind: "folder", folder: guardFolder(outlet.folder, expectHeld, uploaded) };
  const place = guard(outlet.place, expectHeld, uploaded);
  if (outlet.kind === "place") return { ...outlet, place };
  const { messenger } = outlet;
  return {
    ...outlet,
    place,
    messenger: {
      ...messenger,
      async send(message, signal) {
        await expectHeld();
        await messenger.send(message, signal);
      },
    },
  };
}

function guardFolder(
  folder: DeliveryFolder,
  expectHeld: () => Promise<void>,
  uploaded: (() => Promise<void>)[],
): DeliveryFolder {
  return {
    ...folder,
    async put(key, body, sha256) {
      await expectHeld();
      const written = await folder.put(key, body, sha256);
      if (written.isNew) uploaded.push(async () => await folder.remove(key));
      return written;
    },
  };
}

function guard(
  destination: Destination,
  expectHeld: () => Promise<void>,
  uploaded: (() => Promise<void>)[],
): Destination {
  const { store } = destination;
  const guarded: ObjectStore = {
    ...store,
    async put(key, body, facts) {
      await expectHeld();
      // What an earlier run delivered is not ours to remove. An upload that fails has no link; what there is may be another's.
      const made = await store.put(key, body, facts);
      if (made.isNew) uploaded.push(async () => await store.delete(key, made.versionId));
      return made;
    },
  };
  return { ...destination, store: guarded };
}

async function isCancelled(expectHeld: () => Promise<void>): Promise<boolean> {
  try {
    await expectHeld();
    return false;
  } catch (error) {
    return error instanceof ReportError && error.code === "run.cancelled";
  }
}
