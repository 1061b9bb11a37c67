/**
 * The last stage of a run, and all of a delivery that is made again: one destination after the other. Every link is
 * on record before anybody sees it.
 */
import type { Destination, Parcel } from "../deliver/deliver-artifacts.ts";
import { deliverParcel } from "../deliver/deliver-parcel.ts";
import type { Clock } from "../domain/clock.ts";
import type { Delivery, LinkEvent } from "../domain/delivery.ts";
import type { AccessRecord } from "./access-record.ts";

/** What delivering works with. */
export interface DeliverServices {
  readonly clock: Clock;
  readonly links: AccessRecord;
  /** Who asks for it: the account on this machine. */
  readonly user: string;
}

/** Delivers to all of them, or throws what the first one throws that refuses. */
export async function deliverRun(
  parcel: Parcel,
  destinations: readonly Destination[],
  how: LinkEvent["how"],
  services: DeliverServices,
  signal: AbortSignal,
): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  for (const destination of destinations) {
    signal.throwIfAborted();
    const delivered = await deliverParcel(parcel, destination, services.clock);
    await recordLinks(parcel, delivered, how, services);
    deliveries.push(...delivered);
  }
  return deliveries;
}

/** Notes that links were handed out. */
export async function recordLinks(
  { runId, report }: Pick<Parcel, "runId" | "report">,
  deliveries: readonly Delivery[],
  how: LinkEvent["how"],
  { clock, links, user }: DeliverServices,
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
    })),
  );
}
