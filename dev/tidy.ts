/**
 * Checks the agreements of this repository that a program can judge, and prints each broken one as
 * `file:line: rule: what, and how to mend it`. Run by `npm run check:tidy`; another folder may be named as argument.
 * Exit code 0: all kept; 1: some broken.
 */
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { documentedExports } from "./tidy/documented-exports.ts";
import { errorCodes, readErrorCodes } from "./tidy/error-codes.ts";
import { faultIds, OPEN_IDS, readOpenIds } from "./tidy/fault-ids.ts";
import { fileNames } from "./tidy/file-names.ts";
import { forbiddenText } from "./tidy/forbidden-text.ts";
import { importDirections } from "./tidy/import-directions.ts";
import { liveLinks } from "./tidy/live-links.ts";
import { lockFile } from "./tidy/lock-file.ts";
import { readTree } from "./tidy/source-tree.ts";

const root = resolve(process.argv[2] ?? ".");
const tree = readTree(root);
const codes = readErrorCodes(tree);
const openIds = readOpenIds(tree.get(OPEN_IDS) ?? "{}");

const findings = [
  ...importDirections(tree),
  ...documentedExports(tree),
  ...errorCodes(tree, new Set(openIds.keys())),
  ...faultIds(tree, committedOpenIds(), new Set(codes.keys())),
  ...forbiddenText(tree),
  ...fileNames(tree),
  ...liveLinks(tree),
  ...lockFile(tree),
];
for (const { file, line, rule, message } of findings) process.stdout.write(`${file}:${line}: ${rule}: ${message}\n`);
process.stdout.write(`${tree.size} files, ${findings.length} broken agreements, ${openIds.size} ids still open\n`);
process.exitCode = findings.length === 0 ? 0 : 1;

/**
 * The ids that the list may hold: those of its last committed version and, where that is what lies here, of the one
 * before, so that a clean checkout is judged too. Undefined when git is missing or knows no version.
 */
function committedOpenIds(): ReadonlySet<string> | undefined {
  const now = tree.get(OPEN_IDS);
  const commits = git("log", "-2", "--format=%H", "--", OPEN_IDS)?.trim().split("\n").filter(Boolean) ?? [];
  const versions = commits.map((commit) => git("show", `${commit}:./${OPEN_IDS}`)).filter((text) => text !== undefined);
  const before = versions[0] === now ? versions[1] : versions[0];
  return before === undefined ? undefined : new Set(readOpenIds(before).keys());
}

function git(...args: string[]): string | undefined {
  try {
    return execFileSync("git", ["-C", root, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}
