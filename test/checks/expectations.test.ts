// What a report expects of its result: what is met, what warns, and what keeps files from everybody.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { configWithArchive, openProject, type Outcome, type Project } from "../support/run-report.ts";
import { createTestClock } from "../support/test-clock.ts";

let project: Project;
beforeEach(async () => {
  project = await openProject({ objectStore: true, files: { "callsheet.yaml": configWithArchive() } });
});
afterEach(async () => await project.close());

function reportWith(expectations: readonly string[], shape = GROUPED, more = ""): string {
  return `report: calls
timeZone: UTC
interval: 2024-03-01/2024-04-01
${shape}
${more}export: [csv, html]
expect:
${expectations.map((line) => `  - ${line}\n`).join("")}`;
}

const GROUPED = `groupBy: [conversation.media.type, agent.name]
measures: [conversation_count, offered, answered, talk_seconds, abandon_rate]`;

const DETAIL = `rows: leg
columns: [conversation.start, agent.name, agent.talk.seconds, wrapup.name]`;

async function run(report: string, ...args: readonly string[]): Promise<Outcome> {
  project.write("calls.yaml", report);
  return await project.callsheet(["run", "calls.yaml", ...args], { clock: createTestClock() });
}

/** As much of a manifest, or of `runs show`, as is looked at here. */
interface Told {
  readonly runId: string;
  readonly state?: string;
  readonly completeness: string;
  readonly findings: readonly { readonly code: string; readonly message: string }[];
  readonly checks?: readonly { readonly check: string; readonly result: string; readonly found: string }[];
  readonly deliveries: readonly unknown[];
}

function readTold(text: string): Told {
  return JSON.parse(text) as Told;
}

function runId(err: string): string {
  return /runs show (\S+)`/.exec(err)?.[1] ?? "";
}

/** Everything that has been delivered. */
function delivered(): string[] {
  return project.objectStore?.buckets.get("genesys-analytics-reports").keys() ?? [];
}

test("an expectation that is met is told, and changes nothing", async () => {
  const report = reportWith([
    "{ check: rows_between, min: 142, max: 142 }",
    "{ check: not_null, column: conversation.media.type }",
    "{ check: sum_equals, columns: [answered], equals: 149 }",
    "{ check: sum_equals, columns: [talk_seconds], equals: 283116.05 }",
    "{ check: fresher_than, age: 50d }",
  ]);
  const { exitCode, out } = await run(report);
  expect(exitCode).toBe(0);
  expect(out.split("\n").filter((line) => line.startsWith("check"))).toEqual([
    "check  ok  at least 142 and at most 142 rows; there are 142",
    "check  ok  conversation.media.type is not null; every row has a value",
    "check  ok  answered equals 149; 149 against 149",
    "check  ok  talk_seconds equals 283,116.05; 283,116.05 against 283,116.05",
    "check  ok  the data are fresher than 50d; they end 1,188 h 0 min before the run began",
  ]);
  expect(out).not.toContain("Check not passed");
});

test("rows of totals and of others are none that a report could lack a value in, or have too many of", async () => {
  const marked = "totals: true\nsubtotals: conversation.media.type\ntop: { by: conversation_count, count: 20 }\n";
  const report = reportWith(
    ["{ check: rows_between, min: 20, max: 20 }", "{ check: not_null, column: conversation.media.type }"],
    GROUPED,
    marked,
  );
  const { out } = await run(report, "--json");
  expect(readTold(out).checks?.map(({ result, found }) => [result, found])).toEqual([
    ["pass", "there are 20"],
    ["pass", "every row has a value"],
  ]);
});

test("one that warns is found in manifest, page and terminal, and the files are handed out", async () => {
  const report = reportWith([
    "{ check: rows_between, max: 100, action: warn }",
    "{ check: not_null, column: agent.name, action: warn }",
    "{ check: sum_equals, columns: [answered, conversation_count], equals: offered, action: warn }",
    "{ check: fresher_than, age: 1188h, action: warn }",
  ]);
  const { exitCode, out } = await run(report, "--out", "out", "--json");
  expect(exitCode).toBe(0);
  const found = [
    ["at most 100 rows", "there are 142"],
    ["agent.name is not null", "4 of 142 rows have none"],
    ["answered + conversation_count equals offered", "349 against 170"],
    ["the data are fresher than 1188h", "they end 1,188 h 0 min before the run began"],
  ] as const;
  const checks = found.map(([check, words]) => ({ check, action: "warn", result: "fail", found: words }));
  expect(readTold(out).checks).toEqual(checks);
  const manifest = readTold(project.read("out/manifest.json"));
  expect(manifest.checks).toEqual(checks);
  const messages = found.map(([check, words]) => `Check not passed (a warning): ${check}; ${words}.`);
  expect(manifest.findings.filter(({ code }) => code === "check_failed").map(({ message }) => message)).toEqual(
    messages,
  );
  for (const message of messages) expect(project.read("out/calls.html")).toContain(message);

  // Links do not live by a clock of tests.
  project.write("calls.yaml", `${report}deliver: [archive]\n`);
  const shown = await project.callsheet(["run", "calls.yaml"]);
  expect(shown.out).toContain("\ncheck  failed (warn)  at most 100 rows; there are 142\n");
  // Both files, and the seal that names them.
  expect(delivered()).toHaveLength(3);
});

test("run.check_failed: one that blocks leaves the files in the run's folder and hands out nothing", async () => {
  const report = reportWith(
    ["{ check: not_null, column: wrapup.name }", "{ check: sum_equals, columns: [agent.talk.seconds], equals: 5 }"],
    DETAIL,
    "deliver: [archive]\n",
  );
  const { exitCode, out, err } = await run(report, "--out", "out");
  expect([exitCode, out]).toEqual([8, ""]);
  expect(err).toContain(`error run.check_failed: Report calls is not as its "expect" says:
  - wrapup.name is not null; 58 of 210 rows have none
  - agent.talk.seconds equals 5; 283,116.045 against 5
  Nothing was delivered or published. The files are in ${project.folder}`);
  expect(delivered()).toEqual([]);
  expect(project.files().filter((name) => name.startsWith("out/"))).toEqual([]);

  const folder = `.callsheet/runs/${runId(err)}`;
  expect(existsSync(join(project.folder, folder, "artifacts/calls.csv"))).toBe(true);
  expect(project.read(`${folder}/artifacts/calls.html`)).toContain(
    "Check not passed (nothing is handed out): wrapup.name is not null; 58 of 210 rows have none.",
  );
  expect(readTold(project.read(`${folder}/manifest.json`)).deliveries).toEqual([]);
  const told = readTold((await project.callsheet(["runs", "show", runId(err), "--json"])).out);
  expect(told).toMatchObject({ state: "failed", code: "run.check_failed", deliveries: [] });
  expect(told.checks?.map(({ result }) => result)).toEqual(["fail", "fail"]);
  const shown = await project.callsheet(["runs", "show", runId(err)]);
  expect(shown.out).toContain("\ncheck          failed (block)  wrapup.name is not null; 58 of 210 rows have none\n");
});

describe("difference_under", () => {
  const report = reportWith(["{ check: difference_under, column: conversation_count, percent: 50 }"]);
  const day = async (date: string, clock = createTestClock()): Promise<Outcome> => {
    project.write("calls.yaml", report);
    return await project.callsheet(["run", "calls.yaml", "--interval", date], { clock });
  };
  const check = ({ out }: Outcome): string | undefined => out.split("\n").find((line) => line.startsWith("check"));

  test("the first run has nothing to be held against; later ones have the last that ended well", async () => {
    const words = "conversation_count differs from the last run by less than 50 %";
    expect(check(await day("2024-03-04/2024-03-05"))).toBe(
      `check  unknown  ${words}; there is no complete run of such a window to compare with`,
    );
    const second = await day("2024-03-05/2024-03-06", createTestClock(Date.UTC(2024, 4, 21)));
    expect(check(second)).toMatch(new RegExp(`^check {2}ok {2}${words}; \\d+ against \\d+ in calls-20240520T120000Z-`));
    // A Sunday: hardly anybody calls.
    const third = await day("2024-03-10/2024-03-11", createTestClock(Date.UTC(2024, 4, 22)));
    expect([third.exitCode, third.err]).toEqual([8, expect.stringMatching(/against \d+ in calls-20240521T000000Z-/)]);
    // What was blocked is no measure, or the second try would always pass.
    const again = await day("2024-03-10/2024-03-11", createTestClock(Date.UTC(2024, 4, 23)));
    expect([again.exitCode, again.err]).toEqual([8, expect.stringMatching(/against \d+ in calls-20240521T000000Z-/)]);
  });

  test("neither a provisional run nor one of another length is a measure", async () => {
    const month = await day("2024-03-01/2024-04-01");
    expect(month.exitCode).toBe(0);
    const early = await day("2024-03-04/2024-03-05", createTestClock(Date.UTC(2024, 2, 4, 12)));
    expect(early.out).toContain("provisional");
    expect(check(await day("2024-03-04/2024-03-05"))).toMatch(/^check {2}unknown /);
  });
});
