/**
 * Governments change their clocks at short notice, and a machine learns of it with its next time-zone data. The instants
 * to come follow by themselves, for none of them is kept; the people who know their report by its hour are told.
 */
import { localTimeOf } from "../support/local-time.ts";
import type { ForetoldChange, ForetoldZones, ZoneMemory } from "./zone-memory.ts";

/** A scheduled report, with the zones whose clocks it depends on. */
export interface ZonedReport {
  readonly report: string;
  readonly zones: readonly string[];
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Laws are made for a year or two; what is farther off is foretold from habit. */
const FORETOLD_MS = 3 * 366 * DAY_MS;

/** A zone that changes twice a month would be none; this ends a loop that data without sense would make endless. */
const MOST_CHANGES = 72;

/** A law that ends a summer time changes each year to come: the first ones say it. */
const MOST_TOLD = 4;

/** Tells of each zone whose changes to come are others than were foretold, and keeps what is foretold now. */
export async function tellZoneChanges(
  reports: readonly ZonedReport[],
  memory: ZoneMemory,
  version: string,
  nowAt: number,
  notify: (message: string) => void,
): Promise<void> {
  const zones = [...new Set(reports.flatMap((report) => report.zones))].toSorted();
  const now = foretell(zones, version, nowAt);
  const kept = await memory.read();
  if (kept) {
    for (const zone of zones) {
      const differing = compareZone(zone, kept, now, nowAt);
      if (differing.length === 0) continue;
      const names = reports.filter((report) => report.zones.includes(zone)).map(({ report }) => report);
      notify(
        `time-zone data ${kept.version} became ${version}: clocks in ${zone} change otherwise (${firstOf(differing)}); runs to come of ${names.join(", ")} follow them`,
      );
    }
  }
  await memory.write(now);
}

/** The changes of each zone in the next three years. */
export function foretell(zones: readonly string[], version: string, nowAt: number): ForetoldZones {
  const untilAt = nowAt + FORETOLD_MS;
  return { version, untilAt, zones: Object.fromEntries(zones.map((zone) => [zone, changesOf(zone, nowAt, untilAt)])) };
}

function changesOf(zone: string, fromAt: number, untilAt: number): ForetoldChange[] {
  const local = localTimeOf(zone);
  const changes: ForetoldChange[] = [];
  let stretch = local.stretchAt(fromAt);
  while (stretch.untilAt < untilAt && changes.length < MOST_CHANGES) {
    const next = local.stretchAt(stretch.untilAt);
    changes.push({ at: next.fromAt, before: stretch.offsetMs, after: next.offsetMs });
    stretch = next;
  }
  return changes;
}

/** What is no longer, or newly, foretold of the time that both speak of; in words. */
function compareZone(zone: string, kept: ForetoldZones, now: ForetoldZones, nowAt: number): string[] {
  const untilAt = Math.min(kept.untilAt, now.untilAt);
  const inBoth = (changes: readonly ForetoldChange[] = []): ForetoldChange[] =>
    changes.filter(({ at }) => at > nowAt && at < untilAt);
  if (kept.zones[zone] === undefined) return [];
  const [was, is] = [inBoth(kept.zones[zone]), inBoth(now.zones[zone])];
  const isIn = (change: ForetoldChange, others: readonly ForetoldChange[]): boolean =>
    others.some(({ at, before, after }) => at === change.at && before === change.before && after === change.after);
  return [
    ...was.filter((change) => !isIn(change, is)).map((change) => `no longer ${inWords(change)}`),
    ...is.filter((change) => !isIn(change, was)).map((change) => `now ${inWords(change)}`),
  ];
}

function firstOf(texts: readonly string[]): string {
  const more = texts.length - MOST_TOLD;
  return [...texts.slice(0, MOST_TOLD), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

function inWords({ at, before, after }: ForetoldChange): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z from ${offsetText(before)} to ${offsetText(after)}`;
}

function offsetText(offsetMs: number): string {
  const minutes = Math.abs(offsetMs) / MINUTE_MS;
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${offsetMs < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(Math.floor(minutes % 60))}`;
}
