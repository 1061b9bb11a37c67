/**
 * One visit to a queue: offered, perhaps rung at agents who do not answer, and then answered, abandoned or sent out
 * by a flow; exactly one of the three, which is what makes offered = answered + abandoned + flowed out.
 */
import type { AgentLeg } from "./agent-leg.ts";
import type { Facts, SessionDraft } from "./draft.ts";
import type { QueueProfile } from "./entities.ts";
import type { Story } from "./story.ts";

/** A visit that was told up to `leftAt`. */
export interface QueueVisit {
  readonly queue: QueueProfile;
  readonly fate: "answered" | "abandoned" | "flowedOut";
  readonly session: SessionDraft;
  readonly enteredAt: number;
  readonly leftAt: number;
  /** From here to `leftAt` nobody else is being rung. */
  readonly quietAt: number;
  readonly segmentFacts: Facts;
}

const LEAST_WAIT_MS = 400;
/** Waits beside the usual mean: colleagues are answered first, and customers give up after a longer wait. */
const CONSULT_PACE = 0.35;
const PATIENCE = 1.8;
/** Who leaves sooner than this is counted as a short abandon too. */
const SHORT_ABANDON_MS = 10_000;
const SKILL_SHARE = 0.4;
const LANGUAGE_SHARE = 0.45;
const NOT_RESPONDING_SHARE = 0.13;
/** Legs that never answered and yet carry after-call work. */
const WRAPPED_UP_UNANSWERED_SHARE = 0.05;
/** In how many visits nOverSla stands on the agent's session instead of the queue's. */
const OVER_SLA_ON_AGENT_SHARE = 0.2;
const WAITING_FLOW_SHARE = 0.3;
const ROUTINGS = ["Standard", "Standard", "Standard", "Bullseye", "Preferred", "Conditional", "Predictive"] as const;

/** Tells a visit from entry to exit; a consulted queue always answers. */
export function visitQueue(story: Story, queue: QueueProfile, enteredAt: number, consult = false): QueueVisit {
  const { random, media } = story;
  const fate = consult ? "answered" : drawFate(story);
  const pace = consult ? CONSULT_PACE : fate === "abandoned" ? PATIENCE : 1;
  const waitMs = random.waitingMs(media.waitMeanMs * pace, LEAST_WAIT_MS);
  const leftAt = enteredAt + waitMs;
  const segmentFacts = drawRequestedRouting(story);
  const session = story.join("acd", { participantName: queue.name }, drawQueueFacts(story));
  session.segments.push({
    type: "interact",
    startAt: enteredAt,
    endAt: leftAt,
    queue,
    facts: { ...segmentFacts, disconnectType: fate === "abandoned" ? "peer" : "transfer" },
  });
  const measure = (name: string, value: number, emitAt: number) => session.metrics.push({ name, value, emitAt });
  measure("nOffered", 1, enteredAt);
  measure("tAcd", waitMs, leftAt);
  if (fate === "abandoned") measure("tAbandon", waitMs, leftAt);
  if (fate === "abandoned" && waitMs < SHORT_ABANDON_MS) measure("tShortAbandon", waitMs, leftAt);
  if (fate === "flowedOut") measure("tFlowOut", waitMs, leftAt);
  const quietAt = ringUnanswered(story, queue, enteredAt, leftAt, segmentFacts);
  return { queue, fate, session, enteredAt, leftAt, quietAt, segmentFacts };
}

/** Tells how an agent takes the visit: rung while the customer still waits, answering as the wait ends. */
export function answerVisit(story: Story, visit: QueueVisit, userId: string): AgentLeg {
  const { random, media } = story;
  const waitMs = visit.leftAt - visit.enteredAt;
  const firstRingAt = Math.max(
    visit.quietAt + random.whole(1, 150),
    visit.leftAt - random.waitingMs(media.ringMs, 250),
  );
  const routing = random.pick(ROUTINGS);
  const leg = story.joinAgent(
    userId,
    { queue: visit.queue, at: Math.min(firstRingAt, visit.leftAt - 1), segmentFacts: visit.segmentFacts },
    { requestedRoutings: [routing], usedRouting: routing, selectedAgentId: userId },
  );
  visit.session.facts.selectedAgentId = userId;
  leg.alert(visit.leftAt + random.whole(0, 3));
  if (media.media !== "callback" || story.options.callbackAnswered) leg.measure("tAnswered", waitMs);
  if (waitMs > visit.queue.serviceLevelMs[media.media]) {
    if (random.chance(OVER_SLA_ON_AGENT_SHARE)) leg.measure("nOverSla", 1);
    else visit.session.metrics.push({ name: "nOverSla", value: 1, emitAt: visit.leftAt });
  }
  return leg;
}

function drawFate(story: Story): QueueVisit["fate"] {
  const draw = story.random.fraction();
  const { abandonShare, flowOutShare, media } = story.media;
  // Without tAnswered on callbacks there is no tAbandon on them either.
  if (draw < abandonShare && (media !== "callback" || story.options.callbackAnswered)) return "abandoned";
  return draw < abandonShare + flowOutShare ? "flowedOut" : "answered";
}

function drawRequestedRouting(story: Story): Facts {
  const { random, world } = story;
  return {
    requestedRoutingSkillIds: random.chance(SKILL_SHARE)
      ? [...new Set([random.pick(world.skillIds), random.pick(world.skillIds)])]
      : undefined,
    requestedLanguageId: random.chance(LANGUAGE_SHARE) ? random.pick(world.languageIds) : undefined,
  };
}

function drawQueueFacts(story: Story): Facts {
  const { random, world, media } = story;
  const flow = world.flowProfiles.find(({ type }) => type === "INQUEUECALL");
  const waitsInFlow = media.media === "voice" && flow !== undefined && random.chance(WAITING_FLOW_SHARE);
  return {
    remote: story.customerName,
    requestedRoutings: [random.pick(ROUTINGS)],
    routingRing: random.chance(0.1) ? random.whole(1, 4) : undefined,
    flow: waitsInFlow ? { flowId: flow.id, flowName: flow.name, flowType: flow.type, flowVersion: "7.0" } : undefined,
  };
}

/** Rings agents who do not take it, one after the other; returns when the last of them stopped ringing. */
function ringUnanswered(story: Story, queue: QueueProfile, enteredAt: number, leftAt: number, facts: Facts): number {
  const { random } = story;
  let at = enteredAt + random.whole(1, 140);
  const half = enteredAt + (leftAt - enteredAt) / 2;
  while (at + 2000 < half && random.chance(NOT_RESPONDING_SHARE)) {
    const leg = story.joinAgent(random.pick(queue.agents), { queue, at, segmentFacts: facts });
    leg.alert(at + Math.min(random.waitingMs(story.media.ringMs, 1500), Math.floor(half) - at));
    leg.measure("tNotResponding", leg.at - at);
    at = leg.at + random.whole(5, 60);
    leg.end("timeout", random.chance(WRAPPED_UP_UNANSWERED_SHARE) ? story.drawAfterCallWork(queue) : undefined);
  }
  return at;
}
