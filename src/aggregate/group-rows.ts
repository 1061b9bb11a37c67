/** Lays out the flat table of a grouped report and fills it from conversations. */
import type { ConversationRecord } from "../domain/conversation-record.ts";
import type { NameOf } from "../domain/directory.ts";
import type { Field } from "../domain/field.ts";
import type { Fact } from "../domain/fact.ts";
import { factsOf, type Measure } from "../domain/measure.ts";
import { type Filter, fieldsIn, type ReportDefinition } from "../domain/report-definition.ts";
import type { LocalTime } from "../support/local-time.ts";
import { factOn } from "./fact-values.ts";
import { keepTouches } from "./keep-touches.ts";
import { openedKey } from "./open-members.ts";
import { createShowValue, type ShowValue } from "./show-value.ts";
import type { FactColumn, FactRow } from "./table-engine.ts";
import { type OpenedLists, type Touch, touchesOf, valueOn } from "./touch-rows.ts";

/** Columns that identify a unit of each home; a row without a visit or leg has null there. */
export const UNIT_COLUMNS = { conversation: "unit_conversation", visit: "unit_visit", leg: "unit_leg" } as const;

/** The column that wrap-up measures read. */
export const CODE_COLUMN = "wrap_up_code";

/** The column that counts of agents read. */
export const AGENT_COLUMN = "agent";

/** In a table whose others are folded: 1 on their rows. */
export const OTHERS_COLUMN = "others";

/** The name of a group key's column. */
export function keyColumn(index: number): string {
  return `key_${index}`;
}

/** The name of a fact's column. */
export function factColumn(fact: Fact): string {
  return `fact_${fact.name}`;
}

/** The columns of the flat table, in the order of the rows. */
export function groupColumns(groupBy: readonly Field[], measures: readonly Measure[]): FactColumn[] {
  return [
    ...Object.values(UNIT_COLUMNS).map((name) => ({ name, type: "integer" }) as const),
    ...groupBy.map((field, index) => ({ name: keyColumn(index), type: field.bucket ? "integer" : "text" }) as const),
    ...factsOf(measures).map((fact) => ({ name: factColumn(fact), type: "integer" }) as const),
    { name: CODE_COLUMN, type: "text" },
    { name: AGENT_COLUMN, type: "text" },
  ];
}

/** Makes the function that turns each conversation into rows; units are numbered as they come. */
export function createGroupRows(
  { groupBy, measures }: { readonly groupBy: readonly Field[]; readonly measures: readonly Measure[] },
  filter: Filter,
  scope: ReportDefinition["filterScope"],
  nameOf: NameOf,
  localTime: Pick<LocalTime, "bucketOf">,
  show: ShowValue = createShowValue(nameOf),
): (conversation: ConversationRecord) => FactRow[] {
  const facts = factsOf(measures);
  const opened = openedLists(
    [...groupBy, ...fieldsIn(filter)],
    measures.some(({ formula }) => formula.kind === "codes"),
  );
  let conversations = 0;
  let parts = 0;
  return (conversation) => {
    const touches = keepTouches(touchesOf(conversation, opened), filter, scope);
    if (touches.length === 0) return [];
    conversations += 1;
    const firstPart = parts;
    parts += conversation.parts.length;
    return touches.map((touch) => [
      conversations,
      touch.visit === undefined ? null : firstPart + touch.visit,
      touch.leg === undefined ? null : firstPart + touch.leg,
      ...groupBy.map((field) => keyOf(field, touch, show, localTime)),
      ...facts.map((fact) => factOn(fact, touch, nameOf) ?? null),
      touch.wrapUpCode ?? null,
      touch.legPart?.userId ?? null,
    ]);
  };
}

/** The lists that a set of fields reads. */
export function openedLists(fields: readonly Field[], codes: boolean): OpenedLists {
  return {
    wrapUpCodes: codes || fields.some(({ column }) => column === "wrapUpCode"),
    divisions: fields.some(({ column }) => column === "divisionId"),
    members: [
      ...new Map(
        fields.flatMap(({ member, multiple }) => (member && multiple ? [[openedKey(member), member]] : [])),
      ).values(),
    ],
  };
}

function keyOf(
  field: Field,
  touch: Touch,
  show: ShowValue,
  localTime: Pick<LocalTime, "bucketOf">,
): string | number | null {
  const value = valueOn(field, touch);
  if (value === undefined) return null;
  if (field.bucket) return localTime.bucketOf(Number(value), field.bucket);
  return show(field, String(value));
}
