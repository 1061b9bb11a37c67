/**
 * What all charts share: the figure with its caption, the accessible drawing, even steps for an axis, texts that
 * fit. Drawings stretch with the page while their letters keep their size: positions across are per cent.
 */
import { html, type Markup, NOTHING } from "./markup.ts";

/** A drawing and the words around it. `description` is what somebody hears who cannot see it. */
export interface Drawing {
  readonly heading: string;
  readonly note?: string;
  readonly description: string;
  readonly heightPx: number;
  readonly className: string;
  readonly content: readonly Markup[];
  readonly below?: Markup;
}

/** A figure; `id` is unique on the page. */
export function figure(id: string, drawing: Drawing): Markup {
  const { heading, note, description, heightPx, className, content, below = NOTHING } = drawing;
  return html`<figure class="${className}">
<figcaption><h3>${heading}</h3>${note === undefined ? NOTHING : html`<p>${note}</p>`}</figcaption>
<svg role="img" aria-labelledby="${id}-t ${id}-d" width="100%" height="${heightPx}"><title id="${id}-t">${heading}</title><desc id="${id}-d">${description} The table below has every value.</desc>
${content}</svg>
${below}</figure>
`;
}

/** A position or width across the drawing: a share from 0 to 1 as per cent. */
export function percent(share: number): string {
  return `${round(share * 100, 3)}%`;
}

/** A coordinate without a tail of digits, the same on every machine. */
export function round(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}

/** Even steps from 0 to at least `highest`, at most four: 0, 500, 1000, 1500. Whole numbers have whole steps. */
export function axisSteps(highest: number, whole: boolean): number[] {
  if (!(highest > 0)) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(highest / 4));
  const even = [1, 2, 2.5, 5, 10].map((factor) => Number((factor * power).toPrecision(12)));
  const fits = (step: number): boolean => step * 4 >= highest * (1 - 1e-9) && (!whole || Number.isInteger(step));
  const step = even.find(fits) ?? Math.max(1, 10 * power);
  const count = Math.max(1, Math.ceil(highest / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** Cuts a text that would run into its neighbour; East Asian letters take two places. */
export function shorten(text: string, places: number): string {
  let taken = 0;
  let kept = "";
  for (const letter of text) {
    taken += (letter.codePointAt(0) ?? 0) >= 0x11_00 ? 2 : 1;
    if (taken > places) return `${kept.trimEnd()}…`;
    kept += letter;
  }
  return kept;
}

/** The largest of the numbers, 0 when there are none. */
export function largest(values: Iterable<number | null>): number {
  let most = 0;
  for (const value of values) if (value !== null && value > most) most = value;
  return most;
}
