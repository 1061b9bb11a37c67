// In: a pattern as policies write it, and a text. Out: whether they fit.

/** Whether a text fits a pattern with "*" (any run of characters) and "?" (any one). */
export function fits(pattern: string, text: string): boolean {
  const expression = pattern.replace(/[.*+?^${}()|[\]\\]/g, (character) =>
    character === "*" ? ".*" : character === "?" ? "." : `\\${character}`,
  );
  return new RegExp(`^${expression}$`, "su").test(text);
}
