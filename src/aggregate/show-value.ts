/**
 * What a report shows of a value: the name of an id, or what its mask leaves of it. All that comes behind, the engine,
 * files, rows that are kept and the terminal, gets this and nothing else.
 */
import type { NameOf } from "../domain/directory.ts";
import { assert } from "../domain/errors.ts";
import type { Field } from "../domain/field.ts";
import type { PseudonymOf } from "../domain/personal-data.ts";

/** What is shown of a field's value; null when nothing is. */
export type ShowValue = (field: Field, value: string) => string | null;

/** Makes it; a report that shows pseudonyms cannot do without the function that makes them. */
export function createShowValue(nameOf: NameOf, pseudonymOf?: PseudonymOf): ShowValue {
  return (field, value) => {
    if (field.mask === undefined) return field.nameOf ? (nameOf(field.nameOf, value) ?? value) : value;
    if (field.mask === "drop") return null;
    if (field.mask === "last4") return lastFour(value);
    // Of the id, where there is one: a name that changes does not make another person.
    assert(pseudonymOf && field.personal, "what is shown as a pseudonym has a class and a key");
    return pseudonymOf(field.personal, value);
  };
}

/** Of a shorter value four characters would be too large a part. */
const LEAST_LENGTH = 8;

/**
 * Always as many stars, so that the length is not told. Of `sip:+15551234567@host;user=phone` only the number counts:
 * what follows names a host, not a person.
 */
function lastFour(value: string): string {
  const signs = Array.from(value.replace(/^(?:tel|sips?|mailto):/i, "").split(/[@;]/, 1)[0] ?? "");
  return signs.length < LEAST_LENGTH ? "***" : `***${signs.slice(-4).join("")}`;
}
