// `run --reconcile` end to end: the product counts conversations, the simulator counts emitted figures, and every
// difference between the two must have a name, except one that was planted.

import { describe, expect, test } from "vitest";
import { changedAggregates } from "../../simulator/faults/changed-aggregates.ts";
import type { Fault } from "../../simulator/faults/fault.ts";
import { createTestClock } from "../support/test-clock.ts";
import { openProject, type Project, type ProjectOptions } from "../support/run-report.ts";

const MONTH = { callsFile: "data/anonymous-bank-1999-02.tsv.gz" };
const CENTRE = { generate: { count: 1200, seed: 7 } };
const MEASURES = [
  "conversation_count, offered, abandoned, answered, asa_seconds",
  "talk_seconds, hold_seconds, acw_seconds, aht_seconds",
].join(", ");

/** What `--json` prints of the comparison. */
interface Told {
  readonly requests: number;
  readonly compared: number;
  readonly equal: number;
  readonly causes: Readonly<Record<string, number>>;
  readonly differences: readonly {
    readonly group: Readonly<Record<string, string | null>>;
    readonly figure: string;
    readonly ours: number;
    readonly server: number;
    readonly cause: string;
  }[];
  readonly notes: readonly string[];
  readonly refusal?: string;
}

interface Asked {
  readonly groupBy: string;
  readonly interval?: string;
  readonly timeZone?: string;
  readonly source?: string;
  readonly filter?: string;
}

describe("the real month", () => {
  test("by queue all figures are equal: no call crosses an edge of February", async () => {
    const told = await reconciled(MONTH, {
      groupBy: "[routing.queue.name]",
      interval: "1999-02-01/1999-03-01",
      timeZone: "Asia/Jerusalem",
    });
    expect(told).toMatchObject({ compared: 48, equal: 48, causes: {}, differences: [], requests: 1 });
  });

  test("by queue of four busy hours, the calls that cross an edge are told as the other clock", async () => {
    const told = await reconciled(MONTH, {
      groupBy: "[routing.queue.name]",
      // In the middle of the busiest hours, so that calls are going on at both edges.
      interval: "1999-02-02T08:00:00Z/1999-02-02T12:00:00Z",
      timeZone: "Asia/Jerusalem",
      source: "details_query",
    });
    expect(told.causes).toEqual({ other_clock: told.compared - told.equal });
    expect(told.differences.length).toBeGreaterThan(5);
    expect(told.differences.filter(({ figure }) => figure === "offered" || figure === "conversations")).toEqual([]);
    expect(told.requests).toBeGreaterThan(1);
  });

  test("by queue and hour the other clock is the only difference", async () => {
    const told = await reconciled(MONTH, {
      groupBy: "[routing.queue.name, time.hour]",
      interval: "1999-02-01/1999-02-08",
      timeZone: "Asia/Jerusalem",
    });
    expect(told.causes).toEqual({ other_clock: told.compared - told.equal });
    expect(told.differences[0]?.group["time.hour"]).toBe("1999-02-01T06:00+02:00");
    expect(told.equal).toBeGreaterThan(1000);
  });
});

describe("a generated centre", () => {
  test.each<Asked>([
    { groupBy: "[routing.queue.name]" },
    { groupBy: "[routing.queue.id, time.day]" },
    { groupBy: "[agent.name]" },
    { groupBy: "[agent.id, time.minute30]", interval: "2024-03-05/2024-03-08", source: "details_query" },
    { groupBy: "[wrapup.code]", interval: "2024-02-28/2024-04-20" },
    { groupBy: "[conversation.division.id, conversation.direction]" },
  ])("leaves nothing unexplained: $groupBy", async (asked) => {
    const told = await reconciled(CENTRE, asked);
    expect(told.differences.filter(({ cause }) => cause === "unexplained")).toEqual([]);
    expect(told.equal).toBeGreaterThan(50);
    expect(Object.values(told.causes).reduce((sum, count) => sum + count, told.equal)).toBe(told.compared);
  });

  test("e-mails that began days before the window are fetched for its sake, and explain it", async () => {
    const told = await reconciled(CENTRE, {
      groupBy: "[routing.queue.id]",
      filter: "[{ path: conversation.media.type, operator: eq, value: email }]",
      interval: "2024-03-06/2024-03-20",
      timeZone: "UTC",
      source: "details_query",
    });
    expect(told.causes).toEqual({ other_clock: told.compared - told.equal });
    expect(told.differences.some(({ ours, server }) => server > ours)).toBe(true);
    expect(told.requests).toBeGreaterThan(1);
  });

  test("over its whole life by queue and media, everything is equal", async () => {
    const told = await reconciled(CENTRE, {
      groupBy: "[routing.queue.id, conversation.media.type]",
      interval: "2024-02-28/2024-05-20",
    });
    expect(told).toMatchObject({ causes: {}, equal: told.compared });
    expect(told.compared).toBeGreaterThan(500);
  });

  test("a filter that the server can say is compared too", async () => {
    const told = await reconciled(CENTRE, {
      groupBy: "[routing.queue.id]",
      filter:
        "[{ path: conversation.media.type, operator: in, value: [voice, chat] }, { path: agent.id, operator: exists }]",
      interval: "2024-02-28/2024-05-20",
    });
    expect(told).toMatchObject({ causes: {}, equal: told.compared });
    expect(told.compared).toBeGreaterThan(100);
  });

  test("a filter that the server cannot say is refused with the reason, and nothing is asked", async () => {
    const told = await reconciled(CENTRE, {
      groupBy: "[routing.queue.id]",
      filter: "[{ path: agent.talk.seconds, operator: gt, value: 60 }]",
    });
    expect(told).toMatchObject({
      requests: 0,
      compared: 0,
      refusal: "aggregates cannot filter on agent.talk.seconds",
    });
  });

  test("a count that nothing explains is unexplained, comes first, and the run still ends well", async () => {
    const whole = { groupBy: "[routing.queue.id]", interval: "2024-02-28/2024-05-20" };
    const told = await reconciled({ ...CENTRE, faults: [changedAggregates({ metric: "nOffered" })] }, whole);
    expect(told.causes).toEqual({ unexplained: 1 });
    const [planted] = told.differences;
    expect(planted).toMatchObject({ figure: "offered", cause: "unexplained", server: (planted?.ours ?? 0) + 1 });
  });
});

test("the terminal shows the sums and the differences; without --reconcile nothing is asked", async () => {
  const project = await open(CENTRE, { groupBy: "[routing.queue.name]" });
  const plain = await project.callsheet(["run", "calls.yaml"], { clock: createTestClock() });
  expect(plain.out).not.toContain("reconciled with");
  expect(aggregatesAsked(project)).toBe(0);
  const compared = await project.callsheet(["run", "calls.yaml", "--reconcile"], { clock: createTestClock() });
  expect(compared.exitCode).toBe(0);
  expect(compared.out).toMatch(
    /reconciled with the server's aggregates \(\d+ more requests?\): [\d,]+ of [\d,]+ figures equal/,
  );
  expect(compared.out).toMatch(/other_clock\n/);
  expect(aggregatesAsked(project)).toBe(1);
  await project.close();
});

test("aggregates of another shape end the comparison, not the report", async () => {
  const odd: Fault = {
    ...changedAggregates({ metric: "nOffered" }),
    name: "odd",
    alter: (answer) => ({ ...answer, json: { results: [{ group: { queueId: 7 }, data: [] }] } }),
  };
  const told = await reconciled({ ...CENTRE, faults: [odd] }, { groupBy: "[routing.queue.id]" });
  expect(told.refusal).toBe(
    "genesys.unexpected_answer: The aggregates query answered with a value of queueId that is no text",
  );
});

async function open(
  { faults = [], ...options }: ProjectOptions & { readonly faults?: readonly Fault[] },
  { groupBy, interval = "2024-03-05/2024-03-20", timeZone = "Europe/Berlin", source = "auto", filter = "[]" }: Asked,
): Promise<Project> {
  const report = `report: calls
timeZone: ${timeZone}
interval: ${interval}
source: ${source}
filter: ${filter}
groupBy: ${groupBy}
measures: [${MEASURES}]
export: [csv]
`;
  const project = await openProject({ ...options, files: { "calls.yaml": report } });
  project.simulator.faults.add(...faults);
  return project;
}

/** Runs a report with `--reconcile --json`; the manifest must tell the same. */
async function reconciled(
  options: ProjectOptions & { readonly faults?: readonly Fault[] },
  asked: Asked,
): Promise<Told> {
  const project = await open(options, asked);
  const { exitCode, out, err } = await project.callsheet(["run", "calls.yaml", "--reconcile", "--json"], {
    clock: createTestClock(),
  });
  expect([exitCode, err]).toEqual([0, expect.not.stringContaining("error")]);
  const { runId, reconciliation } = JSON.parse(out) as { runId: string; reconciliation: Told };
  const manifest: unknown = JSON.parse(project.read(`.callsheet/runs/${runId}/manifest.json`));
  expect(manifest).toMatchObject({ reconciliation });
  expect(aggregatesAsked(project)).toBe(reconciliation.refusal?.startsWith("aggregates") ? 0 : 1);
  await project.close();
  return reconciliation;
}

function aggregatesAsked({ simulator }: Project): number {
  return simulator.requests.filter(({ path }) => path.includes("/aggregates/")).length;
}
