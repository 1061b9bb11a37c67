/** What the service changes after a run: a new revision, with the difference named, and nothing when nothing changed. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Fault } from "../../simulator/faults/fault.ts";
import { goneConversations, lateConversations, lateWrapUpCodes } from "../../simulator/faults/late-changes.ts";
import type { Manifest } from "../../src/domain/artifact.ts";
import type { Project } from "../faults/start-project.ts";
import { CODE, DAY_MS, idOf, openStoredProject, runReport } from "./stored-report.ts";

/** The report runs at noon of 5 May, and again two days later. */
const RUN_DAY = "2024-05-05";
const CHANGE_AT = Date.UTC(2024, 4, 6);

async function openProject(...faults: readonly Fault[]): Promise<Project> {
  return await openStoredProject(RUN_DAY, { faults });
}

test("R-30: a wrap-up code that comes two days later makes revision 2, and the difference is named", async () => {
  const late = idOf(13);
  const project = await openProject(lateWrapUpCodes({ conversationIds: [late], until: CHANGE_AT }));
  // One code a day would hide the change: this conversation is the report's only one.
  const interval = ["--interval", "2024-05-04T06:00:00Z/2024-05-04T12:00:00Z"];
  const first = await runReport(project, "codes", ...interval);
  project.clock.advance(2 * DAY_MS);
  const second = await runReport(project, "codes", ...interval);

  expect([first.csv, second.csv]).toEqual([
    expect.stringContaining("2024-05-04,1,,540"),
    expect.stringContaining(`2024-05-04,1,${CODE},540`),
  ]);
  expect([first.manifest.revision, first.manifest.changes]).toEqual([1, undefined]);
  expect(second.manifest).toMatchObject({
    revision: 2,
    changes: {
      against: first.manifest.runId,
      rows: { added: 0, removed: 0, changed: 1 },
      list: [
        {
          kind: "changed",
          key: { "time.day": "2024-05-04" },
          cells: [{ column: "unique_wrapup_codes", before: [], after: [CODE] }],
        },
      ],
    },
    conversationChanges: { added: 0, removed: 0, changed: 1, since: "2024-05-05T12:00:00.000Z" },
  });
  expect(second.out).toContain(
    `revision 2: 1 changed rows since ${first.manifest.runId} (callsheet runs diff ${second.manifest.runId})`,
  );
  expect(second.out).toContain("since 2024-05-05T12:00:00.000Z: 1 changed among the conversations asked for again");

  const diff = await project.run(["runs", "diff", second.manifest.runId]);
  expect([diff.exitCode, diff.err]).toEqual([0, ""]);
  expect(diff.out.replaceAll(/ +/g, " ")).toContain(`changed 2024-05-04 unique_wrapup_codes ${CODE}`);
  const json = await project.run(["runs", "diff", first.manifest.runId, second.manifest.runId, "--json"]);
  expect(JSON.parse(json.out)).toEqual({
    before: { runId: first.manifest.runId, revision: 1 },
    after: { runId: second.manifest.runId, revision: 2 },
    rows: { added: 0, removed: 0, changed: 1 },
    changes: second.manifest.changes?.list,
  });
});

test("C11, R-30: conversations that come late or go away are counted, and so are the rows that they change", async () => {
  const project = await openProject(
    lateConversations({ conversationIds: [idOf(12), idOf(13)], until: CHANGE_AT }),
    goneConversations({ conversationIds: [idOf(15)], until: CHANGE_AT }),
  );
  const first = await runReport(project, "codes");
  project.clock.advance(2 * DAY_MS);
  const second = await runReport(project, "codes");
  expect([first.manifest.counts.unique, second.manifest.counts.unique]).toEqual([14, 15]);
  expect(second.manifest).toMatchObject({
    revision: 2,
    changes: {
      rows: { added: 0, removed: 0, changed: 1 },
      list: [
        {
          key: { "time.day": "2024-05-04" },
          cells: [
            { before: 2, after: 3 },
            { before: 1080, after: 1620 },
          ],
        },
      ],
    },
    conversationChanges: { added: 2, removed: 1, changed: 0 },
  });
});

test("when nothing changed the revision stays, and the run says so", async () => {
  const project = await openProject();
  const first = await runReport(project, "codes");
  project.clock.advance(2 * DAY_MS);
  const second = await runReport(project, "codes");
  expect(second.manifest).toMatchObject({
    revision: 1,
    changes: { against: first.manifest.runId, rows: { added: 0, removed: 0, changed: 0 }, list: [] },
    conversationChanges: { added: 0, removed: 0, changed: 0 },
  });
  expect(second.out).toContain(`revision 1: no row changed since ${first.manifest.runId}`);
  const diff = await project.run(["runs", "diff", first.manifest.runId, second.manifest.runId]);
  expect(diff).toMatchObject({ exitCode: 0, out: expect.stringContaining("no row changed from revision 1") as string });
});

test("another window and another definition begin at revision 1", async () => {
  const project = await openProject();
  await runReport(project, "codes");
  const other = await runReport(project, "codes", "--interval", "2024-05-01T00:00:00Z/2024-05-03T00:00:00Z");
  const path = join(project.folder, "reports/codes.yaml");
  writeFileSync(path, readFileSync(path, "utf8").replace(", handle_seconds", ""));
  const changed = await runReport(project, "codes");
  expect([other, changed].map(({ manifest: { revision, changes } }) => [revision, changes])).toEqual([
    [1, undefined],
    [1, undefined],
  ]);
});

test("a row that came and a row that went are named", async () => {
  const project = await openProject(
    lateConversations({ conversationIds: [idOf(12), idOf(13), idOf(14), idOf(15)], until: CHANGE_AT }),
    goneConversations({ conversationIds: [idOf(8), idOf(9), idOf(10), idOf(11)], until: CHANGE_AT }),
  );
  await runReport(project, "codes");
  project.clock.advance(2 * DAY_MS);
  // 3 May is read again too: it was over for less than three days when it was fetched.
  const { manifest } = await runReport(project, "codes");
  expect(manifest.changes?.rows).toEqual({ added: 1, removed: 1, changed: 0 });
  const { out } = await project.run(["runs", "diff", manifest.runId]);
  const plain = out.replaceAll(/ +/g, " ");
  expect(plain).toContain("added 2024-05-04 conversation_count – 4");
  expect(plain).toContain("removed 2024-05-03 conversation_count 4 –");
});

test("a detail report is compared conversation by conversation", async () => {
  const detail = `report: codes
timeZone: UTC
interval: 2024-05-04T00:00:00Z/2024-05-05T00:00:00Z
rows: leg
columns: [conversation.id, wrapup.code]
export: [csv]
`;
  const faults = [lateWrapUpCodes({ conversationIds: [idOf(14)], until: CHANGE_AT })];
  const project = await openStoredProject(RUN_DAY, { faults, files: { "reports/codes.yaml": detail } });
  await runReport(project, "codes");
  project.clock.advance(2 * DAY_MS);
  const { manifest } = await runReport(project, "codes");
  expect(manifest.changes?.list).toEqual([
    expect.objectContaining({ kind: "changed", key: { "conversation.id": idOf(14) } }),
  ]);
});

test("runs diff says what is wrong: no such run, no revision before, two windows, other columns, a damaged file", async () => {
  const project = await openProject();
  const first = (await runReport(project, "codes")).manifest;
  const other = (await runReport(project, "codes", "--interval", "2024-05-01T00:00:00Z/2024-05-03T00:00:00Z")).manifest;
  const answers = (await runReport(project, "answers", "--interval", "2024-05-01T00:00:00Z/2024-05-05T00:00:00Z"))
    .manifest;
  const diff = async (...runs: readonly string[]): Promise<readonly [number, string]> => {
    const { exitCode, out, err } = await project.run(["runs", "diff", ...runs]);
    expect(out).toBe("");
    return [exitCode, err];
  };
  expect(await diff("codes-x")).toEqual([3, expect.stringContaining('There is no finished run "codes-x"')]);
  expect(await diff("../codes")).toEqual([3, expect.stringContaining("There is no finished run")]);
  expect(await diff(first.runId)).toEqual([3, expect.stringContaining("is revision 1: there is none before it")]);
  expect(await diff(first.runId, other.runId)).toEqual([3, expect.stringContaining("runs of two windows")]);
  expect(await diff(first.runId, answers.runId)).toEqual([3, expect.stringContaining("other columns")]);
  const again: Manifest = (await runReport(project, "codes")).manifest;
  writeFileSync(join(project.folder, ".callsheet/runs", again.runId, "artifacts/codes.json"), "[]");
  expect(await diff(first.runId, again.runId)).toEqual([
    9,
    expect.stringContaining("no longer holds what was written"),
  ]);
});
