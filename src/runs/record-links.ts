/** Puts what is handed out on record, before anybody sees it. */
import type { Parcel } from "../deliver/deliver-artifacts.ts";
import type { Clock } from "../domain/clock.ts";
import type { Delivery, LinkEvent, PlacedFile } from "../domain/delivery.ts";
import type { AccessRecord } from "./access-record.ts";

/** What delivering works with. */
export interface DeliverServices {
  readonly clock: Clock;
  readonly links: AccessRecord;
  /** Who asks for it: the account on this machine. */
  readonly user: string;
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
    deliveries.map(({ destination, artifact, key, versionId, manifestKey, expiresAt }) => ({
      at,
      event: "handed_out",
      runId,
      report,
      destination,
      artifact,
      key,
      ...(versionId === undefined ? {} : { versionId }),
      ...(manifestKey === undefined ? {} : { manifestKey }),
      ...(expiresAt === undefined ? {} : { until: expiresAt }),
      by: user,
      how,
      ...(to === undefined ? {} : { to }),
    })),
  );
}

/** Notes that files were placed: what the retention goes by, when their run is gone. */
export async function recordFiles(
  { runId, report }: Parcel,
  files: readonly PlacedFile[],
  how: LinkEvent["how"],
  { clock, links, user }: DeliverServices,
): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  await links.note(
    files.map(({ destination, artifact, key, manifestKey }) => ({
      at,
      event: "placed",
      runId,
      report,
      destination,
      artifact,
      key,
      manifestKey,
      by: user,
      how,
    })),
  );
}
