/** What of a report's values tells of a person, by class, and what is shown instead of it. */
import type { Field } from "./field.ts";

/** Classes of personal data, with what belongs to each. */
export const PERSONAL_CLASSES = {
  ani: "numbers and addresses that customers are reached from or at",
  dnis: "numbers that were called; on outbound calls the customer's",
  address: "addresses of messages, e-mails and transfers",
  name: "names of participants and of those that were called",
  contact: "ids of known contacts, their organisations, web visitors and campaign contacts",
  attribute: "participant attributes, whatever was noted in them",
  text: "texts that people wrote: subjects and notes",
  agent: "ids and names of agents and other users",
} as const;

/** One of those classes. */
export type PersonalClass = keyof typeof PERSONAL_CLASSES;

/** `last4`: the last four characters. `hash`: a keyed pseudonym. `drop`: nothing. */
export const MASKS = ["last4", "hash", "drop"] as const;

/** What is shown instead of a value. */
export type Mask = (typeof MASKS)[number];

/** Classes whose last four characters tell people apart without naming them. */
export const LAST4_CLASSES: readonly PersonalClass[] = ["ani", "dnis", "address", "attribute"];

/** Makes the pseudonym of a value: the same for the same key, class and value, and for nothing else. */
export type PseudonymOf = (personal: PersonalClass, value: string) => string;

/** The paths among them that show something else than their values. */
export function masksOf(fields: readonly Field[]): Record<string, Mask> {
  return Object.fromEntries(fields.flatMap(({ path, mask }) => (mask === undefined ? [] : [[path, mask]])));
}
