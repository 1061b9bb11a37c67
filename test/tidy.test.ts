/**
 * The tidy program as people meet it: what it prints about a small repository that breaks each agreement once, that
 * its exit code follows, and that the list of open ids cannot grow, not even by a commit.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { FAULTS, REGRESSIONS } from "../dev/tidy/known-ids.ts";

const PROGRAM = join(import.meta.dirname, "../dev/tidy.ts");
const ALL_OPEN = Object.fromEntries([...Object.keys(FAULTS), ...Object.keys(REGRESSIONS)].map((id) => [id, 2]));

const TIDY_FILES = {
  "src/domain/errors.ts":
    '/** Every way to fail. */\n\n/** Codes. */\nexport const ERRORS = {\n  "disk.full": "fix_access",\n};\n',
  "docs/error-codes.md": "| `disk.full` | Free some space. |\n",
  "src/domain/errors.test.ts": 'expect(code).toBe("disk.full");\n',
  "dev/open-ids.json": JSON.stringify(ALL_OPEN, undefined, 1),
};

test("tidy prints each broken agreement with its place and its remedy, and fails", () => {
  const root = repositoryOf({
    ...TIDY_FILES,
    "docs/error-codes.md": "",
    "src/merge/mergeSorted.ts": 'import { a } from "../duckdb/engine.ts";\nexport const b = Math.random();\n',
    "test/merge.test.ts": 'test("Z1: merges", f);\n',
  });
  const { lines, status } = tidy(root);
  expect(lines).toEqual([
    "src/merge/mergeSorted.ts:1: import-directions: merge imports src/duckdb/engine.ts, but may use only domain, support; hand it in from above, or move the shared part down to domain or support",
    "src/merge/mergeSorted.ts:1: documented-exports: the module says nothing about itself; open it with a comment: what comes in, what goes out, why it exists",
    "src/merge/mergeSorted.ts:2: documented-exports: b is exported without a doc comment; put /** what it promises */ directly before it",
    "src/domain/errors.ts:5: error-codes: disk.full is not explained; add a heading or table row with `disk.full` to docs/error-codes.md",
    "test/merge.test.ts:1: fault-ids: a test is named for Z1, which no list has; correct the id or add its row to dev/tidy/known-ids.ts",
    "src/merge/mergeSorted.ts:2: forbidden-text: Math.random: reads the clock or chance; take it as an argument (src/domain/clock.ts), so that a test can set it",
    "src/merge/mergeSorted.ts:1: file-names: mergeSorted.ts is not kebab-case; rename it to merge-sorted.ts",
    "6 files, 7 broken agreements, 210 ids still open",
  ]);
  expect(status).toBe(1);
});

test("tidy is content with a tidy repository", () => {
  expect(tidy(repositoryOf(TIDY_FILES))).toEqual({
    lines: ["4 files, 0 broken agreements, 210 ids still open"],
    status: 0,
  });
});

test("tidy refuses an id that comes back onto the list of open ones, before and after the commit", () => {
  const { A1: _closed, ...shrunk } = ALL_OPEN;
  const closing = {
    "dev/open-ids.json": JSON.stringify(shrunk, undefined, 1),
    "test/sign-in.test.ts": 'test("A1: says which region", f);\n',
  };
  const root = repositoryOf({ ...TIDY_FILES, ...closing });
  commit(root);
  expect(tidy(root).status).toBe(0);

  write(root, { "dev/open-ids.json": TIDY_FILES["dev/open-ids.json"], "test/sign-in.test.ts": "\n" });
  const refusal = [
    "dev/open-ids.json:2: fault-ids: A1 was added to a list that only shrinks; give it a test instead",
    "5 files, 1 broken agreements, 210 ids still open",
  ];
  expect(tidy(root)).toEqual({ lines: refusal, status: 1 });
  commit(root);
  expect(tidy(root)).toEqual({ lines: refusal, status: 1 });

  write(root, closing);
  commit(root);
  expect(tidy(root).status).toBe(0);
});

/** Runs the program on a folder. */
function tidy(root: string): { lines: string[]; status: number | null } {
  const { stdout, status } = spawnSync(process.execPath, [PROGRAM, root], { encoding: "utf8" });
  return { lines: stdout.trimEnd().split("\n"), status };
}

/** A folder under git that is removed when the test has ended. */
function repositoryOf(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "callsheet-tidy-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  execFileSync("git", ["init", "--quiet", root]);
  write(root, files);
  return root;
}

function write(root: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function commit(root: string): void {
  execFileSync("git", ["-C", root, "add", "--all"]);
  execFileSync("git", [
    "-C",
    root,
    "-c",
    "user.name=test",
    "-c",
    "user.email=test@example.org",
    "commit",
    "--quiet",
    "--no-verify",
    "--message",
    "state",
  ]);
}
