import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import { createLocalTime, type LocalBucket } from "./local-time.ts";

const WIDTHS = ["minute15", "minute30", "hour", "day", "week", "month", "hour_of_day", "day_of_week"] as const;

test("createLocalTime() formats an instant with the zone's offset", () => {
  const at = Date.UTC(1999, 1, 1, 5, 2, 47);

  expect(createLocalTime("Asia/Jerusalem").format(at)).toBe("1999-02-01T07:02:47.000+02:00");
  expect(createLocalTime("Asia/Kathmandu").format(at)).toBe("1999-02-01T10:47:47.000+05:45");
  expect(createLocalTime("America/St_Johns").format(at)).toBe("1999-02-01T01:32:47.000-03:30");
  expect(createLocalTime("UTC").format(at)).toBe("1999-02-01T05:02:47.000+00:00");
  expect(() => createLocalTime("Mars/Olympus")).toThrow(RangeError);
});

test("createLocalTime() names the buckets of an instant", () => {
  const at = Date.UTC(2024, 1, 29, 22, 50);

  expect(bucketsOf("Asia/Kathmandu", at)).toEqual({
    minute15: "2024-03-01T04:30+05:45",
    minute30: "2024-03-01T04:30+05:45",
    hour: "2024-03-01T04:00+05:45",
    day: "2024-03-01",
    week: "2024-02-26",
    month: "2024-03-01",
    hour_of_day: "4",
    day_of_week: "5",
  });
});

/** All hours of a local day, in the order of time. */
const CHANGES: readonly (readonly [
  what: string,
  zone: string,
  day: string,
  count: number,
  hours: readonly string[],
])[] = [
  ["leaves out the hour that a clock change skips", "Europe/Berlin", "2024-03-31", 23, ["01:00+01:00", "03:00+02:00"]],
  [
    "labels the hour that a clock change repeats, in the order of time",
    "Europe/Berlin",
    "2024-10-27",
    25,
    ["01:00+02:00", "02:00+02:00", "02:00+01:00", "03:00+01:00"],
  ],
  [
    "cuts the hour into which Lord Howe's clock goes back by half an hour",
    "Australia/Lord_Howe",
    "2024-04-07",
    25,
    ["01:00+11:00", "01:30+10:30", "02:00+10:30"],
  ],
  [
    "begins Lord Howe's hour where the clock goes on by half an hour",
    "Australia/Lord_Howe",
    "2024-10-06",
    24,
    ["01:00+10:30", "02:30+11:00", "03:00+11:00"],
  ],
  [
    "begins a day whose midnight is skipped at one o'clock",
    "America/Santiago",
    "2024-09-08",
    23,
    ["01:00-03:00", "02:00-03:00"],
  ],
];

test.each(CHANGES)("R-51: bucketOf() %s", (_what, zone, day, count, some) => {
  const hours = hoursOfDay(zone, day);

  expect(hours).toHaveLength(count);
  expect(hours.map((hour) => hour.slice(11)).join(" ")).toContain(some.join(" "));
});

test("createLocalTime() agrees with Temporal and with the runtime's calendar on random instants of all zones", () => {
  const zones = Intl.supportedValuesOf("timeZone");
  const from = Date.UTC(1975, 0, 1);
  const until = Date.UTC(2045, 0, 1);
  const localTimes = new Map(zones.map((zone) => [zone, createLocalTime(zone)]));
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: from, max: until }), (zone, at) => {
      const localTime = localTimes.get(zone);
      expect(localTime?.format(at)).toBe(
        Temporal.Instant.fromEpochMilliseconds(at).toString({ timeZone: zone, fractionalSecondDigits: 3 }),
      );
      expect(localTime?.format(at).slice(0, 19)).toBe(wallClock(zone, at));
      for (const width of WIDTHS) {
        const bucket = localTime?.bucketOf(at, width) ?? Number.NaN;
        expect(localTime?.formatBucket(bucket, width), `${zone} ${at} ${width}`).toBe(expected(zone, at, width));
      }
    }),
    { numRuns: 800, seed: 20_240_331 },
  );
});

test("createLocalTime() agrees with Temporal on both sides of every clock change of all zones in 2024", () => {
  for (const zone of Intl.supportedValuesOf("timeZone")) {
    const localTime = createLocalTime(zone);
    let moment = Temporal.ZonedDateTime.from({ timeZone: zone, year: 2024, month: 1, day: 1 });
    for (;;) {
      const change = moment.getTimeZoneTransition("next");
      if (!change || change.year > 2024) break;
      moment = change;
      for (const distanceMs of [-1_800_000, -1, 0, 1, 1_799_999, 1_800_000, 3_599_999, 3_600_000]) {
        const at = change.epochMilliseconds + distanceMs;
        const hour = localTime.bucketOf(at, "hour");
        expect(localTime.formatBucket(hour, "hour"), `${zone} ${at}`).toBe(expected(zone, at, "hour"));
        expect(localTime.format(at).slice(0, 19)).toBe(wallClock(zone, at));
      }
    }
  }
});

test("bucketOf() sorts by time, whatever the order in which it was asked", () => {
  const zones = ["Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu"];
  const instant = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2025, 0, 1) });
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.array(instant, { minLength: 2, maxLength: 50 }), (zone, instants) => {
      const localTime = createLocalTime(zone);
      for (const width of ["minute15", "minute30", "hour", "day", "week", "month"] as const) {
        const buckets = instants.map((at) => ({ at, bucket: localTime.bucketOf(at, width) }));
        const byTime = buckets.toSorted((left, right) => left.at - right.at).map(({ bucket }) => bucket);
        expect(byTime).toEqual(byTime.toSorted((left, right) => left - right));
        for (const { at, bucket } of buckets) expect(createLocalTime(zone).bucketOf(at, width)).toBe(bucket);
      }
    }),
    { numRuns: 100 },
  );
});

function bucketsOf(zone: string, at: number): Record<string, string> {
  const localTime = createLocalTime(zone);
  return Object.fromEntries(
    WIDTHS.map((width) => [width, localTime.formatBucket(localTime.bucketOf(at, width), width)]),
  );
}

function hoursOfDay(zone: string, day: string): string[] {
  const localTime = createLocalTime(zone);
  const date = Temporal.PlainDate.from(day);
  const endAt = date.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
  const hours = new Set<number>();
  for (let at = date.toZonedDateTime(zone).epochMilliseconds; at < endAt; at += 60_000)
    hours.add(localTime.bucketOf(at, "hour"));
  return [...hours].map((hour) => localTime.formatBucket(hour, "hour"));
}

/** The wall clock by the runtime's own formatter, without Temporal. */
function wallClock(zone: string, at: number): string {
  const parts = formatterOf(zone).formatToParts(at);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}:${part("second")}`;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const two = "2-digit";
  const fields = { year: "numeric", month: two, day: two, hour: two, minute: two, second: two } as const;
  const formatter = formatters.get(timeZone) ?? new Intl.DateTimeFormat("en-u-hc-h23", { timeZone, ...fields });
  formatters.set(timeZone, formatter);
  return formatter;
}

/** The bucket's name by Temporal: fields of the local clock, and the clock change that begins a bucket late. */
function expected(zone: string, at: number, width: LocalBucket): string {
  const here = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  switch (width) {
    case "day":
      return here.toPlainDate().toString();
    case "week":
      return here
        .toPlainDate()
        .subtract({ days: here.dayOfWeek - 1 })
        .toString();
    case "month":
      return here.toPlainDate().with({ day: 1 }).toString();
    case "hour_of_day":
      return String(here.hour);
    case "day_of_week":
      return String(here.dayOfWeek);
    case "hour":
    case "minute30":
    case "minute15": {
      const minutes = { hour: 60, minute30: 30, minute15: 15 }[width];
      const sinceMs = (here.minute % minutes) * 60_000 + here.second * 1000 + here.millisecond;
      const change = here.add({ nanoseconds: 1 }).getTimeZoneTransition("previous")?.epochMilliseconds ?? 0;
      const start = Temporal.Instant.fromEpochMilliseconds(Math.max(change, at - sinceMs)).toZonedDateTimeISO(zone);
      return start.toString({ smallestUnit: "minute", timeZoneName: "never" });
    }
  }
}
