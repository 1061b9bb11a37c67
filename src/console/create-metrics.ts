/**
 * What `/metrics` tells, for Prometheus: how all schedules stand, read from the database when it is asked, and what this
 * process did. A label is a report's name, a state, a status or an outcome: no id, no instant and no datum of a customer,
 * and a bounded number of each.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { SCHEDULED_STATES } from "../domain/scheduled-run.ts";
import type { RunEvent } from "../runs/run-events.ts";
import type { WorkEvent } from "../runs/work-events.ts";
import type { FleetState, ReportState } from "./fleet-reader.ts";

/** Reports that have labels of their own; who has more of them asks the database. */
export const MOST_REPORTS = 1_000;

/** All others of them together. */
const OTHERS = "(others)";

const ATTEMPT_SECONDS = [5, 15, 60, 300, 900, 3_600, 10_800];
const REQUEST_SECONDS = [0.1, 0.3, 1, 3, 10, 30, 60, 180];

/** The metrics of one process. */
export interface Metrics {
  /** Listens to what the worker does. */
  see(event: WorkEvent): void;
  /** Text for Prometheus, with its media type; `fleet` is undefined while the database does not answer. */
  write(fleet: FleetState | undefined): Promise<{ readonly type: string; readonly text: string }>;
}

/** Makes them. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const work = createWorkMetrics(registry);
  const fleet = createFleetMetrics(registry);
  return {
    see: work.see,
    async write(state) {
      fleet.show(state);
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}

function createWorkMetrics(registry: Registry): Pick<Metrics, "see"> {
  const registers = [registry];
  const attempts = new Counter({
    name: "callsheet_attempts_total",
    help: "Attempts at scheduled runs that this process ended, by outcome.",
    labelNames: ["report", "outcome"],
    registers,
  });
  const durations = new Histogram({
    name: "callsheet_attempt_duration_seconds",
    help: "How long they took.",
    labelNames: ["report"],
    buckets: ATTEMPT_SECONDS,
    registers,
  });
  const requests = new Counter({
    name: "callsheet_requests_total",
    help: "Requests to Genesys Cloud by status; none: no answer came.",
    labelNames: ["status"],
    registers,
  });
  const requestDurations = new Histogram({
    name: "callsheet_request_duration_seconds",
    help: "How long they took.",
    buckets: REQUEST_SECONDS,
    registers,
  });
  const retries = new Counter({
    name: "callsheet_retries_total",
    help: "Requests that had to be sent again.",
    registers,
  });
  const used = new Gauge({
    name: "callsheet_rate_limit_used",
    help: "Requests of the window, ours and others', as the latest answer of Genesys Cloud said.",
    registers,
  });
  const allowed = new Gauge({
    name: "callsheet_rate_limit_allowed",
    help: "Requests that the window allows, as the latest answer said.",
    registers,
  });
  const known = new Set<string>();

  function labelOf(report: string): string {
    if (known.size < MOST_REPORTS) known.add(report);
    return known.has(report) ? report : OTHERS;
  }

  function seeRun(event: RunEvent): void {
    if (event.kind === "retry") retries.inc();
    if (event.kind !== "request") return;
    requests.inc({ status: String(event.status ?? "none") });
    requestDurations.observe(event.durationMs / 1000);
    if (event.rate === undefined) return;
    used.set(event.rate.used);
    allowed.set(event.rate.allowed);
  }

  return {
    see(event) {
      if (event.kind === "run_event") seeRun(event.event);
      if (event.kind !== "attempt_ended") return;
      const report = labelOf(event.run.report);
      attempts.inc({ report, outcome: event.end?.kind ?? "lost" });
      durations.observe({ report }, event.durationMs / 1000);
    },
  };
}

function createFleetMetrics(registry: Registry): { show(state: FleetState | undefined): void } {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]): Gauge<Label> =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const up = gauge("callsheet_database_up", "1 when the database answered this time.", []);
  const runs = gauge("callsheet_runs", "Instants in the ledger by what became of them.", ["report", "state"]);
  const open = gauge("callsheet_queue_depth", "Runs that are not over, of all reports.", ["state"]);
  const paused = gauge("callsheet_schedule_paused", "1 while the schedule is paused.", ["report"]);
  const latest = gauge(
    "callsheet_latest_instant_timestamp_seconds",
    "The latest instant that was neither left out nor cancelled.",
    ["report"],
  );
  const lateness = gauge(
    "callsheet_lateness_seconds",
    "From that instant to the end of its run; to now while it is not done.",
    ["report"],
  );
  const rows = gauge("callsheet_latest_rows", "Rows that the run of that instant gave.", ["report"]);
  const all = [runs, paused, latest, lateness, rows];

  function showReport({ report, isPaused, runs: counts, latest: last }: ReportState, now: number): void {
    paused.set({ report }, isPaused ? 1 : 0);
    for (const state of SCHEDULED_STATES) runs.set({ report, state }, counts[state] ?? 0);
    if (last === undefined) return;
    latest.set({ report }, last.nominalAt / 1000);
    lateness.set({ report }, Math.max(0, (last.doneAt ?? now) - last.nominalAt) / 1000);
    if (last.rows !== undefined) rows.set({ report }, last.rows);
  }

  return {
    show(state) {
      // A report that is gone leaves no label behind.
      for (const each of all) each.reset();
      up.set(state === undefined ? 0 : 1);
      open.reset();
      if (state === undefined) return;
      for (const each of ["due", "waiting", "queued", "running"] as const)
        open.set(
          { state: each },
          state.reports.reduce((sum, { runs: counts }) => sum + (counts[each] ?? 0), 0),
        );
      for (const report of state.reports) showReport(report, state.now);
    },
  };
}
