/** Figures of a group become the value of a measure. Whole numbers until here; one exact rounding. */
import { type Expression, measuresIn } from "../domain/expression.ts";
import type { Fact } from "../domain/fact.ts";
import {
  decimalsOf,
  type Distribution,
  type Formula,
  type Measure,
  type Percentile,
  type Quotient,
  type Term,
} from "../domain/measure.ts";
import type { Cell } from "../domain/report-table.ts";
import { type Exact, exact } from "../domain/exact.ts";
import { roundQuotient } from "../support/round-quotient.ts";
import { evaluate } from "./evaluate.ts";
import { AGENT_COLUMN, CODE_COLUMN, factColumn, UNIT_COLUMNS } from "./group-rows.ts";
import type { Figure, FigureValue, UnitColumn } from "./table-engine.ts";

/** More codes than this are cut by the engine, so that memory holds them; the last entry says how many. */
const MAX_CODES = 1000;

/** Scales are powers of ten up to this one; the terms of a formula meet on it. */
const FINEST = 1_000_000;

type Figures = readonly FigureValue[];

/** Where in the list of figures one stands. */
type PositionOf = (figure: Figure) => number;

/** The figures that the measures need, each once; `compute` finds them again by position. */
export function figuresOf(measures: readonly Measure[]): Figure[] {
  const figures = measures.flatMap(({ formula }) => figuresIn(formula));
  return [...new Map(figures.map((figure) => [JSON.stringify(figure), figure])).values()];
}

/** Makes the function from a group's figures, in the order of `figuresOf`, to the measures' cells. */
export function createCompute(measures: readonly Measure[]): (figures: Figures) => Cell[] {
  const positions = new Map(figuresOf(measures).map((figure, index) => [JSON.stringify(figure), index]));
  const cells = measures.map((measure) => cellOf(measure, (figure) => positions.get(JSON.stringify(figure)) ?? -1));
  return (figures) => cells.map((cell) => cell(figures));
}

/** The same before anything is rounded; null for lists and counts by range. */
export function createExact(measures: readonly Measure[]): (figures: Figures) => (Exact | null)[] {
  const positions = new Map(figuresOf(measures).map((figure, index) => [JSON.stringify(figure), index]));
  const exacts = measures.map(({ formula }) =>
    formula.kind === "codes" || formula.kind === "distribution"
      ? () => null
      : exactOf(formula, (figure) => positions.get(JSON.stringify(figure)) ?? -1),
  );
  return (figures) => exacts.map((value) => value(figures));
}

function figuresIn(formula: Formula): Figure[] {
  switch (formula.kind) {
    case "quotient":
      return [...formula.numerator, ...(formula.denominator ?? [])].map(({ fact }) => sumFigure(fact));
    case "percentile":
      return [percentileFigure(formula)];
    case "distribution":
      return formula.ranges.flatMap(({ of }) => of.map(sumFigure));
    case "own":
      return measuresIn(formula.expression).flatMap((read) => figuresIn(read.formula));
    case "codes":
      return [CODES];
    case "agents":
      return [AGENTS];
  }
}

const CODES: Figure = { kind: "codes", column: CODE_COLUMN, unit: UNIT_COLUMNS.leg, limit: MAX_CODES };
const AGENTS: Figure = { kind: "distinct", column: AGENT_COLUMN };

function sumFigure(fact: Fact): Figure {
  return { kind: "sum", ...unitColumn(fact) };
}

function percentileFigure({ percent, of }: Percentile): Figure {
  return { kind: "percentile", percent, of: of.map(unitColumn) };
}

function unitColumn(fact: Fact): UnitColumn {
  return { column: factColumn(fact), unit: UNIT_COLUMNS[fact.home === "segment" ? "leg" : fact.home] };
}

function cellOf(measure: Measure, positionOf: PositionOf): (figures: Figures) => Cell {
  const { formula } = measure;
  if (formula.kind === "codes") return codesCell(positionOf(CODES), formula.counted);
  if (formula.kind === "distribution") return distributionCell(formula, positionOf);
  const exactly = exactOf(formula, positionOf);
  const decimals = decimalsOf(measure);
  return (figures) => {
    const value = exactly(figures);
    return value && roundQuotient(value.numerator, value.denominator, decimals);
  };
}

function exactOf(
  formula: Exclude<Formula, { kind: "codes" | "distribution" }>,
  positionOf: PositionOf,
): (figures: Figures) => Exact | null {
  switch (formula.kind) {
    case "quotient":
      return quotientOf(formula, positionOf);
    case "percentile": {
      const position = positionOf(percentileFigure(formula));
      const denominator = 100n * BigInt(formula.of[0]?.scale ?? 1);
      return (figures) => {
        const numerator = figures[position];
        return typeof numerator === "bigint" ? exact(numerator, denominator) : null;
      };
    }
    case "agents": {
      const position = positionOf(AGENTS);
      return (figures) => exact(asWhole(figures[position]));
    }
    case "own":
      return ownOf(formula.expression, positionOf);
  }
}

/** Measures are exact where they are read; what is shown is rounded, and nothing before it. */
function ownOf(expression: Expression, positionOf: PositionOf): (figures: Figures) => Exact | null {
  const read = new Map(
    measuresIn(expression).flatMap((measure) => {
      const { formula } = measure;
      if (formula.kind === "codes" || formula.kind === "distribution") return [];
      return [[measure, exactOf(formula, positionOf)] as const];
    }),
  );
  return (figures) => {
    const value = evaluate(expression, (leaf) =>
      leaf.kind === "measure" ? (read.get(leaf.measure)?.(figures) ?? null) : null,
    );
    return typeof value === "object" ? value : null;
  };
}

function quotientOf(
  { numerator, denominator, floor }: Quotient,
  positionOf: PositionOf,
): (figures: Figures) => Exact | null {
  const totalOf = (terms: readonly Term[]): ((figures: Figures) => bigint) => {
    const parts = terms.map(({ times, fact }) => ({
      position: positionOf(sumFigure(fact)),
      times: BigInt(times) * BigInt(FINEST / fact.scale),
    }));
    return (figures) => parts.reduce((sum, part) => sum + part.times * asWhole(figures[part.position]), 0n);
  };
  const dividend = totalOf(numerator);
  const divisor = denominator ? totalOf(denominator) : () => BigInt(FINEST);
  return (figures) => {
    const value = exact(dividend(figures), divisor(figures));
    if (value === null || floor === undefined) return value;
    return value.numerator < BigInt(floor) * value.denominator ? exact(BigInt(floor)) : value;
  };
}

function distributionCell({ ranges }: Distribution, positionOf: PositionOf): (figures: Figures) => Cell {
  const shown = ranges.map(({ label, of }) => ({ label, positions: of.map((fact) => positionOf(sumFigure(fact))) }));
  return (figures) =>
    Object.fromEntries(
      shown.map(({ label, positions }) => [
        label,
        Number(positions.reduce((sum, position) => sum + asWhole(figures[position]), 0n)),
      ]),
    );
}

function codesCell(position: number, counted: boolean): (figures: Figures) => Cell {
  return (figures) => {
    const value = figures[position];
    const { units, cut } = typeof value === "object" && value !== null ? value : { units: new Map(), cut: 0 };
    const entries = [...units];
    if (counted) return Object.fromEntries(cut > 0 ? [...entries, [`… ${cut} more`, cut]] : entries);
    const names = entries.map(([code]) => code);
    return cut > 0 ? [...names, `… ${cut} more`] : names;
  };
}

function asWhole(value: FigureValue | undefined): bigint {
  return typeof value === "bigint" ? value : 0n;
}
