/**
 * The port to a way of telling people or programs that files are there, or that a schedule needs them. A message carries
 * links, never files; an alarm carries neither.
 */
import type { Alarm } from "../domain/alarm.ts";

/** One file of a message, with its link. */
export interface MessageFile {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** A secret: whoever has it can read the file. */
  readonly url: string;
  /** ISO instant at which the link ends. */
  readonly expiresAt: string;
}

/** What a message is about. */
export interface MessageFacts {
  readonly runId: string;
  readonly report: string;
  readonly title: string;
  /** Two ISO instants. */
  readonly interval: string;
  /** The window as people of the report's time zone write it. */
  readonly window: string;
  readonly revision: number;
  readonly completeness: "complete" | "provisional";
  readonly reasons: readonly string[];
}

/** A message. */
export interface Message extends MessageFacts {
  /** The same in every try to send it. */
  readonly id: string;
  readonly files: readonly MessageFile[];
}

/** Alarms that are told together. */
export interface AlarmNotice {
  /** The same for the same alarms. */
  readonly id: string;
  readonly alarms: readonly Alarm[];
}

/**
 * Sends messages. Throws `message.unavailable` when a later try may succeed, `message.refused` when somebody must act
 * first, and the signal's reason. No error holds a link, a secret or what the other side answered.
 */
export interface Messenger {
  /** Whom it reaches, for the access record: addresses, or the host. */
  readonly receivers: readonly string[];
  send(message: Message, signal: AbortSignal): Promise<void>;
  /** Tells the owner of schedules. */
  sendAlarms(notice: AlarmNotice, signal: AbortSignal): Promise<void>;
}
