/** `callsheet link RUN ARTIFACT`, `link revoke RUN ARTIFACT`, `link list`: links to what a run delivered. */
import { readAccessRecord, readOpenings } from "../../disk/access-record.ts";
import { type DeliverableManifest, type KeptDelivery, openFinishedRun } from "../../disk/finished-run.ts";
import { deliverArtifacts } from "../../deliver/deliver-artifacts.ts";
import type { LinkEvent, LinkOpening } from "../../domain/delivery.ts";
import { ReportError } from "../../domain/errors.ts";
import { recordLinks } from "../../runs/record-links.ts";
import { revokeLink } from "../../runs/revoke-link.ts";
import { suggestion } from "../../support/did-you-mean.ts";
import { parseLifetime } from "../parse-lifetime.ts";
import { readConfig } from "../read-config.ts";
import { renderDeliveries } from "../render-deliveries.ts";
import type { World } from "../world.ts";
import { noteDeliveries, parcelOf, toJson } from "./deliver.ts";

/** Options as the command line gives them. */
export interface LinkOptions {
  readonly config?: string;
  readonly at?: string;
  readonly for?: string;
  readonly json?: boolean;
}

/** Proves a delivered file anew and prints a fresh link to it. Links that were handed out before go on living. */
export async function link(runId: string, artifact: string, options: LinkOptions, world: World): Promise<void> {
  const config = readConfig(options.config, world);
  const lifetime = options.for === undefined ? undefined : parseLifetime(options.for, "--for");
  const folder = await openFinishedRun(config.statePath, runId);
  try {
    const delivered = findDelivery(folder.manifest, artifact, options.at);
    const { wireDelivering, wireDestination } = await import("../wire.ts");
    const destination = await wireDestination(delivered.destination, config, world);
    try {
      if ((await destination.store.find(delivered.key, delivered.versionId)) === undefined)
        throw gone(runId, delivered);
      const { artifacts, shares } = folder.manifest;
      const files = [...artifacts, ...Object.values(shares?.files ?? {}).flat()];
      const parcel = parcelOf(
        folder.manifest,
        files.filter(({ name }) => name === artifact),
      );
      const linkLifetimeSeconds = lifetime ?? destination.linkLifetimeSeconds;
      const links = await deliverArtifacts(parcel, { ...destination, linkLifetimeSeconds }, world.clock);
      const { manifestKey } = delivered;
      const told = links.map((entry) => ({ ...entry, ...(manifestKey === undefined ? {} : { manifestKey }) }));
      await recordLinks(parcel, told, "link", wireDelivering(config, world));
      const renewed = { deliveries: told, placed: [], messages: [] };
      await noteDeliveries(folder, renewed, world);
      world.out(options.json ? toJson(runId, renewed) : renderDeliveries(told));
    } finally {
      destination.close();
    }
  } finally {
    folder.close();
  }
}

/** Removes the object behind the links to a file, and says what that does and what it cannot do. */
export async function revoke(runId: string, artifact: string, options: LinkOptions, world: World): Promise<void> {
  const config = readConfig(options.config, world);
  const folder = await openFinishedRun(config.statePath, runId);
  try {
    const { manifest } = folder;
    const delivered = findDelivery(manifest, artifact, options.at);
    const { wireDelivering, wireDestination } = await import("../wire.ts");
    const destination = await wireDestination(delivered.destination, config, world);
    const { report } = manifest;
    const { key, versionId, manifestKey } = delivered;
    const services = wireDelivering(config, world);
    const status = await revokeLink(
      { runId, report, artifact, key, versionId, manifestKey },
      destination,
      services,
    ).finally(() => destination.close());
    const revokedAt = new Date(world.clock.now()).toISOString();
    const deliveries = manifest.deliveries.map((entry) => (entry === delivered ? { ...entry, revokedAt } : entry));
    await folder.update({ deliveries }, world.clock.now());
    const told = { runId, artifact, destination: delivered.destination, key, revokedAt, status };
    world.out(options.json ? `${JSON.stringify(told, undefined, 2)}\n` : revokedText(told));
  } finally {
    folder.close();
  }
}

/** Prints the access record: which links were handed out, when, by whom, until when, and who opened those of `serve`. */
export async function listLinks(runId: string | undefined, options: LinkOptions, world: World): Promise<void> {
  const { statePath } = readConfig(options.config, world);
  const events = await readAccessRecord(statePath, runId);
  const isOfRun = ({ destination, key }: LinkOpening): boolean =>
    runId === undefined || events.some((event) => event.destination === destination && event.key === key);
  const openings = (await readOpenings(statePath)).filter(isOfRun);
  const entries = [...events, ...openings].sort((left, right) => Date.parse(left.at) - Date.parse(right.at));
  if (options.json) return world.out(`${JSON.stringify(entries, undefined, 2)}\n`);
  if (entries.length === 0) return world.err("No links were handed out yet.\n");
  for (const entry of entries) world.out(entry.event === "opened" ? openingText(entry) : eventText(entry));
}

function eventText({ at, event, artifact, destination, runId, until, by, to }: LinkEvent): string {
  const end = until === undefined ? "" : `, until ${until}`;
  const receivers = to === undefined ? "" : `, to ${to.join(", ")}`;
  return `${at}  ${EVENT_WORDS[event]}  ${artifact} at ${destination}  ${runId}${end}  by ${by}${receivers}\n`;
}

function openingText({ at, destination, key, address, forwardedFor, answer }: LinkOpening): string {
  const whom = forwardedFor === undefined ? "" : ` for ${forwardedFor}`;
  return `${at}  opened      ${key} at ${destination}  from ${address}${whom}${answer === "gone" ? ": it was gone" : ""}\n`;
}

const EVENT_WORDS = {
  handed_out: "handed out",
  placed: "placed    ",
  revoked: "revoked   ",
  removed: "removed   ",
} as const;

function findDelivery(manifest: DeliverableManifest, artifact: string, at: string | undefined): KeptDelivery {
  const { runId, deliveries } = manifest;
  const ofName = deliveries.filter((delivery) => delivery.artifact === artifact);
  const found = ofName.filter(({ destination }) => at === undefined || destination === at);
  const [first, second] = found;
  if (first === undefined) {
    const names = [
      ...new Set(
        (at === undefined ? deliveries : ofName).map((each) => (ofName.length > 0 ? each.destination : each.artifact)),
      ),
    ];
    const place = at === undefined ? "" : ` to ${at}`;
    throw new ReportError(
      "config.missing",
      `Run ${runId} delivered no ${artifact}${place}.${suggestion(at !== undefined && ofName.length > 0 ? at : artifact, names)}`,
      {
        hint:
          names.length > 0
            ? `It delivered ${names.join(", ")}.`
            : `Nothing of it was delivered: \`callsheet deliver ${runId}\`.`,
      },
    );
  }
  if (second !== undefined)
    throw new ReportError("config.invalid", `Run ${runId} delivered ${artifact} to several destinations`, {
      hint: `Say which: --at ${found.map(({ destination }) => destination).join(" or --at ")}.`,
    });
  if (first.revokedAt !== undefined) throw gone(runId, first);
  return first;
}

function gone(runId: string, { artifact, destination, revokedAt }: KeptDelivery): ReportError {
  const when = revokedAt === undefined ? "" : `: it was revoked at ${revokedAt}`;
  return new ReportError("config.missing", `${artifact} of run ${runId} is no longer at ${destination}${when}`, {
    hint: `\`callsheet deliver ${runId}\` puts it back.`,
  });
}

function revokedText({
  artifact,
  destination,
  status,
}: {
  artifact: string;
  destination: string;
  status: number | "unreachable";
}): string {
  const tried =
    status === "unreachable"
      ? "no serve answers there now to try a link to it"
      : `a link to it is refused (tried: ${status})`;
  return `revoked  ${artifact} at ${destination}: the object is gone, and ${tried}
  No link to this file opens it any more, whoever holds it; other files of the run keep their links.
  It calls back nothing that was opened before, and no copy that the store makes by itself (replicas, backups).
  Delivering the same content again puts it back under its key; unless the bucket keeps versions, an old link opens it then until its end.
`;
}
