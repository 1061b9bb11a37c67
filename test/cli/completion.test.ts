// C16: what a shell offers when somebody types a tab. bash itself loads its script here and completes with it.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DECLARED_MEASURES } from "../../src/define/declared-measures.ts";
import { MEASURES } from "../../src/define/measure-catalogue.ts";
import { FIELDS } from "../../src/define/vocabulary.ts";
import { CALLS_REPORT, openProject, type Project } from "../support/run-report.ts";

let project: Project;
beforeAll(async () => {
  project = await openProject({
    files: { "reports/calls.yaml": CALLS_REPORT, "reports/calls-by-hour.json": "{}", "reports/other.yml": "" },
  });
});
afterAll(async () => {
  expect(project.simulator.requests).toEqual([]);
  await project.close();
});

async function offered(...words: string[]): Promise<string[]> {
  const { exitCode, out, err } = await project.callsheet(["complete", "--", ...words]);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
  return out.split("\n").slice(0, -1);
}

test("complete offers the commands that help lists, and their options", async () => {
  const { out } = await project.callsheet(["--help"]);
  const listed = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);

  expect(await offered("")).toEqual(listed.filter((name) => name !== "callsheet"));
  expect(await offered("ex")).toEqual(["explain"]);
  expect(await offered("explain", "--o")).toEqual(["--online"]);
  expect(await offered("run", "calls", "--dry")).toEqual(["--dry-run"]);
  expect(await offered("complete")).toEqual([]);
});

test("complete offers report names where a report is meant", async () => {
  for (const command of ["run", "explain", "check"])
    expect(await offered(command, "")).toEqual(["calls", "calls-by-hour", "other"]);
  expect(await offered("run", "calls-")).toEqual(["calls-by-hour"]);
  expect(await offered("simulate", "")).toEqual([]);
  project.write("callsheet.yaml", "genesys: [");
  expect(await offered("run", "")).toEqual([]);
});

test("complete offers every path and measure of the tables behind fields", async () => {
  expect(await offered("fields", "")).toEqual([
    ...[...FIELDS.keys()].map((path) => path.replace("<key>", "")),
    ...[...MEASURES.keys()].filter((name) => !DECLARED_MEASURES.has(name)),
    ...DECLARED_MEASURES.keys(),
  ]);
  expect(await offered("fields", "metric.tAl")).toEqual(["metric.tAlert"]);
});

test("completion prints a script for each shell, and refuses others with the list", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { exitCode, out } = await project.callsheet(["completion", shell]);
    expect(exitCode).toBe(0);
    expect(out).toContain("callsheet complete -- ");
  }
  expect(await offered("completion", "")).toEqual(["bash", "zsh", "fish"]);
  const { exitCode, err } = await project.callsheet(["completion", "tcsh"]);
  expect(err).toContain("Allowed choices are bash, zsh, fish.");
  expect(exitCode).toBe(2);
});

test("bash completes words with what callsheet offers, blanks and all", async () => {
  const { out: script } = await project.callsheet(["completion", "bash"]);
  const typed = `callsheet() { printf '%s\\n' "$@" "one word"; }
${script}
COMP_WORDS=(callsheet run "")
COMP_CWORD=2
_callsheet
printf '<%s>' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)("bash", ["--norc", "-c", typed]);

  expect(stdout).toBe("<complete><--><run><><one word>");
});
