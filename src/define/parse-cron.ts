/**
 * The text of a cron expression becomes a pattern. A library reads the fields; each is given to it alone, so that what is
 * wrong can be shown at its place. Loaded only for reports that have a schedule.
 */
import { type CronFieldCollection, CronExpressionParser } from "cron-parser";
import { type CronPattern, type DaysOfMonth, type DaysOfWeek, everTakesDay } from "../domain/cron-pattern.ts";
import { didYouMean } from "../support/did-you-mean.ts";

/** Why a text is refused, in words for the author, and at which character. */
export interface CronRefusal {
  readonly refused: string;
  readonly offset: number;
}

/** Reads a cron expression; answers a refusal instead of throwing, so that the caller can name the line. */
export type ReadCron = (text: string) => CronPattern | CronRefusal;

/** Every value of every field written out is shorter. */
const MOST_CHARACTERS = 400;

/** What the words stand for. `@reboot` has no instant that two schedulers could agree upon. */
const WORDS: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

/** The fields in their order, and what each may say. */
const FIELDS = [
  { name: "second", takes: "one number from 0 to 59" },
  { name: "minute", takes: "0 to 59, *, a range 0-30, a list 0,30 or a step */15" },
  { name: "hour", takes: "0 to 23, *, a range 8-18, a list 8,12 or a step */2" },
  { name: "day of month", takes: "1 to 31, L for the last day, *, a range 1-7, a list 1,15 or a step */2" },
  { name: "month", takes: "1 to 12, JAN to DEC, *, a range, a list or a step" },
  {
    name: "day of week",
    takes:
      "0 to 7 (0 and 7 are Sunday), SUN to SAT, 5L for the last Friday, 1#2 for the second Monday, *, a range or a list",
  },
] as const;

/** Parses `0 2 * * *`, six fields with a second in front, or a word such as `@daily`. */
export function parseCron(text: string): CronPattern | CronRefusal {
  if (text.length > MOST_CHARACTERS)
    return {
      refused: `Cannot use a cron expression of ${text.length} characters: at most ${MOST_CHARACTERS}.`,
      offset: 0,
    };
  const word = text.trim().toLowerCase();
  if (word.startsWith("@")) return parseWord(text, word);
  const fields = [...text.matchAll(/\S+/g)].map(({ 0: value, index: offset }) => ({ value, offset }));
  if (fields.length !== 5 && fields.length !== 6)
    return {
      refused: `Cannot read cron "${text}": it has ${fields.length} ${fields.length === 1 ? "field" : "fields"}, not 5 (minute, hour, day of month, month, day of week) or 6 (a second in front).`,
      offset: 0,
    };
  const six = fields.length === 6 ? fields : [{ value: "0", offset: 0 }, ...fields];
  const read: CronFieldCollection[] = [];
  for (const [place, { value, offset }] of six.entries()) {
    const field = readField(place, value);
    if (typeof field === "string") return { refused: `Cannot read cron "${text}": ${field}`, offset };
    read.push(field);
  }
  const pattern = patternOf(text, read);
  if (everTakesDay(pattern)) return pattern;
  return {
    refused: `Cannot use cron "${text}": it never fires, for no year has such a day.`,
    offset: six[3]?.offset ?? 0,
  };
}

function parseWord(text: string, word: string): CronPattern | CronRefusal {
  const meaning = WORDS[word];
  if (meaning !== undefined) {
    const pattern = parseCron(meaning);
    return "refused" in pattern ? pattern : { ...pattern, text };
  }
  const meant = didYouMean(word, Object.keys(WORDS));
  const instead = meant === undefined ? "" : ` Did you mean "${meant}"?`;
  return { refused: `Cannot read cron "${text}".${instead} Words are ${Object.keys(WORDS).join(", ")}.`, offset: 0 };
}

/** The library's reading of one field, all others being `*`; or why it is refused. */
function readField(place: number, value: string): CronFieldCollection | string {
  const { name, takes } = FIELDS[place] ?? FIELDS[1];
  const refusal = `the ${name} "${value}" is none. It takes ${takes}.`;
  // `H` is another value in each process, and `?` says "no matter" of days alone.
  if (/h(?![a-z])/i.test(value) || (value.includes("?") && place !== 3 && place !== 5)) return refusal;
  try {
    const fields = CronExpressionParser.parse(
      FIELDS.map((_, other) => (other === place ? value : "*")).join(" "),
    ).fields;
    if (place === 0 && fields.second.values.length !== 1)
      return `the second "${value}" is more than one. A report runs once a minute at most: write one number from 0 to 59.`;
    return fields;
  } catch {
    return refusal;
  }
}

function patternOf(
  text: string,
  [second, minute, hour, date, month, weekday]: readonly CronFieldCollection[],
): CronPattern {
  const daysOfMonth = date && datesOf(date);
  const daysOfWeek = weekday && weekdaysOf(weekday);
  return {
    text,
    second: second?.second.values[0] ?? 0,
    minutes: minute?.minute.values ?? [],
    hours: hour?.hour.values ?? [],
    months: month?.month.values ?? [],
    ...(daysOfMonth && { daysOfMonth }),
    ...(daysOfWeek && { daysOfWeek }),
  };
}

function datesOf({ dayOfMonth }: CronFieldCollection): DaysOfMonth | undefined {
  if (dayOfMonth.isWildcard) return undefined;
  return { days: dayOfMonth.values.filter((day) => typeof day === "number"), last: dayOfMonth.hasLastChar };
}

/** `5L` is a text to the library, and 7 is Sunday once more. */
function weekdaysOf({ dayOfWeek }: CronFieldCollection): DaysOfWeek | undefined {
  if (dayOfWeek.isWildcard) return undefined;
  const texts = dayOfWeek.values.map(String);
  const numbers = (values: readonly string[]): number[] =>
    [...new Set(values.map((each) => Number.parseInt(each, 10) % 7))].toSorted((left, right) => left - right);
  return {
    days: numbers(texts.filter((each) => !each.endsWith("L"))),
    ...(dayOfWeek.nthDay > 0 && { nth: dayOfWeek.nthDay }),
    last: numbers(texts.filter((each) => each.endsWith("L"))),
  };
}
