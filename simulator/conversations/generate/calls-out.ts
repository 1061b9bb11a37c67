/**
 * Conversations that the centre begins: calls that an agent dials, calls of a campaign, and calls between colleagues.
 * None of them is offered to a queue, so none has nOffered, tAcd or tAnswered; they show what a report must not assume.
 */
import type { AgentLeg } from "./agent-leg.ts";
import { drawCustomerNumber, drawServiceNumber } from "./contact-points.ts";
import type { ConversationDraft, SessionDraft } from "./draft.ts";
import type { World } from "./entities.ts";
import { MEDIA_PROFILES } from "./media-profile.ts";
import { talkThrough } from "./queue-journey.ts";
import type { Random } from "./random.ts";
import { Story, type StoryOptions } from "./story.ts";

const ON_BEHALF_OF_QUEUE_SHARE = 0.8;
const REACHED_SHARE = 0.72;
const CAMPAIGN_REACHED_SHARE = 0.45;
const CAMPAIGN_ABANDONED_SHARE = 0.05;
const COLLEAGUE_ANSWERS_SHARE = 0.8;
/** What the dialler writes as the outcome of a call that never came to an agent. */
const DIALER_CODES = [
  "ININ-OUTBOUND-NO-ANSWER",
  "ININ-OUTBOUND-NO-ANSWER",
  "ININ-OUTBOUND-BUSY",
  "ININ-OUTBOUND-MACHINE",
  "ININ-OUTBOUND-SIT-UNCALLABLE",
  "ININ-OUTBOUND-FAX",
] as const;

/** Tells a call that an agent dialled, mostly on behalf of a queue. */
export function tellManualCall(
  world: World,
  random: Random,
  options: StoryOptions,
  startAt: number,
): ConversationDraft {
  const story = beginCallOut(world, random, options, startAt);
  const queue = random.chance(ON_BEHALF_OF_QUEUE_SHARE) ? world.queueChoice.draw(random) : undefined;
  const userId = random.pick(queue?.agents ?? world.userIds);
  const customer = story.joinCustomer({});
  const leg = story.joinAgent(userId, { queue, at: startAt, segmentFacts: {} });
  leg.measure("nOutbound", 1);
  leg.dial(random.whole(120, 1900), random.whole(2500, 28_000));
  if (random.chance(REACHED_SHARE)) connectAndTalk(story, leg, customer);
  else story.endLeg(leg, random.pick(["client", "peer", "uncallable"]));
  return story.finish();
}

/** Tells a campaign's call: unanswered, abandoned before an agent was free, or handed to an agent. */
export function tellCampaignCall(
  world: World,
  random: Random,
  options: StoryOptions,
  startAt: number,
): ConversationDraft {
  const story = beginCallOut(world, random, options, startAt);
  const queue = world.queueChoice.draw(random);
  const campaign = {
    outboundCampaignId: world.edgeIds[0],
    outboundContactListId: world.edgeIds[1],
    outboundContactId: random.uuid().replaceAll("-", ""),
  };
  story.draft.facts.conversationInitiator = "dialer";
  const ringMs = random.whole(4000, 30_000);
  const answeredAt = startAt + ringMs;
  const customer = story.joinCustomer(campaign);
  const dialer = story.join("dialer", { participantName: "Campaign" }, campaign);
  dialer.segments.push({ type: "dialing", startAt, endAt: answeredAt, queue, facts: { disconnectType: "transfer" } });
  dialer.metrics.push({ name: "nOutboundAttempted", value: 1, emitAt: startAt });
  if (!random.chance(CAMPAIGN_REACHED_SHARE)) return endUnreached(story, dialer, customer, answeredAt);
  dialer.metrics.push({ name: "nOutboundConnected", value: 1, emitAt: answeredAt });
  if (random.chance(CAMPAIGN_ABANDONED_SHARE)) {
    dialer.metrics.push({ name: "nOutboundAbandoned", value: 1, emitAt: answeredAt });
    story.moveCustomer(answeredAt, "interact", queue);
    story.leaveCustomer(answeredAt + random.whole(1500, 9000), "client");
    return story.finish();
  }
  const leg = story.joinAgent(random.pick(queue.agents), { queue, at: answeredAt, segmentFacts: {} }, campaign);
  leg.alert(answeredAt + random.whole(50, 1200));
  leg.measure("nOutbound", 1);
  connectAndTalk(story, leg, customer);
  return story.finish();
}

/** Tells a call between colleagues: no customer, no queue. */
export function tellInternalCall(
  world: World,
  random: Random,
  options: StoryOptions,
  startAt: number,
): ConversationDraft {
  const story = beginCallOut(world, random, options, startAt);
  const caller = story.joinAgent(random.pick(world.userIds), { queue: undefined, at: startAt, segmentFacts: {} });
  caller.participant.purpose = "user";
  caller.dial(random.whole(100, 900), random.whole(2000, 20_000));
  const callee = story.joinAgent(random.pick(world.userIds), { queue: undefined, at: startAt, segmentFacts: {} });
  callee.participant.purpose = random.pick(["user", "agent"]);
  callee.session.peer = caller.session;
  callee.session.direction = "inbound";
  callee.alert(caller.at);
  story.draft.facts.conversationInitiator = "user";
  story.draft.facts.customerParticipation = false;
  if (random.chance(COLLEAGUE_ANSWERS_SHARE)) {
    const talkMs = random.handlingMs(story.media.talkMedianMs / 2, 1200);
    caller.talk(talkMs);
    callee.talk(talkMs);
  } else {
    callee.measure("tNotResponding", callee.at - startAt);
  }
  caller.end("client", undefined);
  callee.end("peer", undefined);
  return story.finish();
}

function beginCallOut(world: World, random: Random, options: StoryOptions, startAt: number): Story {
  return new Story(world, random, options, {
    media: MEDIA_PROFILES.voice,
    startAt,
    direction: "outbound",
    contactFacts: { ani: drawServiceNumber(random), dnis: drawCustomerNumber(random) },
  });
}

function connectAndTalk(story: Story, leg: AgentLeg, customer: SessionDraft): void {
  const connectedAt = leg.at;
  customer.metrics.push({ name: "nConnected", value: 1, emitAt: connectedAt });
  story.moveCustomer(connectedAt, "interact", leg.queue);
  talkThrough(story, leg);
  const endAt = leg.at;
  customer.metrics.push({ name: "tConnected", value: endAt - connectedAt, emitAt: endAt });
  story.endLeg(leg, story.random.pick(["peer", "client"]));
  story.leaveCustomer(endAt, "client");
}

/** Nobody picked up: the dialler's own wrap-up says why. */
function endUnreached(story: Story, dialer: SessionDraft, customer: SessionDraft, at: number): ConversationDraft {
  const code = story.random.pick(DIALER_CODES);
  dialer.segments.push({ type: "wrapup", startAt: at, endAt: at, queue: undefined, facts: { wrapUpCode: code } });
  dialer.facts.dispositionAnalyzer = "final_recognition";
  dialer.facts.dispositionName = code.replace("ININ-OUTBOUND-", "disposition.classification.callable.").toLowerCase();
  customer.segments.push({
    type: "dialing",
    startAt: story.draft.startAt,
    endAt: at,
    queue: undefined,
    facts: { disconnectType: "uncallable" },
  });
  return story.finish();
}
