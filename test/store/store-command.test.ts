/** `callsheet store`: what lies on the disk, and how it goes from there. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Project } from "../faults/start-project.ts";
import { DAY_MS, idOf, openStoredProject, runReport, storedFiles } from "./stored-report.ts";

/** Every file below the state folder in which a text stands, other than finished reports. */
function filesWith({ folder }: Project, text: string): string[] {
  return readdirSync(join(folder, ".callsheet"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => readFileSync(path).includes(text));
}

test("store list tells what is kept, from when, and how much", async () => {
  const project = await openStoredProject("2024-05-20");
  expect(await project.run(["store", "list"])).toMatchObject({ exitCode: 0, out: "nothing is stored\n" });
  await runReport(project, "codes");
  await runReport(project, "answers", "--fresh");
  const { out } = await project.run(["store", "list"]);
  expect(out).toContain("mediaType voice");
  const json: unknown = JSON.parse((await project.run(["store", "list", "--json"])).out);
  expect(json).toEqual(
    expect.arrayContaining([
      {
        folder: expect.stringMatching(/^[0-9a-f]{16}\/[0-9a-f]{16}$/) as string,
        filter: "none",
        keeps: expect.stringMatching(/^\d+ metrics$/) as string,
        from: "2024-05-01T00:00:00.000Z",
        to: "2024-05-05T00:00:00.000Z",
        days: 4,
        conversations: 16,
        bytes: expect.any(Number) as number,
        fetched: "2024-05-20T12:00:00.000Z",
      },
    ]),
  );
  expect(json).toHaveLength(2);
});

test("store erase removes a conversation from every stored day, and the next report is without it", async () => {
  const project = await openStoredProject("2024-05-20");
  await runReport(project, "codes");
  await runReport(project, "answers", "--fresh");
  const before = storedFiles(project);
  const erased = await project.run(["store", "erase", idOf(5), "00000000-0000-4000-8000-000000000000"]);
  expect(erased).toMatchObject({
    exitCode: 0,
    err: "",
    out: "1 of 2 conversations erased: 2 stored days written anew, 0 pages of stopped runs removed\n",
  });
  expect([storedFiles(project).length, storedFiles(project).filter((name) => !before.includes(name)).length]).toEqual([
    before.length,
    2,
  ]);
  const again = await runReport(project, "codes");
  expect([again.requests, again.manifest.counts.unique, again.manifest.fromStore?.conversations]).toEqual([0, 15, 15]);
  expect(again.manifest.changes?.rows).toEqual({ added: 0, removed: 0, changed: 1 });
  expect((await project.run(["store", "erase", idOf(5)])).out).toContain("0 of 1 conversations erased: 0 stored days");
});

test("store erase removes pages of stopped runs, and names the files that it leaves", async () => {
  const detail = `report: detail
timeZone: UTC
interval: 2024-05-02T00:00:00Z/2024-05-03T00:00:00Z
rows: conversation
columns: [conversation.id]
export: [csv]
`;
  const project = await openStoredProject("2024-05-20", { files: { "reports/detail.yaml": detail } });
  const { runId } = (await runReport(project, "detail")).manifest;
  const stopped = join(project.folder, ".callsheet/runs/detail-20240520T120000Z-ffffff");
  mkdirSync(join(stopped, "pages/slice"), { recursive: true });
  mkdirSync(join(stopped, "scratch"));
  writeFileSync(join(stopped, "scratch/spill"), idOf(5));
  // Longer than a piece that is read at once, with the id across the border of two.
  const filling = "x".repeat(65_536 - 10);
  writeFileSync(join(stopped, "pages/slice/00001.ndjson"), `${filling}${idOf(5)}`);
  writeFileSync(join(stopped, "pages/slice/00002.ndjson"), idOf(6));
  const { out } = await project.run(["store", "erase", idOf(5)]);
  const artifacts = join(project.folder, ".callsheet/runs", runId, "artifacts");
  expect(out).toBe(`1 of 1 conversations erased: 1 stored days written anew, 1 pages of stopped runs removed
still named in ${join(artifacts, "detail.csv")}
still named in ${join(artifacts, "detail.json")}
`);
  expect(filesWith(project, idOf(5))).toEqual([join(artifacts, "detail.csv"), join(artifacts, "detail.json")]);
  expect(filesWith(project, idOf(6))).toContain(join(stopped, "pages/slice/00002.ndjson"));
});

test("store erase removes a damaged day: nobody can say what is in it", async () => {
  const project = await openStoredProject("2024-05-20");
  await runReport(project, "codes");
  const [first = ""] = storedFiles(project);
  writeFileSync(join(project.folder, first), "PAR1");
  const { exitCode, out } = await project.run(["store", "erase", idOf(5), "--json"]);
  expect([exitCode, JSON.parse(out)]).toEqual([
    0,
    { found: [idOf(5)], days: 1, damaged: 1, pages: 0, stillNamed: [], running: [] },
  ]);
  expect((await runReport(project, "codes")).asked).toEqual(["01"]);
});

test("store erase refuses what is no conversation id, before it touches a file", async () => {
  const project = await openStoredProject("2024-05-20");
  await runReport(project, "codes");
  const before = storedFiles(project);
  const { exitCode, err } = await project.run(["store", "erase", idOf(5), "x' OR '1'='1"]);
  expect([exitCode, storedFiles(project)]).toEqual([3, before]);
  expect(err).toContain(`error config.invalid: Cannot erase "x' OR '1'='1": it is no conversation id`);
  const many = Array.from({ length: 1001 }, (_, nth) => idOf(nth));
  expect((await project.run(["store", "erase", ...many])).err).toContain("Cannot erase 1001 conversations at once");
});

test("store prune removes what is too old; with retention off, everything", async () => {
  const project = await openStoredProject("2024-05-20");
  await runReport(project, "answers");
  project.clock.advance(80 * DAY_MS);
  await runReport(project, "codes");
  project.clock.advance(20 * DAY_MS);
  expect(await project.run(["store", "prune"])).toMatchObject({
    exitCode: 0,
    out: "2 stored days removed, 8 conversations\n",
  });
  expect(storedFiles(project)).toHaveLength(4);
  writeFileSync(join(project.folder, "callsheet.yaml"), "store: { retention: off }\n");
  expect((await project.run(["store", "prune", "--json"])).out).toBe('{\n  "days": 4,\n  "conversations": 16\n}\n');
  expect(readdirSync(join(project.folder, ".callsheet/conversations"), { recursive: true })).toHaveLength(1);
});

test.each([
  ["settling: soon", 'Cannot use settling "soon"'],
  ["store: { retention: 0.5d }", 'Cannot use store.retention "0.5d"'],
  ["store: { retention: 99999d }", 'Cannot use store.retention "99999d"'],
  ["store: { retenton: 90d }", 'Did you mean "retention"?'],
])("a configuration with %s is refused with the way to mend it", async (text, message) => {
  const project = await openStoredProject("2024-05-20", { files: { "callsheet.yaml": `${text}\n` } });
  const { exitCode, err } = await project.run(["store", "list"]);
  expect([exitCode, err]).toEqual([3, expect.stringContaining(message)]);
});
