import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ReportError } from "../domain/errors.ts";
import { canaryKey, keyPrefix, objectKey } from "./object-key.ts";

const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");
const GOOD = JSON.stringify({
  isSafe: true,
  isUnderPrefix: true,
  segments: 4,
  fits: true,
  isSameAsUrl: true,
  isCanonical: true,
  isItsOwn: true,
});

/** Fewer with `CALLSHEET_KEY_RUNS`. */
const KEY_RUNS = Number(process.env.CALLSHEET_KEY_RUNS ?? 100_000);

const SHA = "0a1b2c3d4e5f".padEnd(64, "0");
const FEBRUARY = { startAt: Date.UTC(2024, 1, 1), endAt: Date.UTC(2024, 2, 1) };

/** A whole key: segments of the safe alphabet, none of which begins with a point, except the canary's folder. */
const SAFE_KEY = /^([A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

test("objectKey() names report, window, revision, content and file", () => {
  expect(objectKey("reports/", "voice-by-queue", FEBRUARY, 1, "voice-by-queue.csv", SHA)).toBe(
    "reports/voice-by-queue/20240201T000000Z_20240301T000000Z/r1-0a1b2c3d4e5f/voice-by-queue.csv",
  );
});

test("objectKey() lets the files of a parted format lie in one folder for each day, by the hash of them all", () => {
  expect(objectKey("", "calls", FEBRUARY, 1, "calls/day=2024-02-01/calls-2024-02-01.parquet", SHA)).toBe(
    "calls/20240201T000000Z_20240301T000000Z/r1-0a1b2c3d4e5f/calls/day=2024-02-01/calls-2024-02-01.parquet",
  );
  expect(objectKey("", "calls", FEBRUARY, 1, "../day=../x", SHA)).toMatch(/r1-0a1b2c3d4e5f\/-day-\.\.-x$/);
});

test.each(["reports", "/reports", "reports/", "//reports//"])(
  "objectKey() reads prefix %j as one and the same",
  (prefix) => {
    expect(objectKey(prefix, "calls", FEBRUARY, 1, "calls.csv", SHA)).toBe(
      objectKey("reports/", "calls", FEBRUARY, 1, "calls.csv", SHA),
    );
  },
);

test("objectKey() tells windows apart to the millisecond", () => {
  const later = { ...FEBRUARY, endAt: FEBRUARY.endAt + 1 };
  expect(objectKey("", "calls", later, 1, "calls.csv", SHA)).toContain("_20240301T000000.001Z/");
});

test("objectKey() keeps the ending of a name that is too long", () => {
  const key = objectKey("", "calls", FEBRUARY, 1, `${"x".repeat(300)}.csv`, SHA);
  expect(key.split("/").at(-1)).toMatch(/^x{100}-x{15}\.csv$/);
});

describe("hostile texts", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "",
      ".",
      "..",
      "../..",
      "a/../b",
      "%2e%2e",
      "a b",
      "a+b",
      "ü",
      "\u0000",
      "a\nb",
      "?x=1#y",
      "\\",
      "~",
      "//",
      "‮",
    ),
    fc.string({ unit: fc.constantFrom(".", "/", "%", "2", "e", " ", "+", "-", "é", "\n", "a") }),
  );
  const interval = fc
    .tuple(fc.integer({ min: 0, max: Date.UTC(9999, 0, 1) }), fc.integer({ min: 1, max: 100 * 86_400_000 }))
    .map(([startAt, lengthMs]) => ({ startAt, endAt: startAt + lengthMs }));
  const sha256 = fc.string().map(sha256Of);
  const prefix = fc
    .array(fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,9}$/), { maxLength: 4 })
    .map((parts) => parts.join("/"));

  test("R-74, R-75, K12: any key stays under its prefix, in the safe alphabet, below 1,024 bytes, means the same after URL parsing, and is that of no other content", () => {
    const contentOf = new Map<string, string>();
    fc.assert(
      fc.property(prefix, hostile, interval, fc.nat(), hostile, sha256, (at, report, window, revision, file, sha) => {
        const key = objectKey(at, report, window, revision, file, sha);
        // One comparison of all facts: an expectation for each would take most of the time of so many runs.
        const facts = {
          isSafe: SAFE_KEY.test(key),
          isUnderPrefix: key.startsWith(keyPrefix(at)),
          segments: key.slice(keyPrefix(at).length).split("/").length,
          fits: key.length <= 1024,
          isSameAsUrl: new URL(`https://store.example/${key}`).pathname === `/${key}`,
          isCanonical: objectKey(at, report, window, revision, file, sha) === key,
          isItsOwn: (contentOf.get(key) ?? sha) === sha,
        };
        if (JSON.stringify(facts) !== GOOD) expect(facts).toEqual(JSON.parse(GOOD));
        contentOf.set(key, sha);
      }),
      { numRuns: KEY_RUNS },
    );
    expect(contentOf.size).toBeGreaterThan(KEY_RUNS / 10);
  }, 60_000);

  test("R-74: 100,000 contents of one report, window, revision and name have 100,000 keys", () => {
    const keys = new Set<string>();
    for (let content = 0; content < KEY_RUNS; content++)
      keys.add(objectKey("p", "calls", FEBRUARY, 1, "../calls.csv", sha256Of(String(content))));
    expect(keys.size).toBe(KEY_RUNS);
  });

  test("R-74: another window, revision or content is another key", () => {
    const instant = fc.constantFrom(FEBRUARY.startAt, FEBRUARY.startAt + 1, FEBRUARY.endAt, FEBRUARY.endAt + 60_000);
    const sha = fc.oneof(fc.constantFrom("a", "b", "ab").map(sha256Of), fc.string().map(sha256Of));
    const window = fc.record({ startAt: instant, endAt: instant });
    const what = fc.record({ window, revision: fc.integer({ min: 1, max: 12 }), sha });
    fc.assert(
      fc.property(what, what, (left, right) => {
        const key = ({ window, revision, sha }: typeof left): string =>
          objectKey("p", "calls", window, revision, "calls.csv", sha);
        const same =
          left.window.startAt === right.window.startAt &&
          left.window.endAt === right.window.endAt &&
          left.revision === right.revision &&
          left.sha === right.sha;
        expect(key(left) === key(right)).toBe(same);
        expect(key(left)).toBe(key({ ...left }));
      }),
      { numRuns: 20_000 },
    );
  });

  test("K12: a prefix of other characters is refused and not mended, and the canary lies under the same prefix", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        try {
          const start = keyPrefix(text);
          expect(`${start}x`).toMatch(SAFE_KEY);
          expect(start.split("/").filter(Boolean)).toEqual(text.split("/").filter(Boolean));
          expect(canaryKey(text, "calls-1")).toBe(`${start}.canary/calls-1`);
        } catch (error) {
          if (!(error instanceof ReportError)) throw error;
          expect(error.code).toBe("config.invalid");
          expect(error.hint).toContain("such as reports/");
        }
      }),
      { numRuns: 20_000 },
    );
  });

  test.each(["../other", "a/./b", ".hidden", "my reports/", "a%2fb", "a?b", "x".repeat(513)])(
    "K12: prefix %j is refused",
    (text) => {
      expect(() => keyPrefix(text)).toThrow("Cannot use prefix");
    },
  );
});
