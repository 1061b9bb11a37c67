/**
 * Tells the owner: looks for runs that are late, and sends what was raised to each destination, all that is due in one
 * message, so that an outage of many reports is no storm. It is a loop of its own: a mail server that is slow holds up no
 * run, and a message that fails is tried again apart from what it is about.
 */
import type { Notify } from "../domain/log-facts.ts";
import { createHash } from "node:crypto";
import type { Messenger } from "../deliver/messenger.ts";
import type { Clock } from "../domain/clock.ts";
import { ReportError } from "../domain/errors.ts";
import { formatKey } from "../domain/scheduled-run.ts";
import type { AlarmBook } from "./alarm-book.ts";

/** Whom alarms need. */
export interface AlarmServices {
  readonly alarms: AlarmBook;
  /** The database's clock. */
  readonly now: () => Promise<number>;
  readonly lateMs: number;
  /** Destinations by name. */
  readonly messengers: ReadonlyMap<string, Pick<Messenger, "sendAlarms">>;
  readonly notify: Notify;
}

const LOOK_MS = 5_000;

/** Alarms in one message; what is left comes in the next. */
const MOST_IN_ONE = 50;

/** Looks once, and sends what is due. */
export async function sendAlarms(services: AlarmServices, signal: AbortSignal): Promise<void> {
  const now = await services.now();
  await services.alarms.raiseLate(services.lateMs, now);
  for (const [destination, messenger] of services.messengers) {
    const taken = await services.alarms.take(destination, MOST_IN_ONE, now);
    if (taken.length === 0) continue;
    const id = createHash("sha256")
      .update(taken.map((alarm) => alarm.id).join())
      .digest("hex")
      .slice(0, 32);
    const problem = await messenger.sendAlarms({ id, alarms: taken }, signal).then(() => undefined, problemOf(signal));
    const about = taken.map((alarm) => `${alarm.kind} ${formatKey(alarm)}`).join(", ");
    if (problem !== undefined) {
      services.notify(`${destination} could not be told of ${about}: ${problem}; it is tried again`);
      continue;
    }
    const ids = taken.map((alarm) => alarm.id);
    await services.alarms.noteTold(destination, ids, now);
    services.notify(`${destination} was told of ${about}`);
  }
}

/** Looks again and again until the signal ends it. */
export async function keepSendingAlarms(services: AlarmServices, clock: Clock, signal: AbortSignal): Promise<void> {
  let told = "";
  while (!signal.aborted) {
    try {
      await sendAlarms(services, signal);
      told = "";
    } catch (error) {
      const message = error instanceof ReportError ? `${error.code}: ${error.message}` : String(error);
      if (!signal.aborted && message !== told) services.notify(`alarms could not be looked for: ${message}`);
      told = message;
    }
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

function problemOf(signal: AbortSignal): (error: unknown) => string {
  return (error) => {
    signal.throwIfAborted();
    if (error instanceof ReportError && error.code.startsWith("message.")) return `${error.code}: ${error.message}`;
    throw error;
  };
}
