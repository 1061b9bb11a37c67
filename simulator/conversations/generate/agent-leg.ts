/**
 * One stay of an agent (or another user) in a conversation, told forwards: rung, answered, talking, holding, then
 * after-call work. The leg keeps its own clock and writes each metric at the end of the phase that it measures, so
 * that tHandle is always the sum of the complete talk, hold, after-call, dialling and contacting times.
 */
import type { Facts, ParticipantDraft, SegmentDraft, SessionDraft } from "./draft.ts";
import type { QueueProfile } from "./entities.ts";

/** How a wrap-up went. */
export interface AfterCallWork {
  readonly lengthMs: number;
  /** What tAcw says; it may differ from the length of the segment by seconds. */
  readonly reportedMs: number;
  readonly code: string;
  readonly note: string | undefined;
}

/** A leg in the telling; `at` is the instant up to which it has been told. */
export class AgentLeg {
  readonly participant: ParticipantDraft;
  readonly session: SessionDraft;
  readonly userId: string;
  readonly queue: QueueProfile | undefined;
  at: number;
  #segmentFacts: Facts;
  #talkMs: number | undefined;
  #talkEndAt = 0;
  #heldMs: number | undefined;
  #heldEndAt = 0;
  #setUpMs: number | undefined;
  #afterCallMs: number | undefined;

  constructor(
    participant: ParticipantDraft,
    session: SessionDraft,
    userId: string,
    place: { queue: QueueProfile | undefined; at: number; segmentFacts: Facts },
  ) {
    this.participant = participant;
    this.session = session;
    this.userId = userId;
    this.queue = place.queue;
    this.at = place.at;
    this.#segmentFacts = place.segmentFacts;
  }

  /** Rings until the instant. */
  alert(untilAt: number): void {
    const rangMs = untilAt - this.at;
    this.#stretch("alert", rangMs);
    this.measure("tAlert", rangMs);
  }

  /** Sets an outbound call up: first reserving the line, then dialling. */
  dial(contactingMs: number, dialingMs: number): void {
    this.#stretch("contacting", contactingMs);
    this.measure("tContacting", contactingMs);
    this.#stretch("dialing", dialingMs);
    this.measure("tDialing", dialingMs);
    this.#setUpMs = contactingMs + dialingMs;
  }

  /** One stretch of talk, or of work on a written contact. */
  talk(lengthMs: number, segmentType = "interact"): void {
    this.#stretch(segmentType, lengthMs);
    this.measure("tTalk", lengthMs);
    this.#talkMs = (this.#talkMs ?? 0) + lengthMs;
    this.#talkEndAt = this.at;
  }

  /** One stretch with the customer on hold. */
  hold(lengthMs: number): void {
    this.#stretch("hold", lengthMs);
    this.measure("tHeld", lengthMs);
    this.#heldMs = (this.#heldMs ?? 0) + lengthMs;
    this.#heldEndAt = this.at;
  }

  /** Writes a metric as of now, or of another instant. */
  measure(name: string, value: number, emitAt = this.at): void {
    this.session.metrics.push({ name, value, emitAt });
  }

  /** Ends the leg: how its last segment was cut off, and the after-call work, if there was any. */
  end(disconnectType: string, afterCallWork: AfterCallWork | undefined): void {
    const last = this.session.segments.at(-1);
    if (last !== undefined) last.facts = { ...last.facts, disconnectType };
    if (this.#talkMs !== undefined) this.measure("tTalkComplete", this.#talkMs, this.#talkEndAt);
    if (this.#heldMs !== undefined) this.measure("tHeldComplete", this.#heldMs, this.#heldEndAt);
    if (afterCallWork !== undefined) this.#wrapUp(afterCallWork);
    const parts = [this.#talkMs, this.#heldMs, this.#setUpMs, this.#afterCallMs].filter((part) => part !== undefined);
    if (parts.length > 0)
      this.measure(
        "tHandle",
        parts.reduce((sum, part) => sum + part, 0),
      );
  }

  #wrapUp({ lengthMs, reportedMs, code, note }: AfterCallWork): void {
    const segment = this.#stretch("wrapup", lengthMs);
    segment.facts = { ...segment.facts, wrapUpCode: code, wrapUpNote: note };
    this.measure("tAcw", reportedMs);
    this.#afterCallMs = reportedMs;
  }

  #stretch(type: string, lengthMs: number): SegmentDraft {
    const segment = {
      type,
      startAt: this.at,
      endAt: this.at + lengthMs,
      queue: this.queue,
      facts: type === "wrapup" ? {} : this.#segmentFacts,
    };
    this.session.segments.push(segment);
    this.at += lengthMs;
    return segment;
  }
}
