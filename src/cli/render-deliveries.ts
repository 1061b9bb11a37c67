/** Deliveries for the terminal: with `--json` the one place where a link is shown. */
import type { Delivery, SentMessage } from "../domain/delivery.ts";

/** Each link with its end, and what was proved about it. */
export function renderDeliveries(deliveries: readonly Delivery[]): string {
  return deliveries.map(renderDelivery).join("");
}

/** What came of each message. */
export function renderMessages(messages: readonly SentMessage[]): string {
  return messages
    .map(
      ({ destination, result, links }) =>
        `message  ${destination}: ${result === "sent" ? `sent, with the links of ${links}` : "not sent"}\n`,
    )
    .join("");
}

function renderDelivery({ artifact, destination, url, expiresAt, verdict }: Delivery): string {
  const passed = verdict.checks.filter(({ result }) => result === "pass").length;
  const unknown = verdict.checks.filter(({ result }) => result === "unknown").map(({ id }) => id);
  const carried = url === undefined ? "given to the messages only" : url;
  const lines = [`link  ${artifact} at ${destination}, until ${expiresAt}\n      ${carried}\n`];
  lines.push(
    `      access proved (${verdict.policy}): ${passed} checks passed${unknown.length > 0 ? `, not told by the store: ${unknown.join(", ")}` : ""}\n`,
  );
  const tolerated = verdict.checks.filter(({ result }) => result === "fail");
  lines.push(...tolerated.map(({ id, question, fact }) => `      ! ${id} ${question} ${fact}\n`));
  return lines.join("");
}
