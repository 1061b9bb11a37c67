/**
 * Every measure that a report may use: one table of data. SQL, `callsheet fields`, the documentation and tests
 * are made from it. Definitions follow docs/measures.md; facts are the vendor's metrics, milliseconds and counts.
 */
import type { Measure } from "../domain/measure.ts";
import { AGENT_MEASURES, HANDLE_MEASURES } from "./agent-measures.ts";
import { ASSESSMENT_MEASURES } from "./assessment-measures.ts";
import {
  CALLBACK_MEASURES,
  CAMPAIGN_MEASURES,
  CONTACT_MEASURES,
  FLOW_MEASURES,
  MESSAGE_MEASURES,
} from "./contact-measures.ts";
import { DURATION_MEASURES } from "./duration-measures.ts";
import { FIRST_QUEUE_MEASURES, QUEUE_MEASURES } from "./queue-measures.ts";

const MEASURE_LIST: readonly Measure[] = [
  ...CONTACT_MEASURES,
  ...HANDLE_MEASURES,
  ...QUEUE_MEASURES,
  ...FIRST_QUEUE_MEASURES,
  ...AGENT_MEASURES,
  ...ASSESSMENT_MEASURES,
  ...FLOW_MEASURES,
  ...CALLBACK_MEASURES,
  ...CAMPAIGN_MEASURES,
  ...MESSAGE_MEASURES,
  ...DURATION_MEASURES,
];

/** The measures, by name. */
export const MEASURES: ReadonlyMap<string, Measure> = new Map(
  MEASURE_LIST.map((entry) => [entry.name, Object.freeze(entry)]),
);
