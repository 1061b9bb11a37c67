// Every measure under every field that groups, and a seeded sample of pairs and filters, over a generated centre: the
// product's table against brute-force.ts. The centre is made uglier first, so that no rule goes untried.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateCentre } from "../../simulator/conversations/generate-centre.ts";
import { buildTable } from "../../src/aggregate/build-table.ts";
import { DECLARED_MEASURES } from "../../src/define/declared-measures.ts";
import { MEASURES } from "../../src/define/measure-catalogue.ts";
import { parseDefinition } from "../../src/define/parse-definition.ts";
import { findField } from "../../src/define/find-field.ts";
import { ATTRIBUTE, FIELDS } from "../../src/define/vocabulary.ts";
import type { ConversationRecord } from "../../src/domain/conversation-record.ts";
import { createNameOf, type Directory } from "../../src/domain/directory.ts";
import type { RecordNeeds } from "../../src/domain/query-plan.ts";
import { createTableEngine, type DuckDbEngine } from "../../src/duckdb/create-table-engine.ts";
import { parseConversation } from "../support/parse-conversation.ts";
import { bindNames } from "../../src/plan/bind-names.ts";
import { buildPlan } from "../../src/plan/build-plan.ts";
import { resolveWindow } from "../../src/plan/resolve-window.ts";
import {
  bucketsIn,
  byCodePoint,
  durationOf,
  MEMBER_READERS,
  metricOf,
  SPLITS,
  splitWays,
  type Tree,
  type Way,
  waysOf,
} from "./brute-force.ts";
import { DECLARED, figuresOver } from "./brute-measures.ts";

const SEED = 20_240_310;
const ZONE = "America/New_York";
/** The gate tries some thousands; by hand there may be as many as one likes. */
const COUNT = Number(process.env.CALLSHEET_BRUTE_CONVERSATIONS ?? 3000);
const centre = generateCentre({ count: COUNT, seed: SEED });
const trees = Array.from({ length: centre.conversations.size }, (_, index) =>
  uglier(JSON.parse(JSON.stringify(centre.conversations.get(index))) as Loose, index),
);
const ways = trees.flatMap(waysOf);
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
const random = randomFrom(SEED);

let folder: string;
let engine: DuckDbEngine;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-brute-"));
  engine = await createTableEngine(folder);
});
afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

/** Plain members of the tree are many and alike: they are tried apart, with fewer measures. */
const TIER = findField("conversation.attribute.customerTier");
const PLAIN = [...FIELDS.values(), ...(TIER ? [TIER] : [])].filter(
  ({ groupable, path }) => groupable && MEMBER_READERS.has(path),
);
const GROUPABLE = [...FIELDS.values()]
  .filter((field) => field.groupable && field !== ATTRIBUTE && !PLAIN.includes(field))
  .map(({ path }) => path);
const ALL_MEASURES: readonly Asked[] = [...MEASURES.keys(), ...DECLARED];
const SOME = 24;

/** Measures by seed, and those that a measure of another kind may disturb. */
function someMeasures(): Asked[] {
  return [
    ...new Set([...draw(SOME, () => pick(ALL_MEASURES)), "conversation_count", "wrapup_counts", "p90_wait_seconds"]),
  ];
}

test("every measure of the catalogue is computed here a second time", () => {
  expect(Object.keys(figuresOver([])).sort()).toEqual(ALL_MEASURES.map(nameOfMeasure).sort());
  const declared = DECLARED.map((entry) => ("measure" in entry ? entry.measure : entry.name));
  expect([...DECLARED_MEASURES.keys()].filter((name) => !declared.some((each) => each === name))).toEqual([]);
});

test("the sample holds everything that a rule is about", () => {
  const some = (claim: (tree: Tree, own: readonly Way[]) => boolean): number =>
    trees.filter((tree) => claim(tree, waysOf(tree))).length;
  const agents = (own: readonly Way[]): (string | null)[] =>
    [...new Set(own.map(({ leg }) => leg))].flatMap((leg) => (leg ? [leg.user] : []));
  const counts = {
    transfers: some((_, own) => new Set(own.map(({ visit }) => visit)).size > 2),
    sameAgentTwice: some((_, own) => new Set(agents(own)).size < agents(own).length),
    divisions: some(({ divisionIds }) => (divisionIds?.length ?? 0) > 1),
    codesOnALeg: some((_, own) => own.some(({ leg }) => (leg?.codes.length ?? 0) > 1)),
    open: some((tree) => durationOf(tree) === null),
    unknownMedia: some((_, own) => own.some(({ place }) => place?.media === "unknown")),
    visitAfterItsLeg: some((_, own) =>
      own.some(({ leg, visit }) => leg && visit && visit.startedAt > leg.startedAt + 2000),
    ),
    withoutParts: some((_, own) => own.some(({ place }) => place === null)),
  };
  for (const [name, count] of Object.entries(counts)) expect(count, name).toBeGreaterThan(5);
});

describe("R-48, R-52: every measure under every field that groups", () => {
  test.each(GROUPABLE)("%s", async (path) => {
    await compare({ groupBy: [path], measures: ALL_MEASURES });
  });

  test("without groups: one row", async () => {
    await compare({ groupBy: [], measures: ALL_MEASURES });
  });
});

describe("R-48: some measures of each home under every plain member of the tree", () => {
  const measures = ["conversation_count", "offered", "answered", "handle_seconds", "wrapup_counts"];

  test("they are all that the reader knows", () => {
    expect(PLAIN.map(({ path }) => path).sort()).toEqual([...MEMBER_READERS.keys()].sort());
  });

  test.each(PLAIN.map(({ path }) => path))("%s", async (path) => {
    await compare({ groupBy: [path], measures });
  });

  test.each(draw(6, () => [pick(PLAIN).path, pick(PLAIN).path]).filter(([one, two]) => one !== two))(
    "%s and %s",
    async (...groupBy) => {
      await compare({ groupBy, measures });
    },
  );

  test("most of them have values here", () => {
    const filled = PLAIN.filter(({ path }) => ways.some((way) => (MEMBER_READERS.get(path)?.(way).length ?? 0) > 0));
    expect(filled.length).toBeGreaterThan(50);
  });
});

describe("two fields, drawn by seed", () => {
  test.each(draw(14, () => [pick(GROUPABLE), pick(GROUPABLE)]).filter(([one, two]) => one !== two))(
    "%s and %s",
    async (...groupBy) => {
      await compare({ groupBy, measures: someMeasures() });
    },
  );
});

test("a measure alone gives what it gives beside the others", async () => {
  for (const measure of someMeasures()) await compare({ groupBy: [pick(GROUPABLE)], measures: [measure] });
});

const AGENT = pick(centre.users).id;
const QUEUES = [pick(centre.queues).id, pick(centre.queues).id, pick(centre.queues).id];
const CODE = pick(centre.wrapUpCodes).id;
const FILTERS: readonly Condition[][] = [
  [{ path: "conversation.media.type", operator: "eq", value: "voice" }],
  [{ path: "conversation.media.type", operator: "not_in", value: ["voice", "callback"] }],
  [
    { path: "conversation.media.type", operator: "eq", value: "voice" },
    { path: "routing.queue.id", operator: "in", value: QUEUES },
  ],
  [{ path: "routing.queue.id", operator: "not_exists" }],
  [
    { path: "agent.id", operator: "eq", value: AGENT },
    { path: "agent.talk.seconds", operator: "gte", value: 60 },
  ],
  [{ path: "agent.hold.seconds", operator: "exists" }],
  [{ path: "agent.acw.seconds", operator: "lt", value: 12.5 }],
  [{ path: "wrapup.code", operator: "eq", value: CODE }],
  [{ path: "wrapup.code", operator: "ne", value: CODE }],
  [
    { path: "wrapup.code", operator: "exists" },
    { path: "routing.queue.id", operator: "not_in", value: QUEUES },
  ],
  [
    { path: "conversation.duration.seconds", operator: "gt", value: 120 },
    { path: "conversation.duration.seconds", operator: "lte", value: 600 },
  ],
  [{ path: "conversation.division.name", operator: "eq", value: pick(centre.divisions).name }],
  [{ path: "conversation.direction", operator: "eq", value: "outbound" }],
  [
    { path: "conversation.direction", operator: "contains", value: "BOUND" },
    { path: "routing.queue.name", operator: "contains", value: "e" },
  ],
  [{ path: "agent.name", operator: "starts_with", value: pick(centre.users).name.slice(0, 1).toLowerCase() }],
  [
    { path: "routing.skill.id", operator: "in", value: [pick(centre.skills).id, pick(centre.skills).id] },
    { path: "routing.queue.id", operator: "exists" },
  ],
  [{ path: "routing.language.name", operator: "ne", value: pick(centre.languages).name }],
  [
    { path: "flow.name", operator: "exists" },
    { path: "agent.id", operator: "exists" },
  ],
  [{ path: "customer.ani", operator: "starts_with", value: "TEL:+1" }],
  [{ path: "customer.dnis", operator: "contains", value: "555" }],
  [{ path: "survey.nps", operator: "gte", value: 9 }],
  [
    { path: "survey.score", operator: "exists" },
    { path: "survey.score", operator: "lt", value: 60 },
  ],
  [
    {
      type: "compound",
      operator: "or",
      filters: [
        { path: "agent.handle.seconds", operator: "gt", value: 300 },
        {
          type: "compound",
          operator: "and",
          filters: [
            { path: "conversation.media.type", operator: "eq", value: "email" },
            { path: "agent.id", operator: "exists" },
          ],
        },
      ],
    },
    { path: "conversation.direction", operator: "ne", value: "outbound" },
  ],
];

const METRIC_FILTERS: readonly Condition[][] = [
  [{ path: "metric.tAlert", operator: "gt", value: 15 }],
  [{ path: "metric.tAbandon", operator: "exists" }],
  [{ path: "metric.tIvr", operator: "lte", value: 60 }],
  [{ path: "metric.nTransferred", operator: "gte", value: 1 }],
  [
    { path: "metric.tAcd", operator: "gt", value: 60 },
    { path: "conversation.attribute.customerTier", operator: "in", value: ["gold", "silver"] },
  ],
];

describe.each(["figures", "conversation"] as const)("filters with filterScope %s", (filterScope) => {
  test.each([...FILTERS, ...METRIC_FILTERS].map((filter) => ({ filter, words: JSON.stringify(filter) })))(
    "$words",
    async ({ filter }) => {
      const groupBy = [pick(GROUPABLE)];
      const kept = await compare({ groupBy, measures: someMeasures(), filter, filterScope });
      expect(kept).toBeGreaterThan(0);
      expect(kept).toBeLessThan(splitWays(ways, listsIn({ groupBy, measures: [], filter })).length);
    },
  );
});

/** A condition as an author writes it. */
type Condition =
  | { readonly path: string; readonly operator: string; readonly value?: string | number | readonly string[] }
  | { readonly type: "compound"; readonly operator: "and" | "or"; readonly filters: readonly Condition[] };

/** A value to group by. */
type Key = string | number | null;

/** A measure as an author writes it. */
type Asked = string | (typeof DECLARED)[number];

function nameOfMeasure(asked: Asked): string {
  return typeof asked === "string" ? asked : asked.name;
}

interface Question {
  readonly groupBy: readonly string[];
  readonly measures: readonly Asked[];
  readonly filter?: readonly Condition[];
  readonly filterScope?: "figures" | "conversation";
}

/** Expects the product's rows to be the brute-force ones; returns how many ways the filter kept. */
async function compare(question: Question): Promise<number> {
  const kept = keep(question, splitWays(ways, listsIn(question)));
  const groups = Map.groupBy(kept, (way) => JSON.stringify(question.groupBy.map((path) => keyOf(path, way))));
  if (question.groupBy.length === 0) groups.set("[]", kept);
  const expected = [...groups.values()]
    .map((group) => ({
      keys: question.groupBy.map((path) => (group[0] ? keyOf(path, group[0]) : null)),
      figures: figuresOver(group),
    }))
    .sort((left, right) => compareKeys(left.keys, right.keys))
    .map(({ keys, figures }) => [...keys, ...question.measures.map((asked) => figures[nameOfMeasure(asked)])]);
  expect(await productRows(question)).toStrictEqual(expected);
  return kept.length;
}

/** The path of a report, without the network: parsed definition, plan, parsed conversations, table. */
async function productRows(question: Question): Promise<unknown[]> {
  const text = JSON.stringify({ report: "brute", timeZone: ZONE, interval: "2024-03-01/2024-04-01", ...question });
  const definition = parseDefinition(text, "brute.json");
  const filter = bindNames(definition.filter, directory);
  const plan = buildPlan(definition, filter, resolveWindow(definition.window, definition.timeZone, Date.UTC(2026, 0)));
  const records = parseAll(plan.needs);
  const nameOf = createNameOf(directory);
  const table = await buildTable({ definition, filter, records: inBatches(records), nameOf, engine });
  const rows = await Array.fromAsync(table.rows());
  expect(rows).toHaveLength(table.rowCount);
  return rows;
}

const parsed = new Map<string, readonly ConversationRecord[]>();

/** Questions with the same needs share their records; those that need members of the tree are too many to keep. */
function parseAll(needs: RecordNeeds): readonly ConversationRecord[] {
  const key = JSON.stringify(needs);
  const records =
    parsed.get(key) ??
    trees.map((tree): ConversationRecord => {
      const record = parseConversation(tree, needs);
      if ("reason" in record) throw new Error(`${tree.conversationId}: ${record.reason}`);
      return record;
    });
  if (needs.members === undefined) parsed.set(key, records);
  return records;
}

async function* inBatches<T>(values: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let start = 0; start < values.length; start += 700)
    yield await Promise.resolve(values.slice(start, start + 700));
}

/** The lists that a question reads; ids and names are of one list. */
function listsIn(question: Question): string[] {
  const text = JSON.stringify(question);
  return [
    ...Object.keys(SPLITS).filter((list) =>
      [list, `${list}.id`, `${list}.name`].some((path) => text.includes(`"${path}"`)),
    ),
    ...[...MEMBER_READERS.keys()].filter((path) => text.includes(`"${path}"`)),
  ];
}

function keep({ filter = [], filterScope = "figures" }: Question, all: readonly Way[]): Way[] {
  if (filterScope === "figures") return all.filter((way) => filter.every((condition) => holds(condition, way)));
  const byTree = Map.groupBy(all, ({ tree }) => tree);
  return [...byTree.values()]
    .filter((own) => filter.every((condition) => own.some((way) => holds(condition, way))))
    .flat();
}

function holds(condition: Condition, way: Way): boolean {
  if ("filters" in condition) {
    const results = condition.filters.map((inner) => holds(inner, way));
    return condition.operator === "and" ? !results.includes(false) : results.includes(true);
  }
  const { path, operator, value } = condition;
  const own = path.startsWith("metric.")
    ? metricOn(path.slice("metric.".length), way)
    : path.endsWith("seconds")
      ? secondsOf(path, way)
      : keyOf(path, way);
  switch (operator) {
    case "exists":
      return own !== null;
    case "not_exists":
      return own === null;
    case "eq":
      return own === value;
    case "ne":
      return own !== value;
    case "contains":
      return listed(path, way).toUpperCase().includes(String(value).toUpperCase());
    case "starts_with":
      return listed(path, way).toUpperCase().startsWith(String(value).toUpperCase());
    case "in":
      return Array.isArray(value) && value.includes(own);
    case "not_in":
      return Array.isArray(value) && !value.includes(own);
    default: {
      if (own === null) return false;
      const difference = Number(own) - Number(value);
      return { gt: difference > 0, gte: difference >= 0, lt: difference < 0, lte: difference <= 0 }[operator] ?? false;
    }
  }
}

/** A text as the centre lists it: names without what tells two of one name apart, nothing for what is deleted. */
function listed(path: string, way: Way): string {
  if (!path.endsWith(".name")) return String(keyOf(path, way) ?? "");
  const id = keyOf(path.replace(/name$/, path === "wrapup.name" ? "code" : "id"), way);
  const entities = Object.values(directory).flat();
  return entities.find((entity) => entity.id === id)?.name ?? "";
}

function secondsOf(path: string, { tree, leg }: Way): number | null {
  const metrics: Record<string, string> = {
    "agent.talk.seconds": "tTalkComplete",
    "agent.hold.seconds": "tHeldComplete",
    "agent.acw.seconds": "tAcw",
    "agent.handle.seconds": "tHandle",
  };
  const metric = metrics[path];
  const milliseconds = metric === undefined ? durationOf(tree) : metricOf(leg, metric);
  return milliseconds === null ? null : milliseconds / 1000;
}

/** Of the leg, of the visit, or of the whole conversation; times in seconds. */
function metricOn(name: string, { tree, leg, visit }: Way): number | null {
  const sessions = tree.participants.flatMap((participant) => participant.sessions);
  const emitted =
    name === "tIvr"
      ? sessions.flatMap(({ metrics }) => metrics ?? [])
      : (["tAbandon", "tAcd"].includes(name) ? visit : leg)?.metrics;
  const values = (emitted ?? []).flatMap((metric) => (metric.name === name ? metric.value : []));
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / (name.startsWith("t") ? 1000 : 1);
}

function keyOf(path: string, { tree, place, leg, code, division, chosen }: Way): Key {
  if (path.startsWith("time.")) return localBucket(tree.conversationStart, path.slice("time.".length));
  switch (path) {
    case "conversation.id":
      return tree.conversationId;
    case "conversation.direction":
      return tree.originatingDirection ?? null;
    case "conversation.media.type":
      return place?.media ?? null;
    case "conversation.division.id":
      return division;
    case "conversation.division.name":
      return nameIn(centre.divisions, division);
    case "routing.queue.id":
      return place?.queue ?? null;
    case "routing.queue.name":
      return nameIn(centre.queues, place?.queue ?? null);
    case "agent.id":
      return leg?.user ?? null;
    case "agent.name":
      return nameIn(centre.users, leg?.user ?? null);
    case "wrapup.code":
      return code;
    case "wrapup.name":
      return nameIn(centre.wrapUpCodes, code);
    case "routing.skill.id":
    case "routing.language.id":
    case "flow.id":
    case "customer.ani":
    case "customer.dnis":
    case "survey.score":
    case "survey.nps":
      return chosen[path.replace(/\.id$/, "")] ?? null;
    case "routing.skill.name":
      return nameIn(centre.skills, chosen["routing.skill"]);
    case "routing.language.name":
      return nameIn(centre.languages, chosen["routing.language"]);
    case "flow.name":
      return nameIn(centre.flows, chosen.flow);
    default:
      if (MEMBER_READERS.has(path)) return chosen[path] ?? null;
      throw new Error(`${path} is new: say here what it means`);
  }
}

function nameIn(entities: readonly { id: string; name: string }[], key: Key | undefined): string | null {
  if (key === null || key === undefined) return null;
  const id = String(key);
  const name = entities.find((entity) => entity.id === id)?.name;
  if (name === undefined) return id;
  return entities.filter((entity) => entity.name === name).length > 1 ? `${name} (${id.slice(0, 8)})` : name;
}

function compareKeys(left: readonly Key[], right: readonly Key[]): number {
  for (const [index, mine] of left.entries()) {
    const other = right[index] ?? null;
    if (mine === other) continue;
    if (mine === null) return 1;
    if (other === null) return -1;
    return typeof mine === "number" ? mine - Number(other) : byCodePoint(mine, String(other));
  }
  return 0;
}

/** The generated tree, open to change. */
interface Loose extends Tree {
  divisionIds: string[];
  participants: {
    purpose: string;
    userId?: string;
    sessions: {
      mediaType?: string;
      segments: { segmentStart: string; segmentEnd?: string; segmentType: string; wrapUpCode?: string }[];
      metrics?: { name: string; value: number; emitDate: string }[];
    }[];
  }[];
}

/** Some conversations get what the generator makes seldom or never: see the claims of the first test. */
function uglier(tree: Loose, index: number): Tree {
  const sessions = (...purposes: string[]): Loose["participants"][number]["sessions"] =>
    tree.participants
      .filter(({ purpose }) => purposes.includes(purpose))
      .flatMap((participant) => participant.sessions);
  if (index % 10 === 0) {
    for (const { segments } of sessions("agent")) {
      const wrapUp = segments.find(({ wrapUpCode }) => wrapUpCode !== undefined);
      if (wrapUp) segments.push({ ...wrapUp, wrapUpCode: "ININ-WRAP-UP-TIMEOUT" });
    }
  }
  if (index % 40 === 1) for (const session of sessions("agent", "acd", "customer")) delete session.mediaType;
  if (index % 25 === 2) {
    for (const segment of sessions("acd").flatMap(({ segments }) => segments))
      segment.segmentStart = new Date(Date.parse(segment.segmentStart) + 300_000).toISOString();
  }
  if (index % 200 === 3) tree.participants = [];
  if (index % 100 === 4) tree.divisionIds = [];
  if (index % 50 === 5) for (const session of sessions("agent")) delete session.metrics;
  return tree;
}

function draw<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

function pick<T>(values: readonly T[]): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
}

/** Park and Miller's generator: the same sample on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
