import { expect, test } from "vitest";
import { errorCodes, readErrorCodes } from "./error-codes.ts";

const ERRORS = `/** Errors. */
export const ERROR_RECOURSE = {
  // "not.this": "retry",
  "disk.full": "fix_access",
  "s3.unavailable": { recourse: "retry", exitCode: 10 },
  internal: "report_bug",
} as const;
const other = { "not.that": 1 };
`;
const EXPLAINED =
  "| code | meaning |\n| --- | --- |\n| `disk.full` | … |\n| `s3.unavailable` | see `retry` |\n\n## `internal`\n\n| `0` | done |\n";
const TEST = 'expect(code).toBe("disk.full");\nexpect(code).toBe("s3.unavailable");\nexpect(code).toBe(`internal`);\n';

function judge(changes: Record<string, string>, open: string[] = []): string[] {
  const tree = new Map(
    Object.entries({
      "src/domain/errors.ts": ERRORS,
      "docs/error-codes.md": EXPLAINED,
      "test/a.test.ts": TEST,
      ...changes,
    }),
  );
  return errorCodes(tree, new Set(open)).map(({ file, line, message }) => `${file}:${line}: ${message.split(";")[0]}`);
}

test("readErrorCodes() reads the table, whatever stands beside a code, and nothing else", () => {
  const text = ERRORS.replace('  // "not.this": "retry",\n', "");
  expect([...readErrorCodes(new Map([["src/domain/errors.ts", text]])).keys()]).toEqual([
    "disk.full",
    "s3.unavailable",
    "internal",
  ]);
});

test("errorCodes() is content when each code is explained and tested", () => {
  expect(judge({})).toEqual([]);
});

test("errorCodes() reports a code that is not explained", () => {
  expect(
    judge({ "docs/error-codes.md": EXPLAINED.replace("| `disk.full` | … |\n", "disk.full, `disk.full`\n") }),
  ).toEqual(["src/domain/errors.ts:4: disk.full is not explained"]);
  expect(judge({ "docs/error-codes.md": "" })).toHaveLength(3);
});

test("errorCodes() reports an explained code that does not exist", () => {
  expect(judge({ "docs/error-codes.md": `${EXPLAINED}| \`disk.ful\` | … |\n` })).toEqual([
    "docs/error-codes.md:9: explains disk.ful, which src/domain/errors.ts does not have",
  ]);
});

test("errorCodes() reports a code without a test, unless it is open", () => {
  const changes = {
    "test/a.test.ts": TEST.replace('"disk.full"', '"disk.fuller"'),
    "src/a.ts": 'throw "disk.full";',
    "test/b.test.ts": '// "disk.full"',
  };
  expect(judge(changes)).toEqual(["src/domain/errors.ts:4: disk.full stands in no test"]);
  expect(judge(changes, ["disk.full"])).toEqual([]);
});

test("errorCodes() reports a code that has its test and is still open", () => {
  expect(judge({}, ["internal"])).toEqual(["dev/open-ids.json:1: internal has its test now"]);
});

test("errorCodes() is not content with a table that it cannot read", () => {
  expect(judge({ "src/domain/errors.ts": "export enum Codes { A }" })).toHaveLength(1);
});
