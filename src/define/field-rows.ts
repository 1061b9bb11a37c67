/** The tables of fields and measures as rows for readers: `callsheet fields`, docs/fields.md and shell completion. */
import type { Field } from "../domain/field.ts";
import { type Fact, metricsOf } from "../domain/fact.ts";
import { factsOf, type Formula, type Measure, type Term } from "../domain/measure.ts";
import { vendorNameOf } from "./coverage.ts";
import { DECLARED_MEASURES } from "./declared-measures.ts";
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
  /** The class of personal data that its values are, where they are any. */
  readonly personal?: Field["personal"];
}

/** Every path, in the order of the table. */
export function fieldRows(): FieldRow[] {
  return [...FIELDS.values()].map((field) => {
    const { path, type, home, groupable, filterable, pushDown, personal, meaning } = field;
    const uses = [
      ...(groupable ? (["group"] as const) : []),
      ...(filterable ? (["filter"] as const) : []),
      ...(type === "bucket" ? [] : (["column"] as const)),
    ];
    const vendorName = vendorNameOf(field);
    const filteredBy = pushDown ? "Genesys Cloud" : filterable ? "callsheet" : "";
    return {
      path,
      type,
      home,
      uses,
      filteredBy,
      ...(vendorName === undefined ? {} : { vendorName }),
      ...(personal && { personal }),
      meaning,
    };
  });
}

/** What a reader wants to know of a measure. */
export interface MeasureRow extends Pick<Measure, "name" | "unit" | "home" | "meaning"> {
  /** What it is divided by, or of how many it is told; empty for sums and counts. */
  readonly per: string;
  /** The vendor's metrics and members that it is made of. */
  readonly from: readonly string[];
  /** The media types that it is about, where it is not about all. */
  readonly media: string;
  /** How it is written where the report has to, or may, declare something. */
  readonly declared: string;
}

/** Every measure, in the order of the catalogue. */
export function measureRows(): MeasureRow[] {
  const plain = [...MEASURES.values()].filter(({ name }) => !DECLARED_MEASURES.has(name));
  return [
    ...plain.map((measure) => rowOf(measure, "")),
    ...[...DECLARED_MEASURES.values()].map(({ sample, example }) => rowOf(sample, example)),
  ];
}

function rowOf(measure: Measure, declared: string): MeasureRow {
  const { name, unit, home, meaning, media = "", formula } = measure;
  const from = [...new Set(factsOf([measure]).flatMap(sourcesOf))];
  return { name, unit, home, per: perOf(formula), from, media, declared, meaning };
}

function perOf(formula: Formula): string {
  if (formula.kind === "percentile") return formula.of.map(({ says }) => says).join(", ");
  if (formula.kind !== "quotient" || formula.denominator === undefined) return "";
  const words = ({ times, fact }: Term): string => `${times < 0 ? "without " : ""}${fact.says}`;
  return formula.denominator.map(words).join(", ");
}

function sourcesOf(fact: Fact): string[] {
  const { reads } = fact;
  if (reads.kind === "assessment") return [reads.score.name];
  const isDuration = reads.kind === "conversation" && reads.what === "duration";
  return isDuration ? ["conversationStart", "conversationEnd"] : metricsOf(fact);
}
