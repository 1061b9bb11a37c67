/**
 * Delivered files that have been kept long enough, by the access record, which outlives the runs. What stays: what was
 * delivered or linked within the time, what a link still opens, what is held, the last delivery of each report to each
 * destination, and everything of a report that a run is at work on.
 */
import type { LinkEvent } from "../domain/delivery.ts";
import { type Hold, isHeld } from "../domain/hold.ts";

/** A file that may go. */
export interface OldObject {
  readonly destination: string;
  readonly artifact: string;
  readonly runId: string;
  readonly report: string;
  readonly key: string;
  readonly versionId?: string;
  /** The seals that name it: they would speak of a file that is gone. */
  readonly manifestKeys: readonly string[];
  /** When it was delivered or linked last, ISO. */
  readonly lastAt: string;
}

/** How long delivered files stay. */
export interface ObjectPolicy {
  readonly keepMs: number;
  readonly hold: Hold | undefined;
  /** Reports with a run at work. */
  readonly running: ReadonlySet<string>;
}

/** Those that the policy does not keep; `events` oldest first. */
export function oldObjects(
  events: readonly LinkEvent[],
  { keepMs, hold, running }: ObjectPolicy,
  nowAt: number,
): OldObject[] {
  const groups = Map.groupBy(events, ({ destination, key, versionId = "" }) =>
    [destination, key, versionId].join("\n"),
  );
  const newest = newestRuns(events);
  return [...groups.values()].flatMap((group) => {
    const last = group.at(-1);
    if (last === undefined || last.event === "revoked" || last.event === "removed") return [];
    const isKept =
      group.some((event) => isHeld(event, hold) || newest.has(nameOf(event)) || endOf(event) > nowAt) ||
      running.has(last.report) ||
      nowAt - Date.parse(last.at) < keepMs;
    if (isKept) return [];
    const { destination, artifact, runId, report, key, versionId, at } = last;
    const manifestKeys = [...new Set(group.flatMap(({ manifestKey }) => manifestKey ?? []))];
    return [
      {
        destination,
        artifact,
        runId,
        report,
        key,
        ...(versionId === undefined ? {} : { versionId }),
        manifestKeys,
        lastAt: at,
      },
    ];
  });
}

/** The last run of each report that delivered to each destination. */
function newestRuns(events: readonly LinkEvent[]): Set<string> {
  const newest = new Map<string, string>();
  for (const event of events)
    if (event.event === "handed_out" || event.event === "placed")
      newest.set(`${event.report}\n${event.destination}`, nameOf(event));
  return new Set(newest.values());
}

function nameOf({ report, destination, runId }: LinkEvent): string {
  return [report, destination, runId].join("\n");
}

function endOf({ until }: LinkEvent): number {
  return until === undefined ? Number.NEGATIVE_INFINITY : Date.parse(until);
}
