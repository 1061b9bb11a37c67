/** The port to the local store of conversations: what earlier runs fetched, by day, for as long as it may be kept. */
import type { ConversationRecord } from "../domain/conversation-record.ts";
import type { Interval } from "../domain/interval.ts";
import type { RecordChanges, ServedDay, StoredDay, StoredQuestion } from "../domain/stored-day.ts";

/** What is asked of the store, for one organisation and one OAuth client. */
export interface ConversationStore {
  /** A day is settled when it was fetched so long after its end. */
  readonly settlingMs: number;
  /** What was fetched since this instant is served too, settled or not: reports of one instant share one fetch. */
  readonly servesSince?: number;
  /** Every day that answers the question, settled or not; `exactly` only those of the very same question. */
  find(question: StoredQuestion, exactly?: boolean): Promise<readonly StoredDay[]>;
  /** What one run has in hand; `scratchPath` is its own folder. */
  open(scratchPath: string): Promise<StoreSession>;
  /** Removes what is older than it may be kept. */
  prune(): Promise<readonly StoredDay[]>;
}

/** The store as one run uses it. */
export interface StoreSession {
  /**
   * Takes hold of the day: nobody can take it from this run any more. False when it is damaged or has gone meanwhile,
   * and has to be asked of the service again.
   */
  take(day: StoredDay): Promise<"taken" | "damaged" | "gone">;
  /** The records of a part of a day that was taken, in order. */
  read(served: ServedDay): AsyncIterable<readonly ConversationRecord[]>;
  /** Begins a new version of an interval, which lies in one UTC day. */
  write(question: StoredQuestion, interval: Interval, fetchedAt: number): Promise<DayWriter>;
  close(): Promise<void>;
}

/** A day that is being filled. */
export interface DayWriter {
  /** Takes the conversations that began in the interval, in order. */
  append(records: readonly ConversationRecord[]): void;
  /** Puts the day into the store, durably, in place of what it holds anew; answers what changed since `before`. */
  finish(before: readonly ServedDay[]): Promise<RecordChanges>;
}
