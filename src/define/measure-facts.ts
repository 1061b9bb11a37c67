/** The facts that the catalogue's measures are made of, and the words to put them together. */
import type { AssessmentReading, ConversationReading, Fact, MetricReading } from "../domain/fact.ts";
import type { Home } from "../domain/field.ts";
import type { Member } from "../domain/member.ts";
import type { Formula, Measure, Quotient, Term, Unit } from "../domain/measure.ts";

const MILLISECONDS = 1000;
const THOUSANDTHS = 1000;

const conversations = ofConversation("conversations", "any", "conversations");
const endedConversations = ofConversation("endedConversations", "ended", "ended conversations");
const openConversations = ofConversation("openConversations", "open", "conversations in progress");
const handledConversations = ofConversation("handledConversations", "handled", "handled conversations");
const menuConversations = ofConversation("menuConversations", "in_menu", "conversations that passed a menu");
const contained = ofConversation("contained", "contained", "conversations that ended in a menu");
const durationMs: Fact = {
  ...ofConversation("durationMs", "duration", "total duration"),
  scale: MILLISECONDS,
};

const offered = counted("offered", "visit", "nOffered", "offered visits");
const abandoned = counted("abandoned", "visit", "tAbandon", "abandoned visits");
const abandonWaitMs = added("abandonWaitMs", "visit", "tAbandon", "wait of the abandoned");
const shortAbandoned = counted("shortAbandoned", "visit", "tShortAbandon", "short abandons");
const flowOuts = counted("flowOuts", "visit", "tFlowOut", "visits that flowed out");
const flowOutWaitMs = added("flowOutWaitMs", "visit", "tFlowOut", "wait of what flowed out");
const queueMs = added("queueMs", "visit", "tAcd", "time in queues");
const queueStays = counted("queueStays", "visit", "tAcd", "stays in queues");
const firstOffered = onQueue(offered, "first");
const firstAbandoned = onQueue(abandoned, "first");
const laterOffered = onQueue(offered, "later");

const answered = counted("answered", "leg", "tAnswered", "answered visits");
const answerWaitMs = added("answerWaitMs", "leg", "tAnswered", "wait of the answered");
const firstAnswered = onQueue(answered, "first");
const firstAnswerWaitMs = onQueue(answerWaitMs, "first");
const talkMs = added("talkMs", "leg", "tTalkComplete", "talk time");
const holdMs = added("holdMs", "leg", "tHeldComplete", "hold time");
const heldLegs = counted("heldLegs", "leg", "tHeldComplete", "held legs");
const acwMs = added("acwMs", "leg", "tAcw", "after-call work");
const handleMs = added("handleMs", "leg", "tHandle", "handle time");
const handles = counted("handles", "leg", "tHandle", "handled legs");

/** Facts that several measures share: of conversations, of visits to queues, of agents' legs. */
export const FACTS = Object.freeze({
  conversations,
  endedConversations,
  openConversations,
  handledConversations,
  menuConversations,
  contained,
  durationMs,
  offered,
  abandoned,
  abandonWaitMs,
  shortAbandoned,
  flowOuts,
  flowOutWaitMs,
  queueMs,
  queueStays,
  firstOffered,
  firstAbandoned,
  laterOffered,
  answered,
  answerWaitMs,
  firstAnswered,
  firstAnswerWaitMs,
  talkMs,
  holdMs,
  heldLegs,
  acwMs,
  handleMs,
  handles,
});

/** Members of surveys and evaluations, one entry for each of them. */
export const ASSESSED = Object.freeze({
  surveyStatus: everyOf("survey", "surveyStatus"),
  surveyScore: everyOf("survey", "oSurveyTotalScore"),
  promoterScore: everyOf("survey", "surveyPromoterScore"),
  evaluationStatus: everyOf("evaluation", "evaluationStatus"),
});

/** Values of a metric, added up: seconds from milliseconds where its name begins with t. */
export function added(name: string, home: Home, metric: string, says: string): Fact {
  return metricFact(name, home, { kind: "metric", metric, take: "sum" }, says);
}

/** Events of a metric, counted. */
export function counted(name: string, home: Home, metric: string, says: string): Fact {
  return metricFact(name, home, { kind: "metric", metric, take: "count" }, says);
}

function metricFact(name: string, home: Home, reads: MetricReading, says: string): Fact {
  return { name, home, reads, scale: reads.take === "sum" && reads.metric.startsWith("t") ? MILLISECONDS : 1, says };
}

/** The same of the conversation's first queue only, or of later ones. */
function onQueue(fact: Fact, queue: "first" | "later"): Fact {
  const words = queue === "first" ? "in the first queue" : "after the first queue";
  return narrowed(fact, `${queue}_${fact.name}`, { queue }, `${fact.says} ${words}`);
}

/** A fact of a metric with a condition more. */
export function narrowed(fact: Fact, name: string, more: Partial<MetricReading>, says: string): Fact {
  return fact.reads.kind === "metric" ? { ...fact, name, reads: { ...fact.reads, ...more }, says } : fact;
}

/** Scores that surveys or evaluations state, added (in thousandths) or counted. */
export function assessed(name: string, reads: Omit<AssessmentReading, "kind">, says: string): Fact {
  const scale = reads.take === "sum" ? THOUSANDTHS : 1;
  return { name, home: "conversation", reads: { kind: "assessment", ...reads }, scale, says };
}

function ofConversation(name: string, what: ConversationReading["what"], says: string): Fact {
  return { name, home: "conversation", reads: { kind: "conversation", what }, scale: 1, says };
}

/** A member of which every place has an entry, so that lists of several stand side by side. */
export function everyOf(at: Member["at"], name: string): Member {
  return { at, name, of: "conversation", every: true };
}

/** A row of the catalogue. */
export function measure(
  name: string,
  unit: Unit,
  home: Home,
  formula: Formula,
  meaning: string,
  media?: string,
): Measure {
  return { name, unit, home, formula, meaning, ...(media === undefined ? {} : { media }) };
}

/** Σ of facts. */
export function sum(...facts: readonly Fact[]): Quotient {
  return { kind: "quotient", numerator: facts.map((fact) => times(1, fact)) };
}

/** Σ ÷ Σ. */
export function quotient(numerator: readonly Fact[] | Fact, denominator: readonly Fact[] | Fact): Quotient {
  return termQuotient(
    [numerator].flat().map((fact) => times(1, fact)),
    [denominator].flat().map((fact) => times(1, fact)),
  );
}

/** Σ ÷ Σ, each with its factors. */
export function termQuotient(numerator: readonly Term[], denominator: readonly Term[]): Quotient {
  return { kind: "quotient", numerator, denominator };
}

/** So many times a fact. */
export function times(factor: number, fact: Fact): Term {
  return { times: factor, fact };
}
