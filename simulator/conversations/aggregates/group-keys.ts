/**
 * The groups that a figure belongs to. Media type is always part of a group. A dimension with several values puts the
 * figure into a group for each of them, or, flattened, into one whose value names them all; one without a value is left
 * out of the group.
 */
import { type Field, valuesOf } from "../field.ts";
import { AGGREGATE_FIELDS } from "./dimensions.ts";
import type { MetricEvent } from "./metric-event.ts";

/** A group as the answer names it. */
export type Group = Readonly<Record<string, string>>;

/** @param dimensions names from the schema, in the order of the answer */
export function createGrouper(dimensions: readonly string[], flatten: boolean): (event: MetricEvent) => Group[] {
  const fields = [...new Set(["mediaType", ...dimensions])].map((name) => ({ name, field: fieldOf(name) }));
  return (event) => {
    let groups: Group[] = [{}];
    for (const { name, field } of fields) {
      const distinct = [...new Set(valuesOf(field, event).map(String))].sort();
      const values = flatten && distinct.length > 1 ? [distinct.join(",")] : distinct;
      if (values.length > 0) groups = groups.flatMap((group) => values.map((value) => ({ ...group, [name]: value })));
    }
    return groups;
  };
}

function fieldOf(name: string): Field<MetricEvent> {
  const field = AGGREGATE_FIELDS[name];
  if (field === undefined) throw new Error(`Dimension ${name} stands in the API description and nowhere here`);
  return field;
}
