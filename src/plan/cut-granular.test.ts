import { expect, test } from "vitest";
import { FIELDS } from "../define/vocabulary.ts";
import { createInterval, formatInterval } from "../domain/interval.ts";
import { cutGranular } from "./cut-granular.ts";

/** Pieces as `granularity×buckets interval`. */
function pieces(keys: readonly string[], start: string, end: string, timeZone: string): string[] {
  const fields = keys.map((key) => FIELDS.get(`time.${key}`)).filter((field) => field !== undefined);
  expect(fields).toHaveLength(keys.length);
  return cutGranular(fields, createInterval(Date.parse(start), Date.parse(end)), timeZone).map(
    ({ granularity = "whole", buckets, interval }) =>
      `${granularity}×${buckets} ${formatInterval(interval).replaceAll(":00.000Z", "Z")}`,
  );
}

test.each([
  [[], "whole×1"],
  [["day"], "P1D×2"],
  [["week"], "P1D×2"],
  [["month", "day_of_week"], "P1D×2"],
  [["day_of_week", "hour_of_day"], "PT1H×48"],
  [["day", "minute30"], "PT30M×96"],
  [["hour", "minute15"], "PT15M×192"],
])("cutGranular() makes the keys %j of %s", (keys, made) => {
  expect(pieces(keys, "2024-05-01T00:00Z", "2024-05-03T00:00Z", "UTC")).toEqual([
    `${made} 2024-05-01T00:00Z/2024-05-03T00:00Z`,
  ]);
});

test("cutGranular() asks on its own for what lies before the first edge", () => {
  expect(pieces(["hour"], "2024-05-01T00:07Z", "2024-05-01T02:30Z", "UTC")).toEqual([
    "whole×1 2024-05-01T00:07Z/2024-05-01T01:00Z",
    "PT1H×2 2024-05-01T01:00Z/2024-05-01T02:30Z",
  ]);
  expect(pieces(["hour"], "2024-05-01T00:07Z", "2024-05-01T00:30Z", "UTC")).toEqual([
    "whole×1 2024-05-01T00:07Z/2024-05-01T00:30Z",
  ]);
});

test("cutGranular() begins days and hours where the zone does, across clock changes", () => {
  expect(pieces(["day"], "2024-03-30T12:00Z", "2024-04-01T22:00Z", "Europe/Berlin")).toEqual([
    "whole×1 2024-03-30T12:00Z/2024-03-30T23:00Z",
    "P1D×2 2024-03-30T23:00Z/2024-04-01T22:00Z",
  ]);
  expect(pieces(["hour"], "2024-03-29T18:30Z", "2024-04-01T18:30Z", "Asia/Kolkata")).toEqual([
    "PT1H×72 2024-03-29T18:30Z/2024-04-01T18:30Z",
  ]);
});

test("cutGranular() takes finer buckets where a clock change of half an hour shifts the hours", () => {
  // Lord Howe Island: from UTC+11 to UTC+10:30 on 6 April 2024 at 15:00 UTC.
  const day = ["2024-04-05T13:00Z", "2024-04-07T13:30Z"] as const;
  expect(pieces(["hour"], ...day, "Australia/Lord_Howe")).toEqual(["PT30M×97 2024-04-05T13:00Z/2024-04-07T13:30Z"]);
});

test("cutGranular() refuses more buckets than anybody reads, and zones that begin nothing at a quarter", () => {
  expect(() => pieces(["minute15"], "2020-01-01T00:00Z", "2024-01-01T00:00Z", "UTC")).toThrow(
    "more than 110,000 buckets",
  );
  // Local mean time of Berlin until 1893: UTC+0:53:28.
  expect(() => pieces(["hour"], "1890-01-01T00:00Z", "1890-01-02T00:00Z", "Europe/Berlin")).toThrow("no whole quarter");
});
