// The real month asked of each source: the details query, details jobs, and both with the end of the jobs' data in the
// middle of the month. The same figures to the byte; the requests of each are printed side by side, with those of the
// aggregates, whose figures by their own clock test/sources/stated-figures.test.ts holds against the raw file.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openProject, type Project } from "../support/run-report.ts";
import { createTestClock } from "../support/test-clock.ts";

const CALLS = fileURLToPath(new URL("../../data/anonymous-bank-1999-02.tsv.gz", import.meta.url));
const WATERMARK = Date.parse("1999-02-17T09:30:00Z");

/** True of the whole month, and with a filter a query may span it: a slice that has to be cut. */
const EVERY_CALL = "[{ path: conversation.media.type, operator: eq, value: voice }]";

const report = (name: string, source: string, filter = "[]"): string => `report: ${name}
timeZone: Asia/Jerusalem
interval: 1999-02-01/1999-03-01
source: ${source}
filter: ${filter}
groupBy: [routing.queue.name, time.day]
measures: [conversation_count, offered, answered, abandoned, talk_seconds, avg_talk_seconds, total_duration_seconds]
export: [csv]
`;

const STATED = `report: stated
timeZone: Asia/Jerusalem
interval: 1999-02-01/1999-03-01
timeBasis: eventTime
groupBy: [routing.queue.name, time.day]
measures: [offered, answered, abandoned, talk_seconds, avg_talk_seconds]
export: [csv]
`;

let states = 0;
let complete: Project;
let behind: Project;

beforeAll(async () => {
  complete = await openProject({
    callsFile: CALLS,
    files: {
      "reports/query.yaml": report("query", "details_query"),
      "reports/wide.yaml": report("wide", "details_query", EVERY_CALL),
      "reports/job.yaml": report("job", "details_job"),
      "reports/stated.yaml": STATED,
    },
  });
  behind = await openProject({
    callsFile: CALLS,
    dataAvailability: { at: WATERMARK },
    files: { "reports/both.yaml": report("both", "details_job") },
  });
});

afterAll(async () => {
  await complete.close();
  await behind.close();
});

test("the month is the same to the byte by query, by job, and split where the jobs' data end", async () => {
  const query = await run(complete, "query");
  const job = await run(complete, "job");
  const both = await run(behind, "both");
  const stated = await run(complete, "stated");

  expect(query.csv).toContain("Regular activity,1999-02-01,");
  expect(job.csv).toBe(query.csv);
  expect(both.csv).toBe(query.csv);
  expect([query.source, job.source, both.source]).toEqual([
    "details_query",
    "details_job",
    "details_job and details_query",
  ]);
  expect([query, job, both].map(({ completeness }) => completeness)).toEqual(["complete", "complete", "complete"]);
  expect(job.requests).toBeLessThan(query.requests / 5);
  expect(stated.csv).toContain("Regular activity,1999-02-01,");
  expect(stated).toMatchObject({ source: "aggregates", completeness: "complete" });
  expect(stated.requests).toBeLessThan(job.requests / 5);
  console.log(
    `requests for ${query.unique} conversations: query ${query.requests}, job ${job.requests}, both ${both.requests}, aggregates ${stated.requests}`,
  );
}, 180_000);

test("a slice that holds too much is cut at little cost, and explain --online knows it beforehand", async () => {
  const query = await run(complete, "query");
  const wide = await run(complete, "wide");

  expect(wide.csv).toBe(query.csv);
  // 33,344 conversations in five slices of about 8,000 at most, where one could have spanned them.
  expect([query.slices, wide.slices]).toEqual([5, 5]);
  for (const [name, ran] of Object.entries({ query, wide })) {
    // What was asked in vain counts too: the first page of a slice that was cut, and pages behind a full last one.
    expect(ran.queries, name).toBeLessThanOrEqual(1.02 * ran.leastQueries);
    // Besides the pages, the limits and the listing of queues.
    expect(await expectedRequests(complete, name), name).toBe(ran.queries + 2);
  }
}, 180_000);

async function expectedRequests(project: Project, name: string): Promise<unknown> {
  const { out } = await project.callsheet(["explain", name, "--online", "--json"], { clock: createTestClock() });
  return (JSON.parse(out) as { readonly requests: { readonly expected: number } }).requests.expected;
}

interface Ran {
  readonly csv: string;
  readonly source: string;
  readonly completeness: string;
  readonly unique: number;
  readonly requests: number;
  /** Details queries among the requests, and as many as their slices need if nothing is asked in vain. */
  readonly queries: number;
  readonly leastQueries: number;
  readonly slices: number;
}

async function run(project: Project, name: string): Promise<Ran> {
  const before = project.simulator.requests.length;
  const { exitCode, err } = await project.callsheet(["run", name, "--fresh", "--out", `out-${name}`, "--json"], {
    clock: createTestClock(),
    // What an earlier run keeps would be missing from the requests of this one.
    env: { CALLSHEET_STATE: join(project.folder, `.state-${++states}`) },
  });
  expect(err).not.toContain("error");
  expect(exitCode).toBe(0);
  const manifest = JSON.parse(project.read(`out-${name}/manifest.json`)) as {
    source: string;
    completeness: string;
    counts: { unique: number };
    slices: { totalHits: number }[];
  };
  const asked = project.simulator.requests.slice(before);
  return {
    csv: project.read(`out-${name}/${name}.csv`),
    source: manifest.source,
    completeness: manifest.completeness,
    unique: manifest.counts.unique,
    requests: asked.length,
    queries: asked.filter(({ path }) => path.endsWith("/details/query")).length,
    leastQueries: manifest.slices.reduce((sum, { totalHits }) => sum + Math.ceil(totalHits / 100), 0),
    slices: manifest.slices.length,
  };
}
