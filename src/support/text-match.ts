/**
 * Whether a text holds another one, whatever the case of their letters: how `contains` and `starts_with` compare.
 * Letters that look alike and are written in two ways (é in one sign or in two) are the same letter.
 */

/** Whether `text` contains `part`, or starts with it. */
export function textMatches(text: string, operator: "contains" | "starts_with", part: string): boolean {
  const [whole, wanted] = [folded(text), folded(part)];
  return operator === "contains" ? whole.includes(wanted) : whole.startsWith(wanted);
}

function folded(text: string): string {
  return text.normalize("NFC").toLowerCase();
}
