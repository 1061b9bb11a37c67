import { expect, test } from "vitest";
import { createInterval } from "../domain/interval.ts";
import { type KnownRun, planBackfill } from "./plan-backfill.ts";

const DAY_MS = 86_400_000;
const windows = ["2026-03-01", "2026-03-02"].map((startDay, index) => ({
  spec: { kind: "local_days", startDay, endDay: `2026-03-0${index + 2}` } as const,
  interval: createInterval(Date.parse(startDay), Date.parse(startDay) + DAY_MS),
}));
const [first, second] = windows;

function known(run: Partial<KnownRun>): KnownRun {
  if (!first) throw new Error("no window");
  return {
    runId: "r1",
    state: "done",
    definitionHash: "h",
    window: first.spec,
    interval: first.interval,
    isComplete: true,
    ...run,
  };
}

const actions = (...runs: readonly KnownRun[]): unknown[] =>
  planBackfill(windows, { hash: "h" }, runs).map((step) => (step.kind === "run" ? "run" : [step.kind, step.runId]));

test("planBackfill() leaves out windows of which a run is complete, or at work", () => {
  expect(actions()).toEqual(["run", "run"]);
  expect(actions(known({}))).toEqual([["left_out", "r1"], "run"]);
  expect(actions(known({ window: { kind: "last", unit: "day", count: 1 } }))).toEqual([["left_out", "r1"], "run"]);
  expect(actions(known({ state: "running", isComplete: false }))).toEqual([["left_out", "r1"], "run"]);
});

test("planBackfill() runs anew what is provisional, failed, of another question or of another window", () => {
  expect(actions(known({ isComplete: false }))).toEqual(["run", "run"]);
  expect(actions(known({ state: "failed", isComplete: false }))).toEqual(["run", "run"]);
  expect(actions(known({ definitionHash: "other" }))).toEqual(["run", "run"]);
  expect(
    actions(known({ interval: createInterval(first?.interval.startAt ?? 0, second?.interval.endAt ?? 0) })),
  ).toEqual(["run", "run"]);
});

test("planBackfill() resumes the newest interrupted run that was begun with the same words", () => {
  const stopped = { state: "interrupted", isComplete: false } as const;

  expect(actions(known({ ...stopped, runId: "new" }), known({ ...stopped, runId: "old" }))).toEqual([
    ["resume", "new"],
    "run",
  ]);
  expect(actions(known({ ...stopped, window: { kind: "last", unit: "day", count: 1 } }))).toEqual(["run", "run"]);
  expect(actions(known({ ...stopped, runId: "new" }), known({ runId: "done" }))).toEqual([["left_out", "done"], "run"]);
});
