/**
 * The sums that API.md found in genuine aggregates, asked of the simulator over HTTP, and the totals of the real month:
 * aggregates and details of one centre must tell one story.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCallLog } from "../../simulator/conversations/call-log.ts";
import { generateCentre } from "../../simulator/conversations/generate-centre.ts";
import { createSimulator, type Simulator } from "../../simulator/create-simulator.ts";
import { connect, type Connection, member } from "./connect.ts";
import { run } from "./jobs.ts";
import { smallCentre } from "./small-centre.ts";

const AGGREGATES = "/api/v2/analytics/conversations/aggregates/query";
const MONTH = new URL("../../data/anonymous-bank-1999-02.tsv.gz", import.meta.url).pathname;

/** The stats of each metric of a bucket, by name; those of an absent metric are empty. */
type Figures = (metric: string) => Readonly<Record<string, number>>;

let simulator: Simulator;
let client: Connection;

async function ask(body: object): Promise<Figures[]> {
  const { json } = await client.post(AGGREGATES, body);
  const results = [member(json, "results")].flat();
  return results.flatMap((result) =>
    [member(result, "data")].flat().map((bucket) => {
      const metrics = [member(bucket, "metrics")].flat();
      return (name: string) =>
        Object(
          member(
            metrics.find((it) => member(it, "metric") === name),
            "stats",
          ),
        );
    }),
  );
}

function total(buckets: readonly Figures[], metric: string, stat: string): number {
  return buckets.reduce((sum, figures) => sum + (figures(metric)[stat] ?? 0), 0);
}

describe("a generated centre", () => {
  const interval = "2024-02-20T00:00:00Z/2024-06-01T00:00:00Z";
  const counters = "nOffered nOverSla nConversations";
  const timers =
    "tAnswered tAbandon tShortAbandon tFlowOut tWait tHandle tTalkComplete tHeldComplete tAcw tDialing tContacting";
  const metrics = `${counters} ${timers} tTalk tHeld oServiceLevel`.split(" ");

  beforeAll(async () => {
    const { conversations, ...entities } = generateCentre({
      count: 1500,
      seed: 21,
      days: 14,
      // A media type that nobody knows may stand on one of two sessions whose figures belong together.
      unknownValues: false,
    });
    // What is in progress has emitted parts of sums that are not there yet.
    const ended = Array.from({ length: conversations.size }, (_, index) => conversations.get(index)).filter(
      ({ conversationEnd }) => conversationEnd !== undefined,
    );
    simulator = await createSimulator({ centre: smallCentre(ended, entities), rateLimitPerMinute: 10_000 });
    client = await connect(simulator);
  });
  afterAll(() => simulator.close());

  test("tWait = tAnswered + tAbandon + tFlowOut in count and sum, for every queue and media", async () => {
    const groups = await ask({ interval, metrics, groupBy: ["queueId"] });
    for (const of of groups) {
      for (const stat of ["count", "sum"]) {
        const parts = ["tAnswered", "tAbandon", "tFlowOut"].map((name) => of(name)[stat] ?? 0);
        expect(of("tWait")[stat] ?? 0).toBe(parts.reduce((sum, part) => sum + part, 0));
      }
    }
    expect(groups.length).toBeGreaterThan(20);
  });

  test("tHandle = tTalkComplete + tHeldComplete + tAcw + tDialing + tContacting, for every user", async () => {
    const groups = await ask({ interval, metrics, groupBy: ["userId"] });
    const handled = groups.filter((of) => of("tHandle")["count"] !== undefined);
    for (const of of handled) {
      const parts = ["tTalkComplete", "tHeldComplete", "tAcw", "tDialing", "tContacting"];
      expect(of("tHandle")["sum"]).toBe(parts.reduce((sum, name) => sum + (of(name)["sum"] ?? 0), 0));
    }
    expect(handled.length).toBeGreaterThan(50);
  });

  test("oServiceLevel = (answered - nOverSla) / (answered + abandoned), for every queue and media", async () => {
    const groups = await ask({ interval, metrics, groupBy: ["queueId"] });
    const levels = groups.filter((of) => of("oServiceLevel")["ratio"] !== undefined);
    for (const of of levels) {
      const answered = of("tAnswered")["count"] ?? 0;
      const numerator = answered - (of("nOverSla")["count"] ?? 0);
      const denominator = answered + (of("tAbandon")["count"] ?? 0);
      expect(of("oServiceLevel")).toMatchObject({ numerator, denominator, ratio: numerator / denominator });
    }
    expect(levels.length).toBeGreaterThan(20);
  });

  test("buckets and queues add up to the whole; media do not for conversations", async () => {
    const whole = await ask({ interval, metrics });
    const byDay = await ask({ interval, metrics, granularity: "P1D", timeZone: "Europe/Berlin", groupBy: ["queueId"] });
    for (const [metric, stat] of [
      ["nOffered", "count"],
      ["tHandle", "sum"],
      ["tWait", "count"],
      ["tTalk", "sum"],
    ] as const) {
      expect(total(byDay, metric, stat)).toBe(total(whole, metric, stat));
    }
    expect(total(whole, "nConversations", "count")).toBeGreaterThan(1500);
    expect(total(whole, "tTalk", "sum")).toBe(total(whole, "tTalkComplete", "sum"));
    expect(total(whole, "tHeld", "sum")).toBe(total(whole, "tHeldComplete", "sum"));
  });

  test("the metrics in the rows of a job, counted by hand, are the aggregates", async () => {
    const counts = new Map<unknown, number>();
    for (const { json } of await run(client, { interval }, 500)) {
      for (const row of [member(json, "conversations")].flat()) {
        const sessions = [member(row, "participants")].flat().flatMap((it) => member(it, "sessions"));
        for (const metric of sessions.flatMap((it) => member(it, "metrics") ?? [])) {
          const name = member(metric, "name");
          counts.set(name, (counts.get(name) ?? 0) + 1);
        }
      }
    }
    const whole = await ask({ interval, metrics });
    const emitted = metrics.filter((name) => !["nConversations", "tWait", "oServiceLevel"].includes(name));
    for (const name of emitted) expect([name, total(whole, name, "count")]).toEqual([name, counts.get(name) ?? 0]);
    expect([simulator.violations, simulator.failures]).toEqual([[], []]);
  });
});

test("the real month has its known totals", async () => {
  const bank = await createSimulator({ centre: await readCallLog(MONTH) });
  try {
    client = await connect(bank);
    const [february] = await ask({
      interval: "1999-01-31T22:00:00Z/1999-02-28T22:00:00Z",
      metrics: ["nConversations", "nOffered", "tAnswered", "tAbandon", "tTalk", "tWait"],
    });
    const count = (metric: string) => february?.(metric)["count"] ?? 0;
    const answered = count("tAnswered");
    expect([count("nConversations"), count("nOffered"), answered, count("tAbandon"), count("tWait")]).toEqual([
      33_344, 31_125, 27_162, 3_963, 31_125,
    ]);
    expect(((february?.("tTalk")["sum"] ?? 0) / answered / 1000).toFixed(3)).toBe("176.353");
    expect([bank.violations, bank.failures]).toEqual([[], []]);
  } finally {
    await bank.close();
  }
});
