/**
 * A member of the vendor's conversation tree that reports read by its own name. Most of the tree is read so: a
 * record keeps only the members that its report needs.
 */

/** Where a member stands in the tree, and whose values a row of a report shows. */
export interface Member {
  readonly at:
    | "conversation"
    | "survey"
    | "evaluation"
    | "resolution"
    | "participant"
    | "attribute"
    | "session"
    | "proposedAgent"
    | "flow"
    | "outcome"
    | "segment"
    | "scoredAgent";
  /** Of an attribute: its key. */
  readonly name: string;
  /** Its text is an instant, kept as epoch milliseconds. */
  readonly isInstant?: true;
  /**
   * `part`: the leg or visit of the row. `visit`: the visit; the leg where no visit led to it. `customer`: every
   * session of the customer. `conversation`: every place of the conversation.
   */
  readonly of: "part" | "visit" | "customer" | "conversation";
  /**
   * An entry for each place where it could stand, also an empty one: lists of several such members stand side by side.
   * Else each value is kept once.
   */
  readonly every?: true;
}

/** The values of members by key; a member without a value is absent. */
export type MemberValues = Readonly<Record<string, readonly string[]>>;

/** Under what a record keeps the values of a member; the same for all rows that show them. */
export function memberKey({ at, name, every }: Member): string {
  return `${at}.${name}${every ? "[]" : ""}`;
}

/** Texts, numbers and truths as text; anything else has no value. A list has each value once. */
export function memberValues(value: unknown): readonly string[] {
  const values = (Array.isArray(value) ? value : [value]).filter(
    (each) => (typeof each === "string" && each !== "") || typeof each === "number" || typeof each === "boolean",
  );
  return [...new Set(values.map(String))];
}
