/** The local store over whole runs: what it serves, what it does not, and that a report cannot tell the difference. */
import { createHash } from "node:crypto";
import { appendFileSync, copyFileSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { Fault } from "../../simulator/faults/fault.ts";
import { hitsChange } from "../../simulator/faults/moving-rows.ts";
import { wrongShape } from "../../simulator/faults/spoiled-body.ts";
import type { Project } from "../faults/start-project.ts";
import { conversation, entity } from "../simulator/small-centre.ts";
import { ANSWERS_REPORT, DAY_MS, openStoredProject, QUEUE, runReport, storedFiles } from "./stored-report.ts";

test("a settled window that was fetched once is served without any request, to the byte", async () => {
  const project = await openStoredProject("2024-05-20");
  const first = await runReport(project, "codes");
  const again = await runReport(project, "codes");
  expect([first.asked, again.requests]).toEqual([["01", "02", "03", "04"], 0]);
  expect(again.csv).toBe(first.csv);
  expect(again.manifest).toMatchObject({
    completeness: "complete",
    source: "local store",
    fromStore: { conversations: 16, requestsSaved: 1 },
    slices: [],
    counts: { requests: 0, unique: 16 },
    settledUntil: "2024-05-05T00:00:00.000Z",
  });
  expect(again.manifest.fromStore?.days[1]).toEqual({
    interval: "2024-05-02T00:00:00.000Z/2024-05-03T00:00:00.000Z",
    fetchedAt: "2024-05-20T12:00:00.000Z",
  });
  expect(again.out).toContain(
    "from store, fetched at 2024-05-20T12:00:00.000Z: 4 days, 16 conversations; 1 request saved (--fresh asks anew)",
  );
});

test("another report of the same window, with a filter and other measures, is served too", async () => {
  const project = await openStoredProject("2024-05-20");
  await runReport(project, "codes");
  const served = await runReport(project, "answers");
  const asked = await runReport(project, "answers", "--fresh");
  expect([served.requests > 0, asked.asked]).toEqual([false, ["02", "03"]]);
  expect(served.csv).toBe(asked.csv);
  expect(served.manifest).toMatchObject({ fromStore: { conversations: 8 } });
});

test("what was asked with a filter does not answer a report without it", async () => {
  const project = await openStoredProject("2024-05-20");
  await runReport(project, "answers");
  expect((await runReport(project, "codes")).asked).toEqual(["01", "02", "03", "04"]);
  expect((await runReport(project, "answers")).asked).toEqual([]);
});

test("a report that needs more of each conversation asks for it once", async () => {
  const project = await openStoredProject("2024-05-20");
  await runReport(project, "codes");
  const segments = ANSWERS_REPORT.replace(
    /filter:.*asa_seconds\]/s,
    "rows: segment\ncolumns: [conversation.id, segment.type]",
  );
  writeFileSync(join(project.folder, "reports/answers.yaml"), segments);
  expect((await runReport(project, "answers")).asked).toEqual(["02", "03"]);
  expect((await runReport(project, "answers")).requests).toBe(0);
});

test("R-30: days that are not settled are read again, the others are not", async () => {
  const project = await openStoredProject("2024-05-06");
  await runReport(project, "codes");
  const again = await runReport(project, "codes");
  expect(again.asked).toEqual(["03", "04"]);
  expect(again.manifest).toMatchObject({
    source: "local store and details_query",
    settledUntil: "2024-05-03T00:00:00.000Z",
    conversationChanges: { added: 0, removed: 0, changed: 0, since: "2024-05-06T12:00:00.000Z" },
  });
  // What was fetched while it could still change is never served, however old it has become.
  project.clock.advance(14 * DAY_MS);
  expect((await runReport(project, "codes")).asked).toEqual(["03", "04"]);
  expect((await runReport(project, "codes")).asked).toEqual([]);
});

test("R-30: settling in callsheet.yaml says how long days are read again", async () => {
  const project = await openStoredProject("2024-05-06", { files: { "callsheet.yaml": "settling: 36h\n" } });
  await runReport(project, "codes");
  expect((await runReport(project, "codes")).asked).toEqual([]);
});

test("R-30: a conversation in progress keeps its day unsettled for thirty days", async () => {
  const open = conversation({ start: "2024-05-02T09:00:00.000Z" });
  const project = await openStoredProject("2024-05-20", {}, [open]);
  await runReport(project, "codes");
  expect((await runReport(project, "codes")).asked).toEqual(["02"]);
  project.clock.advance(20 * DAY_MS);
  await runReport(project, "codes");
  expect((await runReport(project, "codes")).asked).toEqual([]);
});

test("R-29: a window whose last minute is not over is provisional, and that day is not kept", async () => {
  const project = await openStoredProject("2024-05-20", {
    files: { "callsheet.yaml": "settling: 0h\n" },
  });
  const interval = ["--interval", "2024-05-19T00:00:00Z/2024-05-20T12:00:00Z"];
  const run = await runReport(project, "codes", ...interval);
  expect(run.manifest).toMatchObject({
    completeness: "provisional",
    reasons: ["the window was not over, or only just over, when the data were asked for"],
    dataUntil: "2024-05-20T12:00:00.000Z",
  });
  expect((await runReport(project, "codes", ...interval)).asked).toEqual(["20"]);
});

test("R-29: a day of which fewer conversations came than the service counts is provisional, and not kept", async () => {
  const short = hitsChange({ nth: 1, times: 2, by: 1 });
  const project = await openStoredProject("2024-05-20", { faults: [short] });
  const interval = ["--interval", "2024-05-01T00:00:00Z/2024-05-02T00:00:00Z"];
  const first = await runReport(project, "codes", ...interval);
  expect([first.manifest.completeness, storedFiles(project)]).toEqual(["provisional", []]);
  const again = await runReport(project, "codes", ...interval);
  expect([again.asked, again.manifest.completeness]).toEqual([["01"], "complete"]);
  expect(storedFiles(project)).toHaveLength(1);
});

test("explain says what the store serves, before and instead of a request", async () => {
  const project = await openStoredProject("2024-05-06");
  expect((await project.run(["explain", "codes"])).out).not.toContain("from store");
  await runReport(project, "codes");
  const before = project.simulator.requests.length;
  const { out } = await project.run(["explain", "codes"]);
  expect(out).toContain(
    "source       local store and details_query: the store holds the other days, settled; the window is short\n",
  );
  expect(out).toContain(
    "from store   2 days, fetched at 2024-05-06T12:00:00.000Z: 8 conversations, 1 request saved; --fresh asks anew\n",
  );
  expect(out).toContain("slices       1 query");
  expect((await project.run(["explain", "codes", "--fresh"])).out).toContain("slices       1 query");
  expect(JSON.parse((await project.run(["run", "codes", "--dry-run", "--json"])).out)).toMatchObject({
    fromStore: { conversations: 8, requestsSaved: 1 },
    requests: { atLeast: 1 },
  });
  expect(project.simulator.requests).toHaveLength(before);
  expect((await project.run(["explain", "codes", "--online"])).out).toContain(
    "2 expected: the service counts 8 conversations",
  );
});

test("windows of two time zones share what they have in common", async () => {
  const project = await openStoredProject("2024-05-20");
  const dublin = ["--interval", "2024-05-01T23:00:00Z/2024-05-03T23:00:00Z"];
  const first = await runReport(project, "codes", ...dublin);
  expect(first.asked).toEqual(["01", "02", "03"]);
  expect((await runReport(project, "codes", ...dublin)).requests).toBe(0);
  const utc = await runReport(project, "codes", "--interval", "2024-05-02T00:00:00Z/2024-05-04T00:00:00Z");
  expect([utc.asked, utc.manifest.fromStore?.conversations]).toEqual([["03"], 8]);
});

test("what a job brings of a stored day is left to the store: from the store alone the report is the same", async () => {
  const overMidnight = conversation({ start: "2024-05-02T23:50:00.000Z", end: "2024-05-03T00:20:00.000Z" });
  const project = await openStoredProject("2024-05-20", {}, [overMidnight]);
  await runReport(project, "codes", "--interval", "2024-05-02T00:00:00Z/2024-05-03T00:00:00Z");
  writeFileSync(
    join(project.folder, "reports/answers.yaml"),
    `${ANSWERS_REPORT}source: details_job\n`.replace(/filter:.*voice \}\n/s, ""),
  );
  const both = await runReport(project, "answers");
  expect(both.manifest).toMatchObject({
    source: "local store and details_job",
    counts: { received: 5, unique: 9, outsideWindow: 1, duplicates: 0 },
    fromStore: { conversations: 5 },
  });
  expect(await runReport(project, "answers")).toMatchObject({ requests: 0, csv: both.csv });
});

test("--fresh asks for every day and puts it in the place of what was stored", async () => {
  const project = await openStoredProject("2024-05-20");
  await runReport(project, "codes");
  const before = storedFiles(project);
  project.clock.advance(DAY_MS);
  const fresh = await runReport(project, "codes", "--fresh");
  expect([fresh.asked, fresh.manifest.fromStore]).toEqual([["01", "02", "03", "04"], undefined]);
  expect(storedFiles(project)).toHaveLength(before.length);
  expect(storedFiles(project)).not.toEqual(before);
  expect((await runReport(project, "codes")).manifest.fromStore?.days[0]?.fetchedAt).toBe("2024-05-21T12:00:00.000Z");
});

test("a comparison with the service's aggregates reads everything from the service", async () => {
  const project = await openStoredProject("2024-05-20");
  await runReport(project, "codes");
  const compared = await runReport(project, "codes", "--reconcile");
  expect(compared.asked).toEqual(expect.arrayContaining(["01", "02", "03", "04"]));
  expect(compared.manifest.fromStore).toBeUndefined();
});

test("a damaged file is refused with a notice, and its day is asked for anew", async () => {
  const project = await openStoredProject("2024-05-20");
  const first = await runReport(project, "codes");
  const [, second = ""] = storedFiles(project);
  appendFileSync(join(project.folder, second), "x");
  const again = await runReport(project, "codes");
  expect([again.asked, again.csv]).toEqual([["02"], first.csv]);
  expect(again.err).toContain(`${basename(second)} no longer holds what was stored in it: its day is asked for anew`);
  expect(await runReport(project, "codes")).toMatchObject({ requests: 0, err: "" });
});

test("foreign files in the store are neither read nor touched", async () => {
  const project = await openStoredProject("2024-05-20");
  await runReport(project, "codes");
  const [first = ""] = storedFiles(project);
  const folder = join(project.folder, dirname(first));
  copyFileSync(join(project.folder, first), join(folder, "2024-05-01.parquet"));
  writeFileSync(join(folder, "notes.txt"), "mine");
  writeFileSync(join(dirname(folder), "notes.txt"), "mine");
  expect((await runReport(project, "codes")).requests).toBe(0);
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(["2024-05-01.parquet", "notes.txt", "question.json"]));
});

test("two runs at once share one store, and both are right", async () => {
  const project = await openStoredProject("2024-05-20");
  const run = async (out: string): Promise<number> =>
    (await project.run(["run", "codes", "--out", join(project.folder, out)])).exitCode;
  expect(await Promise.all([run("a"), run("b")])).toEqual([0, 0]);
  expect(await runReport(project, "codes")).toMatchObject({ requests: 0, err: "" });
});

test("another OAuth client is not served: it may see other divisions", async () => {
  const clients = ["first", "second"].map((id) => ({
    id,
    secret: "s",
    permissions: ["analytics:conversationDetail:view"],
  }));
  const env = { GENESYSCLOUD_OAUTHCLIENT_ID: undefined, GENESYSCLOUD_OAUTHCLIENT_SECRET: "s" };
  const files = { "callsheet.yaml": "genesys: { clientId: first }\n" };
  const project = await openStoredProject("2024-05-20", { clients, env, files });
  await runReport(project, "codes");
  writeFileSync(join(project.folder, "callsheet.yaml"), "genesys: { clientId: second }\n");
  expect((await runReport(project, "codes")).asked).toEqual(["01", "02", "03", "04"]);
});

test("retention: off keeps nothing", async () => {
  const files = { "callsheet.yaml": "store: { retention: off }\n" };
  const project = await openStoredProject("2024-05-20", { files });
  await runReport(project, "codes");
  expect([storedFiles(project), (await runReport(project, "codes")).asked.length]).toEqual([[], 4]);
});

test("a day is kept as long as retention says, counted from the time at which it was fetched", async () => {
  const files = { "callsheet.yaml": "store: { retention: 10d }\n" };
  const project = await openStoredProject("2024-05-20", { files });
  await runReport(project, "codes");
  project.clock.advance(10 * DAY_MS - 1);
  expect((await runReport(project, "codes")).asked).toEqual([]);
  project.clock.advance(1);
  expect((await project.run(["explain", "codes"])).out).not.toContain("from store");
  expect((await runReport(project, "answers")).asked).toEqual(["02", "03"]);
  // The run removed what was too old, and only that.
  expect(storedFiles(project)).toHaveLength(2);
});

test("only this account can read what is stored", async () => {
  const project = await openStoredProject("2024-05-20");
  await runReport(project, "codes");
  const modes = new Set<string>();
  for (let path = storedFiles(project)[0] ?? ""; path !== ".callsheet"; path = dirname(path))
    modes.add(
      `${path.endsWith(".parquet") ? "file" : "folder"} ${(statSync(join(project.folder, path)).mode & 0o777).toString(8)}`,
    );
  expect([...modes]).toEqual(["file 600", "folder 700"]);
});

test("a conversation that crosses midnight belongs to the day on which it began, whichever day was stored first", async () => {
  const overMidnight = conversation({ start: "2024-05-02T23:50:00.000Z", end: "2024-05-03T00:20:00.000Z" });
  const [second, third] = ["02T00:00:00Z/2024-05-03", "03T00:00:00Z/2024-05-04"].map((days) => [
    "--interval",
    `2024-05-${days}T00:00:00Z`,
  ]) as [string[], string[]];
  for (const order of [
    [second, third],
    [third, second],
  ]) {
    const project = await openStoredProject("2024-05-20", {}, [overMidnight]);
    for (const interval of order) await runReport(project, "codes", ...interval);
    const both = await runReport(project, "codes", "--interval", "2024-05-02T00:00:00Z/2024-05-04T00:00:00Z");
    expect([both.requests, both.manifest.counts.unique]).toEqual([0, 9]);
    expect(both.csv).toContain("2024-05-02,5,");
    expect(both.csv).toContain("2024-05-03,4,");
  }
});

test("names are looked up anew: a queue that was renamed has its new name in what the store serves", async () => {
  const report = ANSWERS_REPORT.replace("report: answers", "report: queues")
    .replace("routing.queue.id", "routing.queue.name")
    .replace(/filter:.*voice \}\n/s, "");
  const project = await openStoredProject("2024-05-20", { files: { "reports/queues.yaml": report } });
  const first = await runReport(project, "queues");
  project.simulator.faults.add(queuesAre({ id: QUEUE.id, name: "Service" }));
  project.clock.advance(DAY_MS);
  const again = await runReport(project, "queues");
  expect([again.asked, again.manifest.fromStore?.conversations]).toEqual([[], 8]);
  expect(again.csv).toBe(first.csv.replace("Support", "Service"));
  expect(again.csv).not.toBe(first.csv);
});

test("a name that stands for another id now is another question", async () => {
  const report = ANSWERS_REPORT.replace("report: answers", "report: queues").replace(
    /\{ path: .*voice \}/,
    "{ path: routing.queue.name, operator: eq, value: Support }",
  );
  const project = await openStoredProject("2024-05-20", { files: { "reports/queues.yaml": report } });
  expect((await runReport(project, "queues")).csv.split("\n").length).toBeGreaterThan(2);
  project.simulator.faults.add(queuesAre({ id: entity("another").id, name: "Support" }));
  project.clock.advance(DAY_MS);
  expect((await runReport(project, "queues")).asked).toEqual(["02", "03"]);
});

test("what an older form of the store holds is not read; it is listed, and goes when its time is over", async () => {
  const project = await openStoredProject("2024-05-20");
  const first = await runReport(project, "codes");
  makeOlder(project, "callsheet.conversations/");
  const again = await runReport(project, "codes");
  expect([again.asked, again.csv]).toEqual([["01", "02", "03", "04"], first.csv]);
  expect((await project.run(["store", "list"])).out).toContain("of another version");
  project.clock.advance(90 * DAY_MS);
  expect((await project.run(["store", "prune"])).out).toBe("8 stored days removed, 32 conversations\n");
});

/** The listing of queues from now on. */
function queuesAre(queue: { readonly id: string; readonly name: string }): Fault {
  const json = { entities: [queue], pageSize: 100, pageNumber: 1, pageCount: 1, total: 1 };
  return wrongShape({ path: "/api/v2/routing/queues", json, times: Number.POSITIVE_INFINITY });
}

/** Rewrites the one question as a version of callsheet would have that stored records in another form. */
function makeOlder(project: Project, schema: string): void {
  const folder = join(project.folder, dirname(storedFiles(project)[0] ?? ""));
  const text = readFileSync(join(folder, "question.json"), "utf8").replace(new RegExp(`${schema}\\d+`), `${schema}0`);
  const name = createHash("sha256").update(text).digest("hex").slice(0, 16);
  writeFileSync(join(folder, "question.json"), text);
  renameSync(folder, join(dirname(folder), name));
}
