/** Measures of stays in queues: what was offered, who answered when, who gave up, what went elsewhere. */
import type { Measure } from "../domain/measure.ts";
import { measure, quotient, sum, termQuotient, times, FACTS as facts } from "./measure-facts.ts";

const CALLBACKS_DIFFER = "callbacks of some organisations do not say it";
const VOICE_MOSTLY = "mostly voice: what is written is seldom abandoned";

const { abandoned, abandonWaitMs, answered, answerWaitMs, flowOuts, flowOutWaitMs, offered, shortAbandoned } = facts;

/** Everything that was offered, by how it ended. */
export const QUEUE_MEASURES: readonly Measure[] = [
  measure("offered", "count", "visit", sum(offered), "visits offered to a queue (nOffered)"),
  measure("answered", "count", "leg", sum(answered), "visits accepted by an agent (tAnswered)", CALLBACKS_DIFFER),
  measure(
    "abandoned",
    "count",
    "visit",
    sum(abandoned),
    "visits that the customer left before that (tAbandon)",
    CALLBACKS_DIFFER,
  ),
  measure("answer_rate", "ratio", "visit", quotient(answered, offered), "answered ÷ offered", CALLBACKS_DIFFER),
  measure("abandon_rate", "ratio", "visit", quotient(abandoned, offered), "abandoned ÷ offered", CALLBACKS_DIFFER),
  measure(
    "short_abandoned",
    "count",
    "visit",
    sum(shortAbandoned),
    "abandons below the organisation's threshold of short ones (tShortAbandon); part of abandoned",
    VOICE_MOSTLY,
  ),
  measure(
    "short_abandon_rate",
    "ratio",
    "visit",
    quotient(shortAbandoned, offered),
    "short abandons ÷ offered",
    VOICE_MOSTLY,
  ),
  measure(
    "long_abandoned",
    "count",
    "visit",
    { kind: "quotient", numerator: [times(1, abandoned), times(-1, shortAbandoned)] },
    "abandoned without the short ones",
    VOICE_MOSTLY,
  ),
  measure(
    "long_abandon_rate",
    "ratio",
    "visit",
    termQuotient([times(1, abandoned), times(-1, shortAbandoned)], [times(1, offered), times(-1, shortAbandoned)]),
    "abandoned ÷ offered, both without the short ones",
    VOICE_MOSTLY,
  ),
  measure(
    "flow_outs",
    "count",
    "visit",
    sum(flowOuts),
    "visits that left the queue for a flow or voicemail unanswered (tFlowOut)",
  ),
  measure("flow_out_rate", "ratio", "visit", quotient(flowOuts, offered), "flow-outs ÷ offered"),
  measure(
    "asa_seconds",
    "seconds",
    "leg",
    quotient(answerWaitMs, answered),
    "mean wait of the answered",
    CALLBACKS_DIFFER,
  ),
  measure(
    "avg_abandon_seconds",
    "seconds",
    "visit",
    quotient(abandonWaitMs, abandoned),
    "mean wait of the abandoned",
    CALLBACKS_DIFFER,
  ),
  measure(
    "wait_seconds",
    "seconds",
    "visit",
    sum(answerWaitMs, abandonWaitMs, flowOutWaitMs),
    "wait until the visit was answered, abandoned or flowed out, added (tWait)",
  ),
  measure(
    "avg_wait_seconds",
    "seconds",
    "visit",
    quotient([answerWaitMs, abandonWaitMs, flowOutWaitMs], [answered, abandoned, flowOuts]),
    "that wait for each visit that ended so",
  ),
  measure("queue_seconds", "seconds", "visit", sum(facts.queueMs), "time in queues, however it ended (tAcd), added"),
  measure(
    "avg_queue_seconds",
    "seconds",
    "visit",
    quotient(facts.queueMs, facts.queueStays),
    "time in the queue for each stay there",
  ),
];

const { firstAbandoned, firstAnswered, firstAnswerWaitMs, firstOffered, laterOffered } = facts;

/** The first queue of each conversation alone, and what came to later ones. */
export const FIRST_QUEUE_MEASURES: readonly Measure[] = [
  measure(
    "first_queue_offered",
    "count",
    "visit",
    sum(firstOffered),
    "visits offered to the conversation's first queue",
  ),
  measure(
    "first_queue_answered",
    "count",
    "leg",
    sum(firstAnswered),
    "those that an agent accepted there",
    CALLBACKS_DIFFER,
  ),
  measure(
    "first_queue_abandoned",
    "count",
    "visit",
    sum(firstAbandoned),
    "those that the customer left there",
    CALLBACKS_DIFFER,
  ),
  measure(
    "first_queue_answer_rate",
    "ratio",
    "visit",
    quotient(firstAnswered, firstOffered),
    "answered ÷ offered in the first queue",
    CALLBACKS_DIFFER,
  ),
  measure(
    "first_queue_abandon_rate",
    "ratio",
    "visit",
    quotient(firstAbandoned, firstOffered),
    "abandoned ÷ offered in the first queue",
    CALLBACKS_DIFFER,
  ),
  measure(
    "first_queue_asa_seconds",
    "seconds",
    "leg",
    quotient(firstAnswerWaitMs, firstAnswered),
    "mean wait of the answered in the first queue",
    CALLBACKS_DIFFER,
  ),
  measure(
    "requeued",
    "count",
    "visit",
    sum(laterOffered),
    "visits offered after the conversation's first one, to the same or another queue",
  ),
  measure("requeue_rate", "ratio", "visit", quotient(laterOffered, offered), "those ÷ offered"),
];
