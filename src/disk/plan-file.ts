/**
 * `plan.json`: what the first try of a run resolved. It is read back only when its checksum fits; the plan in it is
 * kept for people, and held as text against the plan that a later try makes of the same definition.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { KeptPlan, PlanToKeep } from "../domain/checkpoint.ts";
import { ReportError } from "../domain/errors.ts";
import { ENTITY_KINDS } from "../domain/field.ts";
import { createInterval } from "../domain/interval.ts";

/** What was read: the plan as an object to go on with, and as text to be compared. */
export interface ReadPlan {
  readonly kept: KeptPlan;
  readonly planText: string;
}

const SCHEMA = "callsheet.plan/1";

const INSTANT = z.int();
const INTERVAL = z
  .strictObject({ startAt: INSTANT, endAt: INSTANT })
  .refine(({ startAt, endAt }) => startAt < endAt)
  .transform(({ startAt, endAt }) => createInterval(startAt, endAt));
const UNIT = z.enum(["day", "week", "month", "quarter"]);
const ENTITIES = z.array(
  z.strictObject({ id: z.string(), name: z.string(), departed: z.literal(true).exactOptional() }),
);
const FILE = z.strictObject({ sha256: z.string(), kept: z.unknown() });
const KEPT = z.strictObject({
  schema: z.literal(SCHEMA),
  runId: z.string(),
  report: z.string(),
  definitionHash: z.string(),
  version: z.string(),
  startedAt: INSTANT,
  nominalAt: INSTANT.exactOptional(),
  window: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("instants"), startAt: INSTANT, endAt: INSTANT }),
    z.strictObject({ kind: z.literal("local_days"), startDay: z.string(), endDay: z.string() }),
    z.strictObject({ kind: z.literal("last"), count: z.int(), unit: UNIT }),
    z.strictObject({ kind: z.literal("to_date"), unit: UNIT }),
  ]),
  interval: INTERVAL,
  availableUntil: INSTANT.exactOptional(),
  directory: z.partialRecord(z.enum(ENTITY_KINDS), ENTITIES),
  namesAsOf: INSTANT,
  fromStore: z.array(z.strictObject({ interval: INTERVAL, path: z.string() })).exactOptional(),
  plan: z.unknown(),
});

/** The text of the file. */
export function writePlanText(runId: string, plan: PlanToKeep): string {
  const kept = JSON.stringify({ schema: SCHEMA, runId, ...plan });
  return `${JSON.stringify({ sha256: sha256Of(kept), kept: JSON.parse(kept) as unknown }, undefined, 2)}\n`;
}

/** Reads it; `run.damaged` when it is not what was written, or was written by a version that knew more. */
export function readPlanText(text: string, runId: string): ReadPlan {
  const file = FILE.safeParse(parseOrUndefined(text));
  if (!file.success || sha256Of(JSON.stringify(file.data.kept)) !== file.data.sha256)
    throw damaged(runId, "does not hold what was written to it");
  const parsed = KEPT.safeParse(file.data.kept);
  if (!parsed.success) throw damaged(runId, "was written by another version of callsheet");
  const { schema: _schema, runId: owner, plan, ...kept } = parsed.data;
  if (owner !== runId) throw damaged(runId, `belongs to run ${owner}`);
  return { kept, planText: JSON.stringify(plan) };
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function damaged(runId: string, what: string): ReportError {
  return new ReportError("run.damaged", `Cannot resume run ${runId}: its plan.json ${what}`, {
    hint: "Run the report anew, without --resume.",
  });
}

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
