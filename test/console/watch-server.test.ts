// What /health, /ready and /metrics answer while a schedule goes well and badly, and while its database does not answer.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMetrics, type Metrics, MOST_REPORTS } from "../../src/console/create-metrics.ts";
import { createWatchServer, type Watched } from "../../src/console/create-watch-server.ts";
import { ReportError } from "../../src/domain/errors.ts";
import { createFleetReader } from "../../src/postgres/create-fleet-reader.ts";
import { type Home, openPglite } from "../queue/homes.ts";
import { at, type Lab, openLab } from "../queue/lab.ts";
import { createTestClock } from "../support/test-clock.ts";

let home: Home;
beforeAll(async () => {
  home = await openPglite();
});
afterAll(async () => await home.close());

const NOW = at("02:30:00");

function watched(changes: Partial<Watched> = {}): Watched {
  return {
    fleet: createFleetReader(home.database),
    metrics: createMetrics(),
    clock: createTestClock(NOW),
    loops: () => ({ scheduler: NOW - 1_000, worker: Number.POSITIVE_INFINITY }),
    ...changes,
  };
}

async function ask(path: string, changes: Partial<Watched> = {}): Promise<{ status: number; body: string }> {
  const server = createWatchServer(watched(changes));
  const { statusCode, body } = await server.inject(path);
  await server.close();
  return { status: statusCode, body };
}

/** The lines of one metric about one report. */
function linesOf(body: string, name: string, report: string): string[] {
  return body.split("\n").filter((line) => line.startsWith(`${name}{`) && line.includes(`report="${report}"`));
}

test("/health says that the process lives, whatever its database does", async () => {
  const fleet = away();
  expect(await ask("/health", { fleet })).toEqual({ status: 200, body: '{"healthy":true}' });
});

test("/ready is 200 while database, schema and loops are in order", async () => {
  expect(await ask("/ready")).toEqual({ status: 200, body: '{"ready":true,"problems":[]}' });
});

test("/ready is 503 and says why: no database, newer tables, a scheduler and a worker that stand still", async () => {
  expect(JSON.parse((await ask("/ready", { fleet: away() })).body)).toEqual({
    ready: false,
    problems: ["database.unavailable: The database does not answer"],
  });
  await home.database.query("UPDATE callsheet.schema SET version = version + 1");
  const { status, body } = await ask("/ready");
  await home.database.query("UPDATE callsheet.schema SET version = version - 1");
  expect([status, body]).toEqual([503, expect.stringContaining("database.newer_schema: The tables in the database")]);
  const still = await ask("/ready", { loops: () => ({ scheduler: NOW - 90_001, worker: NOW - 90_001 }) });
  expect([still.status, JSON.parse(still.body)]).toEqual([
    503,
    {
      ready: false,
      problems: [
        "the scheduler has not looked for work since 2024-03-04T02:28:29.999Z",
        "the worker has not looked for work since 2024-03-04T02:28:29.999Z",
      ],
    },
  ]);
});

test("/ready passes on no word of a database that refuses: it may hold the name of a user", async () => {
  const refused = new ReportError("database.refused", 'The database refuses: password of user "CANARY" is wrong');
  const { body } = await ask("/ready", { fleet: { ...away(), expectSchema: () => Promise.reject(refused) } });
  expect(body).toBe('{"ready":false,"problems":["database.refused"]}');
});

test("/metrics counts a report's instants by state, says how late the latest is, and what it gave", async () => {
  const lab = openLab(home);
  await lab.write('{ cron: "0 * * * *" }');
  const scheduler = lab.scheduler();
  for (const time of ["00:30:00", "01:00:00"]) await scheduler.tick(at(time));
  await settle(lab, "01:00:00");
  await scheduler.tick(at("02:00:00"));
  const late = (await ask("/metrics")).body;
  expect(linesOf(late, "callsheet_runs", lab.report).filter((line) => !line.endsWith(" 0"))).toEqual([
    `callsheet_runs{report="${lab.report}",state="queued"} 1`,
    `callsheet_runs{report="${lab.report}",state="done"} 1`,
  ]);
  expect(late).toContain('callsheet_queue_depth{state="queued"} 1');
  expect(linesOf(late, "callsheet_latest_instant_timestamp_seconds", lab.report)).toEqual([
    `callsheet_latest_instant_timestamp_seconds{report="${lab.report}"} ${at("02:00:00") / 1000}`,
  ]);
  // Not done since 2024: as late as the database's clock says.
  expect(Number(linesOf(late, "callsheet_lateness_seconds", lab.report)[0]?.split(" ")[1])).toBeGreaterThan(3e7);
  expect(linesOf(late, "callsheet_latest_rows", lab.report)).toEqual([]);

  await settle(lab, "02:00:00");
  await home.database.query(
    "UPDATE callsheet.run SET changed_at = to_timestamp($2::float8) WHERE report = $1 AND nominal_at = $3",
    [lab.report, at("02:07:00") / 1000, at("02:00:00")],
  );
  await lab.book.pause(lab.report, "by hand");
  const done = (await ask("/metrics")).body;
  expect(linesOf(done, "callsheet_lateness_seconds", lab.report)).toEqual([
    `callsheet_lateness_seconds{report="${lab.report}"} 420`,
  ]);
  expect(linesOf(done, "callsheet_latest_rows", lab.report)).toEqual([
    `callsheet_latest_rows{report="${lab.report}"} 7`,
  ]);
  expect(linesOf(done, "callsheet_schedule_paused", lab.report)).toEqual([
    `callsheet_schedule_paused{report="${lab.report}"} 1`,
  ]);
});

test("/metrics forgets a report that is gone, and answers without a database too", async () => {
  const lab = openLab(home);
  await lab.write('{ cron: "0 * * * *" }');
  const scheduler = lab.scheduler();
  for (const time of ["01:30:00", "02:00:00"]) await scheduler.tick(at(time));
  const metrics = createMetrics();
  expect((await ask("/metrics", { metrics })).body).toContain(lab.report);
  lab.remove();
  await scheduler.tick(at("02:01:00"));
  expect((await ask("/metrics", { metrics })).body).not.toContain(lab.report);
  const { status, body } = await ask("/metrics", { metrics, fleet: away() });
  expect([status, /^callsheet_database_up (?<up>\d)/m.exec(body)?.groups?.["up"], body.includes("report=")]).toEqual([
    200,
    "0",
    false,
  ]);
});

test("see() counts attempts, requests by status, retries and the use of the rate limit", async () => {
  const metrics = createMetrics();
  const about = { run: { report: "calls", nominalAt: NOW }, attempt: 1 };
  const request = { kind: "request", method: "POST", endpoint: "/api/v2/x", startedAt: NOW, durationMs: 250 } as const;
  metrics.see({ kind: "attempt_started", ...about });
  metrics.see({
    kind: "run_event",
    ...about,
    event: { ...request, status: 200, rate: { used: 40, allowed: 300 } },
  });
  metrics.see({ kind: "run_event", ...about, event: { ...request, status: 429 } });
  metrics.see({ kind: "run_event", ...about, event: request });
  metrics.see({ kind: "run_event", ...about, event: { kind: "retry", reason: "429", waitMs: 3_000 } });
  metrics.see({ kind: "attempt_ended", ...about, end: { kind: "done", rows: 7 }, durationMs: 61_000 });
  metrics.see({ kind: "attempt_ended", ...about, durationMs: 1_000 });
  const { text } = await metrics.write(undefined);
  for (const line of [
    'callsheet_attempts_total{report="calls",outcome="done"} 1',
    'callsheet_attempts_total{report="calls",outcome="lost"} 1',
    'callsheet_attempt_duration_seconds_sum{report="calls"} 62',
    'callsheet_requests_total{status="200"} 1',
    'callsheet_requests_total{status="429"} 1',
    'callsheet_requests_total{status="none"} 1',
    "callsheet_request_duration_seconds_count 3",
    "callsheet_retries_total 1",
    "callsheet_rate_limit_used 40",
    "callsheet_rate_limit_allowed 300",
  ])
    expect(text).toContain(`${line}\n`);
});

test("see() gives labels to a thousand reports, and one to all others", async () => {
  const metrics = createMetrics();
  for (let number = 0; number < MOST_REPORTS + 5; number += 1) attemptOf(metrics, `report-${number}`);
  attemptOf(metrics, "report-0");
  const { text } = await metrics.write(undefined);
  expect(text.match(/^callsheet_attempts_total\{/gm)).toHaveLength(MOST_REPORTS + 1);
  expect(text).toContain('callsheet_attempts_total{report="(others)",outcome="lost"} 5\n');
  expect(text).toContain('callsheet_attempts_total{report="report-0",outcome="lost"} 2\n');
});

function attemptOf(metrics: Metrics, report: string): void {
  metrics.see({ kind: "attempt_ended", run: { report, nominalAt: NOW }, attempt: 1, durationMs: 1 });
}

function away(): Watched["fleet"] {
  const reject = (): Promise<never> =>
    Promise.reject(new ReportError("database.unavailable", "The database does not answer"));
  return { expectSchema: reject, read: reject };
}

async function settle(lab: Lab, time: string): Promise<void> {
  const task = lab.tasks.findLast(({ run: { nominalAt } }) => nominalAt === at(time));
  if (task === undefined) throw new Error(`no task for ${time}`);
  const request = { ...task.run, taskId: task.id, tryNumber: 0, token: randomUUID(), worker: "test" };
  const claimed = await lab.ledger.claim(request);
  if (claimed === undefined) throw new Error(`${time} cannot be claimed`);
  await lab.ledger.settle(claimed.claim, { kind: "done", rows: 7 });
}
