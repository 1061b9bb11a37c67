// What the scheduler reads of `reports/` at each look: files come, change, break and go.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createReportReader } from "../../src/cli/read-scheduled.ts";

const text = (report: string, schedule = 'schedule: { cron: "0 2 * * *" }\n'): string => `report: ${report}
timeZone: UTC
interval: yesterday
groupBy: [conversation.media.type]
measures: [conversation_count]
${schedule}`;

interface Files {
  readonly write: (name: string, content: string) => void;
  readonly remove: (name: string) => void;
  readonly told: string[];
  readonly look: () => Promise<unknown>;
}

function open(): Files {
  const folder = mkdtempSync(join(tmpdir(), "callsheet-reports-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "reports"));
  const told: string[] = [];
  const read = createReportReader(folder, (message) => void told.push(message));
  return {
    write: (name, content) => writeFileSync(join(folder, "reports", name), content),
    remove: (name) => rmSync(join(folder, "reports", name)),
    told,
    async look() {
      const { reports, broken } = await read();
      return { scheduled: reports.map(({ report, file }) => `${report} in ${file}`), broken: [...broken] };
    },
  };
}

test("createReportReader() gives the reports that have a schedule, as they are at each look", async () => {
  const { write, remove, look, told } = open();
  expect(await look()).toEqual({ scheduled: [], broken: [] });
  write("a.yaml", text("a"));
  write("b.yaml", text("b", ""));
  expect(await look()).toEqual({ scheduled: ["a in reports/a.yaml"], broken: [] });
  write("b.yaml", text("b"));
  remove("a.yaml");
  expect(await look()).toEqual({ scheduled: ["b in reports/b.yaml"], broken: [] });
  expect(told).toEqual([]);
});

test("createReportReader() tells once what is wrong with a file, and that its schedule stays", async () => {
  const { write, look, told } = open();
  write("calls.yaml", text("voice"));
  await look();
  write("calls.yaml", text("voice").replace("timeZone: UTC", "timeZone: Mars"));
  expect(await look()).toEqual({ scheduled: [], broken: ["voice"] });
  expect(await look()).toEqual({ scheduled: [], broken: ["voice"] });
  expect(told).toEqual([
    expect.stringMatching(/^reports\/calls\.yaml:2:\d+: Unknown time zone "Mars".*\nIts schedule stays as it was\.$/s),
  ]);
  write("calls.yaml", text("voice"));
  expect(await look()).toEqual({ scheduled: ["voice in reports/calls.yaml"], broken: [] });
});

test("createReportReader() schedules the first of two files that give a report the same name, and says so once", async () => {
  const { write, look, told } = open();
  write("a.yaml", text("same"));
  write("b.yaml", text("same"));
  expect(await look()).toEqual({ scheduled: ["same in reports/a.yaml"], broken: [] });
  await look();
  expect(told).toEqual(["reports/b.yaml is named same, as reports/a.yaml is: only the latter is scheduled"]);
});
