import { expect, test } from "vitest";
import { importDirections } from "./import-directions.ts";

/** The messages about one file with one import. */
function judge(file: string, statement: string): string[] {
  return importDirections(new Map([[file, `/** A module. */\n${statement}\n`]])).map(
    ({ line, message }) => `${line}: ${message}`,
  );
}

function importOf(specifier: string): string {
  return `import { a } from "${specifier}";`;
}

test.each([
  ["src/cli/main.ts", "../console/app.ts"],
  ["src/cli/wire.ts", "../duckdb/engine.ts"],
  ["src/console/app.ts", "../schedule/due-runs.ts"],
  ["src/console/app.ts", "../domain/run.ts"],
  ["src/schedule/due-runs.ts", "../runs/submit-run.ts"],
  ["src/runs/execute-run.ts", "../merge/merge-sorted.ts"],
  ["src/runs/execute-run.ts", "../tasks/task-queue.ts"],
  ["src/merge/merge-sorted.ts", "./loser-tree.ts"],
  ["src/merge/merge-sorted.ts", "../support/json-lines.ts"],
  ["src/genesys/details-query.ts", "../extract/page-source.ts"],
  ["src/s3/s3-store.ts", "../deliver/object-store.ts"],
  ["src/domain/run.ts", "./interval.ts"],
  ["src/merge/merge-sorted.test.ts", "../duckdb/engine.ts"],
  ["simulator/routes/token.ts", "../create-simulator.ts"],
])("importDirections() lets %s import %s", (file, specifier) => {
  expect(judge(file, importOf(specifier))).toEqual([]);
});

test.each([
  ["src/domain/run.ts", "../support/retry.ts"],
  ["src/support/retry.ts", "../domain/errors.ts"],
  ["src/merge/merge-sorted.ts", "../extract/page-source.ts"],
  ["src/aggregate/build-table.ts", "../duckdb/engine.ts"],
  ["src/tasks/worker.ts", "../runs/execute-run.ts"],
  ["src/runs/execute-run.ts", "../genesys/details-query.ts"],
  ["src/runs/execute-run.ts", "../schedule/due-runs.ts"],
  ["src/schedule/due-runs.ts", "../console/app.ts"],
  ["src/console/app.ts", "../cli/main.ts"],
  ["src/genesys/details-query.ts", "../extract/extract-slice.ts"],
  ["src/s3/s3-store.ts", "../disk/disk-store.ts"],
  ["src/plan/query-builder.ts", "../../simulator/create-simulator.ts"],
  ["src/cli/commands/simulate.ts", "../../../simulator/create-simulator.ts"],
  ["src/plan/query-builder.test.ts", "../../simulator/create-simulator.ts"],
  ["src/plan/query-builder.ts", "../../dev/build.ts"],
  ["src/utils/things.ts", "../domain/run.ts"],
  ["simulator/create-simulator.ts", "../src/domain/run.ts"],
])("importDirections() stops %s from importing %s", (file, specifier) => {
  const messages = judge(file, importOf(specifier));
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatch(/^2: .*;/);
});

test("importDirections() says what a folder may use", () => {
  expect(judge("src/merge/merge-sorted.ts", importOf("../extract/page-source.ts"))).toEqual([
    "2: merge imports src/extract/page-source.ts, but may use only domain, support; hand it in from above, or move the shared part down to domain or support",
  ]);
});

test("importDirections() lets only the simulate command load the simulator, and only by import()", () => {
  const statement = 'const { createSimulator } = await import("../../../simulator/create-simulator.ts");';
  expect(judge("src/cli/commands/simulate.ts", statement)).toEqual([]);
  expect(judge("src/cli/commands/demo.ts", statement)).toHaveLength(1);
  expect(judge("src/plan/query-builder.ts", "await import(name);")).toHaveLength(1);
});

test.each([
  ["src/support/local-time.ts", "temporal-polyfill"],
  ["src/domain/report-definition.ts", "node:crypto"],
  ["src/support/atomic-write.ts", "node:fs/promises"],
  ["src/domain/interval.test.ts", "vitest"],
  ["src/define/parse-definition.ts", "yaml"],
  ["src/s3/s3-store.ts", "@aws-sdk/client-s3"],
  ["simulator/create-simulator.ts", "fastify"],
])("importDirections() lets %s use %s", (file, specifier) => {
  expect(judge(file, importOf(specifier))).toEqual([]);
});

test.each([
  ["src/domain/run.ts", "temporal-polyfill"],
  ["src/domain/run.ts", "zod"],
  ["src/domain/run.ts", "node:fs"],
  ["src/support/retry.ts", "undici"],
  ["src/deliver/access-verdict.ts", "@aws-sdk/client-s3"],
  ["src/aggregate/build-table.ts", "@duckdb/node-api"],
  ["src/runs/run-ledger.ts", "pg"],
])("importDirections() stops %s from using %s", (file, specifier) => {
  expect(judge(file, importOf(specifier))).toHaveLength(1);
});
