/** `callsheet deliver RUN`: hands out the files of a run again, with fresh links. */
import { existsSync } from "node:fs";
import { type DeliverableManifest, type FinishedRunFolder, openFinishedRun } from "../../disk/finished-run.ts";
import type { Parcel } from "../../deliver/deliver-artifacts.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { ReportError } from "../../domain/errors.ts";
import { deliverRun } from "../../runs/deliver-run.ts";
import { readConfig } from "../read-config.ts";
import { renderDeliveries } from "../render-deliveries.ts";
import type { World } from "../world.ts";

/** Options as the command line gives them. */
export interface DeliverOptions {
  readonly config?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** Delivers what the run made, to the destinations of its first delivery or to those named, and prints the links. */
export async function deliver(runId: string, options: DeliverOptions, world: World): Promise<void> {
  const config = readConfig(options.config, world);
  const folder = await openFinishedRun(config.statePath, runId);
  const { wireDelivering, wireDestination } = await import("../wire.ts");
  const destinations: Awaited<ReturnType<typeof wireDestination>>[] = [];
  try {
    const { manifest } = folder;
    for (const name of namesOf(manifest, options.to)) destinations.push(await wireDestination(name, config, world));
    const services = wireDelivering(config, world);
    const deliveries = await deliverRun(parcelOf(manifest), destinations, "deliver", services, world.signal);
    await noteDeliveries(folder, deliveries, world);
    world.out(options.json ? toJson(runId, deliveries) : renderDeliveries(deliveries));
  } finally {
    for (const destination of destinations) destination.close();
    folder.close();
  }
}

/** The links as `--json` tells them. */
export function toJson(runId: string, deliveries: readonly Delivery[]): string {
  return `${JSON.stringify({ runId, status: "done", deliveries }, undefined, 2)}\n`;
}

/** The files of a run, as they are delivered; `config.missing` when one of them was removed. */
export function parcelOf({ runId, report, interval, revision, artifacts }: DeliverableManifest): Parcel {
  const [startAt = Number.NaN, endAt = Number.NaN] = interval.split("/").map((instant) => Date.parse(instant));
  const missing = artifacts.find(({ path }) => !existsSync(path));
  if (missing)
    throw new ReportError("config.missing", `${missing.name} is no longer in the folder of run ${runId}`, {
      hint: "Run the report again.",
    });
  return { runId, report, interval: { startAt, endAt }, revision, artifacts };
}

/** The manifest says what was delivered last to each destination. */
export async function noteDeliveries(
  folder: FinishedRunFolder,
  deliveries: readonly Delivery[],
  world: World,
): Promise<void> {
  const isNew = (kept: { destination: string; artifact: string }): boolean =>
    deliveries.some(({ destination, artifact }) => destination === kept.destination && artifact === kept.artifact);
  const others = folder.manifest.deliveries.filter((kept) => !isNew(kept));
  const withoutLinks = deliveries.map(({ url: _secret, ...rest }) => rest);
  await folder.update({ deliveries: [...others, ...withoutLinks] }, world.clock.now());
}

function namesOf({ runId, deliveries, deliverTo }: DeliverableManifest, to: string | undefined): string[] {
  const named = to?.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
  const names = [...new Set(named ?? deliverTo ?? deliveries.map(({ destination }) => destination))];
  if (names.length > 0) return names;
  throw new ReportError("config.missing", `The report of run ${runId} is delivered nowhere`, {
    hint: "Name a destination of callsheet.yaml: --to NAME.",
  });
}
