/** The list `expect` of a report: what is looked at must be a column of this report, and of a kind that fits. */
import { additivityOf } from "../domain/additivity.ts";
import type { Expectation, Expected } from "../domain/expectation.ts";
import type { Measure } from "../domain/measure.ts";
import { fieldsShown, type Shape } from "../domain/report-definition.ts";
import { suggestion } from "../support/did-you-mean.ts";
import type { ExpectationSource } from "./expectation-schema.ts";
import { type Problem, quoted } from "./problems.ts";

/** The expectations, in the order of the list; what is wrong is added to the problems. */
export function parseExpectations(
  sources: readonly ExpectationSource[],
  shape: Shape,
  problems: Problem[],
): Expectation[] {
  return sources.flatMap((source, index) => {
    const refuse: Refuse = (key, message, code) => {
      problems.push({ path: ["expect", index, ...key], message, ...(code === undefined ? {} : { code }) });
      return undefined;
    };
    const expected = expectedOf(source, shape, refuse);
    return expected === undefined ? [] : [{ expected, action: source.action }];
  });
}

type Refuse = (key: readonly (string | number)[], message: string, code?: Problem["code"]) => undefined;

function expectedOf(source: ExpectationSource, shape: Shape, refuse: Refuse): Expected | undefined {
  switch (source.check) {
    case "rows_between": {
      const { min, max } = source;
      if (min === undefined && max === undefined)
        return refuse([], `Missing bound: "rows_between" needs "min", "max" or both.`);
      if (min !== undefined && max !== undefined && min > max)
        return refuse(["max"], `Cannot expect at least ${min} and at most ${max} rows: "max" is below "min".`);
      return { kind: "rows_between", ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
    }
    case "not_null":
      if (!isColumn(source.column, shape, ["column"], refuse)) return undefined;
      if (fieldsShown(shape).some(({ path, mask }) => path === source.column && mask === "drop"))
        return refuse(["column"], `Cannot expect a value in "${source.column}": its mask is "drop".`);
      return { kind: "not_null", column: source.column };
    case "sum_equals": {
      const { columns, equals } = source;
      const fit = columns.map((name, place) => isSummed(name, shape, ["columns", place], refuse));
      const sumFits = typeof equals === "number" || isSummed(equals, shape, ["equals"], refuse);
      return fit.every(Boolean) && sumFits ? { kind: "sum_equals", columns, equals } : undefined;
    }
    case "fresher_than": {
      const ageMs = periodOf(source.age);
      if (ageMs === undefined)
        return refuse(
          ["age"],
          `Cannot use ${quoted(source.age)} for "age". Write a number with m, h or d, such as 6h.`,
        );
      return { kind: "fresher_than", age: source.age.trim(), ageMs };
    }
    case "difference_under": {
      const { column, percent } = source;
      if (column === undefined) return { kind: "difference_under", percent };
      return isCompared(column, shape, refuse) ? { kind: "difference_under", column, percent } : undefined;
    }
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function periodOf(text: string): number | undefined {
  const [, count, unit = ""] = /^([1-9]\d{0,4})\s*([mhd])$/.exec(text.trim()) ?? [];
  return count === undefined ? undefined : Number(count) * (UNIT_MS[unit] ?? 0);
}

function isColumn(name: string, shape: Shape, key: readonly (string | number)[], refuse: Refuse): boolean {
  const names = [...fieldsShown(shape).map(({ path }) => path), ...measuresOf(shape).map((measure) => measure.name)];
  if (names.includes(name)) return true;
  refuse(
    key,
    `Unknown column "${name}": this report has no such column.${suggestion(name, names)}`,
    "definition.unknown_word",
  );
  return false;
}

/** Whether the column has a total that adds something up. */
function isSummed(name: string, shape: Shape, key: readonly (string | number)[], refuse: Refuse): boolean {
  if (!isColumn(name, shape, key, refuse)) return false;
  const measure = measuresOf(shape).find((each) => each.name === name);
  if (measure === undefined || shape.kind === "detail") {
    if (shape.kind === "detail" && isNumberOfLine(name, shape)) return true;
    refuse(key, `Cannot add up "${name}": its cells are no seconds or counts.`);
    return false;
  }
  if (isNumber(measure) && additivityOf(measure, shape.groupBy) !== "ratio") return true;
  refuse(key, `Cannot add up "${name}": means, ratios, percentiles, scores and lists have no sum.`);
  return false;
}

/** Whether the manifest of an earlier run holds a number for the column. */
function isCompared(name: string, shape: Shape, refuse: Refuse): boolean {
  if (!isColumn(name, shape, ["column"], refuse)) return false;
  const measure = measuresOf(shape).find((each) => each.name === name);
  if (measure !== undefined && isNumber(measure)) return true;
  const instead = shape.kind === "detail" ? "a detail report has no totals" : "it has no total that is a number";
  refuse(["column"], `Cannot compare "${name}" with the last run: ${instead}. Leave "column" out to compare the rows.`);
  return false;
}

function measuresOf(shape: Shape): readonly Measure[] {
  return shape.kind === "grouped" ? shape.measures : [];
}

function isNumber({ formula }: Measure): boolean {
  return formula.kind !== "codes" && formula.kind !== "distribution";
}

function isNumberOfLine(name: string, shape: Shape): boolean {
  return fieldsShown(shape).some(
    ({ path, type, column }) => path === name && (type === "number" || column === "metricSum"),
  );
}
