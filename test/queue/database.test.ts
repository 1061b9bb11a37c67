// What opening the database of schedules may meet: another process, or nobody at all.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { takeLock } from "../../src/disk/run-lock.ts";
import { openServer } from "../../src/postgres/open-server.ts";
import { fourDays } from "../faults/details-report.ts";
import { startProject } from "../faults/start-project.ts";
import { createTestClock } from "../support/test-clock.ts";

test("serve refuses a state folder whose database another process has, and says what to do for more", async () => {
  const project = await startProject({ centre: fourDays(1), files: {} });
  const folder = join(project.folder, ".callsheet/database");
  mkdirSync(folder, { recursive: true });
  const release = takeLock(join(folder, "lock"));
  const { exitCode, err } = await project.run(["serve"]);
  release?.();
  expect([
    exitCode,
    /error (?<code>[a-z._]+): Another process has the database in /.exec(err)?.groups?.["code"],
  ]).toEqual([12, "database.locked"]);
});

test("serve refuses to part what one embedded database cannot", async () => {
  const project = await startProject({ centre: fourDays(1), files: {} });
  const { exitCode, err } = await project.run(["serve", "--role", "worker"]);
  expect([exitCode, err]).toEqual([
    3,
    expect.stringContaining("Cannot serve as worker alone: the database is in this machine's state folder"),
  ]);
});

test("J4: a database that does not answer is asked again for a minute, with waits, then told", async () => {
  const clock = createTestClock();
  const database = openServer("postgres://nobody@127.0.0.1:1/none", clock, new AbortController().signal);
  await expect(database.query("SELECT 1")).rejects.toMatchObject({ code: "database.unavailable" });
  expect([clock.waits.slice(0, 7), clock.elapsed() <= 60_000]).toEqual([
    [100, 250, 500, 1_000, 2_000, 5_000, 5_000],
    true,
  ]);
  await database.close();
});

test("J4: a command that only asks says after five seconds that the database does not answer", async () => {
  const project = await startProject({
    centre: fourDays(1),
    files: {},
    env: { CALLSHEET_DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" },
  });
  const { exitCode, err } = await project.run(["runs", "list", "--scheduled"]);
  expect([exitCode, err]).toEqual([
    9,
    expect.stringContaining("error database.unavailable: The database does not answer"),
  ]);
  expect(project.clock.elapsed()).toBeLessThanOrEqual(5_000);
});

test("a password of the database in callsheet.yaml is refused; a reference to it is not", async () => {
  const project = await startProject({
    centre: fourDays(1),
    files: { "callsheet.yaml": "database: postgres://user:secret@127.0.0.1/reports\n" },
  });
  const { exitCode, err } = await project.run(["serve"]);
  expect(exitCode).toBe(3);
  expect(err).toContain("error config.invalid: The password of database is written into the configuration file");
  expect(err).not.toContain("secret@");
});
