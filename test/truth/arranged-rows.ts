// What the tests of arranged reports share: a generated centre, the product's table of a question, without the network,
// and the keys of a way as brute-force.ts knows them.

import { Temporal } from "temporal-polyfill";
import { generateCentre } from "../../simulator/conversations/generate-centre.ts";
import { buildTable } from "../../src/aggregate/build-table.ts";
import type { TableEngine } from "../../src/aggregate/table-engine.ts";
import { parseDefinition } from "../../src/define/parse-definition.ts";
import type { ConversationRecord } from "../../src/domain/conversation-record.ts";
import { createNameOf, type Directory } from "../../src/domain/directory.ts";
import { fetchedInterval } from "../../src/domain/periods.ts";
import type { RecordNeeds } from "../../src/domain/query-plan.ts";
import type { ReportTable } from "../../src/domain/report-table.ts";
import { bindNames } from "../../src/plan/bind-names.ts";
import { buildPlan } from "../../src/plan/build-plan.ts";
import { resolvePeriods } from "../../src/plan/resolve-periods.ts";
import { resolveWindow } from "../../src/plan/resolve-window.ts";
import { parseConversation } from "../support/parse-conversation.ts";
import { bucketsIn, byCodePoint, type Tree, type Way, waysOf } from "./brute-force.ts";

/** The clocks of New York go forward on 10 March 2024, in the middle of the generated month. */
const ZONE = "America/New_York";

/** A value to group by. */
export type Key = string | number | null;

const centre = generateCentre({ count: 900, seed: 20_240_311 });
const TREES = Array.from(
  { length: centre.conversations.size },
  (_, index) => JSON.parse(JSON.stringify(centre.conversations.get(index))) as Tree,
);
const directory: Directory = {
  queue: centre.queues,
  user: centre.users,
  wrapUpCode: centre.wrapUpCodes,
  division: centre.divisions,
  skill: centre.skills,
  language: centre.languages,
  flow: centre.flows,
};
const localBucket = bucketsIn(ZONE);

/** The ways of the conversations that began in `[start, end)`. */
export function waysWithin(start: string, end: string): Way[] {
  const [from, until] = [Date.parse(start), Date.parse(end)];
  return TREES.filter(({ conversationStart }) => {
    const at = Date.parse(conversationStart);
    return at >= from && at < until;
  }).flatMap(waysOf);
}

/** The keys of a way; of one that counts as if it had begun so many days later, at the same time on the clock. */
export function keysOf(paths: readonly string[], way: Way, daysLater = 0): Key[] {
  const start = way.tree.conversationStart;
  return paths.map((path) => {
    const width = path.slice("time.".length);
    if (["time.hour_of_day", "time.day_of_week"].includes(path)) return localBucket(start, width);
    if (path.startsWith("time.")) return localBucket(later(start, daysLater), width);
    if (path === "conversation.direction") return way.tree.originatingDirection ?? null;
    if (path === "conversation.media.type") return way.place?.media ?? null;
    if (path === "routing.queue.id") return way.place?.queue ?? null;
    if (path === "routing.queue.name") return queueName(way.place?.queue ?? null);
    if (path === "agent.id") return way.leg?.user ?? null;
    throw new Error(`${path} is new here`);
  });
}

function later(instant: string, days: number): string {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(ZONE).toPlainDateTime();
  return local.add({ days }).toZonedDateTime(ZONE).toInstant().toString();
}

function queueName(id: string | null): string | null {
  if (id === null) return null;
  const name = centre.queues.find((queue) => queue.id === id)?.name ?? id;
  return centre.queues.filter((queue) => queue.name === name).length > 1 ? `${name} (${id.slice(0, 8)})` : name;
}

/** The values of time keys that the minutes of `[start, end)` have, together. */
export function bucketsByMinute(paths: readonly string[], start: string, end: string): Key[][] {
  const found = new Map<string, Key[]>();
  for (let at = Date.parse(start); at < Date.parse(end); at += 60_000) {
    const bucket = paths.map((path) => localBucket(new Date(at).toISOString(), path.slice("time.".length)));
    found.set(JSON.stringify(bucket), bucket);
  }
  return [...found.values()];
}

/** In the order of a report: numbers by size, texts by code point, null last. */
export function compareKeys(left: readonly Key[], right: readonly Key[]): number {
  for (const [index, mine] of left.entries()) {
    const other = right[index] ?? null;
    if (mine === other) continue;
    if (mine === null) return 1;
    if (other === null) return -1;
    return typeof mine === "number" ? mine - Number(other) : byCodePoint(mine, String(other));
  }
  return 0;
}

/** The product's table; `question` are the keys of a report file besides its name and zone. */
export async function productTable(
  question: Readonly<Record<string, unknown>>,
  engine: TableEngine,
): Promise<ReportTable> {
  const text = JSON.stringify({ report: "arranged", timeZone: ZONE, ...question });
  const definition = parseDefinition(text, "arranged.json");
  const filter = bindNames(definition.filter, directory);
  const known = resolveWindow(definition.window, definition.timeZone, Date.UTC(2026, 0));
  const periods = resolvePeriods(definition, known);
  const { needs, interval } = buildPlan(definition, filter, fetchedInterval(periods));
  const records = recordsWithin(needs, interval);
  return await buildTable({ definition, filter, known, periods, records, nameOf: createNameOf(directory), engine });
}

async function* recordsWithin(
  needs: RecordNeeds,
  { startAt, endAt }: { readonly startAt: number; readonly endAt: number },
): AsyncGenerator<readonly ConversationRecord[]> {
  for (const tree of TREES) {
    const record = parseConversation(tree, needs);
    if ("reason" in record) throw new Error(`${tree.conversationId}: ${record.reason}`);
    if (record.startedAt >= startAt && record.startedAt < endAt) yield await Promise.resolve([record]);
  }
}
