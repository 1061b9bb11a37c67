/**
 * Turns the filters of a details query into one question to a conversation. The arrays are joined with AND, as are the
 * filters inside one array. A segment filter asks whether one and the same segment meets it, so two entries may be met
 * by two different segments; evaluations, surveys and resolutions are asked in the same way.
 */
import type { Conversation } from "./centre.ts";
import { type DetailsQuery, type QueryFilter, type QueryPredicate, QueryRefused } from "./details-query.ts";
import { compileTest, type Field } from "./field.ts";
import {
  CONVERSATION_FIELDS,
  conversationMetric,
  EVALUATION_FIELDS,
  type FlatSubject,
  RESOLUTION_FIELDS,
  SEGMENT_DURATION,
  SEGMENT_FIELDS,
  type SegmentSubject,
  SURVEY_FIELDS,
} from "./fields.ts";

/** A question to one subject. */
export type Test<Subject> = (subject: Subject) => boolean;

/** How filters may differ from those of the details query. */
export interface FilterRules {
  /** Whether e-mail addresses match by a part of them, as only jobs do. */
  readonly partialAddresses: boolean;
}

/**
 * Compiles all filters of a query; undefined when it has none.
 *
 * @throws QueryRefused when a filter or predicate asks nothing
 */
export function compileFilters(
  query: Omit<DetailsQuery, "paging" | "aggregations">,
  rules: FilterRules = { partialAddresses: false },
): Test<Conversation> | undefined {
  const onSegment = (predicate: QueryPredicate): Test<SegmentSubject> => segmentPredicate(predicate, rules);
  const tests = [
    ...(query.conversationFilters ?? []).map((filter) => compileFilter(filter, conversationPredicate)),
    ...(query.segmentFilters ?? []).map((filter) => someSegment(compileFilter(filter, onSegment))),
    ...flatFilters(query.evaluationFilters, "evaluations", EVALUATION_FIELDS),
    ...flatFilters(query.surveyFilters, "surveys", SURVEY_FIELDS),
    ...flatFilters(query.resolutionFilters, "resolutions", RESOLUTION_FIELDS),
  ];
  return tests.length === 0 ? undefined : allOf(tests);
}

/** Calls `visit` for each segment of a conversation until it returns true; says whether it did. */
export function someSegmentOf(conversation: Conversation, visit: Test<SegmentSubject>): boolean {
  for (const participant of conversation.participants) {
    for (const session of participant.sessions) {
      for (const segment of session.segments) {
        if (visit({ conversation, participant, session, segment })) return true;
      }
    }
  }
  return false;
}

/** Compiles one filter: its clauses and predicates, joined. @throws QueryRefused for a filter that asks nothing */
export function compileFilter<Subject>(
  filter: QueryFilter,
  compilePredicate: (predicate: QueryPredicate) => Test<Subject>,
): Test<Subject> {
  const clauses = (filter.clauses ?? []).map((clause) => joined(clause.type, clause.predicates.map(compilePredicate)));
  const predicates = (filter.predicates ?? []).map(compilePredicate);
  return joined(filter.type, [...clauses, ...predicates]);
}

function joined<Subject>(type: "and" | "or", tests: readonly Test<Subject>[]): Test<Subject> {
  if (tests.length === 0)
    throw new QueryRefused("A filter needs at least one clause or predicate, a clause a predicate");
  return type === "and" ? allOf(tests) : (subject) => tests.some((test) => test(subject));
}

function allOf<Subject>(tests: readonly Test<Subject>[]): Test<Subject> {
  return (subject) => tests.every((test) => test(subject));
}

function conversationPredicate(predicate: QueryPredicate): Test<Conversation> {
  const { kind, name } = subjectOf(predicate);
  if (kind === "metric") return compileTest(conversationMetric(name), predicate, name);
  return compileTest(fieldNamed(CONVERSATION_FIELDS, name), predicate, name);
}

function segmentPredicate(predicate: QueryPredicate, rules: FilterRules): Test<SegmentSubject> {
  const { kind, name } = subjectOf(predicate);
  if (kind === "metric") return compileTest(SEGMENT_DURATION, predicate, name);
  if (kind === "property") return compileTest(propertyField(predicate, name), predicate, name);
  const field = fieldNamed(SEGMENT_FIELDS, name);
  const isPartial = rules.partialAddresses && (name === "addressFrom" || name === "addressTo");
  return compileTest(isPartial ? { ...field, kind: "part" } : field, predicate, name);
}

function flatFilters(
  filters: readonly QueryFilter[] | undefined,
  member: "evaluations" | "surveys" | "resolutions",
  fields: Readonly<Record<string, Field<FlatSubject>>>,
): Test<Conversation>[] {
  return (filters ?? []).map((filter) => {
    const test = compileFilter<FlatSubject>(filter, (predicate) => {
      const { name } = subjectOf(predicate);
      return compileTest(fieldNamed(fields, name), predicate, name);
    });
    return (conversation) => {
      const subjects = conversation[member];
      return Array.isArray(subjects) && subjects.some(test);
    };
  });
}

function someSegment(test: Test<SegmentSubject>): Test<Conversation> {
  return (conversation) => someSegmentOf(conversation, test);
}

/** What a predicate is about; `type` may be left out, but when it is there it must fit. */
export function subjectOf(predicate: QueryPredicate): { kind: "dimension" | "metric" | "property"; name: string } {
  const named = (["dimension", "metric", "property"] as const).flatMap((kind) => {
    const name = predicate[kind];
    return name === undefined ? [] : [{ kind, name }];
  });
  const [only] = named;
  if (only === undefined || named.length > 1) {
    throw new QueryRefused("A predicate names exactly one dimension, metric or property");
  }
  if (predicate.type !== undefined && predicate.type !== only.kind) {
    throw new QueryRefused(`Predicate of type [${predicate.type}] names the ${only.kind} [${only.name}]`);
  }
  if (only.kind === "property" && predicate.propertyType === undefined) {
    throw new QueryRefused(`Predicate on property [${only.name}] needs a propertyType`);
  }
  return only;
}

/** @throws QueryRefused when there is no such field */
export function fieldNamed<Subject>(fields: Readonly<Record<string, Field<Subject>>>, name: string): Field<Subject> {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) throw new QueryRefused(`[${name}] cannot be filtered here`);
  return field;
}

/** A property of a segment; participant attributes are something else and out of reach. */
function propertyField(predicate: QueryPredicate, name: string): Field<SegmentSubject> {
  const kinds = {
    bool: "boolean",
    integer: "number",
    real: "number",
    date: "instant",
    string: "text",
    uuid: "word",
  } as const;
  return {
    kind: kinds[predicate.propertyType ?? "string"],
    read: ({ segment }) => {
      if (!Array.isArray(segment.properties)) return undefined;
      const named = segment.properties.filter(
        (it) => it?.property === name && it.propertyType === predicate.propertyType,
      );
      return named.map((it) => it.value);
    },
  };
}
