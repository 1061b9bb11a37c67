// What `schedule list`, `schedule next` and `check` say of schedules, and what they refuse.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openProject, type Outcome, type Project } from "../support/run-report.ts";
import { createTestClock } from "../support/test-clock.ts";

const NOW = "2026-03-27T12:00:00Z";

let project: Project;
beforeAll(async () => {
  project = await openProject({ files: {} });
});
afterAll(async () => await project.close());
beforeEach(() => {
  for (const name of ["calls", "nightly", "broken"]) project.write(`reports/${name}.yaml`, report(name, ""));
});

const report = (name: string, lines: string, interval = "yesterday"): string =>
  `report: ${name}\ntimeZone: Europe/Berlin\ninterval: ${interval}\nmeasures: [offered]\n${lines}\n`;

async function callsheet(...args: string[]): Promise<Outcome> {
  return await project.callsheet(args, { clock: createTestClock(Date.parse(NOW)), env: { TZ: "UTC" } });
}

test("R-71: schedule next --json has these keys and no other", async () => {
  project.write("reports/nightly.yaml", report("nightly", 'schedule: { cron: "30 2 * * *" }'));

  const { out } = await callsheet(
    "schedule",
    "next",
    "nightly",
    "--from",
    "2026-03-28T02:00:00Z",
    "--count",
    "2",
    "--json",
  );

  expect(JSON.parse(out)).toEqual([
    {
      at: "2026-03-29T01:00:00.000Z",
      local: "2026-03-29T03:00:00.000+02:00",
      window: { start: "2026-03-27T23:00:00.000Z", end: "2026-03-28T23:00:00.000Z" },
    },
    {
      at: "2026-03-30T00:30:00.000Z",
      local: "2026-03-30T02:30:00.000+02:00",
      window: { start: "2026-03-28T23:00:00.000Z", end: "2026-03-29T22:00:00.000Z" },
    },
  ]);
});

test("schedule next begins behind the instant, or behind now, and gives ten", async () => {
  project.write("reports/nightly.yaml", report("nightly", "schedule: { cron: '@hourly' }"));
  const instants = async (...args: string[]): Promise<unknown[]> => {
    const { out } = await callsheet("schedule", "next", "nightly", "--json", ...args);
    return (JSON.parse(out) as { at: string }[]).map(({ at }) => at);
  };

  expect((await instants())[0]).toBe("2026-03-27T13:00:00.000Z");
  expect(await instants()).toHaveLength(10);
  expect((await instants("--from", "2026-03-28T02:00:00+02:00"))[0]).toBe("2026-03-28T01:00:00.000Z");
  expect((await instants("--from", "2026-03-28"))[0]).toBe("2026-03-28T00:00:00.000Z");
});

test("schedule next names the zone, UTC and the viewer's, marks clock changes, and says aloud that either day is enough", async () => {
  project.write("reports/nightly.yaml", report("nightly", 'schedule: { cron: "30 2 29 * FRI" }', "last week"));

  const { out } = await project.callsheet(["schedule", "next", "nightly", "--from", "2026-03-27", "--count", "3"], {
    env: { TZ: "Asia/Tokyo" },
  });

  expect(out).toBe(`nightly: 30 2 29 * FRI on the clock of Europe/Berlin
  a fixed time: once on each of its days, whatever the clock does
  days of the month and days of the week are both set: either is enough

Europe/Berlin                UTC                   Asia/Tokyo                   window (Europe/Berlin)            clock change
───────────────────────────  ────────────────────  ───────────────────────────  ────────────────────────────────  ─────────────
Fri 2026-03-27 02:30 +01:00  Fri 2026-03-27 01:30  Fri 2026-03-27 10:30 +09:00  2026-03-16 to 2026-03-22
Sun 2026-03-29 03:00 +02:00  Sun 2026-03-29 01:00  Sun 2026-03-29 10:00 +09:00  2026-03-16 to 2026-03-22          02:00 → 03:00
Fri 2026-04-03 02:30 +02:00  Fri 2026-04-03 00:30  Fri 2026-04-03 09:30 +09:00  2026-03-23 to 2026-03-29 (167 h)
`);
});

test("schedule next shows windows that are no days, and seconds where there are any", async () => {
  project.write(
    "reports/nightly.yaml",
    report("nightly", 'schedule: { cron: "30 0 7 * * *", timeZone: UTC }', "today"),
  );

  const { out } = await callsheet("schedule", "next", "nightly", "--count", "1");

  expect(out).toContain("Sat 2026-03-28 07:00:30  2026-03-28 00:00 to 2026-03-28 08:00");
});

test("schedule list gives the reports that have one, and says what is wrong with others", async () => {
  project.write("reports/nightly.yaml", report("nightly", 'schedule: { cron: "0 6 * * *", missed: all }'));
  const table = `report   cron       time zone      overlap  missed     next                         window
───────  ─────────  ─────────────  ───────  ─────────  ───────────────────────────  ──────────
nightly  0 6 * * *  Europe/Berlin  skip     all of 24  Sat 2026-03-28 06:00 +01:00  2026-03-27
`;
  expect(await callsheet("schedule", "list")).toEqual({ exitCode: 0, out: table, err: "" });
  expect(JSON.parse((await callsheet("schedule", "list", "--json")).out)).toEqual([
    {
      report: "nightly",
      cron: "0 6 * * *",
      timeZone: "Europe/Berlin",
      overlap: "skip",
      missed: { all: 24 },
      next: {
        at: "2026-03-28T05:00:00.000Z",
        local: "2026-03-28T06:00:00.000+01:00",
        window: { start: "2026-03-26T23:00:00.000Z", end: "2026-03-27T23:00:00.000Z" },
      },
    },
  ]);

  project.write("reports/broken.yaml", report("broken", 'schedule: { cron: "0 6 31 11 *" }'));
  expect(await callsheet("schedule", "list")).toMatchObject({
    exitCode: 3,
    out: table,
    err: expect.stringContaining('reports/broken.yaml:5:19: Cannot use cron "0 6 31 11 *": it never fires'),
  });
});

test("schedule list says so when no report has one", async () => {
  expect(await callsheet("schedule", "list")).toEqual({ exitCode: 0, out: "", err: "No report has a schedule.\n" });
});

test("check says when a report runs, and of what", async () => {
  project.write("reports/nightly.yaml", report("nightly", 'schedule: { cron: "0 6 1 * MON" }'));

  expect((await callsheet("check", "nightly")).out).toBe(
    "ok  nightly\n    runs 0 6 1 * MON on the clock of Europe/Berlin, days of the month or of the week: either is enough; next Mon 2026-03-30 06:00 +02:00, of 2026-03-29 (23 h)\n",
  );
});

describe("what cannot be scheduled is refused", () => {
  test("check refuses a window that its instant cannot have", async () => {
    project.write("reports/nightly.yaml", report("nightly", "schedule: { cron: '@daily' }", "today"));

    expect(await callsheet("check", "nightly")).toMatchObject({
      exitCode: 3,
      err: expect.stringContaining(
        'Cannot use "day to date" at 2026-03-27T23:00:00.000Z: the day begins at this very instant',
      ),
    });
  });

  test.each([
    [
      ["schedule", "next", "calls"],
      3,
      "error config.missing: Report calls has no schedule\n  Add one, such as schedule:",
    ],
    [
      ["schedule", "next", "nightly", "--count", "0"],
      3,
      'error config.invalid: Cannot use --count "0"\n  Write a whole number from 1 to 1000.',
    ],
    [["schedule", "next", "nightly", "--count", "1e9"], 3, 'Cannot use --count "1e9"'],
    [["schedule", "next", "nightly", "--from", "noon"], 3, '--from: cannot read "noon" as an instant'],
    [["schedule", "next"], 2, "missing required argument 'report'"],
  ])("%j", async (args, exitCode, err) => {
    project.write("reports/nightly.yaml", report("nightly", "schedule: { cron: '@hourly' }"));
    expect(await callsheet(...args)).toMatchObject({ exitCode, err: expect.stringContaining(err) });
  });
});
