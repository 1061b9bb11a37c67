/** The tables of fields and measures as rows for readers: `callsheet fields`, docs/fields.md and shell completion. */
import type { Field } from "../domain/field.ts";
import type { Measure } from "../domain/measure.ts";
import { vendorNameOf } from "./coverage.ts";
import { MEASURES } from "./measure-catalogue.ts";
import { FIELDS } from "./vocabulary.ts";

/** What a reader wants to know of a path. */
export interface FieldRow extends Pick<Field, "path" | "type" | "home" | "meaning"> {
  /** Where it may stand. */
  readonly uses: readonly ("group" | "filter" | "column")[];
  /** Who evaluates a condition on it first; empty where none may stand. */
  readonly filteredBy: "Genesys Cloud" | "callsheet" | "";
  /** The service's own name of it, where it has one. */
  readonly vendorName?: string;
}

/** Every path, in the order of the table. */
export function fieldRows(): FieldRow[] {
  return [...FIELDS.values()].map((field) => {
    const { path, type, home, groupable, filterable, pushDown, meaning } = field;
    const uses = [
      ...(groupable ? (["group"] as const) : []),
      ...(filterable ? (["filter"] as const) : []),
      ...(type === "bucket" ? [] : (["column"] as const)),
    ];
    const vendorName = vendorNameOf(field);
    const filteredBy = pushDown ? "Genesys Cloud" : filterable ? "callsheet" : "";
    return { path, type, home, uses, filteredBy, ...(vendorName === undefined ? {} : { vendorName }), meaning };
  });
}

/** Every measure, in the order of the catalogue. */
export function measureRows(): Pick<Measure, "name" | "unit" | "home" | "meaning">[] {
  return [...MEASURES.values()].map(({ name, unit, home, meaning }) => ({ name, unit, home, meaning }));
}
