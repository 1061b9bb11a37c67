/** `callsheet prune`: removes what the policy of `callsheet.yaml` does not keep, or shows it first. */
import { readAccessRecord } from "../../disk/access-record.ts";
import { oldRuns, pruneRuns, reportsWithRuns } from "../../disk/prune-runs.ts";
import { listRuns } from "../../disk/run-history.ts";
import { expiredDays, pruneStore } from "../../disk/tend-store.ts";
import type { Outlet } from "../../runs/deliver-run.ts";
import { type OldObject, oldObjects } from "../../runs/old-objects.ts";
import { type Config, destinationNames, readConfig } from "../read-config.ts";
import type { World } from "../world.ts";

/** Options as the command line gives them. */
export interface PruneOptions {
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What goes. */
interface Pruned {
  readonly runs: readonly string[];
  readonly objects: readonly OldObject[];
  readonly store: { readonly days: number; readonly conversations: number };
}

/** Removes and prints it; with `--dry-run` it is only printed. Throws what a destination throws. */
export async function prune({ config: flag, dryRun = false, json }: PruneOptions, world: World): Promise<void> {
  const config = readConfig(flag, world);
  const pruned = await (dryRun ? find(config, world) : remove(config, world));
  if (json) return world.out(`${JSON.stringify({ dryRun, ...pruned }, undefined, 2)}\n`);
  const verb = dryRun ? "would be removed" : "removed";
  const { runs, objects, store } = pruned;
  for (const runId of runs) world.out(`run     ${runId}\n`);
  for (const { destination, artifact, runId, lastAt } of objects)
    world.out(`file    ${artifact} at ${destination}  ${runId}, last handed out ${lastAt}\n`);
  world.out(
    `${verb}: ${runs.length} runs, ${objects.length} delivered files, ${store.days} stored days (${store.conversations.toLocaleString("en")} conversations)\n`,
  );
  for (const note of notesOf(config)) world.err(`Note: ${note}\n`);
}

async function find(config: Config, world: World): Promise<Pruned> {
  const { statePath, retention } = config;
  const runs: string[] = [];
  for (const report of await reportsWithRuns(statePath))
    runs.push(...(await oldRuns(statePath, report, retention, world.clock.now())));
  const days = await expiredDays(statePath, storeAge(config), world.clock);
  return { runs, objects: await findObjects(config, world), store: countDays(days) };
}

/** Objects first: when a destination refuses, nothing of the rest is gone, and the next try finds all of it again. */
async function remove(config: Config, world: World): Promise<Pruned> {
  const { statePath, retention } = config;
  const objects = await findObjects(config, world);
  await removeObjects(objects, config, world);
  const runs: string[] = [];
  for (const report of await reportsWithRuns(statePath))
    runs.push(...(await pruneRuns(statePath, report, retention, world.clock.now())));
  return { runs, objects, store: countDays(await pruneStore(statePath, storeAge(config), world.clock)) };
}

async function findObjects(config: Config, world: World): Promise<OldObject[]> {
  const { statePath, retention } = config;
  if (retention.objectsMs === undefined) return [];
  const runs = await listRuns(statePath);
  const running = new Set(runs.flatMap(({ state, plan }) => (state === "running" && plan ? [plan.report] : [])));
  const policy = { keepMs: retention.objectsMs, hold: retention.hold, running };
  const old = oldObjects(await readAccessRecord(statePath), policy, world.clock.now());
  const known = new Set(destinationNames(config));
  const lost = new Set(old.flatMap(({ destination }) => (known.has(destination) ? [] : [destination])));
  for (const name of lost)
    world.err(`Note: old files at "${name}" are left: it is no destination of callsheet.yaml any more\n`);
  return old.filter(({ destination }) => known.has(destination));
}

async function removeObjects(objects: readonly OldObject[], config: Config, world: World): Promise<void> {
  if (objects.length === 0) return;
  const { wireDelivering, wireOutlets } = await import("../wire.ts");
  const { clock, links, user } = wireDelivering(config, world);
  const outlets = await wireOutlets([...new Set(objects.map(({ destination }) => destination))], config, world);
  try {
    for (const { manifestKeys, lastAt: _lastAt, ...object } of objects) {
      world.signal.throwIfAborted();
      const outlet = outlets.byName.get(object.destination);
      for (const key of manifestKeys) await removeKey(outlet, key);
      await removeKey(outlet, object.key, object.versionId);
      const at = new Date(clock.now()).toISOString();
      await links.note([{ at, event: "removed", ...object, by: user, how: "prune" }]);
    }
  } finally {
    outlets.close();
  }
}

async function removeKey(outlet: Outlet | undefined, key: string, versionId?: string): Promise<void> {
  if (outlet?.kind === "folder") await outlet.folder.remove(key);
  else if (outlet?.kind === "place") await outlet.place.store.delete(key, versionId);
}

function storeAge({ store, retention }: Config): number {
  if (retention.hold?.store === true) return Number.POSITIVE_INFINITY;
  return store?.retentionMs ?? 0;
}

function countDays(days: readonly { readonly rowCount: number }[]): Pruned["store"] {
  return { days: days.length, conversations: days.reduce((sum, { rowCount }) => sum + rowCount, 0) };
}

/** What the policy leaves, and why. */
function notesOf({ retention: { keep, days, objectsMs, hold } }: Config): string[] {
  const held = [...(hold?.reports ?? []), ...(hold?.runs ?? []), ...(hold?.store === true ? ["the local store"] : [])];
  return [
    ...(keep === undefined && days === undefined ? ["all runs are kept: retention has neither keep nor days"] : []),
    ...(objectsMs === undefined ? ["all delivered files are kept: retention has no objects"] : []),
    ...(held.length > 0 ? [`held: ${held.join(", ")}`] : []),
  ];
}
