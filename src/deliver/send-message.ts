/**
 * Sends one message, with tries of its own: the files are delivered already, and a mail server that is down must not
 * take them back. A message that fails for good is noted, and can be sent again later.
 */
import type { Clock } from "../domain/clock.ts";
import type { SentMessage } from "../domain/delivery.ts";
import { ReportError } from "../domain/errors.ts";
import type { Message, Messenger } from "./messenger.ts";

/** Waits between tries: a restart of the other side fits into them, a night does not. */
const WAITS_MS = [1000, 5000, 25_000];

/** Whoever asks for more time gets it up to here. */
const MAX_WAIT_MS = 60_000;

/** What came of it; throws only the signal's reason, and what is our defect. */
export async function sendMessage(
  {
    messenger,
    destination,
    links,
  }: { readonly messenger: Messenger; readonly destination: string; readonly links: string },
  message: Message,
  clock: Clock,
  signal: AbortSignal,
): Promise<SentMessage> {
  for (let tries = 1; ; tries++) {
    const problem = await trySending(messenger, message, signal);
    const about = { destination, links, at: new Date(clock.now()).toISOString(), tries };
    if (problem === undefined) return { ...about, result: "sent" };
    const wait = problem.recourse === "retry" ? WAITS_MS[tries - 1] : undefined;
    if (wait === undefined) return { ...about, result: "failed", code: problem.code, problem: problem.message };
    await clock.sleep(Math.min(Math.max(wait, problem.retryAfterMs ?? 0), MAX_WAIT_MS), signal);
  }
}

async function trySending(
  messenger: Messenger,
  message: Message,
  signal: AbortSignal,
): Promise<ReportError | undefined> {
  signal.throwIfAborted();
  try {
    await messenger.send(message, signal);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ReportError && error.code.startsWith("message.")) return error;
    throw error;
  }
}
