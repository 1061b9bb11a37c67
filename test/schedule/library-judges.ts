/**
 * Two libraries as judges of the schedule rule: what each gives around every clock change of a year, held against ours.
 * They have rules of their own; a difference is not a mistake of either, and docs/schedules.md lists them.
 */
import { CronExpressionParser } from "cron-parser";
import { Cron } from "croner";
import type { CronPattern } from "../../src/domain/cron-pattern.ts";
import { instantsBetween } from "../../src/schedule/schedule-rule.ts";
import { createLocalTime } from "../../src/support/local-time.ts";
import type { NaivePattern } from "./naive-rule.ts";
import type { ZoneKind } from "./zones-that-change.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** No pattern that is compared fires more often in the two days. */
const MOST_INSTANTS = 1000;

/** Gives the instants from the one on and before the other. */
type Judge = (text: string, timeZone: string, fromAt: number, untilAt: number) => number[];

const JUDGES: Readonly<Record<string, Judge>> = {
  "cron-parser": (text, tz, fromAt, untilAt) => {
    const expression = CronExpressionParser.parse(text, { tz, currentDate: new Date(fromAt - 1000) });
    return take(() => expression.next().getTime(), fromAt, untilAt);
  },
  croner: (text, timezone, fromAt, untilAt) => {
    const cron = new Cron(text, { timezone, paused: true });
    let last = new Date(fromAt - 1000);
    const next = (): number => {
      last = cron.nextRun(last) ?? new Date(untilAt);
      return last.getTime();
    };
    return take(next, fromAt, untilAt);
  },
};

function take(next: () => number, fromAt: number, untilAt: number): number[] {
  const instants: number[] = [];
  for (let index = 0; index < MOST_INSTANTS; index++) {
    const at = next();
    if (at >= untilAt) return instants;
    if (at >= fromAt) instants.push(at);
  }
  throw new Error(`more than ${MOST_INSTANTS} instants in two days`);
}

/** A way in which a library differs from the rule, how often, and the first example. */
export interface Difference {
  readonly library: string;
  readonly change: "skipped" | "repeated";
  readonly pattern: "fixed time" | "interval";
  readonly effect: "fires at another instant" | "does not fire" | "fires more often" | "gives up with an error";
  count: number;
  readonly example: string;
}

/** Every difference in the day before and the day after each change; `compared` counts what was looked at. */
export function findDifferences(
  patterns: readonly (readonly [NaivePattern, CronPattern])[],
  kinds: readonly ZoneKind[],
): { readonly differences: readonly Difference[]; readonly compared: number } {
  const differences = new Map<string, Difference>();
  let compared = 0;
  for (const { zones, changes } of kinds)
    for (const { minute, before, after } of changes) {
      const [zone] = zones;
      const [fromAt, untilAt] = [minute * MINUTE_MS - DAY_MS, minute * MINUTE_MS + DAY_MS];
      for (const [{ text, fixed }, cron] of patterns) {
        const ours = [...instantsBetween({ cron, timeZone: zone }, fromAt - 1, untilAt - 1)];
        compared += 1;
        for (const [library, judge] of Object.entries(JUDGES)) {
          const found = compare(ours, () => judge(text, zone, fromAt, untilAt), zone);
          if (!found) continue;
          const change = after > before ? "skipped" : "repeated";
          const pattern = fixed ? "fixed time" : "interval";
          const key = [library, change, pattern, found.effect].join();
          const known = differences.get(key);
          if (known) known.count += 1;
          else
            differences.set(key, {
              library,
              change,
              pattern,
              ...found,
              count: 1,
              example: `\`${text}\` in ${zone}: ${found.example}`,
            });
        }
      }
    }
  return { differences: [...differences.values()], compared };
}

function compare(
  ours: readonly number[],
  judge: () => number[],
  zone: string,
): Pick<Difference, "effect" | "example"> | undefined {
  const local = createLocalTime(zone);
  const wall = (at: number | undefined): string =>
    at === undefined ? "nothing" : local.format(at).replace("T", " ").replace(":00.000", " ");
  let theirs: number[];
  try {
    theirs = judge();
  } catch (error) {
    return { effect: "gives up with an error", example: error instanceof Error ? error.message : String(error) };
  }
  const missing = ours.find((at) => !theirs.includes(at));
  const extra = theirs.find((at) => !ours.includes(at));
  if (missing === undefined && extra === undefined) return undefined;
  const effect =
    missing === undefined ? "fires more often" : extra === undefined ? "does not fire" : "fires at another instant";
  return { effect, example: `the rule ${wall(missing)}, the library ${wall(extra)}` };
}
