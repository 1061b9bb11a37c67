/**
 * Measures that mean nothing until a report declares something: the target of a service level, the weights of a mean,
 * the edges of a distribution, the scale or the mapping of a survey's score. Declared numbers have up to three decimals
 * and are whole thousandths from here on.
 */
import type { ByField, Fact } from "../domain/fact.ts";
import type { Distribution, Formula, Measure, Quotient } from "../domain/measure.ts";
import { SCORED_SURVEYS, SURVEY_SCORES } from "./assessment-measures.ts";
import { ASSESSED, assessed, FACTS, measure, narrowed, quotient, termQuotient, times } from "./measure-facts.ts";

/** What a report can declare; numbers in thousandths. */
export interface Settings {
  readonly target?: number | ByField;
  readonly formula?: keyof typeof DENOMINATORS;
  readonly weights?: ByField;
  readonly edges?: readonly number[];
  readonly scale?: { readonly from: readonly [number, number]; readonly to: readonly [number, number] };
  readonly mapping?: readonly { readonly atLeast: number; readonly score: number }[];
  readonly of?: "survey.score" | "survey.nps";
}

/** One of them. */
export interface DeclaredMeasure {
  /** As `callsheet fields` shows it; its formula is that of the example. */
  readonly sample: Measure;
  readonly takes: readonly (keyof Settings)[];
  readonly needs: readonly (keyof Settings)[];
  /** As an author would write it, for messages. */
  readonly example: string;
  /** `name` is the column's: facts of two columns are two. */
  readonly formulaOf: (settings: Settings, name: string) => Formula;
}

const { abandoned, abandonWaitMs, answered, answerWaitMs, flowOuts, flowOutWaitMs, handleMs, handles, shortAbandoned } =
  FACTS;

const once = (fact: Fact): { times: number; fact: Fact } => times(1, fact);

/** What is divided by: the organisation's setting has the same choices. */
export const DENOMINATORS = {
  answered: [once(answered)],
  answered_and_abandoned: [once(answered), once(abandoned)],
  without_short_abandons: [once(answered), once(abandoned), times(-1, shortAbandoned)],
  with_flow_outs: [once(answered), once(abandoned), once(flowOuts)],
} as const;

const DEFAULT_EDGES = [10_000, 20_000, 30_000, 60_000, 120_000, 300_000];
const WHOLE_SCALE = { from: [0, 100_000], to: [0, 100_000] } as const;

const DECLARED: readonly DeclaredMeasure[] = [
  declared(
    ["service_level", "ratio", "visit", "share answered within the declared target; divided as `formula` says"],
    ["target", "formula"],
    ["target"],
    "{ name: service_level, target: 20, formula: answered_and_abandoned }",
    { target: 20_000 },
    serviceLevel,
  ),
  declared(
    ["weighted_aht_seconds", "seconds", "leg", "Σ weight × handle time ÷ Σ weight × handled legs, by declared weights"],
    ["weights"],
    ["weights"],
    "{ name: weighted_aht_seconds, weights: { by: conversation.media.type, values: { chat: 0.5 }, otherwise: 1 } }",
    {},
    weightedHandleTime,
  ),
  declared(
    [
      "satisfaction_score",
      "score",
      "conversation",
      "mean of finished surveys after a declared mapping of their scores",
    ],
    ["mapping", "of"],
    ["mapping"],
    "{ name: satisfaction_score, of: survey.nps, mapping: [{ atLeast: 9, score: 100 }, { atLeast: 0, score: 0 }] }",
    { mapping: [] },
    satisfaction,
  ),
  declared(
    [
      "csat_score",
      "score",
      "conversation",
      "mean score of finished surveys, turned from one declared scale into another",
    ],
    ["scale"],
    [],
    "{ name: csat_score, scale: { from: [0, 100], to: [1, 5] } }",
    {},
    rescaled,
  ),
  distribution("answer_wait_counts", "leg", [answerWaitMs], "the answered"),
  distribution("abandon_wait_counts", "visit", [abandonWaitMs], "the abandoned"),
  distribution("wait_counts", "visit", [answerWaitMs, abandonWaitMs, flowOutWaitMs], "visits, answered or not"),
  distribution("handle_counts", "leg", [handleMs], "handled legs", "handle time"),
];

/** They, by name. */
export const DECLARED_MEASURES: ReadonlyMap<string, DeclaredMeasure> = new Map(
  DECLARED.map((entry) => [entry.sample.name, entry]),
);

function declared(
  [name, unit, home, meaning]: readonly [string, Measure["unit"], Measure["home"], string],
  takes: readonly (keyof Settings)[],
  needs: readonly (keyof Settings)[],
  example: string,
  settings: Settings,
  formulaOf: DeclaredMeasure["formulaOf"],
): DeclaredMeasure {
  return { sample: measure(name, unit, home, formulaOf(settings, name), meaning), takes, needs, example, formulaOf };
}

function distribution(
  name: string,
  home: Measure["home"],
  facts: readonly Fact[],
  of: string,
  what = "wait",
): DeclaredMeasure {
  return declared(
    [name, "count", home, `how many of ${of} had which ${what}, by declared edges in seconds`],
    ["edges"],
    [],
    `{ name: ${name}, edges: [10, 20, 60] }`,
    {},
    (settings) => rangesOf(facts, settings.edges ?? DEFAULT_EDGES),
  );
}

function serviceLevel({ target = 0, formula = "answered_and_abandoned" }: Settings, name: string): Quotient {
  const within = narrowed(answered, `${name}.within`, { upTo: target }, "answered within the target");
  return termQuotient([once(within)], DENOMINATORS[formula]);
}

/** Without weights every leg weighs the same. */
function weightedHandleTime({ weights }: Settings, name: string): Quotient {
  if (weights === undefined) return quotient(handleMs, handles);
  const heavy = (fact: Fact): Fact => {
    const says = `weighted ${fact.says}`;
    return { ...narrowed(fact, `${name}.${fact.name}`, { weights }, says), scale: fact.scale * 1000 };
  };
  return quotient(heavy(handleMs), heavy(handles));
}

/** A score below the lowest step has no value, and its survey does not count. */
function satisfaction({ mapping = [], of = "survey.score" }: Settings, name: string): Quotient {
  const steps = mapping.toSorted((left, right) => right.atLeast - left.atLeast);
  const score = of === "survey.nps" ? ASSESSED.promoterScore : ASSESSED.surveyScore;
  const reads = { score, status: ASSESSED.surveyStatus, steps };
  return quotient(
    assessed(`${name}.sum`, { ...reads, take: "sum" }, "mapped scores"),
    assessed(`${name}.count`, { ...reads, take: "count" }, "finished surveys with a mapped score"),
  );
}

/**
 * The mean of x turned from [a, b] into [c, d] is c + (d − c) × (mean − a) ÷ (b − a): one quotient of whole numbers,
 * where a to d and the scores are thousandths.
 */
function rescaled({ scale = WHOLE_SCALE }: Settings): Quotient {
  const [[a, b], [c, d]] = [scale.from, scale.to];
  return termQuotient(
    [times(c * (b - a) - (d - c) * a, SCORED_SURVEYS), times(1000 * (d - c), SURVEY_SCORES)],
    [times(1000 * (b - a), SCORED_SURVEYS)],
  );
}

/** Up to the first edge, from each edge to the next, over the last; an edge belongs to the range that it closes. */
function rangesOf(facts: readonly Fact[], edges: readonly number[]): Distribution {
  const last = edges.at(-1) ?? 0;
  const ranges = edges.map((upTo, index) => ({ above: edges[index - 1], upTo }));
  const seconds = (milliseconds: number): string => String(milliseconds / 1000);
  return {
    kind: "distribution",
    ranges: [
      ...ranges.map(({ above, upTo }) => ({
        label: `${seconds(above ?? 0)}-${seconds(upTo)} s`,
        of: facts.map((fact) => inRange(fact, above, upTo)),
      })),
      { label: `over ${seconds(last)} s`, of: facts.map((fact) => inRange(fact, last, undefined)) },
    ],
  };
}

function inRange(fact: Fact, above: number | undefined, upTo: number | undefined): Fact {
  const bounds = { ...(above === undefined ? {} : { above }), ...(upTo === undefined ? {} : { upTo }) };
  const name = `${fact.name}.over_${above ?? "any"}_to_${upTo ?? "any"}`;
  return { ...narrowed(fact, name, { ...bounds, take: "count" }, fact.says), scale: 1 };
}
