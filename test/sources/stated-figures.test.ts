// Reports that aggregates answer alone, over the real month: every figure in the bucket of the second at which it was
// emitted, computed here from the raw file with other code. Whole files are compared.

import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openProject, type Project } from "../support/run-report.ts";
import { createTestClock } from "../support/test-clock.ts";
import { type Emissions, readEmissions } from "../truth/raw-emitted.ts";
import { divide } from "../truth/raw-month.ts";

const CALLS = fileURLToPath(new URL("../../data/anonymous-bank-1999-02.tsv.gz", import.meta.url));
const MEASURES =
  "offered, answered, abandoned, answer_rate, abandon_rate, asa_seconds, talk_seconds, avg_talk_seconds, aht_seconds, acw_seconds";

let project: Project;
let calls: readonly Emissions[];

beforeAll(async () => {
  project = await openProject({ callsFile: CALLS, files: {} });
  calls = readEmissions();
});

afterAll(async () => await project.close());

describe("figures of aggregates are those of the raw file, each where it was emitted", () => {
  test.each([
    ["day", "aggregates_query", 86_400],
    ["hour", "aggregates_query", 3600],
    ["minute15", "aggregates_job", 900],
  ])("by queue and %s, from an %s", async (width, form, seconds) => {
    const { csv, manifest, paths } = await run({ groupBy: `[routing.queue.name, time.${width}]`, measures: MEASURES });

    expect(csv).toBe(csvOf(`time.${width}`, seconds));
    expect(manifest).toMatchObject({ source: "aggregates", timeBasis: "eventTime", completeness: "complete" });
    expect(manifest).toMatchObject({ slices: [], questions: [{ form: form.slice("aggregates_".length) }] });
    expect(manifest.counts.requests).toBe(paths.filter((path) => path.includes("/aggregates/")).length);
    expect(paths.filter((path) => path.includes("/details/"))).toEqual([]);
  });

  test("by hour of day and weekday, which are no granularity, and with totals", async () => {
    const { csv, manifest } = await run({ groupBy: "[time.day_of_week, time.hour_of_day]", measures: "offered" });
    const truth = new Map<string, number>();
    for (const { offeredAt } of calls) {
      // 1 February 1999 was a Monday.
      const key = `${(Math.floor(offeredAt / 86_400) % 7) + 1},${Math.floor((offeredAt % 86_400) / 3600)}`;
      truth.set(key, (truth.get(key) ?? 0) + 1);
    }
    expect(csv.trimEnd().split("\r\n").slice(1).sort()).toEqual([...truth].map(([key, n]) => `${key},${n}`).sort());
    expect(manifest.totals).toEqual({ offered: 31_125 });
  });

  test("conversations of one media type by queue, and their total from a question of its own", async () => {
    const { csv, manifest } = await run({
      groupBy: "[routing.queue.name]",
      measures: "conversation_count",
      filter:
        "[{ path: conversation.media.type, operator: eq, value: voice }, { path: routing.queue.id, operator: exists }]",
    });
    const truth = Map.groupBy(calls, ({ queue }) => queue);
    expect(csv.trimEnd().split("\r\n").slice(1)).toEqual(
      [...truth].sort(([left], [right]) => (left < right ? -1 : 1)).map(([queue, of]) => `${queue},${of.length}`),
    );
    expect(manifest.totals).toEqual({ conversation_count: calls.length });
    expect(manifest.questions).toHaveLength(2);
  });

  test("a window that begins inside an hour is asked for in two pieces", async () => {
    const { csv, manifest } = await run({
      groupBy: "[time.hour]",
      measures: "offered",
      interval: "1999-02-02T08:20:00Z/1999-02-02T10:30:00Z",
    });
    const at = (hour: number, minute: number): number => 86_400 + hour * 3600 + minute * 60;
    const offered = (from: number, to: number): number =>
      calls.filter(({ offeredAt }) => offeredAt >= from && offeredAt < to).length;
    expect(csv).toBe(
      `time.hour,offered\r\n1999-02-02T10:00+02:00,${offered(at(10, 20), at(11, 0))}\r\n1999-02-02T11:00+02:00,${offered(at(11, 0), at(12, 0))}\r\n1999-02-02T12:00+02:00,${offered(at(12, 0), at(12, 30))}\r\n`,
    );
    expect(manifest.questions).toHaveLength(2);
  });
});

interface Asked {
  readonly groupBy: string;
  readonly measures: string;
  readonly filter?: string;
  readonly interval?: string;
}

async function run({ groupBy, measures, filter = "[]", interval = "1999-02-01/1999-03-01" }: Asked): Promise<{
  csv: string;
  paths: string[];
  manifest: { counts: { requests: number }; totals: Record<string, unknown>; questions: unknown[] };
}> {
  project.write(
    "stated.yaml",
    `report: stated
timeZone: Asia/Jerusalem
interval: ${interval}
timeBasis: eventTime
filter: ${filter}
groupBy: ${groupBy}
measures: [${measures}]
export: [csv]
`,
  );
  const before = project.simulator.requests.length;
  const { exitCode, err } = await project.callsheet(["run", "stated.yaml", "--out", "out"], {
    clock: createTestClock(),
  });
  expect([exitCode, err]).toEqual([0, expect.not.stringContaining("error")]);
  const manifest = JSON.parse(project.read("out/manifest.json")) as Awaited<ReturnType<typeof run>>["manifest"];
  const paths = project.simulator.requests.slice(before).map(({ path }) => path);
  return { csv: project.read("out/stated.csv"), paths, manifest };
}

interface Sums {
  offered: bigint;
  answered: bigint;
  abandoned: bigint;
  wait: bigint;
  talk: bigint;
  handles: bigint;
}

/** The file that the product should write: queue, then time; a bucket in which nothing was emitted is no line. */
function csvOf(timeKey: string, width: number): string {
  const groups = new Map<string, Sums>();
  const add = (queue: string, at: number, amounts: Partial<Sums>): void => {
    const key = `${queue}\t${bucketOf(at, width)}`;
    const sums = groups.get(key) ?? { offered: 0n, answered: 0n, abandoned: 0n, wait: 0n, talk: 0n, handles: 0n };
    groups.set(key, sums);
    for (const name of Object.keys(amounts) as (keyof Sums)[]) sums[name] += amounts[name] ?? 0n;
  };
  for (const call of calls) {
    add(call.queue, call.offeredAt, { offered: 1n });
    if (!call.answered) add(call.queue, call.leftQueueAt, { abandoned: 1n });
    if (!call.answered) continue;
    add(call.queue, call.leftQueueAt, { answered: 1n, wait: BigInt(call.waitSeconds) });
    add(call.queue, call.talkEndedAt, { handles: 1n, talk: BigInt(call.talkSeconds) });
  }
  const lines = [...groups]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, { offered, answered, abandoned, wait, talk, handles }]) => {
      const mean = divide(talk, handles, 2);
      const rates = [divide(answered, offered, 4), divide(abandoned, offered, 4), divide(wait, answered, 2)];
      return [key.replace("\t", ","), offered, answered, abandoned, ...rates, talk, mean, mean, 0].join(",");
    });
  const header = `routing.queue.name,${timeKey},${MEASURES.replaceAll(", ", ",")}`;
  return [header, ...lines].map((line) => `${line}\r\n`).join("");
}

/** Israel was at UTC+2 throughout February 1999. */
function bucketOf(at: number, width: number): string {
  const local = new Date(Date.UTC(1999, 1, 1) + Math.floor(at / width) * width * 1000).toISOString();
  return width === 86_400 ? local.slice(0, 10) : `${local.slice(0, 16)}+02:00`;
}
