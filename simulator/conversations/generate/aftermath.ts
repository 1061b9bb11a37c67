/**
 * What is known of a conversation beyond its course: call quality, surveys, evaluations, resolutions, further
 * divisions, and the attributes that flows and scripts set on participants.
 */
import type { ConversationDraft, Facts } from "./draft.ts";
import { drawPersonName } from "./contact-points.ts";
import { HOSTILE_ATTRIBUTE_KEYS, HOSTILE_VALUES } from "./hostile-text.ts";
import { formatInstant } from "./iso-instant.ts";
import type { World } from "./entities.ts";
import { type Random, WeightedChoice } from "./random.ts";

const QUALITY_SHARE = 0.92;
const SURVEY_SHARE = 0.09;
const SECOND_SURVEY_SHARE = 0.06;
const EVALUATION_SHARE = 0.03;
const RESOLUTION_SHARE = 0.05;
const ATTRIBUTES_SHARE = 0.6;
const HOSTILE_ATTRIBUTE_SHARE = 0.06;
const EXTRA_DIVISION_SHARE = 0.05;
const EXTERNAL_TAG_SHARE = 0.04;
const LONGEST_ATTRIBUTE = 1024;
const HOUR_MS = 3_600_000;
const SURVEY_STATUSES = new WeightedChoice([
  ["Finished", 45],
  ["Sent", 22],
  ["Expired", 16],
  ["InProgress", 5],
  ["Pending", 5],
  ["OptOut", 4],
  ["Error", 3],
]);
const EVALUATION_STATUSES = [
  "Finished",
  "Finished",
  "Finished",
  "InProgress",
  "Pending",
  "InReview",
  "Retracted",
] as const;

/** The agent and queue that an assessment is about. */
interface Handled {
  readonly userId: unknown;
  readonly queueId: string | undefined;
  readonly endAt: number;
}

/** Adds to a finished draft what was found out and noted about it. */
export function addAftermath(draft: ConversationDraft, world: World, random: Random): void {
  addQuality(draft, world, random);
  addAttributes(draft, random);
  if (random.chance(EXTERNAL_TAG_SHARE)) draft.facts.externalTag = `case-${random.whole(1, 99_999)}`;
  if (random.chance(EXTRA_DIVISION_SHARE)) draft.extraDivisionIds.push(random.pick(world.queueProfiles).divisionId);
  const handled = findHandled(draft);
  if (handled === undefined) return;
  if (random.chance(SURVEY_SHARE)) draft.surveys.push(makeSurvey(world, random, handled));
  if (draft.surveys.length > 0 && random.chance(SECOND_SURVEY_SHARE))
    draft.surveys.push(makeSurvey(world, random, handled));
  if (random.chance(EVALUATION_SHARE)) draft.evaluations.push(makeEvaluation(world, random, handled));
  if (random.chance(RESOLUTION_SHARE)) draft.resolutions.push(makeResolution(random, handled));
}

/** Calls have figures of their sound, per session and as the worst of the whole. */
function addQuality(draft: ConversationDraft, world: World, random: Random): void {
  let worst: number | undefined;
  for (const participant of draft.participants) {
    for (const session of participant.sessions) {
      if (session.media !== "voice") continue;
      session.facts.edgeId = random.pick(world.edgeIds);
      if (participant.purpose !== "customer" && participant.purpose !== "agent") continue;
      session.facts.protocolCallId = random.uuid();
      const lastAt = session.segments.at(-1)?.endAt ?? draft.startAt;
      const mos = 4.882 - random.fraction() ** 6 * 3;
      worst = Math.min(worst ?? mos, mos);
      session.facts.mediaEndpointStats = [describeSound(random, mos, lastAt)];
    }
  }
  if (worst === undefined || !random.chance(QUALITY_SHARE)) return;
  draft.facts.mediaStatsMinConversationMos = worst;
  draft.facts.mediaStatsMinConversationRFactor = rFactorOf(worst);
}

function describeSound(random: Random, mos: number, eventAt: number): Facts {
  return {
    codecs: ["audio/opus"],
    minMos: mos,
    minRFactor: rFactorOf(mos),
    maxLatencyMs: random.whole(4, 180),
    receivedPackets: random.whole(500, 20_000),
    ...(random.chance(0.1) ? { discardedPackets: random.whole(1, 40) } : {}),
    eventTime: formatInstant(eventAt),
  };
}

function rFactorOf(mos: number): number {
  return Math.round((mos - 1) * 23_800) / 1000;
}

/** Attributes of the customer; own properties whatever the key, `__proto__` included. */
function addAttributes(draft: ConversationDraft, random: Random): void {
  const customer = draft.participants.find(({ purpose }) => purpose === "customer");
  if (customer === undefined || !random.chance(ATTRIBUTES_SHARE)) return;
  const entries: [string, string][] = [
    ["customerTier", random.pick(["gold", "silver", "bronze", ""])],
    ["accountNumber", String(random.whole(0, 99_999_999)).padStart(8, "0")],
    ["lastOrder", `${random.whole(0, 400)}.${random.whole(10, 99)}`],
  ];
  if (random.chance(HOSTILE_ATTRIBUTE_SHARE)) {
    entries.push([random.pick(HOSTILE_ATTRIBUTE_KEYS), random.pick(HOSTILE_VALUES)]);
    entries.push([
      `key ${drawPersonName(random)}`.slice(0, LONGEST_ATTRIBUTE),
      "x".repeat(random.pick([0, 1, 80, LONGEST_ATTRIBUTE])),
    ]);
  }
  customer.attributes = Object.fromEntries(entries);
}

/** The last agent leg with a handle time. */
function findHandled(draft: ConversationDraft): Handled | undefined {
  for (const participant of draft.participants.toReversed()) {
    const [session] = participant.sessions;
    if (participant.purpose !== "agent" || session === undefined) continue;
    const handle = session.metrics.find(({ name }) => name === "tTalkComplete");
    if (handle === undefined) continue;
    return { userId: participant.facts.userId, queueId: session.segments[0]?.queue?.id, endAt: handle.emitAt };
  }
  return undefined;
}

function makeSurvey(world: World, random: Random, { userId, queueId, endAt }: Handled): Facts {
  const surveyStatus = SURVEY_STATUSES.draw(random);
  const finished = surveyStatus === "Finished";
  const completedAt = endAt + random.whole(60_000, 30 * HOUR_MS);
  return {
    surveyId: random.uuid(),
    surveyFormId: world.surveyForm.id,
    surveyFormContextId: world.surveyForm.contextId,
    surveyFormName: world.surveyForm.name,
    surveyStatus,
    surveyType: random.chance(0.8) ? "Web" : "Voice",
    eventTime: formatInstant(finished ? completedAt : endAt),
    queueId,
    userId,
    surveyPartialResponse: finished ? random.chance(0.1) : undefined,
    surveyCompletedDate: finished ? formatInstant(completedAt) : undefined,
    surveyPromoterScore: finished && random.chance(0.9) ? drawPromoterScore(random) : undefined,
    oSurveyTotalScore: finished ? random.whole(0, 20) * 5 : undefined,
  };
}

/** Most people are content: half of the scores are 9 or 10. */
function drawPromoterScore(random: Random): number {
  return random.chance(0.5) ? random.whole(9, 10) : random.whole(0, 8);
}

function makeEvaluation(world: World, random: Random, { userId, queueId, endAt }: Handled): Facts {
  const evaluationStatus = random.pick(EVALUATION_STATUSES);
  const finished = evaluationStatus === "Finished";
  return {
    evaluationId: random.uuid(),
    evaluatorId: random.pick(world.userIds),
    formId: world.evaluationForm.id,
    contextId: world.evaluationForm.contextId,
    formName: world.evaluationForm.name,
    evaluationStatus,
    eventTime: formatInstant(endAt + random.whole(HOUR_MS, 90 * HOUR_MS)),
    queueId,
    userId,
    released: finished,
    rescored: finished && random.chance(0.1),
    deleted: false,
    oTotalScore: finished ? random.whole(30, 100) : undefined,
    oTotalCriticalScore: finished ? random.whole(0, 100) : undefined,
  };
}

function makeResolution(random: Random, { userId, queueId, endAt }: Handled): Facts {
  return { eventTime: formatInstant(endAt + 72 * HOUR_MS), queueId, userId, nNextContactAvoided: random.whole(0, 1) };
}
