/**
 * A report that compares its window with the period before: both are fetched in one run, come from the local store
 * alike, are resumed together, and what is missing of either makes the report provisional.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hitsChange } from "../../simulator/faults/moving-rows.ts";
import { serverError } from "../../simulator/faults/server-error.ts";
import { DETAILS_QUERY } from "../faults/details-report.ts";
import { conversation } from "../simulator/small-centre.ts";
import { DAY_MS, openStoredProject, runReport } from "./stored-report.ts";

const COMPARED = `report: compared
timeZone: UTC
interval: 2024-05-03/2024-05-05
groupBy: [time.day]
measures: [conversation_count, handle_seconds]
compare: previous
totals: true
export: [csv, html]
`;
const FILES = { "reports/compared.yaml": COMPARED };

/** Ninety more calls of 3 May, and one of 1 May: pages of 3 May come in two. */
const MORE = Array.from({ length: 121 }, (_, nth) =>
  conversation({
    id: `0d000000-0000-4000-8000-${String(nth).padStart(12, "0")}`,
    start: new Date(Date.UTC(2024, 4, nth === 0 ? 1 : 3, 1, nth)).toISOString(),
    end: new Date(Date.UTC(2024, 4, nth === 0 ? 1 : 3, 1, nth + 1)).toISOString(),
  }),
);

test("both periods are fetched by one run, told in the manifest, and served by the store afterwards", async () => {
  const project = await openStoredProject("2024-05-20", { files: FILES }, MORE.slice(0, 1));
  const first = await runReport(project, "compared");
  expect(first.asked).toEqual(["01", "02", "03", "04"]);
  expect(first.manifest).toMatchObject({
    interval: "2024-05-03T00:00:00.000Z/2024-05-05T00:00:00.000Z",
    comparedWith: "2024-05-01T00:00:00.000Z/2024-05-03T00:00:00.000Z",
    completeness: "complete",
    counts: { unique: 17 },
  });
  const measures = ["conversation_count", "handle_seconds"];
  const columns = measures.flatMap((name) =>
    ["", ".previous", ".difference", ".change_percent"].map((part) => name + part),
  );
  expect(first.csv.split("\r\n")).toEqual([
    ["row.kind", "time.day", ...columns].join(","),
    "group,2024-05-03,4,5,-1,-20,2160,2160,0,0",
    "group,2024-05-04,4,4,0,0,2160,2160,0,0",
    "total,,8,9,-1,-11.11,4320,4320,0,0",
    "",
  ]);
  expect(first.out).toContain("17 conversations of both periods · complete");
  const page = readFileSync(join(project.folder, "out/compared.html"), "utf8");
  expect(page).toContain("Compared with <bdi>Wed 1 May 2024 to Thu 2 May 2024</bdi>");
  expect(page).toContain("<bdi>Conversations, change in %</bdi>");

  const again = await runReport(project, "compared");
  expect([again.requests, again.csv]).toEqual([0, first.csv]);
  expect(again.manifest).toMatchObject({ revision: 1, source: "local store" });
  const before = await runReport(project, "codes", "--interval", "2024-05-01/2024-05-03");
  expect(before.requests).toBe(0);
});

test("a run that stopped in the period before is resumed with the same two periods, on whatever day", async () => {
  const files = { "reports/compared.yaml": COMPARED.replace("2024-05-03/2024-05-05", "yesterday") };
  const project = await openStoredProject("2024-05-05", { files }, MORE);
  const fresh = await runReport(project, "compared", "--fresh");
  project.simulator.faults.add(
    serverError({ path: DETAILS_QUERY, page: 2, status: 503, times: Number.POSITIVE_INFINITY }),
  );
  const { exitCode, err } = await project.run(["run", "compared", "--fresh"]);
  const runId = / --resume (\S+)/.exec(err)?.[1] ?? "";
  expect([exitCode, runId]).toEqual([7, expect.stringMatching(/^compared-/)]);
  project.simulator.faults.clear();
  project.clock.advance(3 * DAY_MS);
  const resumed = await runReport(project, "compared", "--resume", runId, "--fresh");
  expect(resumed.csv).toBe(fresh.csv);
  expect(resumed.csv).toContain("total,,4,124,-120,-96.77");
  expect(resumed.manifest).toMatchObject({
    interval: "2024-05-04T00:00:00.000Z/2024-05-05T00:00:00.000Z",
    comparedWith: "2024-05-03T00:00:00.000Z/2024-05-04T00:00:00.000Z",
  });
});

test("what is missing of the period before makes the report provisional", async () => {
  const short = hitsChange({ nth: 1, times: 2, by: 1 });
  const project = await openStoredProject("2024-05-20", { files: FILES, faults: [short] });
  const { manifest } = await runReport(project, "compared", "--interval", "2024-05-02/2024-05-03");
  expect(manifest.completeness).toBe("provisional");
  expect(manifest.reasons).toEqual([
    "8 of 9 conversations arrived for 2024-05-01T00:00:00.000Z/2024-05-03T00:00:00.000Z",
  ]);
});

test("explain names both periods, and shows the requests for both", async () => {
  const project = await openStoredProject("2024-05-20", { files: FILES });
  const { out } = await project.run(["explain", "compared", "--requests"]);
  expect(out).toContain("window       2024-05-03T00:00:00.000Z/2024-05-05T00:00:00.000Z\n");
  expect(out).toContain("compared     with 2024-05-01T00:00:00.000+00:00/2024-05-03T00:00:00.000+00:00\n");
  expect(out).toContain(
    "rows         a total; beside each measure its value in the period before, the difference and the change\n",
  );
  expect(out).toContain('"interval": "2024-05-01T00:00:00.000Z/2024-05-05T00:00:00.000Z"');
});
