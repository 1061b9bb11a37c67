/** Turns messages that failed into the error of a command, when all else is done and shown. */
import type { SentMessage } from "../domain/delivery.ts";
import { ReportError } from "../domain/errors.ts";

/** Says that messages failed; what was delivered is safe. */
export function expectSent(messages: readonly SentMessage[], runId: string): void {
  const failed = messages.filter(({ result }) => result === "failed");
  const [first] = failed;
  if (first === undefined) return;
  const isForNow = failed.every(({ code }) => code === "message.unavailable");
  const list = failed.map(
    ({ destination, tries, problem }) => `\n  - ${destination}: ${problem} (${tries} ${tries === 1 ? "try" : "tries"})`,
  );
  throw new ReportError(
    isForNow ? "message.unavailable" : "message.refused",
    `The files are delivered, but not every message was sent:${list.join("")}`,
    { hint: `Send again: callsheet deliver ${runId} --to ${failed.map(({ destination }) => destination).join(",")}` },
  );
}
