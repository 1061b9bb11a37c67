/**
 * The last stage of a run, and all of a delivery that is made again: places first, then the messages that carry their
 * links. Every link is on record before anybody sees it. A message that fails takes nothing back.
 */
import type { Destination, Parcel } from "../deliver/deliver-artifacts.ts";
import { deliverParcel } from "../deliver/deliver-parcel.ts";
import type { MessageFacts, MessageFile, Messenger } from "../deliver/messenger.ts";
import { sendMessage } from "../deliver/send-message.ts";
import type { Clock } from "../domain/clock.ts";
import type { Delivery, LinkEvent, SentMessage } from "../domain/delivery.ts";
import { ReportError } from "../domain/errors.ts";
import type { AccessRecord } from "./access-record.ts";

/** What delivering works with. */
export interface DeliverServices {
  readonly clock: Clock;
  readonly links: AccessRecord;
  /** Who asks for it: the account on this machine. */
  readonly user: string;
}

/** Where a report goes: a place that keeps files, or a message that carries the links of one. */
export type Outlet =
  | { readonly kind: "place"; readonly place: Destination }
  | { readonly kind: "message"; readonly name: string; readonly place: Destination; readonly messenger: Messenger };

/** Files for an outlet: the report's, or those of a share. */
export interface Shipment {
  readonly outlet: Outlet;
  readonly parcel: Parcel;
}

/** What was delivered. A delivery has its link only where the report names the place itself. */
export interface Delivered {
  readonly deliveries: readonly Delivery[];
  readonly messages: readonly SentMessage[];
}

/** Delivers to all of them, or throws what the first place throws that refuses. */
export async function deliverRun(
  shipments: readonly Shipment[],
  about: Omit<MessageFacts, "runId" | "report" | "revision">,
  how: LinkEvent["how"],
  services: DeliverServices,
  signal: AbortSignal,
): Promise<Delivered> {
  const loads: Load[] = [];
  for (const { outlet, parcel } of shipments) {
    const load = findLoad(loads, outlet.place, parcel);
    if (load === undefined) {
      signal.throwIfAborted();
      const delivered = await deliverParcel(parcel, outlet.place, services.clock);
      const isShown = shipments.some((each) => each.outlet.kind === "place" && isOf(each, outlet.place, parcel));
      if (isShown) await recordLinks(parcel, delivered, how, services);
      loads.push({ outlet: { kind: "place", place: outlet.place }, parcel, delivered, isShown });
    }
  }
  const messages: SentMessage[] = [];
  for (const { outlet, parcel } of shipments) {
    if (outlet.kind === "place") continue;
    const { name: destination, place, messenger } = outlet;
    const links = findLoad(loads, place, parcel)?.delivered ?? [];
    await recordLinks(parcel, links, how, services, [destination, ...messenger.receivers]);
    const { runId, report, revision } = parcel;
    const id = messageId(parcel, destination, services.clock);
    const message = { ...about, id, runId, report, revision, files: filesOf(parcel, links) };
    messages.push(await sendMessage({ messenger, destination, links: place.name }, message, services.clock, signal));
  }
  const deliveries = loads.flatMap(({ delivered, isShown }) => (isShown ? delivered : delivered.map(withoutLink)));
  return { deliveries, messages };
}

/** A parcel at a place. */
interface Load extends Shipment {
  readonly delivered: readonly Delivery[];
  /** Whether the report itself names the place for it. */
  readonly isShown: boolean;
}

function findLoad(loads: readonly Load[], place: Destination, parcel: Parcel): Load | undefined {
  return loads.find((load) => isOf(load, place, parcel));
}

function isOf({ outlet, parcel }: Shipment, place: Destination, other: Parcel): boolean {
  return outlet.place.name === place.name && parcel.artifacts === other.artifacts;
}

function withoutLink({ url: _carried, ...rest }: Delivery): Delivery {
  return rest;
}

/** Says that messages failed; what was delivered is safe. */
export function expectSent(messages: readonly SentMessage[], runId: string): void {
  const failed = messages.filter(({ result }) => result === "failed");
  const [first] = failed;
  if (first === undefined) return;
  const isForNow = failed.every(({ code }) => code === "message.unavailable");
  const list = failed.map(
    ({ destination, tries, problem }) => `\n  - ${destination}: ${problem} (${tries} ${tries === 1 ? "try" : "tries"})`,
  );
  throw new ReportError(
    isForNow ? "message.unavailable" : "message.refused",
    `The files are delivered, but not every message was sent:${list.join("")}`,
    { hint: `Send again: callsheet deliver ${runId} --to ${failed.map(({ destination }) => destination).join(",")}` },
  );
}

/** Notes that links were handed out; `to` names whom a message carries them to. */
export async function recordLinks(
  { runId, report }: Pick<Parcel, "runId" | "report">,
  deliveries: readonly Delivery[],
  how: LinkEvent["how"],
  { clock, links, user }: DeliverServices,
  to?: readonly string[],
): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  await links.note(
    deliveries.map(({ destination, artifact, key, versionId, expiresAt }) => ({
      at,
      event: "handed_out",
      runId,
      report,
      destination,
      artifact,
      key,
      ...(versionId === undefined ? {} : { versionId }),
      ...(expiresAt === undefined ? {} : { until: expiresAt }),
      by: user,
      how,
      ...(to === undefined ? {} : { to }),
    })),
  );
}

/** One sending, whatever number of tries it takes: a receiver that gets it twice can tell. */
function messageId({ runId }: Parcel, destination: string, clock: Clock): string {
  return `${runId}.${destination}.${clock.now().toString(36)}`;
}

function filesOf({ artifacts }: Parcel, links: readonly Delivery[]): MessageFile[] {
  return links.flatMap(({ artifact, url, expiresAt }) => {
    const file = artifacts.find(({ name }) => name === artifact);
    if (file === undefined || url === undefined || expiresAt === undefined) return [];
    const { name, rows, bytes, sha256 } = file;
    return [{ name, rows, bytes, sha256, url, expiresAt }];
  });
}
