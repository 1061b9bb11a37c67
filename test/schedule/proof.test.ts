// The schedule rule against a walk minute by minute, over every zone whose clock changes from 2024 to 2037, and forty
// patterns. The gate walks the days around every clock change of every kind of zone; all of it, every minute of the
// fourteen years in every one of the zones, takes CALLSHEET_SCHEDULE_PROOF=all and some minutes.

import { expect, test } from "vitest";
import type { CronPattern } from "../../src/domain/cron-pattern.ts";
import { parseCron } from "../../src/define/parse-cron.ts";
import { instantsBetween, type When } from "../../src/schedule/schedule-rule.ts";
import { PATTERNS } from "./naive-patterns.ts";
import { walkMinutes } from "./naive-rule.ts";
import { type Change, type ZoneKind, zonesThatChange } from "./zones-that-change.ts";

const [FROM_YEAR, UNTIL_YEAR] = [2024, 2038];
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const whole = process.env.CALLSHEET_SCHEDULE_PROOF === "all";

/** A change is met by the days before it and behind it; a day more on either side shows that nothing else moves. */
const DAYS_AROUND = 2;

const kinds = zonesThatChange(FROM_YEAR, UNTIL_YEAR);
const patterns = PATTERNS.map(({ text }) => readPattern(text));

test("the list of zones that change is not empty for want of a calendar", () => {
  const zones = kinds.flatMap((kind) => kind.zones);
  expect(zones.length).toBeGreaterThan(100);
  expect(zones).toEqual(expect.arrayContaining(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]));
  expect(PATTERNS).toHaveLength(40);
});

/** No such change is foretold; a rule that held only for those that are would be none. */
const ODD_CHANGES: readonly (readonly [zone: string, from: string, until: string])[] = [
  ["Pacific/Apia", "2011-12-27", "2012-01-03"],
  ["Pacific/Kiritimati", "1994-12-28", "1995-01-04"],
  ["Pacific/Kwajalein", "1969-09-27", "1969-10-04"],
  ["Pacific/Kwajalein", "1993-08-17", "1993-08-25"],
  ["Asia/Pyongyang", "2015-08-12", "2015-08-18"],
  ["America/Caracas", "2007-12-06", "2007-12-12"],
  ["Antarctica/Casey", "2018-03-08", "2018-03-14"],
];

test.each(ODD_CHANGES)(
  "I5: nextInstant() follows a walk over a day that %s skips or repeats, or an odd shift, in %s",
  (zone, from, until) => {
    const [first, last] = [Date.parse(from) / MINUTE_MS, Date.parse(until) / MINUTE_MS];
    const walked = walkMinutes(PATTERNS, zone, first, last);
    for (const [index, cron] of patterns.entries())
      expect(
        firstDifference(instants({ cron, timeZone: zone }, first, last), walked[index] ?? []),
        `${zone} ${cron.text}`,
      ).toBeUndefined();
  },
);

test.each(kinds.map((kind) => [kind.zones[0], kind] as const))(
  "I5: nextInstant() fires in %s as one who walks minute by minute",
  { timeout: whole ? 3_600_000 : 30_000 },
  (_name, kind) => {
    for (const [zone, from, until] of whole ? wholeWalks(kind) : nearChanges(kind)) {
      const walked = walkMinutes(PATTERNS, zone, from, until);
      for (const [index, cron] of patterns.entries()) {
        const given = instants({ cron, timeZone: zone }, from, until);
        expect(firstDifference(given, walked[index] ?? []), `${zone} ${cron.text}`).toBeUndefined();
      }
    }
  },
);

type Walk = readonly [zone: string, from: number, until: number];

function nearChanges({ zones: [zone], changes }: ZoneKind): Walk[] {
  return changes.map(({ minute }: Change) => [
    zone,
    minute - DAYS_AROUND * DAY_MINUTES,
    minute + DAYS_AROUND * DAY_MINUTES,
  ]);
}

/** Year by year, so that no list grows too long to be shown. */
function wholeWalks({ zones }: ZoneKind): Walk[] {
  return zones.flatMap((zone) =>
    Array.from({ length: UNTIL_YEAR - FROM_YEAR }, (_, index): Walk => {
      const year = FROM_YEAR + index;
      return [zone, Date.UTC(year, 0) / MINUTE_MS, Date.UTC(year + 1, 0) / MINUTE_MS];
    }),
  );
}

/** What the rule gives from the one minute on and before the other, in minutes. */
function instants(schedule: When, from: number, until: number): number[] {
  return Array.from(instantsBetween(schedule, from * MINUTE_MS - 1, until * MINUTE_MS - 1), (at) => at / MINUTE_MS);
}

/** The first minute that one of two rising lists has and the other has not, in words. */
function firstDifference(given: readonly number[], walked: readonly number[]): string | undefined {
  const index = walked.findIndex((minute, place) => given[place] !== minute);
  if (index === -1 && given.length === walked.length) return undefined;
  const place = index === -1 ? walked.length : index;
  const iso = (minute: number | undefined): string =>
    minute === undefined ? "nothing" : new Date(minute * MINUTE_MS).toISOString();
  return `the rule gives ${iso(given[place])}, the walk ${iso(walked[place])}`;
}

function readPattern(text: string): CronPattern {
  const cron = parseCron(text);
  if ("refused" in cron) throw new Error(cron.refused);
  return cron;
}
