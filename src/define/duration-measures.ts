/** Percentiles and the largest of every duration. */
import type { Fact } from "../domain/fact.ts";
import type { Home } from "../domain/field.ts";
import type { Measure } from "../domain/measure.ts";
import { added, measure, FACTS as facts } from "./measure-facts.ts";

/** name, home, facts whose units stand in one line, of what */
const DURATIONS: readonly (readonly [name: string, home: Home, of: readonly Fact[], what: string])[] = [
  ["duration", "conversation", [facts.durationMs], "the length of ended conversations"],
  ["talk", "leg", [facts.talkMs], "the talk time of legs that had any"],
  ["hold", "leg", [facts.holdMs], "the hold time of held legs"],
  ["acw", "leg", [facts.acwMs], "the after-call work of legs that had any"],
  ["handle", "leg", [facts.handleMs], "the handle time of handled legs"],
  ["alert", "leg", [added("time_tAlert", "leg", "tAlert", "sum of tAlert")], "the ringing of legs that rang"],
  ["answer_wait", "leg", [facts.answerWaitMs], "the wait of the answered"],
  ["abandon_wait", "visit", [facts.abandonWaitMs], "the wait of the abandoned"],
  [
    "wait",
    "visit",
    [facts.answerWaitMs, facts.abandonWaitMs, facts.flowOutWaitMs],
    "the wait until an answer, an abandon or a flow-out",
  ],
  ["queue", "visit", [facts.queueMs], "the time of stays in queues"],
  [
    "ivr",
    "conversation",
    [added("whole_tIvr", "conversation", "tIvr", "sum of tIvr")],
    "the time in menus of conversations that passed one",
  ],
];

const SHARES: readonly (readonly [prefix: string, percent: number, words: string])[] = [
  ["p50", 50, "the median of"],
  ["p90", 90, "what nine in ten do not exceed of"],
  ["p95", 95, "what nineteen in twenty do not exceed of"],
  ["max", 100, "the largest of"],
];

/** `p50_wait_seconds` and the others, by continuous linear interpolation. */
export const DURATION_MEASURES: readonly Measure[] = DURATIONS.flatMap(([name, home, of, what]) =>
  SHARES.map(([prefix, percent, words]) =>
    measure(`${prefix}_${name}_seconds`, "seconds", home, { kind: "percentile", percent, of }, `${words} ${what}`),
  ),
);
