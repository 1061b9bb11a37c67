/**
 * Names and texts that break careless readers: delimiters, quotes, spreadsheet formulas, line breaks, right-to-left
 * marks, emoji, templates, markup, words that programs take for something else, and great length. People do call
 * their queues such things, and a report must carry each of them unharmed.
 */

const RIGHT_TO_LEFT_MARK = "\u200f";
const RIGHT_TO_LEFT_OVERRIDE = "\u202e";

/** Names of queues; each is safe as text and dangerous as anything else. */
export const HOSTILE_QUEUE_NAMES: readonly string[] = [
  'Returns, "urgent" & others; 2nd line',
  "=SUM(A1:A9)+cmd|' /C calc'!A0",
  "+49 hotline",
  "-unassigned-",
  "@escalations",
  "Night\nshift\r\n(two lines)",
  `${RIGHT_TO_LEFT_MARK}תמיכה טכנית${RIGHT_TO_LEFT_MARK}`,
  "VIP 🦄 👩‍👩‍👧 ☎️",
  "{{ queue.name }} $(name) <%= name %>",
  "<script>alert('queue')</script>",
  "null",
  "__proto__",
  `Long ${"very ".repeat(45)}queue`,
];

/** Names of people. */
export const HOSTILE_PERSON_NAMES: readonly string[] = [
  'O\'Neill, Shaun "Red"',
  "=1+1",
  "@nobody",
  "-",
  "Zoë\tTabulator",
  `Evil${RIGHT_TO_LEFT_OVERRIDE}txt.exe`,
  "Ünï Çødé 💬",
  "{{7*7}}",
  "<img src=x onerror=alert(1)>",
  "undefined",
  "constructor",
  "Null",
  "山田 太郎",
  "e\u0301 combining, \u00e9 composed",
  `Maximilian${"-Alexander".repeat(20)} Mustermann`,
];

/** Keys of participant attributes beside the ordinary ones. */
export const HOSTILE_ATTRIBUTE_KEYS: readonly string[] = [
  "__proto__",
  "constructor",
  "=HYPERLINK",
  "a,b",
  'say "hi"',
  "line\nbreak",
  "with.dots.and space",
  "ключ",
  "🔑",
  "null",
];

/** Values of attributes, notes and subjects. */
export const HOSTILE_VALUES: readonly string[] = [
  "",
  " ",
  "null",
  "0",
  "=1+2",
  "+1",
  "-1",
  "@SUM(1)",
  "\ttab first",
  "line one\nline two\r\nline three",
  'quote " and comma, and semicolon;',
  "<b>bold</b> & ampersand",
  "{{ value }}",
  `${RIGHT_TO_LEFT_OVERRIDE}reversed`,
  "NaN",
  "1e309",
  "🧨 boom",
  "'; DROP TABLE conversations; --",
];
