/**
 * The decoder reads bytes by itself; JSON.parse and a plain reader of its tree are the oracle. Both must give the same
 * records, or both refuse: on the vendor's own samples, on a generated centre, and on pages that were spoiled by
 * chance. `CALLSHEET_FUZZ=1000000` spoils so many; the seed stands in the failure.
 */
import { readdirSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { generateCentre } from "../../simulator/conversations/generate-centre.ts";
import type { RecordNeeds } from "../../src/domain/query-plan.ts";
import { createPageDecoder, DecodedPage } from "../../src/genesys/decode-page.ts";
import { parseConversation } from "../support/parse-conversation.ts";

const BODIES = Number(process.env["CALLSHEET_FUZZ"] ?? 20_000);
const GENUINE = new URL("../genuine/", import.meta.url);

/** From the least that a report needs to everything that a reader knows. */
const NEEDS: readonly RecordNeeds[] = [
  { metrics: ["nOffered", "tHandle", "tTalkComplete"], segments: false },
  {
    metrics: ["nOffered", "tAcw", "tHeldComplete", "nFlow", "tIvr"],
    segments: true,
    emits: true,
    members: [
      { at: "conversation", name: "originatingDirection", of: "conversation" },
      { at: "conversation", name: "mediaStatsMinConversationMos", of: "conversation" },
      { at: "survey", name: "surveyStatus", of: "conversation" },
      { at: "survey", name: "surveyStatus", of: "conversation", every: true },
      { at: "survey", name: "oSurveyTotalScore", of: "conversation", every: true },
      { at: "evaluation", name: "oTotalScore", of: "conversation" },
      { at: "resolution", name: "nNextContactAvoided", of: "conversation" },
      { at: "participant", name: "participantName", of: "customer" },
      { at: "attribute", name: "tier", of: "conversation" },
      { at: "attribute", name: "__proto__", of: "conversation" },
      { at: "attribute", name: "constructor", of: "conversation" },
      { at: "session", name: "recording", of: "part" },
      { at: "session", name: "callbackScheduledTime", of: "part", isInstant: true },
      { at: "proposedAgent", name: "agentRank", of: "part" },
      { at: "session", name: "requestedRoutings", of: "part" },
      { at: "flow", name: "exitReason", of: "conversation" },
      { at: "outcome", name: "flowOutcome", of: "conversation" },
      { at: "segment", name: "requestedRoutingSkillIds", of: "visit" },
      { at: "segment", name: "queueId", of: "part" },
      { at: "scoredAgent", name: "scoredAgentId", of: "part" },
    ],
  },
];

const DECODERS = NEEDS.map((needs) => ({ needs, decode: createPageDecoder(needs) }));

test("the decoder and JSON.parse agree on every payload that the vendor published", () => {
  const names = readdirSync(GENUINE);
  expect(names).toContain("response.details-query.chat.json");
  for (const name of names) expectAgreement(readFileSync(new URL(name, GENUINE)), name);
});

test("the decoder and JSON.parse agree on a generated centre", () => {
  for (const body of generatedPages(600, 7, 20)) expectAgreement(body, "a page");
});

test.each<[string, string]>([
  ["a byte order mark", '\ufeff{"conversations":[]}'],
  ["two byte order marks", '\ufeff\ufeff{"conversations":[]}'],
  ["nothing", ""],
  ["a list", "[1]"],
  ["a number", "5"],
  ["a text behind it", '{"conversations":[]} x'],
  ["members twice", '{"conversations":[{}],"conversations":5,"totalHits":1,"totalHits":2}'],
  ["members twice the other way", '{"conversations":5,"conversations":[{"conversationId":"a","conversationId":"b"}]}'],
  ["a prototype", '{"__proto__":{"conversations":[]},"conversations":[{"__proto__":{"conversationId":"a"}}]}'],
  ["names with escapes", '{"c\\u006fnversations":[{"conversation\\u0049d":"a"}]}'],
  ["lone surrogates", '{"conversations":[{"conversationId":"\\ud800 \\udc00"}]}'],
  ["a control character in what is skipped", '{"conversations":[{"other":"a\u0001"}]}'],
  ["an odd escape in what is skipped", '{"conversations":[{"other":"\\x"}]}'],
  ["a number that begins with 0 in what is skipped", '{"conversations":[{"other":01}]}'],
  ["a comma too many", '{"conversations":[{"other":[1,]}]}'],
  ["no colon", '{"conversations":[{"other" 1}]}'],
  ["a bracket of the other kind", '{"conversations":[{"other":[1}]}'],
  ["a depth of 5000", `{"conversations":[{"other":${"[".repeat(5000)}${"]".repeat(5000)}}]}`],
  ["a depth of 5000 that does not end", `{"conversations":[{"other":${'{"a":['.repeat(5000)}}]}`],
  ["white space of every kind", '\t{ "conversations"\r\n:\t[ { "conversationId" : "a" , "other" : [ 1 , { } ] } ] }\n'],
  ["a space that is none", '{"conversations":[{\u00a0"conversationId":"a"}]}'],
])("the decoder and JSON.parse agree on %s", (name, text) => {
  expectAgreement(Buffer.from(text), name);
});

test("the decoder and JSON.parse agree on instants and numbers of every form", () => {
  const instants = [
    "2024-02-29T00:00:00.000Z",
    "2023-02-29T00:00:00.000Z",
    "2024-02-31T00:00:00.000Z",
    "2024-04-31T12:00:00.000Z",
    "2024-12-31T23:59:59.999Z",
    "2024-01-01T24:00:00.000Z",
    "2024-13-01T00:00:00.000Z",
    "2024-00-01T00:00:00.000Z",
    "0001-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
    "1900-03-01T00:00:00.000Z",
    "2000-02-28T00:00:00.000Z",
    "2024-01-01T00:60:00.000Z",
    "2024-01-01T00:00:60.000Z",
    "2024-01-01T00:00:00.0a0Z",
    "2024-01-01T00:00:00.00:Z",
    "2024-01-01T00:00:00.000z",
    "2024-01-01t00:00:00.000Z",
    "2024-01-01T00:00:00,000Z",
    "202a-01-01T00:00:00.000Z",
  ];
  const days = Array.from({ length: 5_700 }, (_, day) =>
    new Date(Date.UTC(1890, 0, 1 + 7 * day, 1, 2, 3, 4)).toISOString(),
  );
  for (const at of [...instants, ...days]) expectAgreement(Buffer.from(page(at, "1")), at);
  const numbers = [
    "0",
    "-0",
    "-1",
    "1.5",
    "0.5",
    "-2.5",
    "1e3",
    "1E-3",
    "123456789012345",
    "1234567890123456",
    "9007199254740991",
    "9007199254740992",
    "1e999",
    "01",
    "-",
    "1.",
    ".5",
    "+1",
    "1e",
    "1e+",
    "0x1",
    "NaN",
    "null",
  ];
  for (const value of numbers) expectAgreement(Buffer.from(page("2024-01-01T00:00:00.000Z", value)), value);
});

test(`the decoder and JSON.parse agree on ${BODIES.toLocaleString("en")} spoiled pages`, { timeout: 3_600_000 }, () => {
  const samples = [
    readFileSync(new URL("response.details-query.chat.json", GENUINE)),
    ...generatedPages(40, 3, 1),
    Buffer.from(page("2024-01-01T00:00:00.000Z", "1")),
  ];
  const seed = Number(process.env["CALLSHEET_SEED"] ?? 1);
  const random = createRandom(seed);
  let refused = 0;
  for (let body = 0; body < BODIES; body++) {
    const sample = samples[random(samples.length)] ?? Buffer.alloc(0);
    if (expectAgreement(spoil(sample, random), `body ${body} of seed ${seed}`) === "refused") refused += 1;
  }
  // Both kinds came up often enough to mean something.
  expect(refused).toBeGreaterThan(BODIES / 10);
  expect(refused).toBeLessThan((BODIES * 9) / 10);
});

function expectAgreement(body: Buffer, name: string): "read" | "refused" {
  let kind: "read" | "refused" = "refused";
  const parsed = outcome(() => JSON.parse(body.toString("utf8").replace(/^\ufeff/, "")) as unknown);
  for (const { needs, decode } of DECODERS) {
    const expected = parsed === "refused" ? parsed : { value: readPlainly(parsed.value, needs) };
    const actual = outcome(() => {
      const value = decode(body);
      return value instanceof DecodedPage ? { members: value.members, entries: value.entries } : value;
    });
    if (!isDeepStrictEqual(actual, expected)) {
      expect(actual, `${name}: ${body.toString("latin1").slice(0, 5_000)}`).toEqual(expected);
      throw new Error(`${name}: both look alike and are not`);
    }
    if (actual !== "refused") kind = "read";
  }
  return kind;
}

function outcome(read: () => unknown): { readonly value: unknown } | "refused" {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof SyntaxError) return "refused";
    throw error;
  }
}

function readPlainly(value: unknown, needs: RecordNeeds): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const conversations = "conversations" in value && Object.hasOwn(value, "conversations") ? value.conversations : null;
  if (!Array.isArray(conversations)) return { members: value, entries: undefined };
  const entries = conversations.map((conversation) => parseConversation(conversation, needs));
  return { members: { ...value, conversations: [] }, entries };
}

function page(instant: string, value: string): string {
  const metrics = `[{"name":"tHandle","value":${value},"emitDate":"${instant}"},{"value":${value},"name":"nFlow"}]`;
  const scored = '"scoredAgents":[{"scoredAgentId":"u"},5]';
  const segments = `[{"segmentStart":"${instant}","segmentEnd":"${instant}","queueId":"q\\u00e9",${scored}},{"queueId":"r"}]`;
  const proposed = `"proposedAgents":[{"agentRank":${value}}],"callbackScheduledTime":"${instant}"`;
  const flow = '{"exitReason":"a","outcomes":[{"flowOutcome":"x"},null]}';
  const session = `{"mediaType":"voice","metrics":${metrics},"segments":${segments},"flow":${flow},${proposed}}`;
  const about = '"surveys":[{"surveyStatus":"Sent"}],"evaluations":[{"oTotalScore":80.5}],"resolutions":[{}]';
  const ids = '"conversationId":"ü","divisionIds":["d",5,""]';
  const customer = '"purpose":"customer","participantName":"Zoë","attributes":{"tier":"gold","__proto__":"own"}';
  return `{"conversations":[{${ids},"conversationStart":"${instant}",${about},"participants":[{${customer},"sessions":[${session}]}]}],"totalHits":1}`;
}

function* generatedPages(count: number, seed: number, pageSize: number): Generator<Buffer> {
  const { conversations } = generateCentre({ count, seed });
  const all = Array.from({ length: conversations.size }, (_, index) => conversations.get(index));
  for (let from = 0; from < all.length; from += pageSize)
    yield Buffer.from(JSON.stringify({ conversations: all.slice(from, from + pageSize), totalHits: all.length }));
}

/** What stands in pages, what may stand in JSON, and what must not. */
const SCRAPS = [
  '"',
  "\\",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  " ",
  "\n",
  "\t",
  "null",
  "true",
  "false",
  "0",
  "-",
  "1e5",
  "\\u0041",
  '\\"',
  "\\ud83d",
  "é",
  "𐍈",
  "\u0000",
  "\u001f",
  "\ufeff",
  '""',
  "{}",
  "[]",
  "[[]]",
  '"name":"tHandle",',
  '"value":7,',
  '"purpose":"acd",',
  '"participants":[],',
  '"conversationId":"x",',
  '"segmentStart":null,',
  '"__proto__":{},',
  '"attributes":{"tier":"a","constructor":["b",1]},',
  '"scoredAgents":[{"scoredAgentId":"v"}],',
  '"callbackScheduledTime":"2024-05-01T12:00:00+02:00",',
  ",null",
].map((text) => Buffer.from(text));

type Random = (below: number) => number;

/** One to three changes: a byte flipped, bytes cut out, a scrap put in, a token doubled, moved or replaced. */
function spoil(sample: Buffer, random: Random): Buffer {
  let body = sample;
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const at = random(body.length + 1);
    const token = tokenAt(body, random(body.length + 1));
    const scrap = SCRAPS[random(SCRAPS.length)] ?? Buffer.alloc(0);
    const [before, behind] = [body.subarray(0, at), body.subarray(at)];
    switch (random(8)) {
      case 0: {
        body = Buffer.from(body);
        const flipped = Math.min(at, body.length - 1);
        if (flipped >= 0) body[flipped] = (body[flipped] ?? 0) ^ (1 << random(8));
        break;
      }
      case 1:
        body = Buffer.concat([before, behind.subarray(1 + random(3))]);
        break;
      case 2:
        body = random(10) === 0 ? before : body;
        break;
      case 3:
        body = Buffer.concat([before, scrap, behind]);
        break;
      case 4:
        body = Buffer.concat([body.subarray(0, token.from), scrap, body.subarray(token.to)]);
        break;
      case 5: {
        const other = tokenAt(body, at);
        const text = body.subarray(token.from, token.to);
        body = Buffer.concat([body.subarray(0, other.from), text, body.subarray(other.to)]);
        break;
      }
      case 6: {
        const space = Buffer.from([" ", "\n", "\r\n", "\t", "\v", "\u00a0"][random(6)] ?? "");
        body = Buffer.concat([body.subarray(0, token.from), space, body.subarray(token.from)]);
        break;
      }
      default: {
        const depth = 1 + random(80);
        const text = body.subarray(token.from, token.to);
        const [open, close] = [Buffer.from("[".repeat(depth)), Buffer.from("]".repeat(depth))];
        body = Buffer.concat([body.subarray(0, token.from), open, text, close, body.subarray(token.to)]);
      }
    }
  }
  return body;
}

/** The string, number, word or mark around or behind a place. */
function tokenAt(body: Buffer, near: number): { readonly from: number; readonly to: number } {
  const isMark = (at: number): boolean => '{}[],:" \n'.includes(String.fromCharCode(body[at] ?? 0x20));
  let from = near;
  while (from > 0 && !isMark(from - 1)) from -= 1;
  let to = near;
  while (to < body.length && !isMark(to)) to += 1;
  if (body[from - 1] === 0x22 && body[to] === 0x22) return { from: from - 1, to: to + 1 };
  return { from, to: from === to ? Math.min(to + 1, body.length) : to };
}

/** Park and Miller's generator: the same numbers for the same seed. */
function createRandom(seed: number): Random {
  let state = (seed % 2_147_483_646) + 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}
