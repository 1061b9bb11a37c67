/**
 * Every fault and every regression that we know by number stands in the name of at least one test ("C4: …",
 * "R-12, R-13: …"), or in `dev/open-ids.json` with the issue that will bring it. That list only shrinks: a tested id
 * leaves it, and nothing enters it again.
 */
import { FAULTS, isSecurityId, REGRESSIONS } from "./known-ids.ts";
import { scanSource } from "./scan-source.ts";
import { type Finding, isTest, lineAt, type SourceTree } from "./source-tree.ts";

/** Where the open ids stand: a JSON object of id → number of the issue that will close it. */
export const OPEN_IDS = "dev/open-ids.json";

/** Ids and error codes that are still open, with the line of each. Throws when the file is no such object. */
export function readOpenIds(text: string): Map<string, number> {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new Error(`${OPEN_IDS} must be an object of id → issue number`);
  const broken = Object.entries(parsed).find(([, issue]) => !Number.isInteger(issue));
  if (broken !== undefined) throw new Error(`${OPEN_IDS}: ${broken[0]} must name the number of an issue`);
  return new Map(Object.keys(parsed).map((id) => [id, lineAt(text, text.indexOf(`"${id}"`))]));
}

/**
 * Reports ids without a test, unknown ids, and a list that grew. `committed` holds the ids of the versions of the list
 * before this one; undefined when there was none. `errorCodes` may stand on the list too.
 */
export function faultIds(
  tree: SourceTree,
  committed: ReadonlySet<string> | undefined,
  errorCodes: ReadonlySet<string>,
): Finding[] {
  const findings: Finding[] = [];
  const open = readOpenIds(tree.get(OPEN_IDS) ?? "{}");
  const known = new Map([...Object.entries(FAULTS), ...Object.entries(REGRESSIONS)]);
  const tested = new Set<string>();

  for (const { id, file, line } of idsInTests(tree)) {
    tested.add(id);
    if (!known.has(id) && !isSecurityId(id))
      report(
        file,
        line,
        `a test is named for ${id}, which no list has; correct the id or add its row to dev/tidy/known-ids.ts`,
      );
  }
  for (const [id, title] of known) {
    if (!tested.has(id) && !open.has(id))
      report("dev/tidy/known-ids.ts", 1, `${id} (${title}) has no test; write one whose name begins "${id}: "`);
  }
  for (const [id, line] of open) {
    if (tested.has(id)) report(OPEN_IDS, line, `${id} has its test now; take it off the list`);
    if (!known.has(id) && !errorCodes.has(id)) report(OPEN_IDS, line, `${id} is no known id; take it off the list`);
    if (committed !== undefined && !committed.has(id))
      report(OPEN_IDS, line, `${id} was added to a list that only shrinks; give it a test instead`);
  }
  return findings;

  function report(file: string, line: number, message: string): void {
    findings.push({ file, line, rule: "fault-ids", message });
  }
}

const ID = String.raw`(?:[A-Z]\d{1,2}|[A-Z]-\d{2,3})`;
const NAME_WITH_IDS = new RegExp(`^(?<ids>${ID}(?:, ${ID})*): `);

/** Every id with which a string of a test begins. The tests of these rules speak of made-up ids and are left out. */
function* idsInTests(tree: SourceTree): Generator<{ id: string; file: string; line: number }> {
  for (const [file, text] of tree) {
    if (!isTest(file) || file.startsWith("dev/")) continue;
    for (const literal of scanSource(text).literals) {
      const ids = NAME_WITH_IDS.exec(literal.text)?.groups?.ids?.split(", ") ?? [];
      for (const id of ids) yield { id, file, line: lineAt(text, literal.start) };
    }
  }
}
