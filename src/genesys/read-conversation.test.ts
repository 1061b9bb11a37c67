import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { ConversationRecord } from "../domain/conversation-record.ts";
import type { Member } from "../domain/member.ts";
import type { Reject } from "../domain/page.ts";
import type { RecordNeeds } from "../domain/query-plan.ts";
import { createPageDecoder, DecodedPage } from "./decode-page.ts";

/** Reads a page of one conversation. */
function readConversation(json: unknown, needs: RecordNeeds): ConversationRecord | Reject {
  return decodeConversation(JSON.stringify(json), needs);
}

function decodeConversation(text: string, needs: RecordNeeds): ConversationRecord | Reject {
  const page = createPageDecoder(needs)(Buffer.from(`{"conversations":[${text}]}`));
  const entry = page instanceof DecodedPage ? page.entries?.[0] : undefined;
  if (entry === undefined) throw new Error("the page holds no conversation");
  return entry;
}

const MEMBERS: readonly Member[] = [
  { at: "conversation", name: "externalTag", of: "conversation" },
  { at: "survey", name: "oSurveyTotalScore", of: "conversation" },
  { at: "participant", name: "teamId", of: "part" },
  { at: "session", name: "recording", of: "part" },
  { at: "flow", name: "flowId", of: "conversation" },
  { at: "segment", name: "requestedRoutingSkillIds", of: "visit" },
];

test("readConversation() keeps an entry for each survey where lists must stand side by side", () => {
  const json = {
    conversationId: "c1",
    conversationStart: "2024-01-01T00:00:00Z",
    surveys: [
      { oSurveyTotalScore: 80, surveyStatus: "Finished" },
      { surveyStatus: "Sent" },
      null,
      { oSurveyTotalScore: 80, surveyStatus: "Finished" },
    ],
  };
  const score: Member = { at: "survey", name: "oSurveyTotalScore", of: "conversation" };
  const members: readonly Member[] = [
    score,
    { ...score, every: true },
    { ...score, name: "surveyStatus", every: true },
    { ...score, name: "surveyType", every: true },
  ];

  expect(readConversation(json, { metrics: [], segments: false, members })).toMatchObject({
    members: {
      "survey.oSurveyTotalScore": ["80"],
      "survey.oSurveyTotalScore[]": ["80", "", "80"],
      "survey.surveyStatus[]": ["Finished", "Sent", "Finished"],
    },
  });
});

test("readConversation() keeps the members that the report needs, each value once, as text", () => {
  const at = { segmentStart: "2024-01-01T00:00:00Z" };
  const json = {
    conversationId: "c1",
    conversationStart: "2024-01-01T00:00:00Z",
    externalTag: "",
    surveys: [{ oSurveyTotalScore: 80 }, { oSurveyTotalScore: 80 }, { surveyStatus: "Sent" }, null],
    participants: [
      {
        purpose: "acd",
        teamId: "team",
        sessions: [
          {
            recording: false,
            flow: { flowId: "flow", flowName: "not needed" },
            segments: [
              { ...at, requestedRoutingSkillIds: ["a", "b"] },
              { ...at, requestedRoutingSkillIds: ["b", null, {}] },
            ],
          },
        ],
      },
      { purpose: "agent", sessions: [{ flow: "no flow", segments: "none" }] },
    ],
  };

  const record = readConversation(json, { metrics: [], segments: true, members: MEMBERS });

  expect(record).toMatchObject({
    members: { "survey.oSurveyTotalScore": ["80"] },
    parts: [
      {
        members: {
          "participant.teamId": ["team"],
          "session.recording": ["false"],
          "flow.flowId": ["flow"],
          "segment.requestedRoutingSkillIds": ["a", "b"],
        },
        segments: [
          { members: { "segment.requestedRoutingSkillIds": ["a", "b"] } },
          { members: { "segment.requestedRoutingSkillIds": ["b"] } },
        ],
      },
      { kind: "leg" },
    ],
  });
  expect(JSON.stringify(record)).not.toMatch(/not needed|externalTag/);
  expect(JSON.stringify(readConversation(json, { metrics: [], segments: true }))).not.toContain("members");
});

const NEEDS = { metrics: ["nOffered", "tAcd", "tTalkComplete", "tHandle", "tAcw"], segments: false };
const GENUINE = new URL("../../test/genuine/response.details-query.chat.json", import.meta.url);

/** A conversation with one agent's session; `members` replace parts of it. */
function conversation(members: object = {}, session: object = {}): unknown {
  return {
    conversationId: "c1",
    conversationStart: "2024-05-01T10:00:00.000Z",
    conversationEnd: "2024-05-01T10:10:00.000Z",
    originatingDirection: "inbound",
    divisionIds: ["d1"],
    participants: [{ purpose: "agent", userId: "u1", sessions: [{ mediaType: "voice", ...session }] }],
    ...members,
  };
}

const START = Date.UTC(2024, 4, 1, 10);

test("R-08: readConversation() reads the vendor's own sample: nested, by metric name, in milliseconds", () => {
  const { conversations } = JSON.parse(readFileSync(GENUINE, "utf8")) as { conversations: unknown[] };
  const [ended, open] = conversations.map((json) => readConversation(json, NEEDS));
  const queueId = "a623d83c-96d7-4baa-af1f-d46ad6700d8b";
  expect(ended).toMatchObject({
    id: "1bc96a39-6725-40c4-9345-db72aa67b8c6",
    startedAt: Date.UTC(2021, 3, 1, 12, 27, 53, 386),
    endedAt: Date.UTC(2021, 3, 1, 12, 43, 23, 306),
    direction: "inbound",
    divisionIds: ["1b6b98a6-3d70-47be-9406-61a5aa8cc570"],
  });
  expect("parts" in (ended ?? {}) && ended && "parts" in ended ? ended.parts.slice(0, 2) : undefined).toEqual([
    {
      kind: "other",
      mediaType: "chat",
      queueId,
      startedAt: Date.UTC(2021, 3, 1, 12, 27, 53, 386),
      endedAt: Date.UTC(2021, 3, 1, 12, 43, 23, 303),
    },
    {
      kind: "visit",
      mediaType: "chat",
      queueId,
      startedAt: Date.UTC(2021, 3, 1, 12, 27, 53, 388),
      endedAt: Date.UTC(2021, 3, 1, 12, 28, 4, 567),
      metrics: { nOffered: { count: 1, sum: 1 }, tAcd: { count: 1, sum: 11_179 } },
    },
  ]);
  expect(open).not.toHaveProperty("endedAt");
  expect(open).not.toHaveProperty("reason");
});

test("readConversation() adds up what a session says several times, and keeps only what is needed", () => {
  const metrics = [
    { name: "tAcw", value: 1_000, emitDate: "2024-05-01T10:01:00.000Z" },
    { name: "tAcw", value: 500.4 },
    { name: "tHeld", value: 9 },
    { name: "tTalkComplete", value: 0 },
  ];
  expect(readConversation(conversation({}, { metrics }), NEEDS)).toMatchObject({
    parts: [
      { kind: "leg", userId: "u1", metrics: { tAcw: { count: 2, sum: 1_500 }, tTalkComplete: { count: 1, sum: 0 } } },
    ],
  });
});

test("readConversation() orders segments by time, and a part is open while one of them is", () => {
  const segments = [
    { segmentStart: "2024-05-01T10:05:00Z", segmentType: "wrapup", wrapUpCode: "w2" },
    {
      segmentStart: "2024-05-01T10:01:00Z",
      segmentEnd: "2024-05-01T10:05:00Z",
      segmentType: "interact",
      queueId: "q1",
    },
    { segmentStart: "2024-05-01T10:00:00Z", segmentEnd: "2024-05-01T10:01:00Z", wrapUpCode: "w1" },
    { segmentEnd: "2024-05-01T10:01:00Z", segmentType: "hold" },
  ];
  const part = { queueId: "q1", wrapUpCodes: ["w1", "w2"], startedAt: START };
  const record = readConversation(conversation({}, { segments }), { metrics: [], segments: true });
  const types = [{ type: "unknown" }, { type: "interact", queueId: "q1" }, { type: "wrapup" }];
  expect(record).toMatchObject({ parts: [{ ...part, segments: types }] });
  expect("parts" in record ? record.parts.map(({ endedAt }) => endedAt) : record).toEqual([undefined]);
});

test.each<[string, object]>([
  ["null members", { conversationEnd: null, originatingDirection: null, divisionIds: null, participants: null }],
  [
    "absent members",
    { conversationEnd: undefined, originatingDirection: undefined, divisionIds: undefined, participants: undefined },
  ],
  ["members of other types", { originatingDirection: 7, divisionIds: [1, null], participants: [null, 5, "x", []] }],
  ["empty trees", { participants: [{}, { sessions: null }, { sessions: [null] }], divisionIds: [] }],
  ["unknown members and values", { somethingNew: { deep: [1] }, originatingDirection: "sideways" }],
])("C14: readConversation() bears %s", (_name, members) => {
  expect(readConversation(conversation(members), NEEDS)).toMatchObject({ id: "c1", startedAt: START });
});

test("C14: readConversation() bears sessions with parts missing, null or new", () => {
  const metrics = [
    null,
    {},
    { name: "tAcw" },
    { name: "tAcw", value: null },
    { name: 5, value: 1 },
    { name: "tNew", value: "x" },
  ];
  const segments = [
    null,
    {},
    { segmentStart: null },
    { segmentStart: "2024-05-01T10:00:00Z", segmentType: 3, queueId: null },
  ];
  expect(readConversation(conversation({}, { mediaType: null, metrics, segments }), NEEDS)).toMatchObject({
    parts: [{ kind: "leg", mediaType: "unknown", userId: "u1", startedAt: START }],
  });
});

test.each<[string, unknown, object]>([
  ["nothing", null, { reason: "not an object" }],
  ["a list", [], { reason: "not an object" }],
  ["no id", conversation({ conversationId: undefined }), { reason: "no conversationId" }],
  ["an id that is a number", conversation({ conversationId: 5 }), { reason: "no conversationId" }],
  [
    "no start",
    conversation({ conversationStart: null }),
    { reason: "no readable conversationStart", conversationId: "c1" },
  ],
  [
    "a start without offset",
    conversation({ conversationStart: "2024-05-01T10:00:00" }),
    { reason: "no readable conversationStart" },
  ],
  ["a start in words", conversation({ conversationStart: "May 1 2024" }), { reason: "no readable conversationStart" }],
  ["an end in words", conversation({ conversationEnd: "soon" }), { reason: "no readable conversationEnd" }],
])("C14: %s is kept aside with the reason", (_name, json, expected) => {
  expect(readConversation(json, NEEDS)).toMatchObject(expected);
});

test.each(['"NaN"', "1e999", "9007199254740992", "-9007199254740992", "true", "{}", "[5]"])(
  "E8: a needed metric of %s is kept aside, not rounded",
  (value) => {
    const json = JSON.stringify(conversation({}, { metrics: [{ name: "tHandle", value: "here" }] }));
    const text = json.replace('"here"', value);
    expect(decodeConversation(text, NEEDS)).toEqual({ reason: "no countable tHandle", conversationId: "c1" });
    expect(decodeConversation(text, { metrics: ["tAcw"], segments: false })).toHaveProperty("id", "c1");
  },
);

test("R-38: instants with offsets and any precision are compared as instants", () => {
  const at = (conversationStart: string): unknown => readConversation(conversation({ conversationStart }), NEEDS);
  for (const same of [
    "2024-05-01T12:00:00+02:00",
    "2024-05-01T10:00:00Z",
    "2024-05-01T10:00:00.000+0000",
    "2024-05-01T10:00:00.0004Z",
  ])
    expect(at(same)).toHaveProperty("startedAt", START);
  expect(at("2024-05-01T10:00:00.5Z")).toHaveProperty("startedAt", START + 500);
});

test("readConversation() knows legs and visits by purpose, else by what the session measured", () => {
  const kindOf = (purpose: string, metric?: string): unknown => {
    const metrics = metric === undefined ? [] : [{ name: metric, value: 1 }];
    const record = readConversation(
      conversation({ participants: [{ purpose, userId: "u1", sessions: [{ metrics }] }] }),
      NEEDS,
    );
    return "parts" in record ? record.parts.map(({ kind, userId }) => [kind, userId]) : record;
  };
  expect([kindOf("agent"), kindOf("user"), kindOf("acd"), kindOf("customer")]).toEqual([
    [["leg", "u1"]],
    [["leg", "u1"]],
    [["visit", undefined]],
    [["other", undefined]],
  ]);
  expect([kindOf("newPurpose", "tHandle"), kindOf("newPurpose", "nOffered"), kindOf("newPurpose", "tIvr")]).toEqual([
    [["leg", "u1"]],
    [["visit", undefined]],
    [["other", undefined]],
  ]);
});

test("readConversation() keeps when each value was emitted, where the run compares clocks", () => {
  const metrics = [
    { name: "tHandle", value: 5000, emitDate: "2024-05-01T10:11:00.000Z" },
    { name: "tHandle", value: 7000 },
  ];
  const total = { count: 2, sum: 12_000 };
  const emits = [[Date.UTC(2024, 4, 1, 10, 11), 5000]];
  expect(readConversation(conversation({}, { metrics }), NEEDS)).toMatchObject({
    parts: [{ metrics: { tHandle: total } }],
  });
  expect(readConversation(conversation({}, { metrics }), { ...NEEDS, emits: true })).toMatchObject({
    parts: [{ metrics: { tHandle: { ...total, emits } } }],
  });
});

test("readConversation() keeps the attributes that are read, of all participants, and no key that objects inherit", () => {
  const json = conversation({
    participants: [
      { purpose: "customer", attributes: JSON.parse('{ "tier": "gold", "__proto__": "own", "empty": "" }') as unknown },
      { purpose: "agent", attributes: { tier: "silver", "a.b c": "x", other: "y" } },
      { purpose: "acd", attributes: { tier: "gold" } },
      { purpose: "acd", attributes: null },
    ],
  });
  const members = ["tier", "a.b c", "__proto__", "constructor", "empty", "missing"].map(
    (name) => ({ at: "attribute", name, of: "conversation" }) as const,
  );

  expect(readConversation(json, { ...NEEDS, members })).toMatchObject({
    members: { "attribute.tier": ["gold", "silver"], "attribute.a.b c": ["x"], "attribute.__proto__": ["own"] },
  });
  const kept = readConversation(json, { ...NEEDS, members });
  expect("members" in kept && Object.keys(kept.members ?? {})).toHaveLength(3);
});

test("R-38: readConversation() keeps members that are instants as instants, and drops those that name none", () => {
  const members = [{ at: "session", name: "callbackScheduledTime", of: "part", isInstant: true }] as const;
  const kept = (callbackScheduledTime: unknown): unknown =>
    readConversation(conversation({}, { callbackScheduledTime }), { ...NEEDS, members });

  expect(kept("2024-05-01T12:00:00+02:00")).toMatchObject({
    parts: [{ members: { "session.callbackScheduledTime": [String(START)] } }],
  });
  for (const none of ["2024-05-01T12:00:00", "soon", 5, null])
    expect(JSON.stringify(kept(none)), String(none)).not.toContain("callbackScheduledTime");
});
