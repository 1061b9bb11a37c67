/**
 * What real data has and tidy examples have not: conversations in progress, old ones among them, lists in no order,
 * a first segment some milliseconds before the conversation, and enum values that no documentation lists yet.
 */
import { type ConversationDraft, cutDraft } from "./draft.ts";
import type { Random } from "./random.ts";

const STILL_OPEN_SHARE = 0.004;
const EARLY_SEGMENT_SHARE = 0.03;
const SHUFFLED_PARTICIPANTS_SHARE = 0.25;
const SHUFFLED_SEGMENTS_SHARE = 0.15;
const SHUFFLED_METRICS_SHARE = 0.3;
const UNKNOWN_VALUE_SHARE = 0.002;
/** By then every conversation has a first segment. */
const FIRST_SIGN_MS = 50;

/** What the generator was asked for that decides about blemishes. */
export interface BlemishOptions {
  /** The data are as of this instant: what ends later is in progress. Epoch milliseconds. */
  readonly asOf: number;
  readonly unknownValues: boolean;
}

/** Applies the blemishes to a finished draft. */
export function addBlemishes(draft: ConversationDraft, random: Random, options: BlemishOptions): void {
  if (random.chance(EARLY_SEGMENT_SHARE)) startEarly(draft, random);
  leaveOpen(draft, random, options.asOf);
  if (options.unknownValues && random.chance(UNKNOWN_VALUE_SHARE)) addUnknownValue(draft, random);
  shuffleLists(draft, random);
}

function startEarly(draft: ConversationDraft, random: Random): void {
  const segment = draft.participants[0]?.sessions[0]?.segments[0];
  if (segment?.startAt === draft.startAt) segment.startAt -= random.whole(1, 9);
}

/** In progress is what had not ended by the end of the period, and a few older ones that never will. */
function leaveOpen(draft: ConversationDraft, random: Random, asOf: number): void {
  const endAt = draft.endAt ?? asOf;
  if (endAt > asOf) cutDraft(draft, Math.max(asOf, draft.startAt + FIRST_SIGN_MS));
  else if (random.chance(STILL_OPEN_SHARE)) {
    cutDraft(draft, draft.startAt + Math.floor((endAt - draft.startAt) * (0.05 + 0.9 * random.fraction())));
  }
}

function addUnknownValue(draft: ConversationDraft, random: Random): void {
  const session = draft.participants.at(-1)?.sessions[0];
  const segment = session?.segments[0];
  if (session === undefined || segment === undefined) return;
  switch (random.whole(0, 2)) {
    case 0:
      session.media = "hologram";
      return;
    case 1:
      segment.type = "daydreaming";
      return;
    default:
      segment.facts = { ...segment.facts, disconnectType: "teleported" };
  }
}

function shuffleLists(draft: ConversationDraft, random: Random): void {
  if (random.chance(SHUFFLED_PARTICIPANTS_SHARE)) draft.participants = random.shuffle(draft.participants);
  const shuffleSegments = random.chance(SHUFFLED_SEGMENTS_SHARE);
  const shuffleMetrics = random.chance(SHUFFLED_METRICS_SHARE);
  for (const { sessions } of draft.participants) {
    for (const session of sessions) {
      if (shuffleSegments) session.segments = random.shuffle(session.segments);
      if (shuffleMetrics) session.metrics = random.shuffle(session.metrics);
    }
  }
}
