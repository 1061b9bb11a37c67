/**
 * The last stage of a run, and all of a delivery that is made again: places first, then the messages that carry their
 * links. Every link is on record before anybody sees it. A message that fails takes nothing back.
 */
import type { Destination, Parcel } from "../deliver/deliver-artifacts.ts";
import { deliverParcel } from "../deliver/deliver-parcel.ts";
import type { DeliveryFolder } from "../deliver/delivery-folder.ts";
import { placeFiles } from "../deliver/place-files.ts";
import type { MessageFacts, MessageFile, Messenger } from "../deliver/messenger.ts";
import { sendMessage } from "../deliver/send-message.ts";
import type { Delivery, LinkEvent, PlacedFile, SentMessage } from "../domain/delivery.ts";
import { type DeliverServices, recordFiles, recordLinks } from "./record-links.ts";

/** Where a report goes: a folder, a place that keeps files and gives links, or a message that carries the links of one. */
export type Outlet =
  | { readonly kind: "folder"; readonly folder: DeliveryFolder }
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
  readonly placed: readonly PlacedFile[];
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
  const placed: PlacedFile[] = [];
  const loads: Load[] = [];
  for (const { outlet, parcel } of shipments) {
    signal.throwIfAborted();
    if (outlet.kind === "folder") {
      const files = await placeFiles(parcel, outlet.folder, signal);
      await recordFiles(parcel, files, how, services);
      placed.push(...files);
    } else if (findLoad(loads, outlet.place, parcel) === undefined) {
      const delivered = await deliverParcel(parcel, outlet.place, services.clock);
      const isShown = isNamed(shipments, outlet.place, parcel);
      if (isShown) await recordLinks(parcel, delivered, how, services);
      loads.push({ place: outlet.place, parcel, delivered, isShown });
    }
  }
  const messages: SentMessage[] = [];
  for (const { outlet, parcel } of shipments) {
    if (outlet.kind !== "message") continue;
    const { name: destination, place, messenger } = outlet;
    const links = findLoad(loads, place, parcel)?.delivered ?? [];
    await recordLinks(parcel, links, how, services, [destination, ...messenger.receivers]);
    const { runId, report, revision } = parcel;
    const id = messageId(parcel, destination, how, services.clock.now());
    const message = { ...about, id, runId, report, revision, files: filesOf(parcel, links) };
    messages.push(await sendMessage({ messenger, destination, links: place.name }, message, services.clock, signal));
  }
  const deliveries = loads.flatMap(({ delivered, isShown }) => (isShown ? delivered : delivered.map(withoutLink)));
  return { deliveries, placed, messages };
}

/** A parcel at a place. */
interface Load {
  readonly place: Destination;
  readonly parcel: Parcel;
  readonly delivered: readonly Delivery[];
  /** Whether the report itself names the place for it. */
  readonly isShown: boolean;
}

function findLoad(loads: readonly Load[], place: Destination, parcel: Parcel): Load | undefined {
  return loads.find((load) => load.place.name === place.name && load.parcel.artifacts === parcel.artifacts);
}

/** Whether the report itself, and not only a message, names this place for these files. */
function isNamed(shipments: readonly Shipment[], place: Destination, parcel: Parcel): boolean {
  return shipments.some(
    ({ outlet, parcel: { artifacts } }) =>
      outlet.kind === "place" && outlet.place.name === place.name && artifacts === parcel.artifacts,
  );
}

function withoutLink({ url: _carried, ...rest }: Delivery): Delivery {
  return rest;
}

/**
 * A receiver that gets it twice can tell: the same in every try, also in that of a run that died behind the first; another
 * one where a person sends again.
 */
function messageId({ runId }: Parcel, destination: string, how: LinkEvent["how"], nowAt: number): string {
  return how === "run" ? `${runId}.${destination}` : `${runId}.${destination}.${nowAt.toString(36)}`;
}

function filesOf({ artifacts }: Parcel, links: readonly Delivery[]): MessageFile[] {
  return links.flatMap(({ artifact, url, expiresAt }) => {
    const file = artifacts.find(({ name }) => name === artifact);
    if (file === undefined || url === undefined || expiresAt === undefined) return [];
    const { name, rows, bytes, sha256 } = file;
    return [{ name, rows, bytes, sha256, url, expiresAt }];
  });
}
