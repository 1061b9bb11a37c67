/**
 * Imports go one way (STYLE: "the tree is the flow"). Every import of `src/` and `simulator/` is held against the
 * table below: which folders a folder may use, which files are ports, who may know which package.
 */
import { type Import, packageOf, readImports } from "./read-imports.ts";
import { type Finding, isTest, lineAt, type SourceTree, typescriptIn } from "./source-tree.ts";

/** Reports each import that goes against the flow. */
export function importDirections(tree: SourceTree): Finding[] {
  const findings: Finding[] = [];
  for (const file of typescriptIn(tree, "src", "simulator")) {
    const text = tree.get(file) ?? "";
    for (const found of readImports(file, text)) {
      const message = objection(file, found);
      if (message !== undefined)
        findings.push({ file, line: lineAt(text, found.offset), rule: "import-directions", message });
    }
  }
  return findings;
}

const FOUNDATION = ["domain", "support"];
const STAGES = ["define", "plan", "extract", "merge", "aggregate", "export", "deliver"];
const ADAPTERS = ["genesys", "duckdb", "postgres", "pg-boss", "s3", "disk", "smtp", "webhook"];
const WORK = [...STAGES, "tasks", ...FOUNDATION];

/** What each folder of `src/` may use besides itself. `cli` wires everything together. */
const MAY_USE: Record<string, readonly string[]> = {
  ...Object.fromEntries(FOUNDATION.map((folder) => [folder, []])),
  ...Object.fromEntries([...STAGES, "tasks", ...ADAPTERS].map((folder) => [folder, FOUNDATION])),
  runs: WORK,
  schedule: ["runs", ...WORK],
  console: ["schedule", "runs", ...WORK],
  cli: ["console", "schedule", "runs", ...WORK, ...ADAPTERS],
};

/** Interfaces written by the part that needs them; an adapter imports the one it fulfils. */
const PORTS = new Set([
  "src/extract/page-source.ts",
  "src/runs/access-record.ts",
  "src/runs/aggregates-source.ts",
  "src/runs/name-source.ts",
  "src/extract/rate-budget.ts",
  "src/aggregate/table-engine.ts",
  "src/console/delivered-files.ts",
  "src/console/fleet-reader.ts",
  "src/export/parquet-writer.ts",
  "src/define/expression-parser.ts",
  "src/merge/spill-store.ts",
  "src/deliver/alarm-words.ts",
  "src/deliver/delivery-folder.ts",
  "src/deliver/message-words.ts",
  "src/deliver/messenger.ts",
  "src/deliver/object-store.ts",
  "src/runs/conversation-store.ts",
  "src/runs/day-files.ts",
  "src/runs/past-runs.ts",
  "src/runs/run-ledger.ts",
  "src/schedule/alarm-book.ts",
  "src/schedule/backfill-book.ts",
  "src/schedule/schedule-book.ts",
  "src/tasks/task-queue.ts",
  "src/schedule/zone-memory.ts",
]);

/** The only module that loads the simulator, and only when its command is given. */
const LOADS_SIMULATOR = "src/cli/commands/simulate.ts";

/** The module of the foundation that calculates with time zones. */
const MAY_USE_TEMPORAL = new Set(["src/support/local-time.ts"]);

/** What `domain` and `support` may use of Node is pure; support also reaches the disk (atomic-write, json-lines). */
const PURE = new Set(["node:assert", "node:buffer", "node:crypto", "node:path", "node:util"]);

/** A technology is known to one folder only (STYLE, habit 7). Compared by prefix. */
const KNOWN_TO: readonly (readonly [packages: string, folder: string])[] = [
  ["@aws-sdk/", "s3"],
  ["@cj-tech-master/", "export"],
  ["@duckdb/", "duckdb"],
  ["@electric-sql/", "postgres"],
  ["commander", "cli"],
  ["cron-parser", "define"],
  ["fastify", "console"],
  ["nodemailer", "smtp"],
  ["pg", "postgres"],
  ["@opentelemetry/", "console"],
  ["pino", "cli"],
  ["prom-client", "console"],
  ["pg-boss", "pg-boss"],
];

/** Why the import is refused and what to do instead; undefined when it is in order. */
function objection(file: string, found: Import): string | undefined {
  const { target } = found;
  if (file.startsWith("simulator/")) {
    return target?.startsWith("src/")
      ? `the simulator imports ${target}; it reads the vendor's documents for itself and shares nothing with src`
      : undefined;
  }
  if (target === undefined) {
    return file === LOADS_SIMULATOR
      ? undefined
      : "imports a module whose name is computed; write the name as a plain string";
  }
  return found.relative ? objectionToFile(file, found.kind, target) : objectionToPackage(file, target);
}

function objectionToFile(file: string, kind: Import["kind"], target: string): string | undefined {
  if (target.startsWith("simulator/")) {
    if (file === LOADS_SIMULATOR && kind === "dynamic") return undefined;
    return `the product imports ${target}; only ${LOADS_SIMULATOR} may load the simulator, with import(); a test that needs it belongs under test/`;
  }
  if (!target.startsWith("src/")) return `imports ${target} from outside src; move what is needed into src`;
  const [from, to] = [folderOf(file), folderOf(target)];
  if (MAY_USE[from] === undefined)
    return `src/${from} is no folder of the tree; use one of STYLE's or add it to dev/tidy/import-directions.ts`;
  // A test wires what it needs: it may use every part of src, so that nothing has to be mocked.
  if (from === to || isTest(file) || MAY_USE[from].includes(to)) return undefined;
  if (ADAPTERS.includes(from) && PORTS.has(target)) return undefined;
  return `${from} imports ${target}, but may use only ${allowedText(from)}; hand it in from above, or move the shared part down to domain or support`;
}

function objectionToPackage(file: string, specifier: string): string | undefined {
  const folder = folderOf(file);
  const name = packageOf(specifier);
  if (isTest(file)) return undefined;
  if (name.startsWith("node:")) {
    return folder === "domain" && !PURE.has(name)
      ? `domain imports ${name}; the domain does no I/O: take the value as an argument or write a port`
      : undefined;
  }
  if (FOUNDATION.includes(folder)) {
    if (name === "temporal-polyfill" && MAY_USE_TEMPORAL.has(file)) return undefined;
    return `${folder} imports the package ${name}; it depends on nothing: move this part to a stage or an adapter`;
  }
  const owner = KNOWN_TO.find(([packages]) => (packages.endsWith("/") ? name.startsWith(packages) : name === packages));
  if (owner === undefined || owner[1] === folder) return undefined;
  return `${folder} imports the package ${name}, which only src/${owner[1]} knows; go through its port`;
}

/** `extract` of `src/extract/page-source.ts`; a file directly in `src/` is its own folder, which no table knows. */
function folderOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function allowedText(folder: string): string {
  const allowed = MAY_USE[folder] ?? [];
  if (allowed.length === 0) return "itself";
  return `${allowed.join(", ")}${ADAPTERS.includes(folder) ? " and the port it fulfils" : ""}`;
}
