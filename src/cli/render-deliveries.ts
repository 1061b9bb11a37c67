/** Deliveries for the terminal: with `--json` the one place where a link is shown. */
import type { Delivery, PlacedFile, SentMessage } from "../domain/delivery.ts";
import type { ShareProof } from "../domain/share.ts";

/** Each link with its end, and what was proved about it. */
export function renderDeliveries(deliveries: readonly Delivery[]): string {
  return deliveries.map(renderDelivery).join("");
}

/** Who got some of the rows, how many, and what nobody got. */
export function renderShares(proof: ShareProof | undefined): string {
  if (proof === undefined) return "";
  const { all, shares, unclaimed } = proof;
  const lines = shares.map(
    ({ to, rows }) => `share  ${to}: ${rows.toLocaleString("en")} of ${all.rows.toLocaleString("en")} rows\n`,
  );
  if (unclaimed.rows > 0) lines.push(`  ! ${unclaimed.rows.toLocaleString("en")} rows are in no share\n`);
  return lines.join("");
}

/** Each file in a folder. */
export function renderPlaced(placed: readonly PlacedFile[]): string {
  return placed.map(({ destination, path }) => `placed  ${path} (${destination})\n`).join("");
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

function renderDelivery({ artifact, destination, url, expiresAt, shortened, verdict }: Delivery): string {
  const passed = verdict.checks.filter(({ result }) => result === "pass").length;
  const unknown = verdict.checks.filter(({ result }) => result === "unknown").map(({ id }) => id);
  const carried = url === undefined ? "given to the messages only" : url;
  const lines = [`link  ${artifact} at ${destination}, until ${expiresAt}\n      ${carried}\n`];
  if (shortened !== undefined) lines.push(`      ! ${shortened}\n`);
  lines.push(
    `      access proved (${verdict.policy}): ${passed} checks passed${unknown.length > 0 ? `, not told by the store: ${unknown.join(", ")}` : ""}\n`,
  );
  const tolerated = verdict.checks.filter(({ result }) => result === "fail");
  lines.push(...tolerated.map(({ id, question, fact }) => `      ! ${id} ${question} ${fact}\n`));
  for (const { id, fact, waiver } of verdict.checks)
    if (waiver) lines.push(`      waived until ${waiver.until}: ${id} ${fact} (${waiver.reason})\n`);
  return lines.join("");
}
