/**
 * The state that the tellers of a conversation share: the draft, the clock of the customer, the agents met so far.
 * Tellers (queue visits, agent legs, menus, calls out) append participants to it; `finish` writes the customer's
 * segments, which follow the queues that the customer went through, and fixes when the conversation ended.
 */
import { AgentLeg, type AfterCallWork } from "./agent-leg.ts";
import { drawPersonName } from "./contact-points.ts";
import {
  type ConversationDraft,
  type Facts,
  lastSegmentEnd,
  type ParticipantDraft,
  type SessionDraft,
} from "./draft.ts";
import type { QueueProfile, World } from "./entities.ts";
import type { MediaProfile } from "./media-profile.ts";
import type { Random } from "./random.ts";

/** From this instant on the customer is in this queue's hands, or in a menu's when there is none. */
interface CustomerMark {
  readonly at: number;
  readonly type: string;
  readonly queue: QueueProfile | undefined;
}

/** Switches that change what is told. */
export interface StoryOptions {
  readonly callbackAnswered: boolean;
}

const ACW_SKIPPED_SHARE = 0.08;
const NO_WRAP_UP_SHARE = 0.05;
const ACW_DIFFERS_SHARE = 0.15;
const TIMEOUT_CODE_SHARE = 0.04;
const SKIPPED_CODE_SHARE = 0.03;
const NOTE_SHARE = 0.03;
const NOTES = ["called back twice", "=see ticket", "line one\nline two", 'customer said "never again"', "🙂"];
/** In how many conversations the end waits for the last after-call work. */
const END_AFTER_ACW_SHARE = 0.35;

/** One conversation in the telling. */
export class Story {
  readonly world: World;
  readonly random: Random;
  readonly options: StoryOptions;
  readonly media: MediaProfile;
  readonly draft: ConversationDraft;
  readonly customerName: string;
  /** Members that every session of this conversation shows: numbers, addresses, provider. */
  readonly contactFacts: Facts;
  readonly legs: AgentLeg[] = [];
  customer: SessionDraft | undefined;
  #marks: CustomerMark[] = [];

  constructor(
    world: World,
    random: Random,
    options: StoryOptions,
    beginning: { media: MediaProfile; startAt: number; direction: "inbound" | "outbound"; contactFacts: Facts },
  ) {
    this.world = world;
    this.random = random;
    this.options = options;
    this.media = beginning.media;
    this.contactFacts = beginning.contactFacts;
    this.customerName = drawPersonName(random);
    this.draft = {
      startAt: beginning.startAt,
      endAt: undefined,
      direction: beginning.direction,
      extraDivisionIds: [],
      participants: [],
      surveys: [],
      evaluations: [],
      resolutions: [],
      facts: {
        conversationInitiator: beginning.direction === "inbound" ? "customer" : "agent",
        customerParticipation: true,
      },
    };
  }

  /** Adds a participant with one session of the conversation's media; its peer is the customer. */
  join(purpose: string, participantFacts: Facts, sessionFacts: Facts): SessionDraft {
    const session = this.makeSession(this.media.media, sessionFacts);
    this.draft.participants.push({ purpose, sessions: [session], facts: participantFacts });
    return session;
  }

  /** A session that belongs to no participant yet; its peer is the customer. */
  makeSession(media: string, facts: Facts): SessionDraft {
    return {
      media,
      direction: this.draft.direction,
      peer: this.customer,
      segments: [],
      metrics: [],
      facts: { provider: this.media.provider, ...this.contactFacts, ...facts },
    };
  }

  /** Adds the customer; the segments are written by `leaveCustomer`. */
  joinCustomer(sessionFacts: Facts): SessionDraft {
    this.customer = this.join("customer", { participantName: this.customerName }, sessionFacts);
    return this.customer;
  }

  /** Adds an agent's leg that begins at the instant. */
  joinAgent(
    userId: string,
    place: { queue: QueueProfile | undefined; at: number; segmentFacts: Facts },
    facts: Facts = {},
  ): AgentLeg {
    const session = this.makeSession(this.media.media, { remote: this.customerName, ...facts });
    const participant: ParticipantDraft = { purpose: "agent", sessions: [session], facts: { userId } };
    this.draft.participants.push(participant);
    return new AgentLeg(participant, session, userId, place);
  }

  /** From this instant the customer is in this queue, or in a menu. */
  moveCustomer(at: number, type: string, queue: QueueProfile | undefined): void {
    this.#marks.push({ at, type, queue });
  }

  /** The customer is gone: writes the customer's segments up to this instant. */
  leaveCustomer(at: number, disconnectType: string): void {
    const { customer } = this;
    if (customer === undefined) return;
    this.#marks.forEach((mark, index) => {
      const next = this.#marks[index + 1];
      customer.segments.push({
        type: mark.type,
        startAt: mark.at,
        endAt: next === undefined ? at : next.at,
        queue: mark.queue,
        facts: { disconnectType: next === undefined ? disconnectType : undefined },
      });
    });
    this.#marks = [];
  }

  /** Writes tConnected: how long the customer was there. */
  measureConnection(customer: SessionDraft): void {
    const endAt = customer.segments.at(-1)?.endAt;
    if (endAt === undefined) return;
    customer.metrics.push({ name: "tConnected", value: endAt - this.draft.startAt, emitAt: endAt });
  }

  /** Ends a leg; whether and how its after-call work is done is drawn. */
  endLeg(leg: AgentLeg, disconnectType: string): void {
    if (this.random.chance(ACW_SKIPPED_SHARE)) {
      leg.session.facts.acwSkipped = true;
      leg.end(disconnectType, undefined);
    } else if (this.random.chance(NO_WRAP_UP_SHARE)) {
      leg.end(disconnectType, undefined);
    } else {
      leg.end(disconnectType, this.drawAfterCallWork(leg.queue));
    }
  }

  /** Length, report and code of an after-call work. */
  drawAfterCallWork(queue: QueueProfile | undefined): AfterCallWork {
    const { random } = this;
    const lengthMs = random.handlingMs(this.media.acwMedianMs, 900);
    const differenceMs = random.chance(ACW_DIFFERS_SHARE) ? random.whole(1000, 3000) : 0;
    const draw = random.fraction();
    const codes = (queue ?? random.pick(this.world.queueProfiles)).wrapUpCodes;
    const chosen = random.pick(codes);
    const literal = draw < TIMEOUT_CODE_SHARE ? "ININ-WRAP-UP-TIMEOUT" : "ININ-WRAP-UP-SKIPPED";
    return {
      lengthMs,
      reportedMs: lengthMs + (differenceMs < lengthMs && random.chance(0.5) ? -differenceMs : differenceMs),
      code: draw < TIMEOUT_CODE_SHARE + SKIPPED_CODE_SHARE ? literal : chosen,
      note: random.chance(NOTE_SHARE) ? random.pick(NOTES) : undefined,
    };
  }

  /** Fixes the end: when the last one left, or after the last after-call work. */
  finish(): ConversationDraft {
    this.draft.endAt = lastSegmentEnd(this.draft, this.random.chance(END_AFTER_ACW_SHARE));
    return this.draft;
  }
}
