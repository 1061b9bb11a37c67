/** Puts a worker's parts together: each attempt gets the services of a run, as `callsheet run` does. */
import type { Notify } from "../domain/log-facts.ts";
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { getRun, runIds } from "../disk/run-history.ts";
import type { ClientStore } from "../domain/client-store.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import { backfilledEvery } from "../domain/scheduled-run.ts";
import { createPageSource } from "../genesys/create-page-source.ts";
import { executeClaimed } from "../runs/execute-claimed.ts";
import { createRunTeller } from "../runs/tell-run.ts";
import type { RunLedger } from "../runs/run-ledger.ts";
import type { WorkEvent } from "../runs/work-events.ts";
import type { RunGave, WorkServices } from "../runs/work-task.ts";
import type { TaskQueue } from "../tasks/task-queue.ts";
import { parseReport } from "./find-report.ts";
import { createProgress } from "./progress.ts";
import type { Config } from "./read-config.ts";
import { removeOldRuns } from "./remove-old-runs.ts";
import { wireClient, wireRun } from "./wire.ts";
import type { World } from "./world.ts";

/** What all runs of a worker share. */
export interface Shared {
  readonly ledger: RunLedger;
  readonly queue: Pick<TaskQueue, "add">;
  /** Token and rate budget of the fleet; on one machine each run opens that of the machine. */
  readonly clientStore?: ClientStore;
}

/** Makes what a worker works with. */
export function wireWork(
  config: Config,
  world: World,
  { ledger, queue, clientStore }: Shared,
  notify: Notify,
  onEvent: (event: WorkEvent) => void = () => undefined,
): WorkServices {
  return {
    ledger,
    queue,
    clock: world.clock,
    random: Math.random,
    worker: `${hostname()}/${process.pid}`,
    client: clientName(config),
    parse: async (file, text) => await parseReport(text, file),
    availableUntil: async (definition, signal) => await availableUntil(config, world, definition, clientStore, signal),
    async execute(order, signal) {
      const quiet = { ...world, animated: false, err: () => undefined };
      const progress = createProgress(quiet);
      const { report, nominalAt } = order.claimed.claim;
      const about = { report, nominalAt };
      const tell = createRunTeller(about, order.claimed.attempt, notify);
      const run = await wireRun(
        config,
        { ...world, signal },
        order.definition.destinations,
        (event) => {
          tell(event);
          onEvent({ kind: "run_event", run: about, attempt: order.claimed.attempt, event });
          progress.see(event);
        },
        () => progress.retries(),
        clientStore,
      );
      try {
        const findDone = async (runId: string): ReturnType<typeof findDoneIn> =>
          await findDoneIn(config.statePath, runId);
        const gave = await executeClaimed(order, { ledger, run: run.services, findDone }, signal);
        // A backfill would remove what it has just made.
        if (backfilledEvery(order.claimed.claim) === undefined)
          await removeOldRuns(config, order.definition.name, { ...world, err: notify });
        return gave;
      } finally {
        await run.close();
      }
    },
    notify,
    onEvent,
  };
}

/** Tells clients apart without naming one. */
export function clientName(config: Config): string {
  const { loginUrl, clientId } = config.genesys();
  return createHash("sha256").update(`${loginUrl}\n${clientId}`).digest("hex").slice(0, 16);
}

async function availableUntil(
  config: Config,
  world: World,
  { source }: ReportDefinition,
  store: ClientStore | undefined,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (source !== "only_jobs") return undefined;
  const client = wireClient(config, world, () => undefined, store);
  try {
    return await createPageSource(client, world.clock).availableUntil(signal);
  } finally {
    await client.close();
  }
}

async function findDoneIn(statePath: string, runId: string): Promise<Omit<RunGave, "withdraw"> | undefined> {
  if (!(await runIds(statePath)).includes(runId)) return undefined;
  const { state, manifest } = await getRun(statePath, runId);
  if (state !== "done" || manifest?.rows === undefined) return undefined;
  return { rows: manifest.rows.count, reasons: manifest.reasons };
}
