/**
 * Callbacks: a customer asks to be called, in a menu, in a queue or on a page; the wish waits in a queue of its own
 * media, and the agent who takes it calls. The call is a voice session of the same participants, beside the callback.
 */
import { AgentLeg } from "./agent-leg.ts";
import { drawCustomerNumber, drawServiceNumber } from "./contact-points.ts";
import type { ConversationDraft, SessionDraft } from "./draft.ts";
import type { World } from "./entities.ts";
import { formatInstant } from "./iso-instant.ts";
import { MEDIA_PROFILES } from "./media-profile.ts";
import { travelQueues } from "./queue-journey.ts";
import type { Random } from "./random.ts";
import { Story, type StoryOptions } from "./story.ts";

const CALLED_FIRST_SHARE = 0.5;
const CALLBACK_REACHED_SHARE = 0.85;

/** Tells a wish to be called back: asked for in a menu or on a page, queued, and then called by an agent. */
export function tellCallback(world: World, random: Random, options: StoryOptions, startAt: number): ConversationDraft {
  const number = drawCustomerNumber(random);
  const story = new Story(world, random, options, {
    media: MEDIA_PROFILES.callback,
    startAt,
    direction: "inbound",
    contactFacts: {},
  });
  const wishFacts = { callbackNumbers: [number], callbackUserName: story.customerName };
  const customer = story.joinCustomer({ ...wishFacts, callbackScheduledTime: formatInstant(startAt + 60_000) });
  customer.metrics.push({ name: "nConnected", value: 1, emitAt: startAt });
  const queue = world.queueChoice.draw(random);
  const calledFirst = random.chance(CALLED_FIRST_SHARE);
  const queuedAt = calledFirst ? tellFirstCall(story, number) : startAt + random.whole(1, 30);
  travelQueues(story, queue, queuedAt, (leg) => callBack(story, leg, number));
  story.measureConnection(customer);
  return story.finish();
}

/** The call in which the caller asked for the callback: it left its queue by a flow. */
function tellFirstCall(story: Story, number: string): number {
  const { random, draft, world } = story;
  const queue = world.queueChoice.draw(random);
  const enteredAt = draft.startAt + random.whole(0, 5);
  const waitMs = random.waitingMs(60_000, 3000);
  const leftAt = enteredAt + waitMs;
  const facts = { provider: "Edge", ani: number, dnis: drawServiceNumber(random) };
  const call = story.makeSession("voice", facts);
  call.peer = undefined;
  call.segments.push({
    type: "interact",
    startAt: draft.startAt,
    endAt: leftAt,
    queue,
    facts: { disconnectType: "client" },
  });
  call.metrics.push({ name: "nConnected", value: 1, emitAt: draft.startAt });
  draft.participants.find(({ purpose }) => purpose === "customer")?.sessions.unshift(call);
  const visit = story.makeSession("voice", facts);
  visit.peer = call;
  visit.segments.push({
    type: "interact",
    startAt: enteredAt,
    endAt: leftAt,
    queue,
    facts: { disconnectType: "transfer" },
  });
  visit.metrics.push({ name: "nOffered", value: 1, emitAt: enteredAt });
  visit.metrics.push({ name: "tAcd", value: waitMs, emitAt: leftAt });
  visit.metrics.push({ name: "tFlowOut", value: waitMs, emitAt: leftAt });
  draft.participants.push({ purpose: "acd", sessions: [visit], facts: { participantName: queue.name } });
  return leftAt + random.whole(1, 40);
}

/** The agent calls: a voice session of its own, with its own times and handle, beside the callback that goes on. */
function callBack(story: Story, leg: AgentLeg, number: string): void {
  const { random, draft } = story;
  const facts = { provider: "Edge", ani: drawServiceNumber(random), dnis: number };
  const session: SessionDraft = { ...story.makeSession("voice", facts), direction: "outbound" };
  leg.participant.sessions.push(session);
  const at = leg.at + random.whole(500, 20_000);
  const call = new AgentLeg(leg.participant, session, leg.userId, { queue: leg.queue, at, segmentFacts: {} });
  call.measure("nOutbound", 1);
  call.dial(random.whole(200, 1500), random.whole(3000, 25_000));
  const connectedAt = call.at;
  if (random.chance(CALLBACK_REACHED_SHARE)) {
    call.talk(random.handlingMs(story.media.talkMedianMs, 2000));
    const customerCall: SessionDraft = { ...story.makeSession("voice", facts), direction: "outbound", peer: undefined };
    customerCall.segments.push({
      type: "interact",
      startAt: connectedAt,
      endAt: call.at,
      queue: leg.queue,
      facts: { disconnectType: "client" },
    });
    customerCall.metrics.push({ name: "nConnected", value: 1, emitAt: connectedAt });
    draft.participants.find(({ purpose }) => purpose === "customer")?.sessions.push(customerCall);
  }
  leg.talk(call.at - leg.at, "callback");
  leg.measure("tActiveCallback", call.at - at);
  leg.measure("tActiveCallbackComplete", call.at - at);
  call.end(call.at > connectedAt ? "peer" : "uncallable", undefined);
}
