/**
 * The map `mask` of a report: what is shown instead of personal data, by class or for one path. A path has the last
 * word over its class. A field that is masked carries its mask, so that no later stage can show its value by mistake.
 */
import type { Field } from "../domain/field.ts";
import { LAST4_CLASSES, MASKS, PERSONAL_CLASSES } from "../domain/personal-data.ts";
import type { Filter, Shape } from "../domain/report-definition.ts";
import { suggestion } from "../support/did-you-mean.ts";
import { findField, unknownPath } from "./find-field.ts";
import type { Problem } from "./problems.ts";

/** What a mask may be; `show` takes a path out of its class. */
export const MASK_WORDS = [...MASKS, "show"] as const;

type MaskWord = (typeof MASK_WORDS)[number];

/** Gives a field the mask that its path or its class has. */
export type MaskField = (field: Field) => Field;

/** Reads the map; what is wrong is added to the problems. */
export function parseMasks(source: Readonly<Record<string, MaskWord>>, problems: Problem[]): MaskField {
  const entries = new Map<string, MaskWord>();
  for (const [key, word] of Object.entries(source)) {
    const why = objection(key, word);
    if (why === undefined) entries.set(key, word);
    else problems.push({ path: ["mask", key], ...why });
  }
  return (field) => {
    const word = entries.get(field.path) ?? (field.personal && entries.get(field.personal));
    return field.personal === undefined || word === undefined || word === "show" ? field : { ...field, mask: word };
  };
}

function objection(key: string, word: MaskWord): Omit<Problem, "path"> | undefined {
  const isClass = Object.hasOwn(PERSONAL_CLASSES, key);
  const field = isClass ? undefined : findField(key);
  if (!isClass && !field) {
    const classes = Object.keys(PERSONAL_CLASSES);
    const message = key.includes(".")
      ? unknownPath(key, ({ personal }) => personal !== undefined)
      : `Unknown class "${key}".${suggestion(key, classes)} Classes of personal data are ${classes.join(", ")}.`;
    return { onKey: true, message, code: "definition.unknown_word" };
  }
  const personal = field ? field.personal : key;
  if (personal === undefined)
    return { onKey: true, message: `Cannot mask "${key}": it is not personal data. See \`callsheet fields\`.` };
  if (word === "last4" && !LAST4_CLASSES.some((each) => each === personal))
    return { message: `Cannot use "last4" for "${key}": it would show a part of it. Use "hash" or "drop".` };
  return undefined;
}

/** The shape with its fields masked; a report cannot be grouped by what it drops. */
export function maskShape(shape: Shape, mask: MaskField, problems: Problem[]): Shape {
  if (shape.kind === "detail") return { ...shape, columns: shape.columns.map(mask) };
  const groupBy = shape.groupBy.map(mask);
  for (const { path, mask: word } of groupBy) {
    if (word === "drop")
      problems.push({
        path: ["groupBy"],
        message: `Cannot group by "${path}": its mask is "drop", so that all groups would be one. Use "hash", or remove it.`,
      });
  }
  return { ...shape, groupBy };
}

/** The filter with its fields masked: it compares values as they are, and is described without them. */
export function maskFilter(filter: Filter, mask: MaskField): Filter {
  return filter.kind === "predicate"
    ? { ...filter, field: mask(filter.field) }
    : { ...filter, filters: filter.filters.map((inner) => maskFilter(inner, mask)) };
}
