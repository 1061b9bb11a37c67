/**
 * Markup that cannot carry a stranger's text by accident: `html` is the only way to make some, and it escapes
 * every value that is not markup already. Names of queues and agents are written by other people.
 */

/** A piece of HTML, made by `html` and by nothing else. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: markup as it is, everything else as text. */
export type Insert = Markup | string | number | readonly Markup[];

/** Joins a template; texts are escaped for element content and for attributes in double quotes. */
export function html(strings: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  return new Markup(strings.map((string, index) => string + written(inserts[index])).join(""));
}

/** Nothing at all. */
export const NOTHING: Markup = new Markup("");

/** Somebody's text inside a sentence: its writing direction stays its own. */
export function isolated(text: string): Markup {
  return html`<bdi>${text}</bdi>`;
}

/**
 * The text with everything visible that could hide or turn what follows: ASCII controls become their pictures
 * (␊), other controls, lone surrogates and the characters that override or embed a direction become �.
 */
export function visible(text: string): string {
  return text.toWellFormed().replaceAll(CONTROLS, picture).replaceAll(TURNING, "\uFFFD");
}

const CONTROLS = /\p{Cc}/gu;
/** Line and paragraph separators, embeddings, overrides, isolates, annotations, and what is no character. */
const TURNING = /[\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ufffe\uffff]/g;

function picture(control: string): string {
  if (control === "\u007f") return "␡";
  return control < " " ? String.fromCharCode(0x24_00 + control.charCodeAt(0)) : "\uFFFD";
}

function written(insert: Insert | undefined): string {
  if (insert === undefined) return "";
  if (insert instanceof Markup) return insert.text;
  if (typeof insert === "object") return insert.map(({ text }) => text).join("");
  return escaped(String(insert));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
