/**
 * A run that was served by the local store and stopped: it goes on with the very days of its first try, asks for its own
 * gaps only, and for what the store has lost since. Nothing that was erased is taken from anywhere.
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serverError } from "../../simulator/faults/server-error.ts";
import { DETAILS_QUERY } from "../faults/details-report.ts";
import type { Project } from "../faults/start-project.ts";
import { conversation } from "../simulator/small-centre.ts";
import { CODE, DAY_MS, idOf, openStoredProject, runReport, type StoredRun } from "./stored-report.ts";

const CODES_BY_ATTRIBUTE = `report: codes
timeZone: UTC
interval: 2024-05-01T00:00:00Z/2024-05-05T00:00:00Z
groupBy: [conversation.attribute.tier]
measures: [conversation_count]
export: [csv]
`;

const TWO_DAYS = ["--interval", "2024-05-01T00:00:00Z/2024-05-03T00:00:00Z"];

/** More calls of 3 May than fit on a page, so that a run can stop between two. */
const MANY = Array.from({ length: 150 }, (_, nth) =>
  conversation({
    id: manyId(nth),
    start: new Date(Date.UTC(2024, 4, 3, 1, nth)).toISOString(),
    end: new Date(Date.UTC(2024, 4, 3, 1, nth + 1)).toISOString(),
  }),
);

function manyId(nth: number): string {
  return `0d000000-0000-4000-8000-${String(nth).padStart(12, "0")}`;
}

const NO_SECOND_PAGE = serverError({ path: DETAILS_QUERY, page: 2, status: 503, times: Number.POSITIVE_INFINITY });

/** 1 and 2 May are stored; a run of four days has stopped behind its first page. */
async function stopBehindStoredDays(): Promise<{ readonly project: Project; readonly runId: string }> {
  const project = await openStoredProject("2024-05-20", {}, MANY);
  await runReport(project, "codes", ...TWO_DAYS);
  project.simulator.faults.add(NO_SECOND_PAGE);
  const { exitCode, err } = await project.run(["run", "codes"]);
  const runId = / --resume (\S+)/.exec(err)?.[1] ?? "";
  expect([exitCode, runId]).toEqual([7, expect.stringMatching(/^codes-/)]);
  project.simulator.faults.clear();
  return { project, runId };
}

async function expectSameAsFresh(project: Project, resumed: StoredRun): Promise<void> {
  expect(resumed.manifest.completeness).toBe("complete");
  expect(resumed.csv).toBe((await runReport(project, "codes", "--fresh")).csv);
}

test("a resumed run is served the days of its first try, and asks for its own gaps, whatever was stored since", async () => {
  const { project, runId } = await stopBehindStoredDays();
  // The whole window is in the store by now: the run keeps to its plan, and to its pages.
  await runReport(project, "codes");
  const resumed = await runReport(project, "codes", "--resume", runId);
  expect([resumed.asked, resumed.manifest.source]).toEqual([["03", "04"], "local store and details_query"]);
  expect(resumed.manifest).toMatchObject({
    fromStore: { conversations: 8, days: [{}, {}] },
    counts: { unique: 166, duplicates: 0 },
  });
  await expectSameAsFresh(project, resumed);
});

test("what the store has lost since is asked for anew, and so is a page that held an erased conversation", async () => {
  const { project, runId } = await stopBehindStoredDays();
  const erased = await project.run(["store", "erase", idOf(1), manyId(3)]);
  expect(erased.out).toBe("1 of 2 conversations erased: 1 stored days written anew, 1 pages of stopped runs removed\n");
  const resumed = await runReport(project, "codes", "--resume", runId);
  expect(resumed.err).toContain(
    "Note: The local store no longer has what it served of 2024-05-01T00:00:00.000Z/2024-05-02T00:00:00.000Z: it is asked for anew\n",
  );
  expect([resumed.asked, resumed.manifest.fromStore?.conversations]).toEqual([["01", "03", "04"], 4]);
  await expectSameAsFresh(project, resumed);
});

test.each([
  ["--fresh", "", ["--fresh"], undefined],
  ["retention: off", "store: { retention: off }\n", [], undefined],
  ["a shorter retention", "store: { retention: 1h }\n", [], undefined],
])("a resumed run with %s asks for every day and ends the same", async (_name, config, options, fromStore) => {
  const { project, runId } = await stopBehindStoredDays();
  project.clock.advance(DAY_MS);
  writeFileSync(join(project.folder, "callsheet.yaml"), config);
  const resumed = await runReport(project, "codes", "--resume", runId, ...options);
  expect([resumed.asked, resumed.manifest.source]).toEqual([["01", "02", "03", "04"], "details_query"]);
  expect(resumed.manifest.fromStore).toEqual(fromStore);
  await expectSameAsFresh(project, resumed);
});

test("a run that began before there was a store is resumed without it", async () => {
  const project = await openStoredProject(
    "2024-05-20",
    { files: { "callsheet.yaml": "store: { retention: off }\n" } },
    MANY,
  );
  project.simulator.faults.add(NO_SECOND_PAGE);
  const runId = / --resume (\S+)/.exec((await project.run(["run", "codes"])).err)?.[1] ?? "";
  project.simulator.faults.clear();
  writeFileSync(join(project.folder, "callsheet.yaml"), "");
  const resumed = await runReport(project, "codes", "--resume", runId);
  await expectSameAsFresh(project, resumed);
  expect(resumed.manifest.settledUntil).toBeUndefined();
});

test("the command that goes on with a run repeats --fresh", async () => {
  const project = await openStoredProject("2024-05-20", { faults: [NO_SECOND_PAGE] }, MANY);
  const { err } = await project.run(["run", "codes", "--fresh"]);
  expect(err).toMatch(/callsheet run codes --fresh --resume codes-\S+\n/);
});

test("a run that goes on behind a later one is compared with that one", async () => {
  const { project, runId } = await stopBehindStoredDays();
  const later = await runReport(project, "codes");
  const resumed = await runReport(project, "codes", "--resume", runId);
  expect(resumed.manifest).toMatchObject({
    revision: 1,
    changes: { against: later.manifest.runId, rows: { added: 0, removed: 0, changed: 0 } },
  });
  expect((await project.run(["runs", "list"])).out.match(/revision 1/g)).toHaveLength(3);
  expect(later.csv).toContain(CODE);
});

test("a run at work is not erased from, and is named", async () => {
  const { project, runId } = await stopBehindStoredDays();
  const folder = join(project.folder, ".callsheet/runs", runId);
  const { takeLock } = await import("../../src/disk/run-lock.ts");
  const release = takeLock(join(folder, "lock"));
  const { out } = await project.run(["store", "erase", manyId(3)]);
  release?.();
  expect(out).toContain(`not erased from ${folder}, whose run is at work: erase again when it has ended\n`);
  expect(existsSync(join(folder, "pages"))).toBe(true);
  expect(readdirSync(join(folder, "pages"))).toHaveLength(1);
  expect((await project.run(["store", "erase", manyId(3)])).out).toContain("1 pages of stopped runs removed");
});

test("a run of jobs alone that asked for nothing begins anew when the store has lost its days", async () => {
  const project = await openStoredProject("2024-05-20", { files: { "reports/codes.yaml": CODES_BY_ATTRIBUTE } });
  const first = await runReport(project, "codes");
  const served = await runReport(project, "codes");
  expect([first.manifest.source, served.manifest.source, served.requests]).toEqual(["details_job", "local store", 0]);
  // As behind a kill before the end.
  const folder = join(project.folder, ".callsheet/runs", served.manifest.runId);
  rmSync(join(folder, "ended.json"));
  await project.run(["store", "erase", idOf(1)]);
  const { exitCode, err } = await project.run(["run", "codes", "--resume", served.manifest.runId]);
  expect([exitCode, err]).toEqual([
    3,
    expect.stringContaining(
      `error run.not_resumable: Cannot resume run ${served.manifest.runId}: the local store no longer holds the days that it was served`,
    ),
  ]);
});
