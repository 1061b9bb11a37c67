/**
 * Finds the field of a path. Every path stands in the table but those of participant attributes, whose keys are the
 * organisation's own words: everything behind `conversation.attribute.` is the key, dots, spaces and all.
 */
import type { Field } from "../domain/field.ts";
import { suggestion } from "../support/did-you-mean.ts";
import { ATTRIBUTE, FIELDS } from "./vocabulary.ts";

const ATTRIBUTE_PREFIX = ATTRIBUTE.path.replace("<key>", "");

/** The field, or undefined when there is no such path. */
export function findField(path: string): Field | undefined {
  if (!path.startsWith(ATTRIBUTE_PREFIX)) return FIELDS.get(path);
  const key = path.slice(ATTRIBUTE_PREFIX.length);
  return key === "" ? undefined : { ...ATTRIBUTE, path, member: { at: "attribute", name: key, of: "conversation" } };
}

/** What is wrong with a path that is none, and which of the fields that may stand there was probably meant. */
export function unknownPath(path: string, maybe: (field: Field) => boolean): string {
  if (path === ATTRIBUTE_PREFIX) return `Missing key in "${path}": write "${ATTRIBUTE.path}" with the attribute's key.`;
  const known = [...FIELDS.values()].filter(maybe).map((field) => field.path);
  const metric = known.find((each) => each === `metric.${path}`);
  const meant = metric === undefined ? suggestion(path, known) : ` Did you mean "${metric}"?`;
  return `Unknown path "${path}".${meant} See \`callsheet fields\`.`;
}
