import { expect, test } from "vitest";
import { faultIds, OPEN_IDS, readOpenIds } from "./fault-ids.ts";
import { FAULTS, isSecurityId, REGRESSIONS } from "./known-ids.ts";

const ALL = [...Object.keys(FAULTS), ...Object.keys(REGRESSIONS)];

/** Judges one test file when every id is open but those named. */
function judge(
  testText: string,
  { notOpen = [] as string[], alsoOpen = [] as string[], committed = undefined as Set<string> | undefined } = {},
): string[] {
  const open = [...ALL.filter((id) => !notOpen.includes(id)), ...alsoOpen];
  const list = `{\n${open.map((id) => `"${id}": 2`).join(",\n")}\n}\n`;
  const tree = new Map([
    [OPEN_IDS, list],
    ["test/faults/pages.test.ts", testText],
  ]);
  return faultIds(tree, committed, new Set(["disk.full"])).map(
    ({ file, message }) => `${file}: ${message.split(";")[0]}`,
  );
}

test("the lists of ids are whole: 116 faults and 94 regressions", () => {
  expect(Object.keys(FAULTS)).toHaveLength(116);
  expect(Object.keys(REGRESSIONS)).toEqual(
    Array.from({ length: 94 }, (_, index) => `R-${String(index + 1).padStart(2, "0")}`),
  );
});

test("faultIds() is content when each id is open or tested, and not both", () => {
  expect(judge("")).toEqual([]);
  expect(
    judge('test("C4: adapts", f);\ntest.each(x)(`R-12, R-13: $name`, f);', { notOpen: ["C4", "R-12", "R-13"] }),
  ).toEqual([]);
});

test("faultIds() reports an id that is neither open nor tested", () => {
  expect(judge('test("C40: a", f); test("C4 a", f); // "C4: a"', { notOpen: ["C4"] })).toEqual([
    "test/faults/pages.test.ts: a test is named for C40, which no list has",
    "dev/tidy/known-ids.ts: C4 (limit halved in mid-run) has no test",
  ]);
});

test("faultIds() reports an id that has its test and is still open", () => {
  expect(judge('test("C4: adapts", f);')).toEqual(["dev/open-ids.json: C4 has its test now"]);
});

test("faultIds() reports unknown ids in tests and in the list", () => {
  expect(
    judge(
      'test("Q1: a", f); test("R-95: b", f); test("V17, T20: c", f); test("V28: d", f); test("S-22: e", f); test("S-00: f", f);',
      { alsoOpen: ["R-96", "disk.full"] },
    ),
  ).toEqual([
    "test/faults/pages.test.ts: a test is named for Q1, which no list has",
    "test/faults/pages.test.ts: a test is named for R-95, which no list has",
    "test/faults/pages.test.ts: a test is named for V28, which no list has",
    "test/faults/pages.test.ts: a test is named for S-00, which no list has",
    "dev/open-ids.json: R-96 is no known id",
  ]);
});

test("faultIds() reports an id that was added to the committed list", () => {
  const committed = new Set(ALL.filter((id) => id !== "A1"));
  expect(judge("", { committed })).toEqual(["dev/open-ids.json: A1 was added to a list that only shrinks"]);
  expect(judge("", { committed: new Set(ALL) })).toEqual([]);
});

test("readOpenIds() gives each id its line and refuses what is no list of issue numbers", () => {
  expect(readOpenIds('{\n  "A1": 4,\n  "C1": 2\n}')).toEqual(
    new Map([
      ["A1", 2],
      ["C1", 3],
    ]),
  );
  expect(() => readOpenIds("[]")).toThrow("must be an object");
  expect(() => readOpenIds('{ "A1": "soon" }')).toThrow("A1 must name the number of an issue");
});

test("isSecurityId() knows the rows of the security paper", () => {
  expect(["T1", "T20", "V1", "V27", "S-01", "S-22"].every(isSecurityId)).toBe(true);
  expect(["T0", "T21", "V28", "S-23", "S1", "C4", ""].some(isSecurityId)).toBe(false);
});
