/**
 * Takes a delivered file back. A link cannot be called in: what can be done is to remove the object that it opens, and
 * to look whether a link to it is refused from then on.
 */
import type { Destination } from "../deliver/deliver-artifacts.ts";
import { ReportError } from "../domain/errors.ts";
import type { DeliverServices } from "./record-links.ts";

/** The object that is to go. */
export interface Revocation {
  readonly runId: string;
  readonly report: string;
  readonly artifact: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  /** The object that says which files belong together: it would speak of one that is gone. */
  readonly manifestKey?: string | undefined;
}

const TRIAL_SECONDS = 60;

/**
 * The status that a fresh link to it got afterwards, or why it could not be tried where nobody answers for a folder: what is
 * gone there opens nowhere. Throws what the store throws, and when it still opens.
 */
export async function revokeLink(
  revocation: Revocation,
  { name, store }: Destination,
  { clock, links, user }: DeliverServices,
): Promise<number | "unreachable"> {
  const { runId, report, artifact, key, versionId, manifestKey } = revocation;
  if (manifestKey !== undefined) await store.delete(manifestKey);
  await store.delete(key, versionId);
  const trial = await store.presign(key, TRIAL_SECONDS, artifact, undefined, versionId);
  const status = await statusOf(trial.url, store);
  if (status !== "unreachable" && status < 400)
    throw new ReportError(
      "s3.unavailable",
      `The object of ${artifact} was removed at ${name}, yet a link to it still opens (status ${status})`,
      {
        hint: "Look at the bucket: its store keeps what it was told to remove.",
      },
    );
  await links.note([
    {
      at: new Date(clock.now()).toISOString(),
      event: "revoked",
      runId,
      report,
      destination: name,
      artifact,
      key,
      ...(versionId === undefined ? {} : { versionId }),
      by: user,
      how: "link",
    },
  ]);
  return status;
}

async function statusOf(url: string, store: Destination["store"]): Promise<number | "unreachable"> {
  try {
    return (await store.probe(url)).status;
  } catch (error) {
    if (error instanceof ReportError && error.code === "delivery.unreachable") return "unreachable";
    throw error;
  }
}
