/**
 * Keeps a text from becoming a formula. Spreadsheets run a cell that begins with one of these signs, also after
 * spaces and in their full-width forms; an apostrophe in front makes it text. Numbers never come here.
 */
const DANGEROUS = /^(?:[\s\p{Cc}\p{Cf}"']*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]|[\t\r\n])/u;

/** The text, with an apostrophe in front when a spreadsheet might run it. */
export function spreadsheetSafe(text: string): string {
  return DANGEROUS.test(text) ? `'${text}` : text;
}
