/**
 * The way of a customer through queues and agents: visit, answer, talk and hold, and then perhaps a blind transfer or
 * a consultation that leads to the next queue or agent, until somebody hangs up. Returns when the customer was gone.
 */
import type { AgentLeg } from "./agent-leg.ts";
import type { QueueProfile } from "./entities.ts";
import { answerVisit, type QueueVisit, visitQueue } from "./queue-visit.ts";
import type { Story } from "./story.ts";

const MOST_VISITS = 5;
const SAME_AGENT_AGAIN_SHARE = 0.15;
const CONSULT_WITHOUT_QUEUE_SHARE = 0.3;
const CONSULT_ENDS_IN_TRANSFER_SHARE = 0.65;
const END_ON_HOLD_SHARE = 0.03;
const ERROR_SHARE = 0.01;
const MONITORING_SHARE = 0.012;
const PEER_LEFT_SHARE = 0.6;
const OTHER_DISCONNECTS = ["endpoint", "timeout", "system", "error", "transportFailure"] as const;

/** How the journey ended. */
export interface JourneyEnd {
  readonly at: number;
  readonly fate: "handled" | "abandoned" | "flowedOut";
}

/** Tells the journey that begins with entering a queue; `converse` tells what happens once an agent has answered. */
export function travelQueues(
  story: Story,
  firstQueue: QueueProfile,
  enteredAt: number,
  converse: (leg: AgentLeg) => void,
): JourneyEnd {
  let queue = firstQueue;
  let at = enteredAt;
  for (let visits = 1; ; visits++) {
    story.moveCustomer(at, "interact", queue);
    const visit = visitQueue(story, queue, at);
    if (visit.fate !== "answered") return leaveUnanswered(story, visit);
    const leg = answerVisit(story, visit, chooseAgent(story, queue));
    story.legs.push(leg);
    converse(leg);
    const last = consultAside(story, leg);
    if (visits === MOST_VISITS || !story.random.chance(story.media.blindTransferShare)) return hangUp(story, last);
    at = last.at + story.random.whole(0, 4);
    transferBlind(story, last);
    queue = story.world.queueChoice.draw(story.random);
  }
}

/** Talk, with holds in between; now and then it ends while the customer is on hold. */
export function talkThrough(story: Story, leg: AgentLeg): void {
  const { random, media } = story;
  let holds = random.chance(media.holdShare) ? random.whole(1, 3) : 0;
  const stretchMs = random.handlingMs(media.talkMedianMs, 1500) / (holds + 1);
  leg.talk(Math.round(stretchMs));
  while (holds-- > 0) {
    leg.hold(random.waitingMs(media.holdMeanMs, 800));
    if (holds > 0 || !random.chance(END_ON_HOLD_SHARE)) leg.talk(Math.round(stretchMs));
  }
  if (random.chance(ERROR_SHARE)) reportError(leg);
  if (media.media === "voice" && random.chance(MONITORING_SHARE)) listenIn(story, leg);
}

function chooseAgent(story: Story, queue: QueueProfile): string {
  const { random, legs } = story;
  const earlier = legs.at(-2) ?? legs.at(-1);
  if (earlier !== undefined && random.chance(SAME_AGENT_AGAIN_SHARE)) return earlier.userId;
  return random.pick(queue.agents);
}

/** A consultation aside; returns the leg that has the customer afterwards. */
function consultAside(story: Story, leg: AgentLeg): AgentLeg {
  const { random, media, world } = story;
  if (!random.chance(media.consultShare)) return leg;
  const beganAt = leg.at;
  leg.measure("nConsult", 1);
  const adviser = random.chance(CONSULT_WITHOUT_QUEUE_SHARE)
    ? callAdviser(story, beganAt)
    : answerQueueConsult(story, world.queueChoice.draw(random), beganAt);
  adviser.talk(random.whole(8000, 90_000));
  leg.hold(adviser.at - beganAt);
  if (!random.chance(CONSULT_ENDS_IN_TRANSFER_SHARE)) {
    story.endLeg(adviser, "client");
    leg.talk(random.handlingMs(media.talkMedianMs / 3, 1500));
    return leg;
  }
  leg.measure("nTransferred", 1);
  leg.measure("nConsultTransferred", 1);
  if (adviser.queue !== undefined) story.moveCustomer(leg.at, "interact", adviser.queue);
  story.endLeg(leg, "consultTransfer");
  story.legs.push(adviser);
  talkThrough(story, adviser);
  return adviser;
}

function answerQueueConsult(story: Story, queue: QueueProfile, at: number): AgentLeg {
  const visit = visitQueue(story, queue, at, true);
  return answerVisit(story, visit, story.random.pick(queue.agents));
}

/** A colleague is called directly, through no queue: rung, but never "answered" in the sense of the queue figures. */
function callAdviser(story: Story, at: number): AgentLeg {
  const userId = story.random.pick(story.world.userIds);
  const leg = story.joinAgent(userId, { queue: undefined, at, segmentFacts: {} });
  leg.alert(at + story.random.waitingMs(6000, 300));
  return leg;
}

function transferBlind(story: Story, leg: AgentLeg): void {
  leg.measure("nTransferred", 1);
  leg.measure("nBlindTransferred", 1);
  story.endLeg(leg, "transfer");
}

function hangUp(story: Story, leg: AgentLeg): JourneyEnd {
  const { random } = story;
  const at = leg.at;
  const rare = random.chance(0.04) ? random.pick(OTHER_DISCONNECTS) : undefined;
  const customerLeft = random.chance(PEER_LEFT_SHARE);
  story.endLeg(leg, rare ?? (customerLeft ? "peer" : "client"));
  story.leaveCustomer(at, rare ?? (customerLeft ? "client" : "peer"));
  return { at, fate: "handled" };
}

function leaveUnanswered(story: Story, visit: QueueVisit): JourneyEnd {
  const at = visit.leftAt;
  if (visit.fate === "abandoned") {
    story.leaveCustomer(at, "client");
    return { at, fate: "abandoned" };
  }
  const leftAt = story.media.media === "voice" ? leaveVoicemail(story, visit) : at;
  story.leaveCustomer(leftAt, "client");
  return { at: leftAt, fate: "flowedOut" };
}

/** Flow-out of a call: the caller speaks on the queue's voicemail. */
function leaveVoicemail(story: Story, visit: QueueVisit): number {
  const spokenMs = story.random.handlingMs(25_000, 2000);
  const session = story.join("voicemail", { participantName: "Voicemail" }, {});
  const endAt = visit.leftAt + spokenMs;
  session.segments.push({
    type: "voicemail",
    startAt: visit.leftAt,
    endAt,
    queue: undefined,
    facts: { disconnectType: "peer" },
  });
  session.metrics.push({ name: "tVoicemail", value: spokenMs, emitAt: endAt });
  return endAt;
}

function reportError(leg: AgentLeg): void {
  leg.measure("nError", 1);
  const last = leg.session.segments.at(-1);
  if (last !== undefined) last.facts = { ...last.facts, errorCode: "error.ininedgecontrol.connection.media.endpoint" };
}

/** A supervisor listens to the first stretch of talk, or joins it. */
function listenIn(story: Story, leg: AgentLeg): void {
  const userId = story.random.pick(story.world.userIds);
  const joins = story.random.chance(0.3);
  const talk = leg.session.segments.find(({ type }) => type === "interact");
  if (talk === undefined) return;
  const session = story.makeSession("voice", {});
  const { startAt, queue } = talk;
  const endAt = talk.endAt ?? startAt;
  const facts = { disconnectType: "client", conference: joins };
  session.segments.push({ type: joins ? "barging" : "monitoring", startAt, endAt, queue, facts });
  for (const name of joins ? ["tBarging"] : ["tMonitoring", "tMonitoringComplete"]) {
    session.metrics.push({ name, value: endAt - startAt, emitAt: endAt });
  }
  story.draft.participants.push({ purpose: "user", sessions: [session], facts: { userId } });
}
