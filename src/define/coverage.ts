/**
 * Which of the vendor's dimensions and metrics the vocabulary has, and why it lacks the others. What is covered is
 * read from the fields and measures themselves; only what is left out is written here, with its reason.
 */
import { metricsOf } from "../domain/fact.ts";
import { factsOf } from "../domain/measure.ts";
import type { Field } from "../domain/field.ts";
import { MEASURES } from "./measure-catalogue.ts";
import { VENDOR_LISTS, type VendorList } from "./vendor-lists.ts";
import { FIELDS } from "./vocabulary.ts";

/** One name of one list: the paths and measures that have it, or the reason why none does; neither is a gap. */
export interface CoverageEntry {
  readonly list: VendorList;
  readonly name: string;
  readonly coveredBy: readonly string[];
  readonly excluded?: string;
}

const AGGREGATES_ONLY =
  "only the aggregates endpoint has it: the conversations that a report is made from do not carry it, so it can be neither shown nor filtered here";
const WAIT =
  "only the aggregates endpoint has it: it is tAnswered, tAbandon and tFlowOut together, and each of them has a path";
const SETTINGS =
  "only the aggregates endpoint has it: the service computes it from an organisation's service-level settings, which can change for the past too";
const NO_VALUE =
  "details queries can filter on it, but the conversations that they return do not show it: a filter could not be checked here";

/** What is left out, by reason. */
const EXCLUSIONS: readonly (readonly [reason: string, names: string])[] = [
  [NO_VALUE, "canonicalExternalContactId"],
  [AGGREGATES_ONLY, "activeRouting convertedFrom convertedTo externalMediaCount firstQueue interactionType"],
  [AGGREGATES_ONLY, "routingPriority stationId videoPresent"],
  [WAIT, "tWait"],
  [SETTINGS, "oServiceLevel oServiceTarget oCallbackServiceLevel"],
];

/** Every name of every list; `fields` are those of the vocabulary, or what a test leaves of them. */
export function coverage(fields: Iterable<Field> = FIELDS.values()): CoverageEntry[] {
  const reasons = new Map(EXCLUSIONS.flatMap(([reason, names]) => names.split(" ").map((name) => [name, reason])));
  const known = [...fields];
  return (Object.keys(VENDOR_LISTS) as VendorList[]).flatMap((list) => {
    const holders = holdersFor(list, known);
    return VENDOR_LISTS[list].map((name): CoverageEntry => {
      const coveredBy = holders.get(name) ?? [];
      const reason = reasons.get(name);
      return { list, name, coveredBy, ...(coveredBy.length === 0 && reason !== undefined ? { excluded: reason } : {}) };
    });
  });
}

/** The fields and measures by the vendor's name; surveys and evaluations have names that others have too. */
function holdersFor(list: VendorList, fields: readonly Field[]): Map<string, string[]> {
  const place = /^(survey|evaluation|resolution)/.exec(list)?.[0];
  const holders = new Map<string, string[]>();
  const add = (name: string | undefined, holder: string): void => {
    if (name !== undefined) holders.set(name, [...(holders.get(name) ?? []), holder]);
  };
  for (const field of fields) {
    const at = field.member?.at;
    const own = at === "survey" || at === "evaluation" || at === "resolution" ? at : undefined;
    if (own === place) add(vendorNameOf(field), field.path);
  }
  if (place !== undefined) return holders;
  for (const measure of MEASURES.values()) {
    for (const fact of factsOf([measure])) {
      for (const metric of metricsOf(fact)) add(metric, measure.name);
      if (fact.name === "conversations") add("nConversations", measure.name);
    }
  }
  return holders;
}

/** The dimension or metric of the service that a field is. */
export function vendorNameOf({ pushDown, vendorName, metric }: Field): string | undefined {
  if (pushDown) return "dimension" in pushDown ? pushDown.dimension : pushDown.metric;
  return vendorName ?? metric;
}
