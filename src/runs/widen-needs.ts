/**
 * What a run keeps of each conversation when the store keeps it too: besides its own needs the metrics of every
 * measure, a handful of numbers, so that other reports of the same window are served as well. Segments would add half
 * as much again to every stored day (`npm run bench:store`), and members hold what customers and agents can be
 * recognised by: both are stored only for the reports that ask for them.
 */
import { FIELDS } from "../define/vocabulary.ts";
import { MEASURES } from "../define/measure-catalogue.ts";
import { metricsOf } from "../domain/fact.ts";
import { memberKey } from "../domain/member.ts";
import { factsOf } from "../domain/measure.ts";
import type { RecordNeeds } from "../domain/query-plan.ts";

/** The needs of a run whose conversations are stored; the order of what it was given does not matter. */
export function widenNeeds(needs: RecordNeeds): RecordNeeds {
  const ofMeasures = factsOf([...MEASURES.values()]).flatMap(metricsOf);
  const ofFields = [...FIELDS.values()].flatMap(({ metric }) => metric ?? []);
  const members = needs.members?.toSorted((left, right) => (memberText(left) < memberText(right) ? -1 : 1));
  return {
    ...needs,
    metrics: [...new Set([...needs.metrics, ...ofMeasures, ...ofFields])].sort(),
    ...(members && { members }),
  };
}

function memberText(member: NonNullable<RecordNeeds["members"]>[number]): string {
  return `${memberKey(member)} ${member.of}`;
}
