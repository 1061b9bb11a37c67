/**
 * What a report sends to the service must never lose a conversation that the report would keep. Random filters meet
 * random small conversations: the product says what it keeps and what it sends, the simulator says what the request
 * finds. The two share no code.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { Conversation, Participant, Session } from "../../simulator/conversations/centre.ts";
import { compileFilters } from "../../simulator/conversations/compile-filters.ts";
import { stableId } from "../../simulator/conversations/stable-id.ts";
import { createSimulator } from "../../simulator/create-simulator.ts";
import { openedLists } from "../../src/aggregate/group-rows.ts";
import { keepTouches } from "../../src/aggregate/keep-touches.ts";
import { touchesOf } from "../../src/aggregate/touch-rows.ts";
import { fieldsIn } from "../../src/domain/report-definition.ts";
import { parseDefinition } from "../../src/define/parse-definition.ts";
import { type FilterSource, parseFilters } from "../../src/define/parse-filter.ts";
import { findField } from "../../src/define/find-field.ts";
import type { Problem } from "../../src/define/problems.ts";
import { FIELDS } from "../../src/define/vocabulary.ts";
import { createRunFolder } from "../../src/disk/create-run-folder.ts";
import { createSpillStore } from "../../src/disk/create-spill-store.ts";
import type { ConversationRecord } from "../../src/domain/conversation-record.ts";
import type { Directory } from "../../src/domain/directory.ts";
import type { Field } from "../../src/domain/field.ts";
import { createInterval } from "../../src/domain/interval.ts";
import type { QueryPlan } from "../../src/domain/query-plan.ts";
import { extractPlan } from "../../src/extract/extract-plan.ts";
import { createApiClient } from "../../src/genesys/api-client.ts";
import { createPageSource } from "../../src/genesys/create-page-source.ts";
import { parseConversation } from "../support/parse-conversation.ts";
import { mergePages } from "../../src/merge/merge-pages.ts";
import { bindNames } from "../../src/plan/bind-names.ts";
import { buildPlan } from "../../src/plan/build-plan.ts";
import { pushDown } from "../../src/plan/push-down.ts";
import { smallCentre } from "../simulator/small-centre.ts";
import { createTestClock } from "../support/test-clock.ts";

/** Cases of the pure test; 100,000 by hand: `CALLSHEET_PROPERTY_CASES=100000 npx vitest run test/truth/pushed-filters.test.ts --testTimeout 600000`. */
const CASES = Number(process.env.CALLSHEET_PROPERTY_CASES ?? 10_000);
const HTTP_CASES = 300;

const START_MS = Date.UTC(2024, 0, 1);
const IDS = ["0a", "1a", "2a"].map((start) => `${start}1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d`);
const CODES = [...IDS.slice(0, 1), "ININ-WRAP-UP-TIMEOUT", "ININ-WRAP-UP-SKIPPED"];
const MEDIA = ["voice", "chat", "unknown"];
const SECONDS = [0, 1.005, 1.5, 30, 4.0155];
const NUMBERS = [0, 1, 1.005, 3, 30, 1005];

/** Keys are anybody's words. */
const KEYS = ["tier", "with.dots and space", "__proto__", "ключ"];
const TIERS = ["gold", "silver", "Gold"];
const ATTRIBUTES = KEYS.map((key) => findField(`conversation.attribute.${key}`)).filter((field) => field !== undefined);
const DIRECTORY: Directory = {
  queue: IDS.map((id) => ({ id, name: `name of ${id}` })),
  user: IDS.map((id) => ({ id, name: `name of ${id}` })),
  division: IDS.map((id) => ({ id, name: `name of ${id}` })),
  wrapUpCode: CODES.map((id) => ({ id, name: `name of ${id}` })),
  skill: IDS.map((id) => ({ id, name: `name of ${id}` })),
  language: IDS.map((id) => ({ id, name: `name of ${id}` })),
  flow: IDS.map((id) => ({ id, name: `name of ${id}` })),
};

const MEMBERS = [...FIELDS.values(), ...ATTRIBUTES].flatMap(({ member }) => member ?? []);

/** Plain members are alike, and so are metrics: of each kind and place there are one or two. */
const TRIED = [
  "routing.skill.id routing.skill.name routing.language.id routing.language.name flow.id flow.name customer.ani",
  "customer.dnis survey.score survey.nps",
  "session.provider session.recording session.requested.routing session.address.from flow.outcome.id",
  "segment.group.id segment.conference participant.purpose participant.team.id participant.external.contact.id",
  "conversation.external.tag conversation.customer.participation session.active.skill.id survey.status",
  "conversation.media.stats.min.conversation.mos session.media.count session.proposed.agent.id",
  "segment.scored.agent.id segment.agent.score flow.recorded.name",
  "metric.tAlert metric.tTalk metric.nTransferred metric.tAbandon metric.nOffered metric.tFlow metric.nError",
  "metric.oMediaCount metric.tConversationDuration",
]
  .join(" ")
  .split(" ");
const FILTERABLE = [
  ...[...FIELDS.values()].filter(
    ({ filterable, path, member }) =>
      filterable && ((member === undefined && !path.startsWith("metric.")) || TRIED.includes(path)),
  ),
  ...ATTRIBUTES,
];
const METRICS = [...new Set(FILTERABLE.flatMap(({ metric }) => metric ?? []))];

const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(values, { nil: undefined });

const simple: fc.Arbitrary<FilterSource> = fc.constantFrom(...FILTERABLE).chain((field) => {
  const one = fc.constantFrom(...valuesOf(field)).map((value) => ({ value }));
  const several = fc
    .uniqueArray(fc.constantFrom(...valuesOf(field)), { minLength: 1, maxLength: 3 })
    .map((value) => ({ value }));
  const isNumber = field.type === "number" || field.type === "score";
  const operators = isNumber ? ["eq", "ne", "gt", "gte", "lt", "lte"] : ["eq", "eq", "ne"];
  const plain = fc.tuple(fc.constantFrom(...operators), one);
  const list = fc.tuple(fc.constantFrom("in", "in", "not_in"), several);
  const existence = fc.tuple(fc.constantFrom("exists", "not_exists"), fc.constant({}));
  const part = fc.tuple(
    fc.constantFrom("contains", "starts_with"),
    fc.constantFrom("n", "N", "0A", "name of 1", "ININ-", "voi", "out", "nobody has this").map((value) => ({ value })),
  );
  const choices = isNumber ? [plain, existence] : [plain, list, existence, ...(field.type === "uuid" ? [] : [part])];
  return fc.oneof(...choices).map(([operator, value]) => ({ path: field.path, operator, ...value }));
});

const { filter: anyFilter } = fc.letrec<{ filter: FilterSource }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 2, depthSize: "small" },
    simple,
    fc.record({
      type: fc.constant("compound" as const),
      operator: fc.constantFrom("and" as const, "or" as const),
      filters: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));

/** Conditions that are pushed to segments, so that many a filter holds two of them. */
const pushable: fc.Arbitrary<FilterSource> = fc
  .constantFrom(...FILTERABLE.filter(({ pushDown }) => pushDown?.array === "segmentFilters"))
  .chain((field) =>
    fc.oneof(
      fc.constantFrom(...valuesOf(field)).map((value) => ({ path: field.path, operator: "eq", value })),
      fc.constant({ path: field.path, operator: "exists" }),
    ),
  );

const segment = fc
  .record({
    at: fc.integer({ min: -50, max: 5000 }),
    lengthMs: maybe(fc.integer({ min: 0, max: 5000 })),
    segmentType: fc.constantFrom("interact", "wrapup"),
    queueId: maybe(fc.constantFrom(...IDS)),
    wrapUpCode: maybe(fc.constantFrom(...CODES)),
    requestedRoutingSkillIds: maybe(fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 2 })),
    requestedLanguageId: maybe(fc.constantFrom(...IDS)),
    groupId: maybe(fc.constantFrom(...IDS)),
    conference: maybe(fc.boolean()),
    scoredAgents: maybe(fc.constantFrom(...IDS).map((id) => [{ scoredAgentId: id, agentScore: 30 }, {}])),
  })
  .map(({ at, lengthMs, ...rest }) => ({
    segmentStart: iso(at),
    ...(lengthMs === undefined ? {} : { segmentEnd: iso(at + lengthMs) }),
    ...present<Partial<typeof rest>>(rest),
  }));

/** A session has at least one segment: the service's filters see nothing of one that has none. */
const session: fc.Arbitrary<Session> = fc
  .record({
    sessionId: fc.constant("session"),
    mediaType: maybe(fc.constantFrom(...MEDIA)),
    provider: maybe(fc.constantFrom(...IDS)),
    recording: maybe(fc.boolean()),
    requestedRoutings: maybe(fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 2 })),
    addressFrom: maybe(fc.constantFrom(...IDS)),
    mediaCount: maybe(fc.constantFrom(0, 1, 3)),
    proposedAgents: maybe(fc.constantFrom(...IDS).map((id) => [{ proposedAgentId: id, agentRank: 1 }])),
    ani: maybe(fc.constantFrom(...IDS)),
    dnis: maybe(fc.constantFrom(...IDS)),
    flow: maybe(fc.constantFrom(...IDS).map((id) => ({ flowId: id, flowName: id, outcomes: [{ flowOutcomeId: id }] }))),
    segments: fc.array(segment, { minLength: 1, maxLength: 3 }),
    metrics: fc.array(
      fc.record({ name: fc.constantFrom(...METRICS), value: fc.constantFrom(0, 1, 1005, 1500, 30_000) }),
      {
        maxLength: 3,
      },
    ),
  })
  .map((fields) => present<Session>(fields));

const participant: fc.Arbitrary<Participant> = fc
  .record({
    participantId: fc.constant("participant"),
    purpose: fc.constantFrom("customer", "acd", "agent", "agent", "user", "ivr", "outbound"),
    userId: maybe(fc.constantFrom(...IDS)),
    teamId: maybe(fc.constantFrom(...IDS)),
    externalContactId: maybe(fc.constantFrom(...IDS)),
    attributes: maybe(
      fc
        .array(fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom(...TIERS, "")), { maxLength: 3 })
        .map((entries) => Object.fromEntries(entries)),
    ),
    sessions: fc.array(session, { maxLength: 2 }),
  })
  .map((fields) => present<Participant>(fields));

const conversation: fc.Arbitrary<Conversation> = fc
  .record({
    conversationId: fc.constantFrom(...IDS),
    conversationStart: fc.constant(iso(0)),
    conversationEnd: maybe(fc.constantFrom(0, 1, 1004, 1005, 1006, 1500, 4015, 4016, 30_000).map((at) => iso(at))),
    originatingDirection: maybe(fc.constantFrom("inbound", "outbound")),
    mediaStatsMinConversationMos: maybe(fc.constantFrom(0, 1.005, 3.2)),
    externalTag: maybe(fc.constantFrom(...IDS)),
    customerParticipation: maybe(fc.boolean()),
    divisionIds: fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 2 }),
    surveys: maybe(fc.constantFrom([{ oSurveyTotalScore: 30, surveyPromoterScore: 0 }], [{}])),
    participants: fc.array(participant, { maxLength: 4 }),
  })
  .map((fields) => present<Conversation>(fields));

test("R-09: every conversation that a report keeps is found by what the report sends", () => {
  let [kept, narrowed] = [0, 0];
  fc.assert(
    fc.property(
      fc.oneof(fc.array(anyFilter, { minLength: 1, maxLength: 4 }), fc.array(pushable, { minLength: 1, maxLength: 3 })),
      fc.constantFrom("figures" as const, "conversation" as const),
      fc.boolean(),
      conversation,
      (sources, scope, readsCodes, json) => {
        const problems: Problem[] = [];
        const filter = bindNames(parseFilters(sources, [], problems), DIRECTORY);
        expect(problems).toEqual([]);
        const { conversationFilters, segmentFilters } = pushDown(filter, scope);
        const record = parseConversation(json, { metrics: METRICS, segments: false, members: MEMBERS });
        if ("reason" in record) throw new Error(record.reason);
        const touches = keepTouches(touchesOf(record, openedLists(fieldsIn(filter), readsCodes)), filter, scope);
        const finds = compileFilters({ interval: "", conversationFilters, segmentFilters });
        const isFound = finds === undefined || finds(json);

        if (touches.length > 0) {
          kept += 1;
          expect(isFound).toBe(true);
        } else if (!isFound) narrowed += 1;
      },
    ),
    { numRuns: CASES, seed: 9 },
  );
  // Neither side may be empty, or nothing was seen.
  expect(kept).toBeGreaterThan(500);
  expect(narrowed).toBeGreaterThan(500);
});

test("R-09: what is asked for and then filtered here is what filtering everything here gives, over HTTP", async () => {
  const conversations = fc
    .sample(conversation, { numRuns: 120, seed: 10 })
    .map((json, nth) => ({ ...json, conversationId: stableId("pushed", String(nth)) }));
  const fetch = await openFetch(conversations);
  let [kept, narrowed] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyFilter, { minLength: 1, maxLength: 4 }),
      fc.constantFrom("figures" as const, "conversation" as const),
      async (sources, scope) => {
        const text = JSON.stringify({ ...REPORT, filter: sources, filterScope: scope });
        const definition = parseDefinition(text, "report.json");
        const filter = bindNames(definition.filter, DIRECTORY);
        const plan = buildPlan(definition, filter, WINDOW);
        const isKept = (record: ConversationRecord): boolean =>
          keepTouches(touchesOf(record, openedLists(fieldsIn(filter), false)), filter, scope).length > 0;
        const pushed = await fetch(plan);
        const ids = pushed.filter(isKept).map(({ id }) => id);
        const everything = conversations.flatMap((json) => {
          const record = parseConversation(json, plan.needs);
          return "id" in record && isKept(record) ? [record.id] : [];
        });
        expect(ids).toEqual(everything.sort());
        kept += ids.length;
        narrowed += conversations.length - pushed.length;
      },
    ),
    { numRuns: HTTP_CASES, seed: 11 },
  );
  expect(kept).toBeGreaterThan(1000);
  expect(narrowed).toBeGreaterThan(1000);
});

const WINDOW = createInterval(START_MS, START_MS + 3_600_000);
const REPORT = {
  report: "ids",
  timeZone: "UTC",
  interval: "today",
  rows: "conversation",
  columns: ["conversation.id"],
};

/** The whole way of a plan's rows: requests, pages, files, merge. The records come in the order of their ids. */
async function openFetch(
  conversations: readonly Conversation[],
): Promise<(plan: QueryPlan) => Promise<ConversationRecord[]>> {
  const simulator = await createSimulator({
    centre: smallCentre(conversations),
    rateLimitPerMinute: 100_000,
    jobs: { ratePerSecond: 1000, concurrentMaximum: 1000 },
  });
  // A filter on an attribute is asked of a job, which is waited for.
  const clock = createTestClock();
  const { clientId, clientSecret, loginUrl, apiUrl } = simulator;
  const client = createApiClient({
    region: "eu_west_1",
    clientId,
    clientSecret,
    loginUrl,
    apiUrl,
    clock,
    userAgent: "test",
    random: Math.random,
  });
  const state = mkdtempSync(join(tmpdir(), "callsheet-pushed-"));
  onTestFinished(async () => {
    await client.close();
    await simulator.close();
    rmSync(state, { recursive: true });
    expect(simulator.violations).toEqual([]);
  });
  const source = createPageSource(client, clock);
  const { signal } = new AbortController();
  return async (plan) => {
    const folder = await createRunFolder(state, "ids", START_MS);
    const slices = await extractPlan(plan, source, folder, () => {}, signal);
    const pages = slices.flatMap((slice) => slice.pages);
    const batches = mergePages(
      pages,
      { readPage: async (page) => await folder.readPage(page), spills: createSpillStore(folder.scratchPath) },
      plan.interval,
      new Map(),
    );
    const records = (await Array.fromAsync(batches)).flat();
    await folder.end({ state: "done", at: START_MS });
    folder.close();
    return records;
  };
}

function valuesOf(field: Field): (string | number)[] {
  if (field.type === "score") return NUMBERS;
  if (field.type === "number") return SECONDS;
  if (field.member?.at === "attribute") return TIERS;
  if (field.column === "mediaType") return MEDIA;
  if (field.values) return [...field.values];
  const ids = field.column === "wrapUpCode" ? CODES : IDS;
  return field.nameOf === undefined ? ids : ids.map((id) => `name of ${id}`);
}

function iso(ms: number): string {
  return new Date(START_MS + ms).toISOString();
}

/** Without the members that are undefined, as an answer is written; its type is what the caller says. */
function present<T>(fields: object): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
