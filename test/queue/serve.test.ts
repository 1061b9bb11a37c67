// `callsheet serve` as a process on the embedded database: it runs a report at its instant, a signal ends it in the
// middle, it goes on when it is started again, and other commands reach the database that it has open.

import { expect, test } from "vitest";
import { IN_FLIGHT, openServeProject, PAGES } from "./serve-processes.ts";

test("R-72: serve hands its run back on SIGTERM and goes on with it when it is started again; other commands reach its database", {
  timeout: 180_000,
}, async () => {
  const project = await openServeProject({}, 300);
  const first = project.serve();
  await first.until(/serving: scheduler and worker/);
  const instant = project.schedule(2);
  await first.until(new RegExp(`calls@${instant}: attempt 1`));
  while (project.pagesFetched() < IN_FLIGHT + 1) await new Promise((resolve) => setImmediate(resolve));
  first.child.kill("SIGTERM");
  expect(await first.ended).toBe(143);
  expect(await project.ledger()).toMatchObject([
    { run: `calls@${instant}`, state: "queued", lastCode: "process.stopping" },
  ]);

  const second = project.serve();
  await second.until(new RegExp(`calls@${instant}: attempt 1, goes on with calls-`));
  await second.until(new RegExp(`calls@${instant}: done`));
  expect(project.pagesFetched() - PAGES).toBeLessThanOrEqual(IN_FLIGHT);

  // These ask the process that has the database.
  const shown = await project.command("runs", "show", `calls@${instant}`);
  expect(shown.split("\n").map((line) => line.replace(/^.*Z: /, ""))).toEqual([
    expect.stringMatching(/^calls@.* done +1,040 rows {2}calls-/),
    expect.stringMatching(/^handed back {2}process\.stopping {2}its worker was stopped {2}calls-/),
    expect.stringMatching(/^done {2}calls-/),
    "",
  ]);
  await expect(project.command("runs", "cancel", `calls@${instant}`)).rejects.toThrow(
    /Cannot cancel calls@.*: it is done already/,
  );
  await project.command("schedule", "pause", "calls");
  const paused = project.schedule(2);
  const row = async (): Promise<unknown> => (await project.ledger()).find(({ run }) => run === `calls@${paused}`);
  while ((await row()) === undefined) await new Promise((resolve) => setImmediate(resolve));
  expect(await row()).toMatchObject({ state: "skipped", reason: "the schedule is paused", attempts: 0 });
  await project.command(
    "backfill",
    "calls",
    "--from",
    "2024-04-01",
    "--to",
    "2024-04-02",
    "--every",
    "P1D",
    "--queue",
    "--yes",
  );
  await second.until(/calls:P1D@2024-04-02T00:00:00Z: done/);
});
