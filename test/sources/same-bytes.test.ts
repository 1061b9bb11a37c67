// The real month asked of each source: the details query, details jobs, and both with the end of the jobs' data in the
// middle of the month. The same figures to the byte; the requests of each are printed side by side.
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openProject, type Project } from "../support/run-report.ts";
import { createTestClock } from "../support/test-clock.ts";

const CALLS = fileURLToPath(new URL("../../data/anonymous-bank-1999-02.tsv.gz", import.meta.url));
const WATERMARK = Date.parse("1999-02-17T09:30:00Z");

const report = (name: string, source: string): string => `report: ${name}
timeZone: Asia/Jerusalem
interval: 1999-02-01/1999-03-01
source: ${source}
groupBy: [routing.queue.name, time.day]
measures: [conversation_count, offered, answered, abandoned, talk_seconds, avg_talk_seconds, total_duration_seconds]
export: [csv]
`;

let complete: Project;
let behind: Project;

beforeAll(async () => {
  complete = await openProject({
    callsFile: CALLS,
    files: { "reports/query.yaml": report("query", "details_query"), "reports/job.yaml": report("job", "details_job") },
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
  console.log(
    `requests for ${query.unique} conversations: query ${query.requests}, job ${job.requests}, both ${both.requests}`,
  );
}, 180_000);

async function run(
  project: Project,
  name: string,
): Promise<{ csv: string; source: string; completeness: string; unique: number; requests: number }> {
  const before = project.simulator.requests.length;
  const { exitCode, err } = await project.callsheet(["run", name, "--fresh", "--out", `out-${name}`, "--json"], {
    clock: createTestClock(),
  });
  expect(err).not.toContain("error");
  expect(exitCode).toBe(0);
  const manifest = JSON.parse(project.read(`out-${name}/manifest.json`)) as {
    source: string;
    completeness: string;
    counts: { unique: number };
  };
  return {
    csv: project.read(`out-${name}/${name}.csv`),
    source: manifest.source,
    completeness: manifest.completeness,
    unique: manifest.counts.unique,
    requests: project.simulator.requests.length - before,
  };
}
