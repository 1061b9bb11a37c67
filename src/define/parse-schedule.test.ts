import { describe, expect, test } from "vitest";
import { ReportError } from "../domain/errors.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import { parseCron } from "./parse-cron.ts";
import { parseDefinition } from "./parse-definition.ts";

const HOUR_MS = 3_600_000;

function parse(schedule: string, interval = "yesterday"): ReportDefinition {
  const text = `report: r\ntimeZone: Europe/Berlin\ninterval: ${interval}\nmeasures: [offered]\nschedule: ${schedule}\n`;
  return parseDefinition(text, "r.yaml", undefined, parseCron);
}

test("R-66: parseSchedule() takes the report's zone, skips overlaps and makes up for the latest instant unless told otherwise", () => {
  expect(parse("{ cron: 0 2 * * * }").schedule).toEqual({
    cron: parseCron("0 2 * * *"),
    timeZone: "Europe/Berlin",
    overlap: "skip",
    missed: { kind: "latest" },
    jitterMs: 0,
    waitForDataMs: 6 * HOUR_MS,
  });
});

test("parseSchedule() reads every key", () => {
  const all =
    "{ cron: '@hourly', timeZone: America/New_York, overlap: queue, missed: { all: 48 }, jitter: 90s, waitForData: 2d, pauseAfterFailures: 3 }";

  expect(parse(all).schedule).toEqual({
    cron: parseCron("@hourly"),
    timeZone: "America/New_York",
    overlap: "queue",
    missed: { kind: "all", most: 48 },
    jitterMs: 90_000,
    waitForDataMs: 48 * HOUR_MS,
    pauseAfterFailures: 3,
  });
  expect(parse("{ cron: '@daily', missed: all, jitter: off, waitForData: off }").schedule).toMatchObject({
    missed: { kind: "all", most: 24 },
    jitterMs: 0,
    waitForDataMs: 0,
  });
});

test("parseSchedule() leaves the report's hash alone: when it runs is no part of what it asks", () => {
  expect(parse("{ cron: 0 2 * * * }").hash).toBe(parse("{ cron: 5 3 * * *, overlap: allow }").hash);
});

test("R-65: parseSchedule() notes a window that is the same in every run", () => {
  expect(parse("{ cron: 0 2 * * * }").notes).toEqual([]);
  expect(parse("{ cron: 0 2 * * * }", "2024-01-01/2024-02-01").notes).toEqual([
    "The window 2024-01-01/2024-02-01 is the same in every run of the schedule. Write yesterday, last week or the like for one that moves.",
  ]);
});

describe("I12: parseSchedule() refuses at the place", () => {
  const CASES: readonly (readonly [schedule: string, message: string])[] = [
    [
      "{ cron: 0 2 30 2 * }",
      'r.yaml:5:19: Cannot use cron "0 2 30 2 *": it never fires, for no year has such a day.\n    0 2 30 2 *\n        ^',
    ],
    [
      "{ cron: 0 25 * * * }",
      'r.yaml:5:19: Cannot read cron "0 25 * * *": the hour "25" is none. It takes 0 to 23, *, a range 8-18, a list 8,12 or a step */2.\n    0 25 * * *\n      ^',
    ],
    ["{ cron: '' }", 'r.yaml:5:19: Cannot read cron "": it has 0 fields'],
    ["{}", 'r.yaml:5:11: Missing key "cron".'],
    ["daily", '"schedule" must be a map of keys, not a text.'],
    ["{ cron: '@daily', timezone: UTC }", 'r.yaml:5:29: Unknown key "timezone". Did you mean "timeZone"?'],
    [
      "{ cron: '@daily', timeZone: Europe/Dublni }",
      'r.yaml:5:39: Unknown time zone "Europe/Dublni". Did you mean "Europe/Dublin"?',
    ],
    [
      "{ cron: '@daily', overlap: skp }",
      'Cannot use "skp" for "overlap". Did you mean "skip"? It takes skip, queue, allow.',
    ],
    [
      "{ cron: '@daily', missed: lates }",
      'Cannot use "lates" for "missed". Did you mean "latest"? It takes skip, latest, all.',
    ],
    ["{ cron: '@daily', missed: { al: 3 } }", 'Unknown key "al". Did you mean "all"?'],
    ["{ cron: '@daily', missed: { all: 0 } }", 'Cannot use 0 for "all". Write a whole number from 1 to 1000.'],
    ["{ cron: '@daily', jitter: 5 }", '"jitter" must be a text, not 5. Put it in quotes.'],
    [
      "{ cron: '@daily', jitter: 13h }",
      'Cannot use "13h" for "jitter". Write a number with s, m, h or d, such as 10m, up to 12h, or off.',
    ],
    [
      "{ cron: '@daily', waitForData: 2 weeks }",
      'Cannot use "2 weeks" for "waitForData". Write a number with s, m, h or d, such as 6h, up to 336h, or off.',
    ],
    [
      "{ cron: '@daily', pauseAfterFailures: 0 }",
      'Cannot use 0 for "pauseAfterFailures". Write a whole number from 1 to 100.',
    ],
  ];
  test.each(CASES)("%s", (schedule, message) => {
    expect(() => parse(schedule)).toThrow(message);
    expect(() => parse(schedule)).toThrow(ReportError);
  });
});

test("parseSchedule() tells everything that is wrong at once", () => {
  expect(() => parse("{ cron: 0 2 * * 9, timeZone: Mars/Olympus, jitter: x, waitForData: y }")).toThrow(
    /day of week "9".*Unknown time zone "Mars\/Olympus".*"x" for "jitter".*"y" for "waitForData"/s,
  );
});
