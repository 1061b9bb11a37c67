/**
 * Names in a filter become ids, looked up in the listings of this run. A name that two entities share is never
 * guessed; a name that nobody has comes with the nearest one; what has departed gives way to what is there.
 */
import type { Directory, Entity } from "../domain/directory.ts";
import { ReportError } from "../domain/errors.ts";
import { fieldsOfFact } from "../domain/fact.ts";
import { ENTITY_WORDS, type EntityKind } from "../domain/field.ts";
import {
  type Condition,
  fieldsShown,
  type Filter,
  type Predicate,
  type ReportDefinition,
} from "../domain/report-definition.ts";
import { factsOf } from "../domain/measure.ts";
import { suggestion } from "../support/did-you-mean.ts";
import { textMatches } from "../support/text-match.ts";

/** The same filter over ids; throws `definition.unknown_word` for a name that nobody or more than one has. */
export function bindNames(filter: Filter, directory: Directory): Filter {
  if (filter.kind !== "predicate")
    return { kind: filter.kind, filters: filter.filters.map((inner) => bindNames(inner, directory)) };
  const { nameOf, ...idField } = filter.field;
  if (nameOf === undefined) return filter;
  const entities = directory[nameOf] ?? [];
  if (filter.condition.kind === "part")
    return {
      ...filter,
      field: idField,
      condition: { kind: "is_one_of", values: idsOfPart(filter.condition, entities) },
    };
  if (filter.condition.kind !== "is_one_of") return { ...filter, field: idField };
  const values = filter.condition.values.map((name) => idOf(name, filter, nameOf, entities));
  return { ...filter, field: idField, condition: { kind: "is_one_of", values: [...new Set(values)] } };
}

/** In words: each part of a name that no entity has. Not an error, since names come and go; but said. */
export function unmatchedNames(filter: Filter, directory: Directory): string[] {
  if (filter.kind !== "predicate") return filter.filters.flatMap((inner) => unmatchedNames(inner, directory));
  const { field, condition } = filter;
  if (field.nameOf === undefined || condition.kind !== "part") return [];
  if (idsOfPart(condition, directory[field.nameOf] ?? []).length > 0) return [];
  const words = condition.operator === "contains" ? "contains" : "starts with";
  const text = field.mask === undefined ? `"${condition.text}"` : "a masked text";
  return [
    `No ${ENTITY_WORDS[field.nameOf]} has a name that ${words} ${text}: nothing meets that filter on "${field.path}".`,
  ];
}

function idsOfPart(
  { operator, text }: Extract<Condition, { kind: "part" }>,
  entities: readonly Entity[],
): readonly string[] {
  return [...new Set(entities.filter(({ name }) => textMatches(name, operator, text)).map(({ id }) => id))];
}

/** The kinds of entities whose names a report uses, in its filter, its columns or its measures; sorted. */
export function kindsUsed({ filter, shape }: ReportDefinition): EntityKind[] {
  // A mask hides names too, so they are not even read.
  const shown = fieldsShown(shape).flatMap(({ nameOf, mask }) => (mask === undefined ? (nameOf ?? []) : []));
  // Weights, targets and expressions tell units apart by name too.
  const facts = shape.kind === "grouped" ? factsOf(shape.measures) : [];
  const told = facts.flatMap(fieldsOfFact).flatMap(({ nameOf }) => nameOf ?? []);
  return [...new Set([...kindsNamed(filter), ...shown, ...told])].sort();
}

/** The kinds of entities whose names the filter uses. */
export function kindsNamed(filter: Filter): EntityKind[] {
  if (filter.kind !== "predicate") return [...new Set(filter.filters.flatMap(kindsNamed))];
  return filter.field.nameOf === undefined ? [] : [filter.field.nameOf];
}

function idOf(name: string, { field }: Predicate, kind: EntityKind, entities: readonly Entity[]): string {
  const named = entities.filter((entity) => entity.name === name);
  const current = named.filter(({ departed }) => departed === undefined);
  const [match, ...others] = current.length > 0 ? current : named;
  const word = ENTITY_WORDS[kind];
  const idPath = field.path.replace(/\.name$/, kind === "wrapUpCode" ? ".code" : ".id");
  if (!match) {
    throw new ReportError(
      "definition.unknown_word",
      `Unknown ${word} "${name}" in the filter on "${field.path}".${field.mask === undefined ? suggestion(name, namesOf(entities)) : ""}`,
      {
        hint: `Write the name as the contact centre spells it, or use its id with path ${idPath}. A ${word} of a division that the client cannot see does not show.`,
      },
    );
  }
  if (others.length > 0) {
    throw new ReportError(
      "definition.unknown_word",
      `Two or more have the name "${name}" in the filter on "${field.path}": ${[match, ...others].map(({ id }) => id).join(", ")}`,
      {
        hint: `Choose by id with path ${idPath}.`,
      },
    );
  }
  return match.id;
}

function namesOf(entities: readonly Entity[]): string[] {
  return entities.map(({ name }) => name);
}
