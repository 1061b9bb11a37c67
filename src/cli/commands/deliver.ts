/** `callsheet deliver RUN`: hands out the files of a run again, with fresh links. */
import { existsSync } from "node:fs";
import { type DeliverableManifest, type FinishedRunFolder, openFinishedRun } from "../../disk/finished-run.ts";
import type { Parcel } from "../../deliver/deliver-artifacts.ts";
import { ReportError } from "../../domain/errors.ts";
import { windowLabel } from "../../export/html/format-bucket.ts";
import { type Delivered, deliverRun } from "../../runs/deliver-run.ts";
import { expectSent } from "../../runs/expect-sent.ts";
import { readConfig } from "../read-config.ts";
import { renderDeliveries, renderMessages, renderPlaced } from "../render-deliveries.ts";
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
  const { wireDelivering, wireOutlets } = await import("../wire.ts");
  try {
    const { manifest } = folder;
    const outlets = await wireOutlets(namesOf(manifest, options.to), config, world);
    const about = { ...manifest, window: windowLabel(manifest.interval, manifest.timeZone) };
    const services = wireDelivering(config, world);
    const shipments = [...outlets.byName].map(([to, outlet]) => ({
      outlet,
      parcel: parcelOf(manifest, manifest.shares?.files[to] ?? manifest.artifacts),
    }));
    const delivered = await deliverRun(shipments, about, "deliver", services, world.signal).finally(() =>
      outlets.close(),
    );
    const { deliveries, placed, messages } = delivered;
    await noteDeliveries(folder, delivered, world);
    world.out(
      options.json
        ? toJson(runId, delivered)
        : renderDeliveries(deliveries) + renderPlaced(placed) + renderMessages(messages),
    );
    expectSent(messages, runId);
  } finally {
    folder.close();
  }
}

/** The links as `--json` tells them. */
export function toJson(runId: string, { deliveries, placed, messages }: Delivered): string {
  const told = {
    runId,
    status: "done",
    deliveries,
    ...(placed.length > 0 && { placed }),
    ...(messages.length > 0 && { messages }),
  };
  return `${JSON.stringify(told, undefined, 2)}\n`;
}

/** The files of a run, as they are delivered; `config.missing` when one of them was removed. */
export function parcelOf(
  { runId, report, interval, revision }: DeliverableManifest,
  artifacts: DeliverableManifest["artifacts"],
): Parcel {
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
  { deliveries, placed, messages }: Delivered,
  world: World,
): Promise<void> {
  const isNew = (kept: { destination: string; artifact: string }): boolean =>
    deliveries.some(({ destination, artifact }) => destination === kept.destination && artifact === kept.artifact);
  const others = folder.manifest.deliveries.filter((kept) => !isNew(kept));
  const withoutLinks = deliveries.map(({ url: _secret, ...rest }) => rest);
  const otherMessages = (folder.manifest.messages ?? []).filter(({ destination }) =>
    messages.every((message) => message.destination !== destination),
  );
  const sent = [...otherMessages, ...messages];
  const otherFiles = (folder.manifest.placed ?? []).filter(({ key }) => placed.every((file) => file.key !== key));
  const files = [...otherFiles, ...placed];
  const changes = {
    deliveries: [...others, ...withoutLinks],
    ...(files.length > 0 && { placed: files }),
    ...(sent.length > 0 && { messages: sent }),
  };
  await folder.update(changes, world.clock.now());
}

function namesOf({ runId, deliveries, deliverTo }: DeliverableManifest, to: string | undefined): string[] {
  const named = to?.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
  const names = [...new Set(named ?? deliverTo ?? deliveries.map(({ destination }) => destination))];
  if (names.length > 0) return names;
  throw new ReportError("config.missing", `The report of run ${runId} is delivered nowhere`, {
    hint: "Name a destination of callsheet.yaml: --to NAME.",
  });
}
