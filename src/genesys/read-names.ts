/** The names that are read in each place of the vendor's conversation tree, for the needs of one plan. */
import type { Member } from "../domain/member.ts";
import type { RecordNeeds } from "../domain/query-plan.ts";
import { NameTable } from "./name-table.ts";

/** Metrics that make a session a leg or a visit whatever its participant's purpose says. */
const LEG_METRICS = new Set(["tAnswered", "tTalkComplete", "tHandle"]);
const VISIT_METRICS = new Set(["nOffered", "tAbandon", "tFlowOut"]);

/** What becomes of a member: a field of the draft, the values of a needed member (by its position), or both. */
interface Found<Field> {
  readonly field: Field | "";
  /** -1 for none. */
  readonly member: number;
  /** The member's text is an instant. */
  readonly isInstant: boolean;
}

/** The names of one place. */
export interface Place<Field> {
  readonly names: NameTable<Found<Field>>;
  /** Whether a member of the needs stands here. */
  readonly hasMembers: boolean;
}

/** A metric that decides something. */
export interface Metric {
  readonly name: string;
  readonly isNeeded: boolean;
  readonly makesLeg: boolean;
  readonly makesVisit: boolean;
}

const NO_METRIC: Metric = { name: "", isNeeded: false, makesLeg: false, makesVisit: false };

/** The names of all places. */
export interface Names {
  readonly conversation: Place<
    | "id"
    | "startedAt"
    | "endedAt"
    | "direction"
    | "divisionIds"
    | "participants"
    | "surveys"
    | "evaluations"
    | "resolutions"
  >;
  readonly survey: Place<never>;
  readonly evaluation: Place<never>;
  readonly resolution: Place<never>;
  readonly participant: Place<"purpose" | "userId" | "sessions" | "attributes">;
  readonly attribute: Place<never>;
  readonly session: Place<"mediaType" | "metrics" | "segments" | "flow" | "proposedAgents">;
  readonly proposedAgent: Place<never>;
  readonly flow: Place<"outcomes">;
  readonly outcome: Place<never>;
  readonly segment: Place<
    "startedAt" | "endedAt" | "type" | "queueId" | "wrapUpCode" | "disconnectType" | "scoredAgents"
  >;
  readonly scoredAgent: Place<never>;
  readonly metric: NameTable<"name" | "value" | "emittedAt" | "">;
  readonly metrics: NameTable<Metric>;
  /** What a participant's purpose makes of its sessions. */
  readonly roles: NameTable<"leg" | "visit" | "customer" | "">;
  readonly keepsEmits: boolean;
}

/** Lays out the tables; a place that the plan reads nothing of is in none, and is passed over. */
export function createNames(needs: RecordNeeds): Names {
  const has = (at: Member["at"]): boolean => needs.members?.some((member) => member.at === at) ?? false;
  const placeOf = <Field extends string>(at: Member["at"], fields: Readonly<Record<string, Field>>): Place<Field> => ({
    names: namesOf(at, fields, needs),
    hasMembers: has(at),
  });
  const keepsEmits = needs.emits ?? false;
  return {
    conversation: placeOf("conversation", {
      conversationId: "id",
      conversationStart: "startedAt",
      conversationEnd: "endedAt",
      originatingDirection: "direction",
      divisionIds: "divisionIds",
      participants: "participants",
      ...(has("survey") && { surveys: "surveys" }),
      ...(has("evaluation") && { evaluations: "evaluations" }),
      ...(has("resolution") && { resolutions: "resolutions" }),
    }),
    survey: placeOf("survey", {}),
    evaluation: placeOf("evaluation", {}),
    resolution: placeOf("resolution", {}),
    participant: placeOf("participant", {
      purpose: "purpose",
      userId: "userId",
      sessions: "sessions",
      ...(has("attribute") && { attributes: "attributes" }),
    }),
    attribute: placeOf("attribute", {}),
    session: placeOf("session", {
      mediaType: "mediaType",
      metrics: "metrics",
      segments: "segments",
      ...((has("flow") || has("outcome")) && { flow: "flow" }),
      ...(has("proposedAgent") && { proposedAgents: "proposedAgents" }),
    }),
    proposedAgent: placeOf("proposedAgent", {}),
    flow: placeOf("flow", { ...(has("outcome") && { outcomes: "outcomes" }) }),
    outcome: placeOf("outcome", {}),
    segment: placeOf("segment", {
      segmentStart: "startedAt",
      segmentEnd: "endedAt",
      queueId: "queueId",
      wrapUpCode: "wrapUpCode",
      ...(needs.segments && { segmentType: "type", disconnectType: "disconnectType" }),
      ...(has("scoredAgent") && { scoredAgents: "scoredAgents" }),
    }),
    scoredAgent: placeOf("scoredAgent", {}),
    metric: new NameTable<"name" | "value" | "emittedAt" | "">(
      [["name", "name"], ["value", "value"], ...(keepsEmits ? ([["emitDate", "emittedAt"]] as const) : [])],
      "",
    ),
    metrics: metricsOf(needs),
    roles: new NameTable<"leg" | "visit" | "customer" | "">(
      [
        ["agent", "leg"],
        ["user", "leg"],
        ["acd", "visit"],
        ["customer", "customer"],
      ],
      "",
    ),
    keepsEmits,
  };
}

function namesOf<Field extends string>(
  at: Member["at"],
  fields: Readonly<Record<string, Field>>,
  { members = [] }: RecordNeeds,
): NameTable<Found<Field>> {
  const found = new Map<string, Found<Field>>();
  for (const [name, field] of Object.entries(fields)) found.set(name, { field, member: -1, isInstant: false });
  for (const [index, { at: place, name, isInstant = false }] of members.entries())
    if (place === at) found.set(name, { field: found.get(name)?.field ?? "", member: index, isInstant });
  return new NameTable(found, { field: "", member: -1, isInstant: false });
}

function metricsOf(needs: RecordNeeds): NameTable<Metric> {
  const names = new Set([...needs.metrics, ...LEG_METRICS, ...VISIT_METRICS]);
  return new NameTable(
    Array.from(names, (name) => [
      name,
      {
        name,
        isNeeded: needs.metrics.includes(name),
        makesLeg: LEG_METRICS.has(name),
        makesVisit: VISIT_METRICS.has(name),
      },
    ]),
    NO_METRIC,
  );
}
