import { expect, test } from "vitest";
import type { ReportRow } from "../domain/row-change.ts";
import type { ComparableRun, PastRuns } from "./past-runs.ts";
import { revise } from "./revise.ts";

const COLUMNS = [
  { name: "routing.queue.id", role: "key" },
  { name: "offered", role: "measure" },
] as const;

/** A run whose only row says how many calls were offered; `at` is the minute in which it gave its rows. */
function run(runId: string, offered: number, at: number, members: Partial<ComparableRun> = {}): ComparableRun {
  return {
    runId,
    report: "calls",
    definitionHash: "d",
    interval: "2024-05-01/2024-05-02",
    revision: 1,
    finishedAt: `2024-05-20T12:${String(at).padStart(2, "0")}:00.000Z`,
    columns: COLUMNS,
    rows: { count: 1, sha256: String(offered) },
    ...members,
  };
}

/** Runs that lie in memory; a row is as its run's checksum says. */
function pastRuns(...runs: readonly ComparableRun[]): PastRuns {
  return {
    async *of(report) {
      for (const each of runs) if (each.report === report) yield await Promise.resolve(each);
    },
    // Checks alone look at these.
    async *complete() {},
    get: (runId) => Promise.reject(new Error(`nobody asks for ${runId}`)),
    readRows: ({ rows }): Promise<readonly ReportRow[]> =>
      Promise.resolve([{ "routing.queue.id": "q", offered: Number(rows.sha256) }]),
  };
}

test("revise() counts up when the rows differ from those of the run that gave its rows last", async () => {
  const past = pastRuns(run("b", 5, 30, { revision: 2 }), run("c", 4, 10), run("a", 4, 20));
  expect(await revise(run("new", 6, 40), past)).toEqual({
    revision: 3,
    changes: {
      against: "b",
      rows: { added: 0, removed: 0, changed: 1 },
      list: [
        { kind: "changed", key: { "routing.queue.id": "q" }, cells: [{ column: "offered", before: 5, after: 6 }] },
      ],
    },
  });
  expect((await revise(run("new", 5, 40), past)).revision).toBe(2);
});

test("revise() does not compare with another window, another definition, or another report", async () => {
  const past = pastRuns(
    run("a", 4, 10, { interval: "2024-05-02/2024-05-03" }),
    run("b", 4, 20, { definitionHash: "e" }),
    run("c", 4, 30, { report: "others" }),
  );
  expect(await revise(run("new", 5, 40), past)).toEqual({ revision: 1 });
});

test("revise() gives a run that goes on, and had given its rows before, the revision that it had", async () => {
  const own = run("own", 5, 20, { revision: 2 });
  const past = pastRuns(run("before", 4, 10), own, run("later", 6, 30, { revision: 3 }));
  expect(await revise(run("own", 5, 40), past)).toMatchObject({ revision: 2, changes: { against: "before" } });
  const hadNone = pastRuns(run("before", 4, 10), run("later", 6, 30, { revision: 2 }));
  expect(await revise(run("own", 5, 40), hadNone)).toMatchObject({ revision: 3, changes: { against: "later" } });
});
