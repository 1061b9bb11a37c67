/** Deliveries for the terminal: with `--json` the one place where a link is shown. */
import type { Delivery } from "../domain/delivery.ts";

/** Each link with its end, and what was proved about it. */
export function renderDeliveries(deliveries: readonly Delivery[]): string {
  return deliveries.map(renderDelivery).join("");
}

function renderDelivery({ artifact, destination, url, expiresAt, verdict }: Delivery): string {
  const passed = verdict.checks.filter(({ result }) => result === "pass").length;
  const unknown = verdict.checks.filter(({ result }) => result === "unknown").map(({ id }) => id);
  const lines = [`link  ${artifact} at ${destination}, until ${expiresAt}\n      ${url}\n`];
  lines.push(
    `      access proved (${verdict.policy}): ${passed} checks passed${unknown.length > 0 ? `, not told by the store: ${unknown.join(", ")}` : ""}\n`,
  );
  const tolerated = verdict.checks.filter(({ result }) => result === "fail");
  lines.push(...tolerated.map(({ id, question, fact }) => `      ! ${id} ${question} ${fact}\n`));
  return lines.join("");
}
