// What each measure should be over some ways, the slow way: sets of conversations, legs and visits, and sums over the
// metrics that the vendor's tree has on them. Nothing of src/ is imported; each measure is written out again.

import { countCodes, durationOf, ratio, type Stay, type Way } from "./brute-force.ts";

/** Every measure of the catalogue by name. */
export function figuresOver(ways: readonly Way[]): Record<string, unknown> {
  const trees = [...new Set(ways.map(({ tree }) => tree))];
  const legs = distinct(ways.map(({ leg }) => leg));
  const visits = distinct(ways.map(({ visit }) => visit));
  const early = ways.filter((way) => way.visit !== null && way.visit === firstVisit(way));
  const [firstLegs, firstVisits] = [distinct(early.map(({ leg }) => leg)), distinct(early.map(({ visit }) => visit))];
  const laterVisits = visits.filter((visit) => !firstVisits.includes(visit));
  const durations = trees.map(durationOf).filter((duration) => duration !== null);
  const all = trees.map((tree) => tree.participants.flatMap(({ sessions }) => sessions));
  const emitted = (name: string): number[] => all.flatMap((sessions) => valuesOf(sessions, name));
  const passed = trees.filter((_, index) => valuesOf(all[index] ?? [], "tIvr").length > 0);
  const caught = passed.filter((tree) => {
    const own = ways.find((way) => way.tree === tree)?.stays ?? [];
    return durationOf(tree) !== null && own.every(({ kind }) => kind === "other");
  });

  const durationMs = total(durations);
  const heldMs = total(valuesOf(legs, "tHeldComplete"));
  const talkMs = total(valuesOf(legs, "tTalkComplete"));
  const handles = count(legs, "tHandle");
  const perHandle = (name: string): unknown => seconds(total(valuesOf(legs, name)), handles);
  const offered = count(visits, "nOffered");
  const answered = count(legs, "tAnswered");
  const abandoned = count(visits, "tAbandon");
  const short = count(visits, "tShortAbandon");
  const flowOuts = count(visits, "tFlowOut");
  const ringing = count(legs, "tNotResponding");
  const efficiency = ratio(100n * durationMs - 50n * heldMs, durationMs, 2);
  const codes = countCodes(ways);
  const waits = [...perStay(legs, "tAnswered"), ...perStay(visits, "tAbandon"), ...perStay(visits, "tFlowOut")];
  const finished = trees.flatMap(({ surveys = [] }) =>
    surveys.filter(({ surveyStatus }) => surveyStatus === "Finished"),
  );
  const scores = finished.flatMap(({ oSurveyTotalScore }) => oSurveyTotalScore ?? []);
  const answers = finished.flatMap(({ surveyPromoterScore }) => surveyPromoterScore ?? []);
  const promoters = answers.filter((answer) => answer > 8).length;
  const detractors = answers.filter((answer) => answer < 7).length;
  const judged = trees.flatMap(({ evaluations = [] }) =>
    evaluations.filter(({ evaluationStatus }) => evaluationStatus === "Finished"),
  );
  const sounds = trees.flatMap(({ mediaStatsMinConversationMos }) => mediaStatsMinConversationMos ?? []);

  return {
    conversation_count: trees.length,
    open_conversations: trees.length - durations.length,
    handled_conversations: all.filter((_, index) => {
      const tree = trees[index];
      const own = ways.find((way) => way.tree === tree)?.stays ?? [];
      return own.some((stay) => stay.kind === "leg" && valuesOf([stay], "tHandle").length > 0);
    }).length,
    total_duration_seconds: seconds(durationMs),
    avg_duration_seconds: seconds(durationMs, BigInt(durations.length)),
    talk_ratio: ratio(talkMs, durationMs, 4),
    hold_ratio: ratio(heldMs, durationMs, 4),
    efficiency_score: efficiency === null ? null : Math.max(0, efficiency),

    talk_seconds: seconds(talkMs),
    hold_seconds: seconds(heldMs),
    acw_seconds: seconds(total(valuesOf(legs, "tAcw"))),
    handle_seconds: seconds(total(valuesOf(legs, "tHandle"))),
    handled: Number(handles),
    aht_seconds: perHandle("tHandle"),
    avg_talk_seconds: perHandle("tTalkComplete"),
    avg_hold_seconds: perHandle("tHeldComplete"),
    avg_acw_seconds: perHandle("tAcw"),
    held: Number(count(legs, "tHeldComplete")),
    avg_hold_per_held_seconds: seconds(heldMs, count(legs, "tHeldComplete")),
    hold_rate: ratio(count(legs, "tHeldComplete"), handles, 4),
    dialing_seconds: seconds(total(valuesOf(legs, "tDialing"))),
    contacting_seconds: seconds(total(valuesOf(legs, "tContacting"))),
    active_callback_seconds: seconds(total(valuesOf(legs, "tActiveCallbackComplete"))),
    outbound: Number(count(legs, "nOutbound")),

    offered: Number(offered),
    answered: Number(answered),
    abandoned: Number(abandoned),
    answer_rate: ratio(answered, offered, 4),
    abandon_rate: ratio(abandoned, offered, 4),
    short_abandoned: Number(short),
    short_abandon_rate: ratio(short, offered, 4),
    long_abandoned: Number(abandoned - short),
    long_abandon_rate: ratio(abandoned - short, offered - short, 4),
    flow_outs: Number(flowOuts),
    flow_out_rate: ratio(flowOuts, offered, 4),
    asa_seconds: seconds(total(valuesOf(legs, "tAnswered")), answered),
    avg_abandon_seconds: seconds(total(valuesOf(visits, "tAbandon")), abandoned),
    wait_seconds: seconds(total(waits)),
    avg_wait_seconds: seconds(total(waits), answered + abandoned + flowOuts),
    queue_seconds: seconds(total(valuesOf(visits, "tAcd"))),
    avg_queue_seconds: seconds(total(valuesOf(visits, "tAcd")), count(visits, "tAcd")),
    first_queue_offered: Number(count(firstVisits, "nOffered")),
    first_queue_answered: Number(count(firstLegs, "tAnswered")),
    first_queue_abandoned: Number(count(firstVisits, "tAbandon")),
    first_queue_answer_rate: ratio(count(firstLegs, "tAnswered"), count(firstVisits, "nOffered"), 4),
    first_queue_abandon_rate: ratio(count(firstVisits, "tAbandon"), count(firstVisits, "nOffered"), 4),
    first_queue_asa_seconds: seconds(total(valuesOf(firstLegs, "tAnswered")), count(firstLegs, "tAnswered")),
    requeued: Number(count(laterVisits, "nOffered")),
    requeue_rate: ratio(count(laterVisits, "nOffered"), offered, 4),

    agents: new Set(legs.map(({ user }) => user).filter((user) => user !== null)).size,
    transferred: Number(count(legs, "nTransferred")),
    transfer_rate: ratio(count(legs, "nTransferred"), handles, 4),
    blind_transferred: Number(count(legs, "nBlindTransferred")),
    blind_transfer_rate: ratio(count(legs, "nBlindTransferred"), handles, 4),
    consult_transferred: Number(count(legs, "nConsultTransferred")),
    consult_transfer_rate: ratio(count(legs, "nConsultTransferred"), handles, 4),
    consults: Number(count(legs, "nConsult")),
    alert_seconds: seconds(total(valuesOf(legs, "tAlert"))),
    avg_alert_seconds: seconds(total(valuesOf(legs, "tAlert")), count(legs, "tAlert")),
    not_responding: Number(ringing),
    not_responding_rate: ratio(ringing, ringing + answered, 4),
    monitoring_seconds: seconds(total(valuesOf(legs, "tMonitoringComplete"))),
    coaching_seconds: seconds(total(valuesOf(legs, "tCoachingComplete"))),
    unique_wrapup_codes: Object.keys(codes),
    wrapup_counts: codes,

    surveys: scores.length,
    csat_score: mean(scores),
    nps: ratio(100n * BigInt(promoters - detractors), BigInt(answers.length), 2),
    nps_responses: answers.length,
    promoters,
    detractors,
    evaluations: judged.filter(({ oTotalScore }) => oTotalScore !== undefined).length,
    quality_score: mean(judged.flatMap(({ oTotalScore }) => oTotalScore ?? [])),
    critical_quality_score: mean(judged.flatMap(({ oTotalCriticalScore }) => oTotalCriticalScore ?? [])),
    avg_mos: mean(sounds),

    ivr_conversations: passed.length,
    ivr_seconds: seconds(total(emitted("tIvr"))),
    avg_ivr_seconds: seconds(total(emitted("tIvr")), BigInt(passed.length)),
    ivr_contained: caught.length,
    ivr_containment_rate: ratio(BigInt(caught.length), BigInt(passed.length), 4),
    flow_seconds: seconds(total(emitted("tFlow"))),
    flow_outcomes: emitted("nFlowOutcome").length,
    flow_outcome_failure_rate: share(emitted("nFlowOutcomeFailed"), emitted("nFlowOutcome")),
    bot_interactions: emitted("nBotInteractions").length,
    voicemails: emitted("tVoicemail").length,
    errors: emitted("nError").length,
    over_sla: emitted("nOverSla").length,
    callbacks_scheduled: emitted("nCallbackScheduled").length,
    callback_attempts: emitted("nCallbackAttempts").length,
    callbacks_connected: emitted("tCallbackConnect").length,
    callbacks_not_reached: emitted("tCallbackNotReached").length,
    callbacks_abandoned: emitted("tCallbackAbandon").length,
    avg_callback_connect_seconds: meanSeconds(emitted("tCallbackConnect")),
    outbound_attempted: emitted("nOutboundAttempted").length,
    outbound_connected: emitted("nOutboundConnected").length,
    outbound_abandoned: emitted("nOutboundAbandoned").length,
    outbound_connect_rate: share(emitted("nOutboundConnected"), emitted("nOutboundAttempted")),
    outbound_abandon_rate: share(emitted("nOutboundAbandoned"), emitted("nOutboundConnected")),
    messages: Number(total(emitted("oMessageCount"))),
    avg_first_response_seconds: meanSeconds(emitted("tFirstResponse")),
    avg_agent_response_seconds: meanSeconds(emitted("tAgentResponseTime")),
    avg_user_response_seconds: meanSeconds(emitted("tUserResponseTime")),

    ...declared(ways, scores, answers),
    ...lines("duration", durations),
    ...lines("talk", perStay(legs, "tTalkComplete")),
    ...lines("hold", perStay(legs, "tHeldComplete")),
    ...lines("acw", perStay(legs, "tAcw")),
    ...lines("handle", perStay(legs, "tHandle")),
    ...lines("alert", perStay(legs, "tAlert")),
    ...lines("answer_wait", perStay(legs, "tAnswered")),
    ...lines("abandon_wait", perStay(visits, "tAbandon")),
    ...lines("wait", waits),
    ...lines("queue", perStay(visits, "tAcd")),
    ...lines(
      "ivr",
      all.flatMap((sessions) => perStay([{ metrics: sessions.flatMap(({ metrics = [] }) => metrics) }], "tIvr")),
    ),
  };
}

/** Measures that a report declares something for, as their authors write them. */
export const DECLARED = [
  { name: "service_level", target: 20 },
  { name: "sl_answered", measure: "service_level", target: 45.5, formula: "answered" },
  { name: "sl_without_short", measure: "service_level", target: 10, formula: "without_short_abandons" },
  {
    name: "sl_by_media",
    measure: "service_level",
    target: { by: "conversation.media.type", values: { voice: 15, chat: 60 }, otherwise: 30 },
    formula: "with_flow_outs",
  },
  {
    name: "weighted_aht_seconds",
    weights: { by: "conversation.media.type", values: { chat: 0.5, email: 0.125, message: 0 } },
  },
  {
    name: "weighted_by_direction",
    measure: "weighted_aht_seconds",
    weights: { by: "conversation.direction", values: { outbound: 2 }, otherwise: 0.75 },
  },
  { name: "answer_wait_counts", edges: [5, 12.5, 60] },
  { name: "abandon_wait_counts", edges: [30] },
  { name: "wait_counts" },
  { name: "handle_counts", edges: [60, 300] },
  { name: "csat_of_five", measure: "csat_score", scale: { from: [0, 100], to: [1, 5] }, round: 3 },
  { name: "csat_upside_down", measure: "csat_score", scale: { from: [10, 90], to: [5, -1.5] } },
  {
    name: "satisfaction_score",
    mapping: [
      { atLeast: 40, score: 50 },
      { atLeast: 80, score: 100 },
      { atLeast: 20, score: -12.5 },
    ],
  },
  {
    name: "recommended",
    measure: "satisfaction_score",
    of: "survey.nps",
    mapping: [
      { atLeast: 9, score: 1 },
      { atLeast: 0, score: 0 },
    ],
  },
] as const;

function declared(
  ways: readonly Way[],
  scores: readonly number[],
  answers: readonly number[],
): Record<string, unknown> {
  const legs = distinct(ways.map(({ leg }) => leg));
  const visits = distinct(ways.map(({ visit }) => visit));
  const answered = count(legs, "tAnswered");
  const abandoned = count(visits, "tAbandon");
  const level = (limit: (leg: Stay) => number, by: bigint): number | null => {
    const within = legs.filter((leg) => perStay([leg], "tAnswered").some((wait) => wait <= limit(leg)));
    return ratio(count(within, "tAnswered"), by, 4);
  };
  /** Weights in thousandths. */
  const weighted = (weightOf: (leg: Stay) => number): number | null => {
    const sum = (name: string, take: "sum" | "count"): bigint =>
      legs.reduce((before, leg) => {
        const values = valuesOf([leg], name);
        return before + BigInt(weightOf(leg)) * (take === "sum" ? total(values) : BigInt(values.length));
      }, 0n);
    return seconds(sum("tHandle", "sum"), sum("tHandle", "count"));
  };
  const directions = new Map(ways.map(({ leg, tree }) => [leg, tree.originatingDirection]));
  const waits = [...perStay(legs, "tAnswered"), ...perStay(visits, "tAbandon"), ...perStay(visits, "tFlowOut")];
  const satisfied = scores
    .filter((value) => value >= 20)
    .map((value) => (value >= 80 ? 100 : value >= 40 ? 50 : -12.5));
  return {
    service_level: level(() => 20_000, answered + abandoned),
    sl_answered: level(() => 45_500, answered),
    sl_without_short: level(() => 10_000, answered + abandoned - count(visits, "tShortAbandon")),
    sl_by_media: level(
      ({ media }) => (media === "voice" ? 15_000 : media === "chat" ? 60_000 : 30_000),
      answered + abandoned + count(visits, "tFlowOut"),
    ),
    weighted_aht_seconds: weighted(({ media }) => ({ chat: 500, email: 125, message: 0 })[media] ?? 1000),
    weighted_by_direction: weighted((leg) => (directions.get(leg) === "outbound" ? 2000 : 750)),
    answer_wait_counts: inRanges(perStay(legs, "tAnswered"), ["0-5 s", "5-12.5 s", "12.5-60 s", "over 60 s"]),
    abandon_wait_counts: inRanges(perStay(visits, "tAbandon"), ["0-30 s", "over 30 s"]),
    wait_counts: inRanges(waits, ["0-10 s", "10-20 s", "20-30 s", "30-60 s", "60-120 s", "120-300 s", "over 300 s"]),
    handle_counts: inRanges(perStay(legs, "tHandle"), ["0-60 s", "60-300 s", "over 300 s"]),
    csat_of_five: ratio(
      total(scores.map((value) => Math.round(value * 1000))) * 4n + 100_000n * BigInt(scores.length),
      100_000n * BigInt(scores.length),
      3,
    ),
    // 5 − 6.5 × (mean − 10) ÷ 80, over a common denominator.
    csat_upside_down: ratio(
      800n * 1000n * 5n * BigInt(scores.length) -
        65n * (total(scores.map((value) => Math.round(value * 1000))) - 10_000n * BigInt(scores.length)),
      800n * 1000n * BigInt(scores.length),
      2,
    ),
    satisfaction_score: mean(satisfied),
    recommended: ratio(BigInt(answers.filter((answer) => answer >= 9).length), BigInt(answers.length), 2),
  };
}

/** How many milliseconds fall into each range of seconds, the end included. */
function inRanges(values: readonly number[], labels: readonly string[]): Record<string, number> {
  const endOf = (label: string): number => Number(/-([\d.]+) s/.exec(label)?.[1] ?? Number.POSITIVE_INFINITY) * 1000;
  return Object.fromEntries(
    labels.map((label, index) => {
      const from = index === 0 ? Number.NEGATIVE_INFINITY : endOf(labels[index - 1] ?? "");
      return [label, values.filter((value) => value > from && value <= endOf(label)).length];
    }),
  );
}

/** What emits metrics. */
interface Emitter {
  readonly metrics?: Stay["metrics"];
}

function distinct(stays: readonly (Stay | null)[]): Stay[] {
  return [...new Set(stays)].filter((stay) => stay !== null);
}

/** The visit that began before all others of its conversation. */
function firstVisit({ stays }: Way): Stay | undefined {
  return stays.filter(({ kind }) => kind === "visit").sort((left, right) => left.startedAt - right.startedAt)[0];
}

function valuesOf(emitters: readonly Emitter[], name: string): number[] {
  return emitters.flatMap(({ metrics = [] }) =>
    metrics.filter((metric) => metric.name === name).map(({ value }) => value),
  );
}

/** One number for each stay that emitted the metric: all its values together. */
function perStay(emitters: readonly Emitter[], name: string): number[] {
  return emitters
    .map((emitter) => valuesOf([emitter], name))
    .filter((values) => values.length > 0)
    .map((values) => values.reduce((sum, value) => sum + value, 0));
}

function count(emitters: readonly Emitter[], name: string): bigint {
  return BigInt(valuesOf(emitters, name).length);
}

function total(values: readonly number[]): bigint {
  return values.reduce((sum, value) => sum + BigInt(value), 0n);
}

function seconds(milliseconds: bigint, by = 1n): number | null {
  return ratio(milliseconds, 1000n * by, 2);
}

function meanSeconds(values: readonly number[]): number | null {
  return seconds(total(values), BigInt(values.length));
}

/** Of numbers with up to three decimals. */
function mean(values: readonly number[]): number | null {
  return ratio(total(values.map((value) => Math.round(value * 1000))), 1000n * BigInt(values.length), 2);
}

function share(some: readonly unknown[], of: readonly unknown[]): number | null {
  return ratio(BigInt(some.length), BigInt(of.length), 4);
}

/** The shares of a line of values: between the two neighbours of the place (n − 1) × share, in proportion. */
function lines(name: string, values: readonly number[]): Record<string, number | null> {
  const line = values.toSorted((left, right) => left - right);
  const at = (percent: number): number | null => {
    const place = (line.length - 1) * percent;
    const [lower, upper] = [line[Math.floor(place / 100)], line[Math.ceil(place / 100)]];
    if (lower === undefined || upper === undefined) return null;
    return ratio(BigInt(lower) * 100n + BigInt(upper - lower) * BigInt(place % 100), 100_000n, 2);
  };
  return {
    [`p50_${name}_seconds`]: at(50),
    [`p90_${name}_seconds`]: at(90),
    [`p95_${name}_seconds`]: at(95),
    [`max_${name}_seconds`]: at(100),
  };
}
