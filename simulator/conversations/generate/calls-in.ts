/**
 * Conversations that a customer begins: calls, chats, messages and mails. All travel
 * through queues in the same way; they differ in what comes before, beside and after.
 */
import type { AgentLeg } from "./agent-leg.ts";
import { drawCustomerNumber, drawMailAddress, drawServiceNumber } from "./contact-points.ts";
import type { ConversationDraft, Facts, SessionDraft } from "./draft.ts";
import type { QueueMedia, QueueProfile, World } from "./entities.ts";
import { runFlow } from "./flows.ts";
import { HOSTILE_VALUES } from "./hostile-text.ts";
import { MEDIA_PROFILES, type MediaProfile } from "./media-profile.ts";
import { talkThrough, travelQueues } from "./queue-journey.ts";
import type { Random } from "./random.ts";
import { Story, type StoryOptions } from "./story.ts";

const MENU_SHARE = 0.85;
const ENDS_IN_MENU_SHARE = 0.13;
const BOT_SHARE = 0.4;
const COBROWSE_SHARE = 0.03;
const SCREENSHARE_SHARE = 0.02;
const SLOW_MAIL_SHARE = 0.15;
const SUBJECTS = ["Your invoice", "Re: Re: question", "=urgent", "Complaint, second one", "???", "Ünterlagen 📎"];
const HOUR_MS = 3_600_000;

/** Tells an inbound conversation of any media but callback. */
export function tellInbound(
  world: World,
  random: Random,
  options: StoryOptions,
  media: Exclude<QueueMedia, "callback">,
  startAt: number,
): ConversationDraft {
  const story = new Story(world, random, options, {
    media: paceOf(random, media),
    startAt,
    direction: "inbound",
    contactFacts: drawContactFacts(random, media),
  });
  const customer = story.joinCustomer(drawCustomerFacts(random, media));
  customer.metrics.push({ name: "nConnected", value: 1, emitAt: startAt });
  const queue = world.queueChoice.draw(random);
  const queuedAt = tellBeforeQueue(story, queue);
  if (queuedAt !== undefined) {
    travelQueues(story, queue, queuedAt, (leg) => {
      shareScreen(story, leg);
      talkThrough(story, leg);
    });
  }
  if (media !== "chat") story.measureConnection(customer);
  if (media === "email") writeSubject(customer, random);
  return story.finish();
}

/** Written contacts are slow now and then: a mail may take days. */
function paceOf(random: Random, media: QueueMedia): MediaProfile {
  const profile = MEDIA_PROFILES[media];
  if (media === "email" && random.chance(SLOW_MAIL_SHARE)) return { ...profile, waitMeanMs: 30 * HOUR_MS };
  if (media === "message" && random.chance(SLOW_MAIL_SHARE)) return { ...profile, talkMedianMs: 9 * HOUR_MS };
  return profile;
}

function drawContactFacts(random: Random, media: QueueMedia): Facts {
  switch (media) {
    case "voice": {
      const dnis = drawServiceNumber(random);
      return { ani: drawCustomerNumber(random), dnis, sessionDnis: dnis };
    }
    case "email":
      return { addressFrom: drawMailAddress(random), addressTo: "service@example.test" };
    case "message":
      return {
        messageType: random.pick(["webmessaging", "whatsapp", "sms", "open"]),
        addressFrom: random.uuid(),
        addressTo: random.uuid(),
      };
    default:
      return {};
  }
}

function drawCustomerFacts(random: Random, media: QueueMedia): Facts {
  if (media === "message")
    return { journeyCustomerId: random.uuid(), journeyCustomerIdType: "cookie", authenticated: random.chance(0.3) };
  if (media === "email") return { mediaCount: random.whole(0, 3) };
  return {};
}

/** Menu, bot or nothing; returns when the first queue was entered, or undefined when it never was. */
function tellBeforeQueue(story: Story, queue: QueueProfile): number | undefined {
  const { random, media, draft } = story;
  const startAt = draft.startAt + random.whole(0, 4);
  const share = media.media === "voice" ? MENU_SHARE : media.media === "email" ? 0 : BOT_SHARE;
  if (!random.chance(share)) return startAt;
  const lengthMs = random.waitingMs(35_000, 2500);
  const endsThere = random.chance(ENDS_IN_MENU_SHARE);
  const purpose = media.media === "voice" ? "ivr" : "botflow";
  story.moveCustomer(draft.startAt, "ivr", undefined);
  const passage = runFlow(story, purpose, startAt, lengthMs, endsThere ? undefined : queue);
  if (!endsThere) return passage.endAt + random.whole(0, 3);
  draft.facts.selfServed = random.chance(0.5);
  story.leaveCustomer(passage.endAt, "client");
  return undefined;
}

/** A mail has one subject, which stands on each of the customer's segments. */
function writeSubject(customer: SessionDraft, random: Random): void {
  const subject = drawSubject(random);
  for (const segment of customer.segments) segment.facts = { ...segment.facts, subject };
}

function drawSubject(random: Random): string {
  return random.chance(0.1) ? random.pick(HOSTILE_VALUES) : random.pick(SUBJECTS);
}

/** Beside a call: the customer's browser or the agent's screen is shared, as sessions of media of their own. */
function shareScreen(story: Story, leg: AgentLeg): void {
  const { random, customer, draft } = story;
  if (story.media.media !== "voice" || customer === undefined) return;
  const draw = random.fraction();
  if (draw >= COBROWSE_SHARE + SCREENSHARE_SHARE) return;
  const media = draw < COBROWSE_SHARE ? "cobrowse" : "screenshare";
  const roomId = random.uuid();
  const startAt = leg.at + random.whole(500, 1500);
  const endAt = startAt + random.whole(5000, 60_000);
  const facts = media === "cobrowse" ? { cobrowseRoomId: roomId } : { screenShareRoomId: roomId, sharingScreen: true };
  const owner = draft.participants.find(({ sessions }) => sessions.includes(customer));
  for (const participant of [owner, leg.participant]) {
    if (participant === undefined) continue;
    const session = story.makeSession(media, facts);
    session.segments.push({ type: "sharing", startAt, endAt, queue: leg.queue, facts: { disconnectType: "client" } });
    if (media === "cobrowse" && participant === leg.participant) {
      session.metrics.push({ name: "nCobrowseSessions", value: 1, emitAt: startAt });
    }
    participant.sessions.push(session);
  }
}
