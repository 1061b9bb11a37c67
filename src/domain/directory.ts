/** The names of a contact centre's entities, as they were when the run began. */
import { ENTITY_KINDS, type EntityKind } from "./field.ts";

/** An entity of a listing. Two entities may share a name; ids are what joins. */
export interface Entity {
  readonly id: string;
  readonly name: string;
  /** Gone from the listing; known from an earlier one. */
  readonly departed?: true;
}

/** Listings by kind; a kind that the report does not need is absent. */
export type Directory = Readonly<Partial<Record<EntityKind, readonly Entity[]>>>;

/** Finds the name of an id; deleted and literal ids have none. */
export type NameOf = (kind: EntityKind, id: string) => string | undefined;

/**
 * Makes the look-up of names. Where two entities of a kind share a name, each shows the beginning of its id behind
 * it: rows of different queues are never added up because they are called the same.
 */
export function createNameOf(directory: Directory): NameOf {
  const maps = new Map<EntityKind, Map<string, string>>();
  for (const kind of ENTITY_KINDS) {
    const entities = directory[kind] ?? [];
    const shared = sharedNames(entities);
    const shown = ({ id, name }: Entity): string => (shared.has(name) ? `${name} (${id.slice(0, 8)})` : name);
    maps.set(kind, new Map(entities.map((entity) => [entity.id, shown(entity)])));
  }
  return (kind, id) => maps.get(kind)?.get(id);
}

function sharedNames(entities: readonly Entity[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { name } of entities) (seen.has(name) ? shared : seen).add(name);
  return shared;
}
