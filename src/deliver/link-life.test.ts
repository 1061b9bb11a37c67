import { expect, test } from "vitest";
import { linkLife } from "./link-life.ts";

const NOW = Date.UTC(2024, 4, 20, 12);
const HOUR_MS = 3_600_000;

test("V02: keys without an end carry any link", () => {
  expect(linkLife(86_400, { kind: "never" }, NOW)).toMatchObject({
    seconds: 86_400,
    finding: { id: "V02", result: "pass", fact: "keys without an end" },
  });
});

test("V02: temporary credentials that do not say when they end leave it unknown", () => {
  expect(linkLife(86_400, { kind: "untold" }, NOW)).toMatchObject({ seconds: 86_400, finding: { result: "unknown" } });
});

test.each([
  { leftMs: HOUR_MS + 300_000, seconds: 3600, result: "pass" },
  { leftMs: HOUR_MS + 299_999, seconds: 3600, result: "fail" },
  { leftMs: HOUR_MS, seconds: 3600, result: "fail" },
  { leftMs: HOUR_MS - 1, seconds: 3599, result: "fail" },
  { leftMs: 60_000, seconds: 60, result: "fail" },
])(
  "K5, R-76: an hour from credentials that end in $leftMs ms is signed for $seconds s: $result",
  ({ leftMs, seconds, result }) => {
    expect(linkLife(3600, { kind: "at", at: NOW + leftMs }, NOW)).toMatchObject({ seconds, finding: { result } });
  },
);

test("K5: a link that is shortened says by how much and until when", () => {
  expect(linkLife(86_400, { kind: "at", at: NOW + HOUR_MS }, NOW).finding.fact).toBe(
    "they end at 2024-05-20T13:00:00.000Z: the link was shortened from 86400 to 3600 seconds",
  );
});

test("V02: credentials at their end are refused with the instant of it", () => {
  expect(() => linkLife(3600, { kind: "at", at: NOW + 59_999 }, NOW)).toThrow(
    expect.objectContaining({
      code: "s3.access_denied",
      message: "The credentials of the object store end at 2024-05-20T12:00:59.999Z",
    }),
  );
});

test.each([
  { limitMs: 3_600_000, seconds: 3600, shortened: undefined },
  {
    limitMs: 3_599_999,
    seconds: 3599,
    shortened: "shortened from 3600 to 3599 seconds: the bucket's policy ends it after 3599 seconds",
  },
  {
    limitMs: 60_000,
    seconds: 60,
    shortened: "shortened from 3600 to 60 seconds: the bucket's policy ends it after 60 seconds",
  },
])("K5, V24: a policy that ends links after $limitMs ms: $seconds seconds", ({ limitMs, seconds, shortened }) => {
  expect(linkLife(3600, { kind: "never" }, NOW, limitMs)).toEqual({
    seconds,
    finding: expect.objectContaining({ result: "pass" }),
    ...(shortened !== undefined && { shortened }),
  });
});

test("K5: policy and credentials together: the least of all, and both are named", () => {
  expect(linkLife(86_400, { kind: "at", at: NOW + 600_000 }, NOW, 3_600_000)).toMatchObject({
    seconds: 600,
    finding: { result: "fail" },
    shortened:
      "shortened from 86400 to 600 seconds: the bucket's policy ends it after 3600 seconds, the credentials end before",
  });
});

test("V24: a policy under which no link lives a minute is refused, but not a link that was asked for as short", () => {
  expect(() => linkLife(3600, { kind: "never" }, NOW, 59_999)).toThrow(
    expect.objectContaining({
      code: "s3.access_denied",
      message: "The bucket's policy ends every link after 59999 milliseconds",
    }),
  );
  expect(linkLife(30, { kind: "never" }, NOW, 59_999).seconds).toBe(30);
});
