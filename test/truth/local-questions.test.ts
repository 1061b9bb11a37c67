/**
 * Questions that the service's grammar cannot ask, answered by `callsheet run` against a generated centre. The expected
 * figures are counted here from the centre's own conversations, in plain loops that know nothing of the product.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Conversation, Session } from "../../simulator/conversations/centre.ts";
import { generateCentre } from "../../simulator/conversations/generate-centre.ts";
import { openProject, type Project } from "../support/run-report.ts";
import { createTestClock } from "../support/test-clock.ts";

const CENTRE = { count: 4000, seed: 23 };
const [FROM, TO] = ["2024-03-04T00:00:00.000Z", "2024-03-14T00:00:00.000Z"];
const WINDOW = "2024-03-04/2024-03-14";

let project: Project;
let conversations: Conversation[];
beforeAll(async () => {
  const { conversations: store } = generateCentre(CENTRE);
  conversations = Array.from({ length: store.size }, (_, index) => store.get(index)).filter(
    ({ conversationStart }) => conversationStart >= FROM && conversationStart < TO,
  );
  // Each question is put to the service: none is answered by what another one stored.
  project = await openProject({ generate: CENTRE, files: { "callsheet.yaml": "store: { retention: off }\n" } });
});
afterAll(async () => await project.close());

/** The rows of a report, as `group → figures`; `done here` is the line of its plan. */
async function answer(
  keys: Readonly<Record<string, unknown>>,
): Promise<{ rows: Map<unknown, unknown>; doneHere: string; source: string }> {
  const [by] = keys.groupBy as string[];
  project.write("reports/q.yaml", JSON.stringify({ report: "q", interval: WINDOW, export: ["json"], ...keys }));
  const clock = createTestClock();
  const { exitCode, err } = await project.callsheet(["run", "q", "--out", "out"], { clock });
  expect({ exitCode, err }).toMatchObject({ exitCode: 0 });
  const found = JSON.parse(project.read("out/q.json")) as Record<string, unknown>[];
  const rows = new Map(found.map(({ [by ?? ""]: group, ...figures }) => [group, figures]));
  expect(rows.size).toBe(found.length);
  const { out } = await project.callsheet(["explain", "q"], { clock });
  const line = (word: string): string => new RegExp(`^${word} +(.*)$`, "m").exec(out)?.[1] ?? "";
  return { rows, doneHere: line("done here"), source: line("source") };
}

/** Adds amounts under the names of a group. */
function add(groups: Map<unknown, Record<string, number>>, group: unknown, amounts: Record<string, number>): void {
  const sums = groups.get(group) ?? {};
  for (const [name, amount] of Object.entries(amounts)) sums[name] = (sums[name] ?? 0) + amount;
  groups.set(group, sums);
}

function total(sessions: readonly Session[], metric: string): number {
  return sessions
    .flatMap(({ metrics = [] }) => metrics)
    .filter(({ name }) => name === metric)
    .reduce((sum, { value }) => sum + value, 0);
}

function sessionsOf({ participants }: Conversation, ...purposes: string[]): readonly Session[] {
  return participants.filter(({ purpose }) => purposes.includes(purpose)).flatMap(({ sessions }) => sessions);
}

/** Half away from zero at two decimals, in whole milliseconds. */
function seconds(ms: number): number {
  return Math.round(ms / 10) / 100;
}

test("contains: handle time of the contacts whose number has a given part", async () => {
  const expected = new Map<unknown, Record<string, number>>();
  for (const conversation of conversations) {
    if (!sessionsOf(conversation, "customer").some(({ ani }) => String(ani).toUpperCase().includes("EL:+4930")))
      continue;
    const handleMs = total(sessionsOf(conversation, "agent", "user"), "tHandle");
    add(expected, conversation.originatingDirection, { conversation_count: 1, handleMs });
  }

  const { rows, doneHere } = await answer({
    filter: [{ path: "customer.ani", operator: "contains", value: "EL:+4930" }],
    groupBy: ["conversation.direction"],
    measures: ["conversation_count", "handle_seconds"],
  });

  expect(doneHere).toMatch(/^customer\.ani contains/);
  expect(expected.get("inbound")?.conversation_count).toBeGreaterThan(20);
  expect(rows).toEqual(
    new Map(
      [...expected].map(([group, { conversation_count, handleMs = 0 }]) => [
        group,
        { conversation_count, handle_seconds: seconds(handleMs) },
      ]),
    ),
  );
});

test("not_in: offered and abandoned of every queue but two", async () => {
  const perQueue = new Map<unknown, Record<string, number>>();
  for (const conversation of conversations)
    for (const session of sessionsOf(conversation, "acd")) {
      const named = session.segments
        .toSorted((left, right) => Date.parse(left.segmentStart) - Date.parse(right.segmentStart))
        .find(({ queueId }) => queueId !== undefined);
      const abandoned = (session.metrics ?? []).filter(({ name }) => name === "tAbandon").length;
      add(perQueue, named?.queueId, { offered: total([session], "nOffered"), abandoned });
    }
  const left = [...perQueue.keys()]
    .filter((id) => typeof id === "string")
    .sort()
    .slice(3, 5);
  for (const id of left) perQueue.delete(id);

  const { rows, doneHere } = await answer({
    filter: [
      { path: "routing.queue.id", operator: "not_in", value: left },
      { path: "metric.nOffered", operator: "exists" },
    ],
    groupBy: ["routing.queue.id"],
    measures: ["offered", "abandoned"],
  });

  expect(doneHere).toMatch(/^routing\.queue\.id is not one of/);
  expect(perQueue.size).toBeGreaterThan(10);
  expect(rows).toEqual(perQueue);
});

test("or across conversation and segment: handle time of outbound contacts, and of legs with a code", async () => {
  const code = "ININ-WRAP-UP-TIMEOUT";
  const expected = new Map<unknown, Record<string, number>>();
  for (const conversation of conversations) {
    const isOutbound = conversation.originatingDirection === "outbound";
    const legs = sessionsOf(conversation, "agent", "user").filter(
      ({ segments }) => isOutbound || segments.some(({ wrapUpCode }) => wrapUpCode === code),
    );
    if (legs.length > 0) add(expected, conversation.originatingDirection, { handleMs: total(legs, "tHandle") });
  }

  const { rows, doneHere } = await answer({
    filter: [
      {
        type: "compound",
        operator: "or",
        filters: [
          { path: "conversation.direction", operator: "eq", value: "outbound" },
          { path: "wrapup.code", operator: "eq", value: code },
        ],
      },
    ],
    groupBy: ["conversation.direction"],
    measures: ["handle_seconds"],
  });

  expect(doneHere).toMatch(/^conversation\.direction is outbound or wrapup\.code is/);
  expect([...expected.keys()].map(String).sort()).toEqual(["inbound", "outbound"]);
  expect(rows).toEqual(
    new Map([...expected].map(([group, { handleMs = 0 }]) => [group, { handle_seconds: seconds(handleMs) }])),
  );
});

test("an attribute: contacts and their handle time by the tier that a flow noted, from jobs alone", async () => {
  const expected = new Map<unknown, Record<string, number>>();
  for (const conversation of conversations) {
    const tiers = new Set(conversation.participants.flatMap(({ attributes }) => attributes?.customerTier ?? []));
    const handleMs = total(sessionsOf(conversation, "agent", "user"), "tHandle");
    for (const tier of tiers) if (/^[gs]/.test(tier)) add(expected, tier, { conversation_count: 1, handleMs });
  }

  const { rows, source } = await answer({
    filter: [{ path: "conversation.attribute.customerTier", operator: "in", value: ["gold", "silver"] }],
    groupBy: ["conversation.attribute.customerTier"],
    measures: ["conversation_count", "handle_seconds"],
  });

  expect(source).toBe("details_job: only jobs bring participant attributes");
  expect([...expected.keys()].map(String).sort()).toEqual(["gold", "silver"]);
  expect(rows).toEqual(
    new Map(
      [...expected].map(([group, { conversation_count, handleMs = 0 }]) => [
        group,
        { conversation_count, handle_seconds: seconds(handleMs) },
      ]),
    ),
  );
});

test("an attribute with a key of any words: the contacts that have it at all", async () => {
  const key = "with.dots.and space";
  const expected = conversations.filter(({ participants }) =>
    participants.some(({ attributes }) => (attributes?.[key] ?? "") !== ""),
  );

  const { rows } = await answer({
    filter: [{ path: `conversation.attribute.${key}`, operator: "exists" }],
    groupBy: ["conversation.id"],
    measures: ["conversation_count"],
  });

  expect(expected.length).toBeGreaterThan(0);
  expect([...rows.keys()].map(String).sort()).toEqual(expected.map(({ conversationId }) => conversationId).sort());
});

test("a metric: handle time of the legs that rang for long", async () => {
  const expected = new Map<unknown, Record<string, number>>();
  for (const conversation of conversations) {
    const legs = sessionsOf(conversation, "agent", "user").filter((session) => total([session], "tAlert") > 15_000);
    if (legs.length > 0) add(expected, conversation.originatingDirection, { handleMs: total(legs, "tHandle") });
  }

  const { rows, doneHere } = await answer({
    filter: [{ path: "metric.tAlert", operator: "gt", value: 15 }],
    groupBy: ["conversation.direction"],
    measures: ["handle_seconds"],
  });

  expect(doneHere).toMatch(/^metric\.tAlert is above 15 s/);
  expect(expected.size).toBeGreaterThan(0);
  expect(rows).toEqual(
    new Map([...expected].map(([group, { handleMs = 0 }]) => [group, { handle_seconds: seconds(handleMs) }])),
  );
});
