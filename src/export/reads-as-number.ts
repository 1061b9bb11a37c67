/**
 * Finds the texts that a spreadsheet turns into something else when it opens a CSV file: `0017` into 17, an id of 20
 * digits into 1.23E+19, `1e5` into 100000, `3-4` and `12 Mar` into a date, `TRUE` into a logical value.
 */

/** Digits, the signs of numbers, dates, times, money and shares around them, and exponents. */
const NUMERIC = /^[\s(\p{Sc}.,+-]*\p{Nd}(?:[\p{Nd}\s.,:/\-+%)(\p{Sc}']|[eE](?=[-+]?\p{Nd}))*$/u;

/** Day, month by name and year in any order, or a time of day: one word among digits. */
const ONE_WORD = /^[\p{Nd}\s.,:/-]*([\p{L}\p{M}]+)[\p{Nd}\s.,:/-]*$/u;
const DIGIT = /\p{Nd}/u;

/** The languages whose months are known; a spreadsheet knows those of its own and the English ones. */
const LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da"];
const DATE_WORDS: ReadonlySet<string> = new Set([...LANGUAGES.flatMap(monthsOf), "sept", "am", "pm", "a", "p"]);

/** What a cell that is true or false is called in those languages. */
const LOGICAL = new Set(
  "true false wahr falsch vrai faux verdadero falso vero waar onwaar verdadeiro prawda fałsz sant falskt sand falsk".split(
    " ",
  ),
);

/** Whether a spreadsheet might not leave the text as it is. */
export function readsAsNumber(text: string): boolean {
  return NUMERIC.test(text) || LOGICAL.has(text.trim().toLowerCase()) || (DIGIT.test(text) && isDate(text));
}

function isDate(text: string): boolean {
  const word = ONE_WORD.exec(text)?.[1];
  return word !== undefined && DATE_WORDS.has(word.toLowerCase());
}

function monthsOf(language: string): string[] {
  return (["long", "short"] as const).flatMap((month) => {
    const format = new Intl.DateTimeFormat(language, { month, timeZone: "UTC" });
    return Array.from({ length: 12 }, (_, index) =>
      format
        .format(Date.UTC(2024, index, 1))
        .toLowerCase()
        .replaceAll(".", ""),
    );
  });
}
