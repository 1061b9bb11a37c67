/**
 * Groups flat rows that lie in memory, as the port of the engine says: each unit is counted once in each group, sums are
 * exact, groups and codes come in the order of code points.
 */
import { assert } from "../domain/errors.ts";
import { compareCodePoints } from "../support/compare-code-points.ts";
import type { CodeCounts, FactColumn, FactRow, Figure, FigureValue, Group } from "./table-engine.ts";

type Value = FactRow[number];

/** All groups, in order. Texts must be well formed, so that those which are equal on disk are equal here. */
export function groupInMemory(
  columns: readonly FactColumn[],
  rows: readonly FactRow[],
  keys: readonly string[],
  figures: readonly Figure[],
): Group[] {
  const keyPlaces = keys.map((key) => placeOf(columns, key));
  const groups = new Map<string, { readonly keys: FactRow; readonly rows: FactRow[] }>();
  if (keys.length === 0) groups.set("[]", { keys: [], rows: [] });
  for (const row of rows) {
    const values = keyPlaces.map((place) => row[place] ?? null);
    // JSON keeps apart what a separator would run together: null, "null", "", a comma.
    const name = JSON.stringify(values);
    const group = groups.get(name);
    if (group) group.rows.push(row);
    else groups.set(name, { keys: values, rows: [row] });
  }
  const readers = figures.map((figure) => readerOf(columns, figure));
  return [...groups.values()]
    .sort((left, right) => compareKeys(left.keys, right.keys))
    .map((group) => ({ keys: group.keys, figures: readers.map((read) => read(group.rows)) }));
}

/** The rows with a mark behind each: 0 where its keys are kept, else 1, and null in the keys. */
export function foldInMemory(
  columns: readonly FactColumn[],
  rows: readonly FactRow[],
  keys: readonly string[],
  kept: readonly FactRow[],
): FactRow[] {
  const places = keys.map((key) => placeOf(columns, key));
  const names = new Set(kept.map((values) => JSON.stringify(values)));
  return rows.map((row) => {
    if (names.has(JSON.stringify(places.map((place) => row[place] ?? null)))) return [...row, 0];
    return [...row.map((value, place) => (places.includes(place) ? null : value)), 1];
  });
}

/** The place of a column in the rows. */
export function placeOf(columns: readonly FactColumn[], name: string): number {
  const place = columns.findIndex((column) => column.name === name);
  assert(place >= 0, "a figure reads a column of its table");
  return place;
}

function readerOf(columns: readonly FactColumn[], figure: Figure): (rows: readonly FactRow[]) => FigureValue {
  const column = (name: string): number => placeOf(columns, name);
  switch (figure.kind) {
    case "sum": {
      const [value, unit] = [column(figure.column), column(figure.unit)];
      return (rows) => sumOf(valuesOf(rows, value, unit));
    }
    case "percentile": {
      const places = figure.of.map((of) => [column(of.column), column(of.unit)] as const);
      return (rows) =>
        percentileOf(
          places.flatMap(([value, unit]) => valuesOf(rows, value, unit)),
          figure.percent,
        );
    }
    case "distinct": {
      const texts = column(figure.column);
      return (rows) => BigInt(new Set(rows.map((row) => row[texts] ?? null).filter((text) => text !== null)).size);
    }
    case "codes": {
      const [code, unit] = [column(figure.column), column(figure.unit)];
      return (rows) => codesOf(rows, code, unit, figure.limit);
    }
  }
}

/** The value of each unit once. */
function valuesOf(rows: readonly FactRow[], column: number, unit: number): number[] {
  const seen = new Map<Value, number>();
  for (const row of rows) {
    const [value, of] = [row[column] ?? null, row[unit] ?? null];
    if (of !== null && typeof value === "number" && !seen.has(of)) seen.set(of, value);
  }
  return [...seen.values()];
}

function sumOf(values: readonly number[]): bigint | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + BigInt(value), 0n);
}

/** In hundredths, between the two neighbours of the place. */
function percentileOf(values: readonly number[], percent: number): bigint | null {
  const line = values.toSorted((left, right) => left - right);
  const place = (line.length - 1) * percent;
  const [lower, upper] = [line[Math.floor(place / 100)], line[Math.ceil(place / 100)]];
  if (lower === undefined || upper === undefined) return null;
  const rest = BigInt(place % 100);
  return BigInt(lower) * (100n - rest) + BigInt(upper) * rest;
}

/** The first `limit` texts of the column, each with its number of units. */
function codesOf(rows: readonly FactRow[], column: number, unit: number, limit: number): CodeCounts {
  const units = new Map<string, Set<Value>>();
  for (const row of rows) {
    const [code, of] = [row[column] ?? null, row[unit] ?? null];
    if (code === null) continue;
    const known = units.get(String(code)) ?? new Set();
    units.set(String(code), of === null ? known : known.add(of));
  }
  const first = [...units].sort(([left], [right]) => compareCodePoints(left, right)).slice(0, limit);
  return { units: new Map(first.map(([code, { size }]) => [code, size])), cut: units.size - first.length };
}

/** The order of groups: nulls last, text by code point. */
export function compareKeys(left: FactRow, right: FactRow): number {
  for (const [index, one] of left.entries()) {
    const order = compareValues(one, right[index] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(left: Value, right: Value): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  if (typeof left === "number" && typeof right === "number") return left - right;
  return compareCodePoints(String(left), String(right));
}
