import { expect, test } from "vitest";
import { createBucketLabels, instantLabel, windowLabel } from "./format-bucket.ts";

const jerusalem = createBucketLabels("Asia/Jerusalem", false);
const berlin = createBucketLabels("Europe/Berlin", false);

test.each([
  ["time.hour", "1999-02-01T07:00+02:00", "Mon 1 Feb 07:00"],
  ["time.minute15", "1999-02-01T07:15+02:00", "Mon 1 Feb 07:15"],
  ["time.day", "1999-02-28", "Sun 28 Feb"],
  ["time.week", "1999-02-01", "Mon 1 Feb"],
  ["time.month", "1999-02-01", "Feb 1999"],
  ["time.hour_of_day", 7, "07:00"],
  ["time.day_of_week", 7, "Sun"],
  ["time.hour", "not a bucket", "not a bucket"],
])("createBucketLabels() says %s %s as %s", (name, key, expected) => {
  expect(jerusalem.label(name, key)).toBe(expected);
});

test("createBucketLabels() adds the year when there are several", () => {
  expect(createBucketLabels("UTC", true).label("time.day", "1999-12-31")).toBe("Fri 31 Dec 1999");
});

test("createBucketLabels() shows the offset on days whose clocks change, and on no other", () => {
  const days = ["2024-03-30T12:00+01:00", "2024-03-31T01:00+01:00", "2024-03-31T12:00+02:00", "2024-04-01T00:00+02:00"];
  expect(days.map((key) => berlin.label("time.hour", key))).toEqual([
    "Sat 30 Mar 12:00",
    "Sun 31 Mar 01:00 (+01:00)",
    "Sun 31 Mar 12:00 (+02:00)",
    "Mon 1 Apr 00:00",
  ]);
  const repeated = [
    "2024-10-26T23:00+02:00",
    "2024-10-27T02:00+02:00",
    "2024-10-27T02:00+01:00",
    "2024-10-28T00:00+01:00",
  ];
  expect(repeated.map((key) => berlin.label("time.hour", key))).toEqual([
    "Sat 26 Oct 23:00",
    "Sun 27 Oct 02:00 (+02:00)",
    "Sun 27 Oct 02:00 (+01:00)",
    "Mon 28 Oct 00:00",
  ]);
});

test("createBucketLabels() writes a negative offset with a minus sign", () => {
  const newYork = createBucketLabels("America/New_York", false);
  expect(newYork.label("time.hour", "2024-11-03T01:00-05:00")).toBe("Sun 3 Nov 01:00 (−05:00)");
});

test("instantLabel() says an instant in local time", () => {
  expect(instantLabel(Date.parse("1999-01-31T22:00:59.999Z"), "Asia/Jerusalem")).toBe("Mon 1 Feb 1999 00:00");
});

test.each([
  ["1999-01-31T22:00:00.000Z/1999-02-28T22:00:00.000Z", "Mon 1 Feb 1999 to Sun 28 Feb 1999"],
  ["1999-01-31T22:00:00.000Z/1999-02-01T22:00:00.000Z", "Mon 1 Feb 1999"],
  ["1999-01-31T22:00:00.000Z/1999-02-01T10:30:00.000Z", "Mon 1 Feb 1999 00:00 to Mon 1 Feb 1999 12:30"],
])("windowLabel() tells %s as people count days", (window, label) => {
  expect(windowLabel(window, "Asia/Jerusalem")).toBe(label);
});
