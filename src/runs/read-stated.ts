/** Puts the questions of a report that aggregates answer, one after the other, and collects what they brought. */
import type { AggregateRow, AggregatesAnswer, AggregatesQuestion } from "../domain/aggregates-query.ts";
import type { StatedPlan } from "../domain/stated-figures.ts";
import type { AggregatesSource } from "./aggregates-source.ts";

/** A question with its answer. */
export interface AnsweredQuestion {
  readonly question: AggregatesQuestion;
  readonly answer: AggregatesAnswer;
}

/** Everything that was asked, in order of time, and the rows of the report and of its totals. */
export interface StatedFigures {
  readonly plan: StatedPlan;
  readonly answered: readonly AnsweredQuestion[];
  readonly rows: readonly AggregateRow[];
  readonly totals?: readonly AggregateRow[];
}

/** Reads all answers; the first error ends the run. */
export async function readStated(
  plan: StatedPlan,
  source: AggregatesSource,
  signal: AbortSignal,
): Promise<StatedFigures> {
  const answered: AnsweredQuestion[] = [];
  const ask = async (question: AggregatesQuestion): Promise<readonly AggregateRow[]> => {
    const answer = await source.read(question, signal);
    answered.push({ question, answer });
    return answer.rows;
  };
  const rows: AggregateRow[] = [];
  for (const question of plan.questions) for (const row of await ask(question)) rows.push(row);
  const totals = plan.totals && (await ask(plan.totals));
  return { plan, answered, rows, ...(totals && { totals }) };
}
