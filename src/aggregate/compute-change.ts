/** Figures of two periods become cells: each measure, what it was before, the difference, and the change in per cent. */
import { type Exact, negative, plus, product, ratioOf } from "../domain/exact.ts";
import { decimalsOf, isNumber, type Measure } from "../domain/measure.ts";
import type { Cell, ReportColumn } from "../domain/report-table.ts";
import { roundQuotient } from "../support/round-quotient.ts";
import { previousFigure } from "./compared-rows.ts";
import { createCompute, createExact, figuresOf } from "./compute-measure.ts";
import type { Figure, FigureValue } from "./table-engine.ts";

/** How the cells of a report are made from figures. */
export interface Cells {
  readonly figures: readonly Figure[];
  cellsOf(figures: readonly FigureValue[]): Cell[];
}

/** A change has as many decimals, whatever it is a change of. */
const PERCENT_DECIMALS = 2;

/** Cells of each measure, and of what it is compared with where that is wanted. */
export function createCells(measures: readonly Measure[], compare: boolean): Cells {
  const figures = figuresOf(measures);
  const compute = createCompute(measures);
  if (!compare) return { figures, cellsOf: compute };
  const exactly = createExact(measures);
  return {
    figures: [...figures, ...figures.map(previousFigure)],
    cellsOf(values) {
      const [now, before] = [values.slice(0, figures.length), values.slice(figures.length)];
      const [cells, previous] = [compute(now), compute(before)];
      const [exacts, exactsBefore] = [exactly(now), exactly(before)];
      return measures.flatMap((measure, index) => [
        cells[index] ?? null,
        previous[index] ?? null,
        ...(isNumber(measure) ? changeOf(measure, exacts[index] ?? null, exactsBefore[index] ?? null) : []),
      ]);
    },
  };
}

/** The columns of a measure, in the order of its cells. */
export function comparedColumns(column: ReportColumn, measure: Measure): ReportColumn[] {
  const { name } = column;
  const previous = { ...column, name: `${name}.previous`, compares: "previous" } as const;
  if (!isNumber(measure)) return [column, previous];
  return [
    column,
    previous,
    { ...column, name: `${name}.difference`, compares: "difference" },
    {
      name: `${name}.change_percent`,
      role: "measure",
      type: "decimal",
      unit: "number",
      decimals: PERCENT_DECIMALS,
      adds: "ratio",
      compares: "change",
    },
  ];
}

/** Rounded once, from the exact values: not the difference of two rounded ones. Without a base there is no change. */
function changeOf(measure: Measure, now: Exact | null, before: Exact | null): Cell[] {
  if (now === null || before === null) return [null, null];
  const difference = plus(now, negative(before));
  const base = before.numerator < 0n ? negative(before) : before;
  const percent = ratioOf(product(difference, HUNDRED), base);
  return [
    roundQuotient(difference.numerator, difference.denominator, decimalsOf(measure)),
    percent && roundQuotient(percent.numerator, percent.denominator, PERCENT_DECIMALS),
  ];
}

const HUNDRED: Exact = { numerator: 100n, denominator: 1n };
