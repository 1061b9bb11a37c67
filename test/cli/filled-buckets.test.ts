/** Reports with rows for empty buckets, run from end to end: what is not known yet is not filled. */
import { expect, test } from "vitest";
import { openStoredProject, runReport } from "../store/stored-report.ts";

const HOURS = `report: hours
timeZone: UTC
interval: 2024-05-03/2024-05-04
groupBy: [time.hour]
measures: [offered, asa_seconds]
fill: true
export: [csv]
`;

test("hours that had not begun when the data were asked for are not filled", async () => {
  const project = await openStoredProject("2024-05-03", { files: { "reports/hours.yaml": HOURS } });
  const { csv, manifest } = await runReport(project, "hours");
  const rows = csv.split("\r\n").slice(1, -1);
  expect(manifest.completeness).toBe("provisional");
  // It is noon; the simulator tells of the calls at 12 and at 18 o'clock already, and nothing is known of 13.
  expect(rows.map((row) => Number(row.slice(11, 13)))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 18]);
  expect(rows.slice(0, 2)).toEqual(["2024-05-03T00:00+00:00,1,60", "2024-05-03T01:00+00:00,0,"]);
});

test("hours are filled too where aggregates answer, and their total is the service's", async () => {
  const files = { "reports/hours.yaml": `${HOURS}timeBasis: eventTime\ntotals: true\n` };
  const project = await openStoredProject("2024-05-20", { files });
  const { csv, manifest } = await runReport(project, "hours");
  const rows = csv.split("\r\n").slice(1, -1);
  expect([manifest.source, rows.length, rows.filter((row) => row.endsWith(",1,60")).length]).toEqual([
    "aggregates",
    25,
    4,
  ]);
  expect(rows.at(-1)).toBe("total,,4,60");
});
