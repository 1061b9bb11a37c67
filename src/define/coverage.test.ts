import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { coverage } from "./coverage.ts";
import { MEASURES } from "./measure-catalogue.ts";
import { VENDOR_LISTS, type VendorList } from "./vendor-lists.ts";
import { FIELDS } from "./vocabulary.ts";

/** The vendor's own description, as far as this test reads it. */
interface Description {
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly properties: Readonly<Record<string, Property>> }>>;
  };
}

interface Property {
  readonly enum?: string[];
  readonly items?: { readonly enum?: string[] };
}

const { components } = JSON.parse(
  readFileSync(new URL("../../simulator/openapi-analytics.json", import.meta.url), "utf8"),
) as Description;

const PLACES: Readonly<Record<VendorList, readonly [schema: string, property: string]>> = {
  "conversationFilters dimension": ["ConversationDetailQueryPredicate", "dimension"],
  "conversationFilters metric": ["ConversationDetailQueryPredicate", "metric"],
  "segmentFilters dimension": ["SegmentDetailQueryPredicate", "dimension"],
  "segmentFilters metric": ["SegmentDetailQueryPredicate", "metric"],
  "evaluationFilters dimension": ["EvaluationDetailQueryPredicate", "dimension"],
  "evaluationFilters metric": ["EvaluationDetailQueryPredicate", "metric"],
  "surveyFilters dimension": ["SurveyDetailQueryPredicate", "dimension"],
  "surveyFilters metric": ["SurveyDetailQueryPredicate", "metric"],
  "resolutionFilters metric": ["ResolutionDetailQueryPredicate", "metric"],
  "aggregates groupBy": ["ConversationAggregationQuery", "groupBy"],
  "aggregates filter": ["ConversationAggregateQueryPredicate", "dimension"],
  "aggregates metrics": ["ConversationAggregationQuery", "metrics"],
};

test.each(Object.entries(PLACES))("VENDOR_LISTS have exactly what the API description lists: %s", (list, place) => {
  const [schema, property] = place;
  const described = components.schemas[schema]?.properties[property];
  const names = described?.enum ?? described?.items?.enum ?? [];

  expect(names.length).toBeGreaterThan(0);
  expect(VENDOR_LISTS[list as VendorList]).toEqual([...names].sort());
});

test("the lists are all that details filters have: resolutions have no dimension", () => {
  expect(components.schemas.ResolutionDetailQueryPredicate?.properties.dimension?.enum).toBeUndefined();
});

test("coverage() has a field, a measure or a reason for every name, and never both", () => {
  const gaps = coverage().filter(({ coveredBy, excluded }) => coveredBy.length === 0 && excluded === undefined);

  expect(gaps).toEqual([]);
  for (const { name, coveredBy, excluded } of coverage()) {
    expect(coveredBy.length > 0 && excluded !== undefined, name).toBe(false);
    if (excluded !== undefined)
      expect(excluded, name).toMatch(/^(only the aggregates endpoint has it|details queries can filter on it)[:,] \S/);
  }
});

test("coverage() has a gap for every name whose path is taken out of the table", () => {
  const measures = new Set(MEASURES.keys());
  const byPathAlone = coverage().filter(
    ({ coveredBy }) => coveredBy.length > 0 && !coveredBy.some((holder) => measures.has(holder)),
  );
  expect(byPathAlone.length).toBeGreaterThan(300);

  for (const { list, name, coveredBy } of byPathAlone) {
    const rest = [...FIELDS.values()].filter(({ path }) => !coveredBy.includes(path));
    const gaps = coverage(rest).filter((entry) => entry.coveredBy.length === 0 && entry.excluded === undefined);
    expect(gaps, `${list} ${name}`).toContainEqual({ list, name, coveredBy: [] });
  }
});

test("coverage() finds a name where it stands: queues of visits, of surveys, of evaluations", () => {
  const holders = (list: VendorList, name: string): readonly string[] | undefined =>
    coverage().find((entry) => entry.list === list && entry.name === name)?.coveredBy;

  expect(holders("segmentFilters dimension", "queueId")).toEqual(["routing.queue.id", "routing.queue.name"]);
  expect(holders("aggregates groupBy", "queueId")).toEqual(["routing.queue.id", "routing.queue.name"]);
  expect(holders("surveyFilters dimension", "queueId")).toEqual(["survey.queue.id"]);
  expect(holders("evaluationFilters dimension", "queueId")).toEqual(["evaluation.queue.id"]);
  expect(holders("aggregates metrics", "tAbandon")).toContain("abandoned");
  expect(holders("conversationFilters metric", "tConversationDuration")).toEqual([
    "conversation.duration.seconds",
    "metric.tConversationDuration",
  ]);
});
