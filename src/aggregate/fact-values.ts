/** The whole number that a fact is on one touch of a conversation; undefined where there is none. */
import type { ConversationRecord, PartRecord } from "../domain/conversation-record.ts";
import type { NameOf } from "../domain/directory.ts";
import type { ExpressionValue } from "../domain/expression.ts";
import {
  type AssessmentReading,
  type ByField,
  type ConversationReading,
  type Fact,
  FINISHED,
  type MetricReading,
  type OwnReading,
} from "../domain/fact.ts";
import type { Field } from "../domain/field.ts";
import { memberKey } from "../domain/member.ts";
import { exact, roundedTo } from "../domain/exact.ts";
import { evaluate } from "./evaluate.ts";
import { durationOf, type Touch, valueOn } from "./touch-rows.ts";

/** Reads it; all touches of one unit give the same number. */
export function factOn({ home, reads }: Fact, touch: Touch, nameOf: NameOf): number | undefined {
  switch (reads.kind) {
    case "conversation":
      return conversationNumber(reads.what, touch.conversation);
    case "assessment":
      return assessmentNumber(reads, touch.conversation);
    case "own":
      return ownNumber(reads, touch, nameOf);
    case "metric":
      return home === "conversation" ? wholeMetric(reads, touch.conversation) : unitMetric(home, reads, touch, nameOf);
  }
}

function conversationNumber(what: ConversationReading["what"], conversation: ConversationRecord): number | undefined {
  const { parts, endedAt } = conversation;
  switch (what) {
    case "any":
      return 1;
    case "ended":
      return endedAt === undefined ? undefined : 1;
    case "open":
      return endedAt === undefined ? 1 : undefined;
    case "duration":
      return durationOf(conversation);
    case "handled":
      return parts.some((part) => part.kind === "leg" && part.metrics?.tHandle) ? 1 : undefined;
    case "in_menu":
      return passedMenu(parts) ? 1 : undefined;
    case "contained":
      return endedAt !== undefined && passedMenu(parts) && parts.every(({ kind }) => kind === "other") ? 1 : undefined;
  }
}

function passedMenu(parts: readonly PartRecord[]): boolean {
  return parts.some(({ metrics }) => metrics?.tIvr !== undefined);
}

function wholeMetric({ metric, take }: MetricReading, { parts }: ConversationRecord): number | undefined {
  const totals = parts.flatMap(({ metrics }) => metrics?.[metric] ?? []);
  return totals.length === 0 ? undefined : totals.reduce((sum, total) => sum + total[take], 0);
}

function unitMetric(
  home: Fact["home"],
  { metric, take, queue, above, upTo, weights }: MetricReading,
  touch: Touch,
  nameOf: NameOf,
): number | undefined {
  const { parts } = touch.conversation;
  const unit = home === "visit" ? touch.visit : touch.leg;
  const total = unit === undefined ? undefined : parts[unit]?.metrics?.[metric];
  if (total === undefined) return undefined;
  if (queue !== undefined && queueOf(touch) !== queue) return undefined;
  if (above !== undefined && total.sum <= above) return undefined;
  const most = typeof upTo === "object" ? byField(upTo, touch, nameOf) : upTo;
  if (most !== undefined && total.sum > most) return undefined;
  return total[take] * (weights === undefined ? 1 : byField(weights, touch, nameOf));
}

/** Whether the touch's visit is the conversation's first; undefined without a visit. */
function queueOf({ conversation: { parts }, visit }: Touch): "first" | "later" | undefined {
  if (visit === undefined) return undefined;
  const startedAt = parts[visit]?.startedAt ?? 0;
  const isLater = parts.some(
    (part, index) =>
      part.kind === "visit" && (part.startedAt < startedAt || (part.startedAt === startedAt && index < visit)),
  );
  return isLater ? "later" : "first";
}

function byField({ field, values, otherwise }: ByField, touch: Touch, nameOf: NameOf): number {
  const value = valueOn(field, touch);
  if (value === undefined) return otherwise;
  const shown = field.nameOf ? (nameOf(field.nameOf, String(value)) ?? String(value)) : String(value);
  return values.get(shown) ?? otherwise;
}

/** The lists of one place stand side by side: its entries are those of one survey. */
function assessmentNumber(
  { score, status, take, atLeast, atMost, steps }: AssessmentReading,
  { members }: ConversationRecord,
): number | undefined {
  const states = status === undefined ? undefined : (members?.[memberKey(status)] ?? []);
  const scores = (members?.[memberKey(score)] ?? []).flatMap((text, index) => {
    if (text === "" || (states !== undefined && states[index] !== FINISHED)) return [];
    const value = Math.round(Number(text) * 1000);
    if (!Number.isSafeInteger(value)) return [];
    if ((atLeast !== undefined && value < atLeast) || (atMost !== undefined && value > atMost)) return [];
    return steps === undefined ? [value] : (steps.find((step) => value >= step.atLeast)?.score ?? []);
  });
  if (scores.length === 0) return undefined;
  return take === "count" ? scores.length : scores.reduce((sum, value) => sum + value, 0);
}

/** Millionths, rounded; a value beyond what is added exactly is none. */
function ownNumber({ expression, take }: OwnReading, touch: Touch, nameOf: NameOf): number | undefined {
  const value = evaluate(expression, (leaf) => (leaf.kind === "field" ? fieldValue(leaf.field, touch, nameOf) : null));
  if (value === null) return undefined;
  if (take === "count") return 1;
  const millionths = typeof value === "object" ? Number(roundedTo(value, 6)) : Number.NaN;
  return Number.isSafeInteger(millionths) ? millionths : undefined;
}

/** Times in seconds, other numbers to three decimals, names for ids. */
function fieldValue(field: Field, touch: Touch, nameOf: NameOf): ExpressionValue {
  const value = valueOn(field, touch);
  if (value === undefined) return null;
  if (field.type === "number") return exact(BigInt(Math.round(Number(value))), 1000n);
  if (field.type !== "score")
    return field.nameOf ? (nameOf(field.nameOf, String(value)) ?? String(value)) : String(value);
  const thousandths = Math.round(Number(value) * 1000);
  return Number.isSafeInteger(thousandths) ? exact(BigInt(thousandths), 1000n) : null;
}
