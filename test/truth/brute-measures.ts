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
