/** Figures of a group become the value of a measure. Whole numbers until here; one exact rounding. */
import { decimalsOf, factsOf, type Measure, type Term } from "../domain/measure.ts";
import type { Cell } from "../domain/report-table.ts";
import { roundQuotient } from "../support/round-quotient.ts";
import { CODE_COLUMN, factColumn, UNIT_COLUMNS } from "./group-rows.ts";
import type { Figure, FigureValue } from "./table-engine.ts";

/** More codes than this are cut by the engine, so that memory holds them; the last entry says how many. */
const MAX_CODES = 1000;

/** The figures that the measures need, each once; `compute` finds them again by position. */
export function figuresOf(measures: readonly Measure[]): Figure[] {
  const sums = factsOf(measures).map(
    (fact): Figure => ({
      kind: "sum",
      column: factColumn(fact),
      unit: UNIT_COLUMNS[fact.home === "segment" ? "leg" : fact.home],
    }),
  );
  const codes = measures.some(({ formula }) => formula.kind === "codes");
  return codes ? [...sums, { kind: "codes", column: CODE_COLUMN, unit: UNIT_COLUMNS.leg, limit: MAX_CODES }] : sums;
}

/** Makes the function from a group's figures to the measures' cells. */
export function createCompute(measures: readonly Measure[]): (figures: readonly FigureValue[]) => Cell[] {
  const positions = new Map(factsOf(measures).map((fact, index) => [fact.name, index]));
  return (figures) => {
    const factSum = ({ times, fact }: Term): bigint => BigInt(times) * asWhole(figures[positions.get(fact.name) ?? -1]);
    const total = (terms: readonly Term[]): bigint => terms.reduce((sum, term) => sum + factSum(term), 0n);
    const codes = figures.at(-1);
    return measures.map((measure) => {
      const { formula } = measure;
      if (formula.kind === "codes") return codesCell(codes, formula.counted);
      const denominator = formula.denominator ? total(formula.denominator) : 1n;
      if (denominator === 0n) return null;
      const value = roundQuotient(
        total(formula.numerator),
        denominator * (measure.unit === "seconds" ? 1000n : 1n),
        decimalsOf(measure),
      );
      return formula.floor === undefined ? value : Math.max(formula.floor, value);
    });
  };
}

function asWhole(value: FigureValue | undefined): bigint {
  return typeof value === "bigint" ? value : 0n;
}

function codesCell(codes: FigureValue | undefined, counted: boolean): Cell {
  const { units, cut } = typeof codes === "object" && codes !== null ? codes : { units: new Map(), cut: 0 };
  const entries = [...units];
  if (counted) return Object.fromEntries(cut > 0 ? [...entries, [`… ${cut} more`, cut]] : entries);
  const names = entries.map(([code]) => code);
  return cut > 0 ? [...names, `… ${cut} more`] : names;
}
