/**
 * Every measure that a report may use: one table of data. SQL, `callsheet fields`, the documentation and tests
 * are made from it. Definitions follow docs/measures.md; facts are the vendor's metrics, milliseconds and counts.
 */
import type { Home } from "../domain/field.ts";
import type { Fact, Formula, Measure, Term, Unit } from "../domain/measure.ts";

const conversations: Fact = { name: "conversations", home: "conversation" };
const endedConversations: Fact = { name: "endedConversations", home: "conversation" };
const durationMs: Fact = { name: "durationMs", home: "conversation" };
const offered: Fact = { name: "offered", home: "visit", metric: "nOffered", take: "count" };
const abandoned: Fact = { name: "abandoned", home: "visit", metric: "tAbandon", take: "count" };
const answered: Fact = { name: "answered", home: "leg", metric: "tAnswered", take: "count" };
const answerWaitMs: Fact = { name: "answerWaitMs", home: "leg", metric: "tAnswered", take: "sum" };
const talkMs: Fact = { name: "talkMs", home: "leg", metric: "tTalkComplete", take: "sum" };
const holdMs: Fact = { name: "holdMs", home: "leg", metric: "tHeldComplete", take: "sum" };
const acwMs: Fact = { name: "acwMs", home: "leg", metric: "tAcw", take: "sum" };
const handleMs: Fact = { name: "handleMs", home: "leg", metric: "tHandle", take: "sum" };
const handles: Fact = { name: "handles", home: "leg", metric: "tHandle", take: "count" };

const MEASURE_LIST: readonly Measure[] = [
  measure(
    "conversation_count",
    "count",
    "conversation",
    sum(conversations),
    "distinct conversations that touched the group",
  ),
  measure(
    "total_duration_seconds",
    "seconds",
    "conversation",
    sum(durationMs),
    "end minus start of ended conversations, added",
  ),
  measure(
    "avg_duration_seconds",
    "seconds",
    "conversation",
    quotient(durationMs, endedConversations),
    "mean of end minus start over ended conversations",
  ),
  measure("talk_seconds", "seconds", "leg", sum(talkMs), "talk time (tTalkComplete), added"),
  measure("hold_seconds", "seconds", "leg", sum(holdMs), "hold time (tHeldComplete), added"),
  measure("acw_seconds", "seconds", "leg", sum(acwMs), "after-call work (tAcw), added"),
  measure("handle_seconds", "seconds", "leg", sum(handleMs), "handle time (tHandle), added"),
  measure(
    "talk_ratio",
    "ratio",
    "conversation",
    quotient(talkMs, durationMs),
    "talk time ÷ total duration; empty without a duration",
  ),
  measure(
    "hold_ratio",
    "ratio",
    "conversation",
    quotient(holdMs, durationMs),
    "hold time ÷ total duration; empty without a duration",
  ),
  measure(
    "efficiency_score",
    "score",
    "conversation",
    efficiency(),
    "100 − 50 × hold_ratio, at least 0; empty without a duration",
  ),
  measure(
    "unique_wrapup_codes",
    "codes",
    "leg",
    { kind: "codes", counted: false },
    "the wrap-up codes that occurred, sorted",
  ),
  measure(
    "wrapup_counts",
    "codes",
    "leg",
    { kind: "codes", counted: true },
    "each wrap-up code with the number of its legs",
  ),
  measure("offered", "count", "visit", sum(offered), "visits offered to a queue (nOffered)"),
  measure("answered", "count", "leg", sum(answered), "visits accepted by an agent (tAnswered)"),
  measure("abandoned", "count", "visit", sum(abandoned), "visits that the customer left before that (tAbandon)"),
  measure("answer_rate", "ratio", "visit", quotient(answered, offered), "answered ÷ offered"),
  measure("abandon_rate", "ratio", "visit", quotient(abandoned, offered), "abandoned ÷ offered"),
  measure("asa_seconds", "seconds", "leg", quotient(answerWaitMs, answered), "mean wait of the answered"),
  measure("aht_seconds", "seconds", "leg", quotient(handleMs, handles), "handle time per handled leg"),
  measure("avg_talk_seconds", "seconds", "leg", quotient(talkMs, handles), "talk time per handled leg"),
  measure(
    "avg_hold_seconds",
    "seconds",
    "leg",
    quotient(holdMs, handles),
    "hold time per handled leg, whether it was held or not",
  ),
  measure("avg_acw_seconds", "seconds", "leg", quotient(acwMs, handles), "after-call work per handled leg"),
];

/** The measures, by name. */
export const MEASURES: ReadonlyMap<string, Measure> = new Map(
  MEASURE_LIST.map((entry) => [entry.name, Object.freeze(entry)]),
);

function measure(name: string, unit: Unit, home: Home, formula: Formula, meaning: string): Measure {
  return { name, unit, home, formula, meaning };
}

function sum(fact: Fact): Formula {
  return { kind: "quotient", numerator: [once(fact)] };
}

function quotient(numerator: Fact, denominator: Fact): Formula {
  return { kind: "quotient", numerator: [once(numerator)], denominator: [once(denominator)] };
}

/** 100 − 50 × hold ÷ duration, over one denominator: (100 × duration − 50 × hold) ÷ duration. */
function efficiency(): Formula {
  const numerator = [
    { times: 100, fact: durationMs },
    { times: -50, fact: holdMs },
  ];
  return { kind: "quotient", numerator, denominator: [once(durationMs)], floor: 0 };
}

function once(fact: Fact): Term {
  return { times: 1, fact };
}
