/** The zones whose clocks change between two years, those that change alike once, with the changes of each. */
import { createAskOffset } from "./naive-rule.ts";

const WEEK_MINUTES = 7 * 1440;

/** A clock change: the first minute of the new offset. */
export interface Change {
  readonly minute: number;
  readonly before: number;
  readonly after: number;
}

/** Zones with the same changes, of which the first stands for all. */
export interface ZoneKind {
  readonly zones: readonly [string, ...string[]];
  readonly changes: readonly Change[];
}

/** Every kind of zone of the runtime's list that has a change from the one year up to the other, which is left out. */
export function zonesThatChange(fromYear: number, untilYear: number): ZoneKind[] {
  const kinds = new Map<string, { zones: [string, ...string[]]; changes: Change[] }>();
  for (const zone of Intl.supportedValuesOf("timeZone")) {
    const changes = changesOf(zone, Date.UTC(fromYear, 0) / 60_000, Date.UTC(untilYear, 0) / 60_000);
    const key = JSON.stringify(changes);
    const kind = kinds.get(key);
    if (kind) kind.zones.push(zone);
    else if (changes.length > 0) kinds.set(key, { zones: [zone], changes });
  }
  return [...kinds.values()];
}

/** Of kinds whose clocks show the same when they change, whatever the hour in the world, the first. */
export function alikeOnTheWall(kinds: readonly ZoneKind[]): ZoneKind[] {
  const first = new Map<string, ZoneKind>();
  for (const kind of kinds) {
    const walls = kind.changes.map(({ minute, before, after }) => [minute + before, minute + after]);
    const key = JSON.stringify(walls);
    if (!first.has(key)) first.set(key, kind);
  }
  return [...first.values()];
}

/** Looked for week by week, then by halves; no zone changes forth and back within a week. */
function changesOf(zone: string, fromMinute: number, untilMinute: number): Change[] {
  const askOffset = createAskOffset(zone);
  const changes: Change[] = [];
  let before = askOffset(fromMinute);
  for (let week = fromMinute; week < untilMinute; week += WEEK_MINUTES) {
    const after = askOffset(week + WEEK_MINUTES);
    if (before !== after) {
      let [low, high] = [week, week + WEEK_MINUTES];
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (askOffset(middle) === before) low = middle;
        else high = middle;
      }
      changes.push({ minute: high, before, after });
    }
    before = after;
  }
  return changes;
}
