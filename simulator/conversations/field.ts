/**
 * How a dimension or metric is read from the tree and how it is compared. A field yields all its values on one subject
 * (none when the subject lacks it); a test is compiled from a predicate once and then asked for every subject.
 */
import { type QueryPredicate, type QueryRange, QueryRefused } from "./details-query.ts";

/** Words (enumerations, ids) match whatever their case; texts match exactly; a part may stand anywhere, in any case. */
export type FieldKind = "word" | "text" | "part" | "boolean" | "number" | "instant";

/** Something that can be read from a subject and compared. */
export interface Field<Subject> {
  readonly kind: FieldKind;
  /** One value, a list of values, or undefined. */
  read(subject: Subject): unknown;
}

/** Compiles `operator`, `value` and `range` of a predicate into a test of the field's values. */
export function compileTest<Subject>(
  field: Field<Subject>,
  predicate: QueryPredicate,
  name: string,
): (subject: Subject) => boolean {
  const operator = predicate.operator ?? "matches";
  if (operator === "exists") return (subject) => valuesOf(field, subject).length > 0;
  if (operator === "notExists") return (subject) => valuesOf(field, subject).length === 0;
  const { value, range } = predicate;
  if (value === undefined && range === undefined) {
    throw new QueryRefused(`Predicate on [${name}] with operator [matches] needs a value or a range`);
  }
  const equals = value === undefined ? always : equalsTo(field.kind, value);
  const within = range === undefined ? always : isWithin(range);
  return (subject) => valuesOf(field, subject).some((found) => equals(found) && within(found));
}

/** The values of a field on one subject, without absent ones. */
export function valuesOf<Subject>(field: Field<Subject>, subject: Subject): readonly unknown[] {
  const found = field.read(subject);
  if (found === undefined || found === null) return [];
  return Array.isArray(found) ? found : [found];
}

/** A value as a number: dates as epoch milliseconds; NaN when it is none. */
export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value === "") return Number.NaN;
  const number = Number(value);
  return Number.isNaN(number) ? Date.parse(value) : number;
}

/** Whether a number lies inside all the bounds that a range names. */
export function isInRange(number: number, range: QueryRange): boolean {
  if (Number.isNaN(number)) return false;
  if (range.gt !== undefined && !(number > range.gt)) return false;
  if (range.gte !== undefined && !(number >= range.gte)) return false;
  if (range.lt !== undefined && !(number < range.lt)) return false;
  return range.lte === undefined || number <= range.lte;
}

function equalsTo(kind: FieldKind, wanted: string): (found: unknown) => boolean {
  if (kind === "text") return (found) => String(found) === wanted;
  if (kind === "number" || kind === "instant") {
    const number = numberOf(wanted);
    return (found) => numberOf(found) === number;
  }
  const lower = wanted.toLowerCase();
  if (kind === "part") return (found) => String(found).toLowerCase().includes(lower);
  return (found) => found === wanted || String(found).toLowerCase() === lower;
}

function isWithin(range: QueryRange): (found: unknown) => boolean {
  return (found) => isInRange(numberOf(found), range);
}

function always(): boolean {
  return true;
}
