import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { afterEach, describe, expect, test } from "vitest";
import { connect, type Connection, member, type Reply } from "../../test/simulator/connect.ts";
import { conversation, entity, participant, segment, smallCentre } from "../../test/simulator/small-centre.ts";
import type { SessionMetric } from "../conversations/centre.ts";
import { generateCentre } from "../conversations/generate-centre.ts";
import { createSimulator, type Simulator, type SimulatorOptions } from "../create-simulator.ts";
import { readOpenApi } from "./openapi.ts";

const AGGREGATES = "/api/v2/analytics/conversations/aggregates/query";
const GENUINE = new URL("../../test/genuine/", import.meta.url);
const DAY = "2024-05-01T00:00:00.000Z/2024-05-02T00:00:00.000Z";
const SCHEMAS: unknown = JSON.parse(readFileSync(new URL("../openapi-analytics.json", import.meta.url), "utf8"));

const open: Simulator[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

async function start(options: Pick<SimulatorOptions, "centre"> & Partial<SimulatorOptions>): Promise<Connection> {
  const simulator = await createSimulator({ rateLimitPerMinute: 100_000, ...options });
  open.push(simulator);
  return connect(simulator);
}

const [sales, service] = [
  entity("Sales", { mediaSettings: { call: { serviceLevel: { percentage: 0.8, durationMs: 20_000 } } } }),
  entity("Service", { mediaSettings: { call: { serviceLevel: { percentage: 0.9, durationMs: 10_000 } } } }),
];

function figure(name: string, value: number, time: string): SessionMetric {
  return { name, value, emitDate: `2024-05-01T${time}:00.000Z` };
}

/** Two calls: one answered late at 10:01 and transferred to the other queue, one abandoned at 11:30. */
function twoCalls() {
  const transferred = conversation({
    id: "transferred",
    start: "2024-05-01T10:00:00.000Z",
    end: "2024-05-01T10:30:00.000Z",
    participants: [
      participant("acd", {
        segments: [segment({ queueId: sales.id })],
        metrics: [figure("nOffered", 1, "10:00"), figure("nOverSla", 1, "10:01")],
      }),
      participant(
        "agent",
        {
          segments: [segment({ queueId: sales.id }), segment({ segmentType: "wrapup", wrapUpCode: "sold" })],
          metrics: [figure("tAnswered", 60_000, "10:01"), figure("tTalk", 500, "10:02"), figure("tTalk", 300, "11:01")],
        },
        { userId: "ann" },
      ),
      participant("acd", {
        segments: [segment({ queueId: service.id })],
        metrics: [figure("nOffered", 1, "10:10")],
      }),
      participant(
        "agent",
        { segments: [segment({ queueId: service.id })], metrics: [figure("tAnswered", 10_000, "10:10")] },
        { userId: "ben" },
      ),
    ],
  });
  const abandoned = conversation({
    id: "abandoned",
    start: "2024-05-01T11:00:00.000Z",
    end: "2024-05-01T11:30:00.000Z",
    participants: [
      participant("acd", {
        segments: [segment({ queueId: sales.id, segmentStart: "2024-05-01T11:00:00.000Z" })],
        metrics: [figure("nOffered", 1, "11:00"), figure("tAbandon", 1_800_000, "11:30")],
      }),
    ],
  });
  return smallCentre([transferred, abandoned], { queues: [sales, service] });
}

/** Lines "group: metric{stats}" of the only bucket of each group. */
function lines({ json }: Reply): string[] {
  const results = member(json, "results");
  return (Array.isArray(results) ? results : []).map((result) => {
    const metrics = member(result, "data", 0, "metrics");
    const { mediaType: _media, ...group } = Object(member(result, "group"));
    const shown = (Array.isArray(metrics) ? metrics : []).map((it) => `${it.metric}${JSON.stringify(it.stats)}`);
    return `${Object.values(group).join(" ")}: ${shown.join(" ")}`;
  });
}

describe("genuine requests", () => {
  const names = readdirSync(GENUINE).filter((name) => name.startsWith("request.aggregates."));

  test.each(names)("%s is valid and answered", async (name) => {
    const client = await start({ centre: generateCentre({ count: 300, seed: 2, start: "2024-05-01", days: 1 }) });
    const { status, json } = await client.post(AGGREGATES, JSON.parse(readFileSync(new URL(name, GENUINE), "utf8")));
    expect([status, Array.isArray(member(json, "results"))]).toEqual([200, true]);
    expect([open[0]?.violations, open[0]?.failures]).toEqual([[], []]);
  });

  test("there are three of them", () => {
    expect(names).toHaveLength(3);
  });
});

describe("figures", () => {
  test("media type is in every group, metrics without events are absent, computed ones come last", async () => {
    const client = await start({ centre: twoCalls() });
    const metrics = ["tWait", "oServiceLevel", "tAnswered", "nOffered", "tAcw", "tTalk", "oServiceTarget", "tAbandon"];
    const { json } = await client.post(AGGREGATES, { interval: DAY, groupBy: ["queueId"], metrics });
    const wanted = [
      {
        group: { mediaType: "voice", queueId: sales.id },
        data: [
          {
            interval: DAY,
            metrics: [
              { metric: "nOffered", stats: { count: 2 } },
              { metric: "tAbandon", stats: { max: 1_800_000, min: 1_800_000, count: 1, sum: 1_800_000 } },
              { metric: "tAnswered", stats: { max: 60_000, min: 60_000, count: 1, sum: 60_000 } },
              { metric: "tTalk", stats: { max: 500, min: 300, count: 2, sum: 800 } },
              { metric: "oServiceTarget", stats: { current: 0.8 } },
              { metric: "oServiceLevel", stats: { ratio: 0, numerator: 0, denominator: 2, target: 0.8 } },
              { metric: "tWait", stats: { max: 1_800_000, min: 60_000, count: 2, sum: 1_860_000 } },
            ],
          },
        ],
      },
      {
        group: { mediaType: "voice", queueId: service.id },
        data: [
          {
            interval: DAY,
            metrics: [
              { metric: "nOffered", stats: { count: 1 } },
              { metric: "tAnswered", stats: { max: 10_000, min: 10_000, count: 1, sum: 10_000 } },
              { metric: "oServiceTarget", stats: { current: 0.9 } },
              { metric: "oServiceLevel", stats: { ratio: 1, numerator: 1, denominator: 1, target: 0.9 } },
              { metric: "tWait", stats: { max: 10_000, min: 10_000, count: 1, sum: 10_000 } },
            ],
          },
        ],
      },
    ];
    const byQueue = (results: unknown[]) =>
      results.toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
    expect(byQueue([member(json, "results")].flat())).toEqual(byQueue(wanted));
  });

  test("a figure counts in the bucket of its own emit date; empty buckets and groups are absent", async () => {
    const client = await start({ centre: twoCalls() });
    const body = { interval: DAY, granularity: "PT1H", metrics: ["tTalk", "nOffered"] };
    const { json } = await client.post(AGGREGATES, body);
    expect(member(json, "results")).toEqual([
      {
        group: { mediaType: "voice" },
        data: [
          {
            interval: "2024-05-01T10:00:00.000Z/2024-05-01T11:00:00.000Z",
            metrics: [
              { metric: "nOffered", stats: { count: 2 } },
              { metric: "tTalk", stats: { max: 500, min: 500, count: 1, sum: 500 } },
            ],
          },
          {
            interval: "2024-05-01T11:00:00.000Z/2024-05-01T12:00:00.000Z",
            metrics: [
              { metric: "nOffered", stats: { count: 1 } },
              { metric: "tTalk", stats: { max: 300, min: 300, count: 1, sum: 300 } },
            ],
          },
        ],
      },
    ]);
    // After-call work and the like are emitted when their conversation is long over.
    const late = await client.post(AGGREGATES, {
      interval: "2024-05-01T11:01:00Z/2024-05-01T11:02:00Z",
      metrics: ["tTalk"],
    });
    expect(lines(late)).toEqual([': tTalk{"max":300,"min":300,"count":1,"sum":300}']);
    const empty = await client.post(AGGREGATES, { ...body, interval: "2024-05-03T00:00:00Z/2024-05-04T00:00:00Z" });
    expect(empty.json).toEqual({ results: [] });
  });

  test("a conversation counts once in each group, where it was there first", async () => {
    const client = await start({ centre: twoCalls() });
    const ask = (groupBy: string[], granularity?: string) =>
      client.post(AGGREGATES, { interval: DAY, groupBy, metrics: ["nConversations"], granularity });
    expect(lines(await ask([]))).toEqual([': nConversations{"count":2}']);
    expect(lines(await ask(["userId"])).toSorted()).toEqual([
      ': nConversations{"count":2}',
      'ann: nConversations{"count":1}',
      'ben: nConversations{"count":1}',
    ]);
    expect(member((await ask([], "PT1H")).json, "results", 0, "data")).toHaveLength(2);
  });

  test("several targets in one group leave the target out of the level", async () => {
    const client = await start({ centre: twoCalls() });
    const reply = await client.post(AGGREGATES, { interval: DAY, metrics: ["oServiceLevel", "oServiceTarget"] });
    expect(lines(reply)).toEqual([': oServiceLevel{"ratio":0.3333333333333333,"numerator":1,"denominator":3}']);
  });

  test("a queue that is listed nowhere is late where its figures say so", async () => {
    const { queues: _queues, ...centre } = twoCalls();
    const client = await start({ centre: { ...centre, queues: [] } });
    const reply = await client.post(AGGREGATES, { interval: DAY, metrics: ["oServiceLevel", "oServiceTarget"] });
    expect(lines(reply)).toEqual([': oServiceLevel{"ratio":0.3333333333333333,"numerator":1,"denominator":3}']);
  });

  test("a counter counts what its figures say, an observation is shown like a timer", async () => {
    const metrics = [figure("nBotInteractions", 2, "10:00"), figure("nBotInteractions", 3, "10:00")];
    const turns = [figure("oMessageTurn", 4, "10:00"), figure("oMessageTurn", 1, "10:00")];
    const one = participant("customer", { mediaType: "message", metrics: [...metrics, ...turns] });
    const centre = smallCentre([conversation({ start: "2024-05-01T10:00:00.000Z", participants: [one] })]);
    const client = await start({ centre });
    const reply = await client.post(AGGREGATES, { interval: DAY, metrics: ["oMessageTurn", "nBotInteractions"] });
    expect(lines(reply)).toEqual([': nBotInteractions{"count":5} oMessageTurn{"max":4,"min":1,"count":2,"sum":5}']);
  });

  test("callbacks have a level of their own parts", async () => {
    const metrics = [
      figure("tCallbackConnect", 5, "10:00"),
      figure("tCallbackConnect", 7, "10:00"),
      figure("nCallbackOverSla", 1, "10:00"),
      figure("tCallbackAbandon", 9, "10:00"),
      figure("tCallbackAbandon", 9, "10:00"),
    ];
    const centre = smallCentre([
      conversation({ start: "2024-05-01T10:00:00.000Z", participants: [participant("acd", { metrics })] }),
    ]);
    const client = await start({ centre });
    const reply = await client.post(AGGREGATES, { interval: DAY, metrics: ["oCallbackServiceLevel"] });
    expect(lines(reply)).toEqual([': oCallbackServiceLevel{"ratio":0.25,"numerator":1,"denominator":4}']);
  });
});

describe("groups and filters", () => {
  test("every dimension of the API description can be grouped by and filtered", async () => {
    const client = await start({ centre: generateCentre({ count: 40, seed: 4, start: "2024-05-01", days: 1 }) });
    const groupBy = readOpenApi().enumOf("ConversationAggregationQuery", "groupBy");
    const filtered = readOpenApi().enumOf("ConversationAggregateQueryPredicate", "dimension");
    expect([groupBy.length, filtered.length]).toEqual([83, 84]);
    const exists = filtered.map((dimension) => ({ dimension, operator: "exists" }));
    const filter = { type: "or", predicates: exists };
    const { status, json } = await client.post(AGGREGATES, { interval: DAY, groupBy, filter, metrics: ["nConnected"] });
    expect([status, typeof member(json, "results", 0, "group", "conversationId")]).toEqual([200, "string"]);
    expect([open[0]?.violations, open[0]?.failures]).toEqual([[], []]);
  });

  test("each dimension is read from its place in the tree", async () => {
    const onConversation = {
      conversationInitiator: "customer",
      originatingDirection: "inbound",
      customerParticipation: true,
      originatingSocialMediaPublic: false,
      selfServed: false,
      externalTag: "tag",
    };
    const onParticipant = {
      externalContactId: "x1",
      externalOrganizationId: "x2",
      flaggedReason: "general",
      participantName: "Ann",
      teamId: "x3",
      userId: "x4",
    };
    const words =
      "agentAssistantId assignerId deliveryStatus direction edgeId extendedDeliveryStatus flowInType flowOutType journeyActionId " +
      "journeyActionMapId journeyCustomerId journeyCustomerIdType journeyCustomerSessionId journeyCustomerSessionIdType mediaType " +
      "messageType outboundCampaignId outboundContactId outboundContactListId peerId provider roomId routingRule routingRuleType " +
      "selectedAgentId sessionId skillExpressionId usedRouting addressFrom addressTo ani dnis remote sessionDnis";
    const onSession = Object.fromEntries(words.split(" ").map((name) => [name, `the ${name}`]));
    const numbers = {
      agentBullseyeRing: 1,
      journeyActionMapVersion: 2,
      mediaCount: 3,
      routingRing: 4,
      selectedAgentRank: 5,
    };
    const flags = { agentOwned: true, authenticated: false };
    const onSegment = {
      disconnectType: "peer",
      errorCode: "e",
      groupId: "g",
      requestedLanguageId: "l",
      wrapUpCode: "w",
      queueId: "q",
    };
    const one = conversation({
      id: "c",
      start: "2024-05-01T10:00:00.000Z",
      ...onConversation,
      divisionIds: ["d"],
      knowledgeBaseIds: ["k"],
      participants: [
        participant(
          "agent",
          {
            ...onSession,
            ...numbers,
            ...flags,
            activeSkillIds: ["s1"],
            destinationAddresses: ["s2"],
            eligibleAgentCounts: [6],
            removedSkillIds: ["s3"],
            requestedRoutings: ["Standard"],
            waitingInteractionCounts: [7],
            proposedAgents: [{ proposedAgentId: "s4", agentRank: 8 }],
            segments: [
              segment({
                ...onSegment,
                requestedRoutingSkillIds: ["s5"],
                scoredAgents: [{ scoredAgentId: "s6", agentScore: 9 }],
              }),
            ],
            metrics: [figure("nOffered", 1, "10:00")],
          },
          onParticipant,
        ),
      ],
    });
    const client = await start({ centre: smallCentre([one]) });
    const groupBy = readOpenApi().enumOf("ConversationAggregationQuery", "groupBy");
    const { json } = await client.post(AGGREGATES, { interval: DAY, groupBy, metrics: ["nOffered"] });
    const texts = Object.entries({
      ...onConversation,
      ...onParticipant,
      ...onSession,
      ...numbers,
      ...flags,
      ...onSegment,
    });
    expect(member(json, "results", 0, "group")).toEqual({
      ...Object.fromEntries(texts.map(([name, value]) => [name, String(value)])),
      conversationId: "c",
      divisionId: "d",
      knowledgeBaseId: "k",
      purpose: "agent",
      interactionType: "contactcenter",
      firstQueue: "true",
      activeSkillId: "s1",
      destinationAddress: "s2",
      eligibleAgentCount: "6",
      removedSkillId: "s3",
      requestedRouting: "Standard",
      waitingInteractionCount: "7",
      proposedAgentId: "s4",
      agentRank: "8",
      requestedRoutingSkillId: "s5",
      scoredAgentId: "s6",
      agentScore: "9",
    });
  });

  test("a customer's figures belong to the queue of their moment", async () => {
    const at = (minute: string): string => `2024-05-01T10:${minute}:00.000Z`;
    const stay = (from: string, to: string, queueId?: string) =>
      segment({ segmentStart: at(from), segmentEnd: at(to), ...(queueId === undefined ? {} : { queueId }) });
    const metrics = ["00", "10", "20", "30", "50"].map((minute, index) =>
      figure("tConnected", 2 ** index, `10:${minute}`),
    );
    const segments = [stay("20", "40", "b"), stay("00", "10"), stay("10", "20", "a")];
    const centre = smallCentre([
      conversation({ start: at("00"), participants: [participant("customer", { segments, metrics })] }),
    ]);
    const client = await start({ centre });
    const reply = await client.post(AGGREGATES, { interval: DAY, groupBy: ["queueId"], metrics: ["tConnected"] });
    // In the menu (00): the first queue after it. At a border (20): the one that ends. Behind the end (50): the last.
    expect(lines(reply).map((line) => line.replace(/".*"sum":/, ""))).toEqual([
      "a: tConnected{7}",
      "b: tConnected{24}",
    ]);
    const first = await client.post(AGGREGATES, { interval: DAY, groupBy: ["firstQueue"], metrics: ["tConnected"] });
    expect(lines(first).map((line) => line.slice(0, 5))).toEqual(["false", "true:"]);
  });

  test("what stands on a segment counts for its whole session", async () => {
    const client = await start({ centre: twoCalls() });
    const reply = await client.post(AGGREGATES, { interval: DAY, groupBy: ["wrapUpCode"], metrics: ["tTalk"] });
    expect(lines(reply)).toEqual(['sold: tTalk{"max":500,"min":300,"count":2,"sum":800}']);
  });

  test("several values give several groups, or one when flattened", async () => {
    const segments = [segment({ requestedRoutingSkillIds: ["b", "a"] }), segment({ requestedRoutingSkillIds: ["b"] })];
    const metrics = [figure("nOffered", 1, "10:00")];
    const one = conversation({
      start: "2024-05-01T10:00:00.000Z",
      divisionIds: ["x", "y"],
      participants: [participant("acd", { segments, metrics })],
    });
    const client = await start({ centre: smallCentre([one]) });
    const ask = async (flattenMultivaluedDimensions: boolean) =>
      lines(
        await client.post(AGGREGATES, {
          interval: DAY,
          groupBy: ["requestedRoutingSkillId", "divisionId"],
          metrics: ["nOffered"],
          flattenMultivaluedDimensions,
        }),
      );
    const each = ["a x", "a y", "b x", "b y"];
    expect(await ask(false)).toEqual(each.map((group) => `${group}: nOffered{"count":1}`));
    expect(await ask(true)).toEqual(['a,b x,y: nOffered{"count":1}']);
  });

  test("the filter has two levels, and asks each figure on its own", async () => {
    const client = await start({ centre: twoCalls() });
    const ask = async (filter: object) =>
      lines(await client.post(AGGREGATES, { interval: DAY, filter, metrics: ["nOffered", "tAnswered"] }));
    const queue = (id: string) => ({ dimension: "queueId", value: id.toUpperCase() });
    expect(await ask({ type: "and", predicates: [queue(service.id)] })).toEqual([
      ': nOffered{"count":1} tAnswered{"max":10000,"min":10000,"count":1,"sum":10000}',
    ]);
    const either = { type: "or", predicates: [queue(service.id), queue(sales.id)] };
    const ann = { type: "dimension", dimension: "userId", operator: "exists" };
    expect(await ask({ type: "and", clauses: [either], predicates: [ann] })).toEqual([
      ': tAnswered{"max":60000,"min":10000,"count":2,"sum":70000}',
    ]);
    const nobody = { dimension: "userId", operator: "notExists" };
    expect(await ask({ type: "and", predicates: [nobody] })).toEqual([': nOffered{"count":3}']);
  });

  test("a client sees the figures of its divisions only", async () => {
    const { conversations, ...rest } = twoCalls();
    const divided = smallCentre([
      { ...conversations.get(0), divisionIds: ["a"] },
      { ...conversations.get(1), divisionIds: ["b"] },
    ]);
    const clients = [{ id: "c", secret: "s", divisionIds: ["b"] }];
    const client = await start({ centre: { ...rest, conversations: divided.conversations }, clients });
    const reply = await client.post(AGGREGATES, { interval: DAY, metrics: ["nOffered"] });
    expect(lines(reply)).toEqual([': nOffered{"count":1}']);
  });

  test("topN and bottomN give the first groups by a figure over the whole interval", async () => {
    const client = await start({ centre: twoCalls() });
    const ask = async (members: object) =>
      lines(
        await client.post(AGGREGATES, { interval: DAY, groupBy: ["userId"], metrics: ["tAnswered"], ...members }),
      ).map((line) => line.slice(0, 3));
    expect(await ask({ queryType: "topN", limit: 1 })).toEqual(["ann"]);
    expect(await ask({ queryType: "bottomN", limit: 1 })).toEqual(["ben"]);
    const by = { metrics: ["tAnswered", "tTalk"], sortMetric: { name: "tTalk", function: "average" } };
    expect(await ask({ queryType: "topN", limit: 9, ...by })).toEqual(["ann", "ben"]);
    expect(await ask({ queryType: "bottomN", limit: 9, ...by })).toEqual(["ann", "ben"]);
  });

  test("a view counts the values of a timer inside its range", async () => {
    const client = await start({ centre: twoCalls() });
    const view = (name: string, target: string, range: object) => ({ name, target, function: "rangeBound", range });
    const views = [
      view("short", "tAnswered", { lt: 60_000 }),
      view("long", "tWait", { gte: 60_000, lt: 1_800_001 }),
      view("never", "tTalk", { gte: 1_000_000 }),
    ];
    const { json } = await client.post(AGGREGATES, { interval: DAY, metrics: ["nOffered"], views });
    expect(member(json, "results", 0, "data", 0)).toEqual({
      interval: DAY,
      metrics: [{ metric: "nOffered", stats: { count: 3 } }],
      views: [
        { name: "short", stats: { max: 10_000, min: 10_000, count: 1, sum: 10_000 } },
        { name: "long", stats: { max: 1_800_000, min: 60_000, count: 2, sum: 1_860_000 } },
      ],
    });
    expect(open[0]?.violations).toEqual([]);
  });
});

describe("what is refused", () => {
  const view = { name: "v", target: "tTalk", function: "rangeBound", range: { gte: 1 } };

  test.each<[object, string, string]>([
    [{ interval: undefined }, "bad.request", "Field [interval] is required"],
    [{ metrics: undefined }, "bad.request", "Field [metrics] is required"],
    [{ metrics: [] }, "bad.request", "At least one metric is required"],
    [{ metrics: ["tTakl"] }, "invalid.value", "Value [tTakl] is not valid"],
    [{ groupBy: ["queue"] }, "invalid.value", "Value [queue] is not valid"],
    [{ paging: {} }, "bad.request", "Unrecognized field [paging]"],
    [{ interval: "2024-05-01/2024-05-02" }, "invalid.date", "ISO-8601"],
    [{ interval: "2024-05-02T00:00Z/2024-05-01T00:00Z" }, "bad.request", "must be after its start"],
    [{ granularity: "hourly" }, "bad.request", "Granularity [hourly]"],
    [{ timeZone: "Mars" }, "bad.request", "Time zone [Mars]"],
    [{ filter: { type: "and" } }, "bad.request", "A filter needs at least one"],
    [{ filter: { predicates: [] } }, "invalid.value", "Value [] is not valid for field type [QueryFilterType]"],
    [{ filter: { type: "and", predicates: [{ dimension: "queueId" }] } }, "bad.request", "needs a value"],
    [
      { filter: { type: "and", predicates: [{ type: "metric", dimension: "queueId", value: "x" }] } },
      "bad.request",
      "[metric]",
    ],
    [{ views: Array.from({ length: 11 }, (_, index) => ({ ...view, name: `v${index}` })) }, "bad.request", "10 views"],
    [{ views: [view, view] }, "bad.request", "View name [v]"],
    [{ views: [{ ...view, name: "tTalk" }] }, "bad.request", "View name [tTalk]"],
    [{ views: [{ ...view, target: "nOffered" }] }, "bad.request", "it is no timer"],
    [{ views: [{ ...view, range: {} }] }, "bad.request", "needs a range"],
    [{ limit: 5 }, "bad.request", "only for queries of type"],
    [{ queryType: "topN" }, "bad.request", "needs a limit"],
    [{ queryType: "topN", limit: 1, metrics: ["tTalk", "tHeld"] }, "bad.request", "needs a sortMetric"],
    [
      { queryType: "topN", limit: 1, sortMetric: { name: "tHeld", function: "sum" } },
      "bad.request",
      "not among the metrics",
    ],
  ])("%j", async (members, code, message) => {
    const client = await start({ centre: smallCentre([]) });
    const { status, json } = await client.post(AGGREGATES, { interval: DAY, metrics: ["tTalk"], ...members });
    expect([status, member(json, "code"), member(json, "message")]).toEqual([
      400,
      code,
      expect.stringContaining(message),
    ]);
    expect(open[0]?.failures).toEqual([]);
  });

  test("a client without the permission", async () => {
    const client = await start({ centre: smallCentre([]), clients: [{ id: "c", secret: "s", permissions: [] }] });
    const { status, json } = await client.post(AGGREGATES, { interval: DAY, metrics: ["tTalk"] });
    expect([status, String(member(json, "message"))]).toEqual([
      403,
      expect.stringContaining("analytics:conversationAggregate:view"),
    ]);
  });

  test("the aggregates of users, flows, surveys and evaluations are yet to come", async () => {
    const client = await start({ centre: smallCentre([]) });
    for (const subject of ["users", "flows", "surveys", "evaluations"]) {
      expect((await client.post(`/api/v2/analytics/${subject}/aggregates/query`, {})).status).toBe(501);
    }
  });
});

test("an answer fits the vendor's schema, and an empty one is as the switch says", async () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(Object(SCHEMAS), "openapi");
  const validate = ajv.compile({ $ref: "openapi#/components/schemas/ConversationAggregateQueryResponse" });
  const centre = generateCentre({ count: 300, seed: 8, start: "2024-05-01", days: 1 });
  const client = await start({ centre, switches: { emptyAggregates: "absent" } });
  const metrics = readOpenApi().enumOf("ConversationAggregationQuery", "metrics");
  expect(metrics).toHaveLength(80);
  const body = { interval: DAY, metrics, groupBy: ["queueId", "userId"], granularity: "PT30M" };
  const { json } = await client.post(AGGREGATES, body);
  expect([validate(json), validate.errors]).toEqual([true, null]);
  expect([member(json, "results")].flat().length).toBeGreaterThan(50);
  expect((await client.post(AGGREGATES, { interval: "2020-05-01T00Z/2020-05-02T00Z", metrics })).json).toEqual({});
  expect([open[0]?.violations, open[0]?.failures]).toEqual([[], []]);
});
