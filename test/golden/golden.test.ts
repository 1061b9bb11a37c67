// Features as users name them, one folder each: `centre.json` says which conversations there are, `report.yaml` (or
// `query.json`) what is asked; the plan, the CSV and the JSON that come of it stand beside them as files. `month/` holds
// reports on the real month of calls, with a test of its own.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expectGolden } from "../support/golden-file.ts";
import { openProject } from "../support/run-report.ts";

const HERE = import.meta.dirname;
const CASES = readdirSync(HERE, { withFileTypes: true }).filter(
  (entry) => entry.isDirectory() && entry.name !== "month",
);

test.each(CASES.map(({ name }) => name))("golden: %s", async (name) => {
  const folder = join(HERE, name);
  const question = readdirSync(folder).find((file) => ["report.yaml", "query.json"].includes(file)) ?? "report.yaml";
  const generate = JSON.parse(readFileSync(join(folder, "centre.json"), "utf8")) as { count: number; seed: number };
  const project = await openProject({ generate, files: { [question]: readFileSync(join(folder, question), "utf8") } });
  try {
    const plan = await project.callsheet(["explain", question, "--requests", "--json"]);
    expect(plan.exitCode, plan.err).toBe(0);
    expectGolden(join(folder, "explain.json"), plan.out);
    const out = join(project.folder, "out");
    const run = await project.callsheet(["run", question, "--out", out, "--json"]);
    expect(run.exitCode, run.err).toBe(0);
    for (const file of readdirSync(out).filter((entry) => entry !== "manifest.json")) {
      const extension = file.slice(file.lastIndexOf(".") + 1);
      expectGolden(join(folder, `expected.${extension}`), readFileSync(join(out, file), "utf8"));
    }
  } finally {
    await project.close();
  }
});

test("expectGolden() writes a missing file, refuses that in CI, and finds a difference", () => {
  const folder = mkdtempSync(join(tmpdir(), "callsheet-golden-"));
  const file = join(folder, "expected.csv");
  try {
    expect(() => expectGolden(file, "a\r\n", true)).toThrow("is missing. Run the test outside CI");
    expect(readdirSync(folder)).toEqual([]);
    expectGolden(file, "a\r\n", false);
    expectGolden(file, "a\r\n", true);
    expect(() => expectGolden(file, "b\r\n", false)).toThrow("differs from");
    expect(readFileSync(file, "utf8")).toBe("a\r\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
