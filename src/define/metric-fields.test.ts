import { expect, test } from "vitest";
import { metricFields } from "./metric-fields.ts";
import { VENDOR_LISTS } from "./vendor-lists.ts";

/** What every conversation has once is no metric of a session: the measure conversation_count counts it. */
const COUNTED = "nConversations";

test("metricFields() has each metric that details filters know, once, and no other", () => {
  const known = [...VENDOR_LISTS["conversationFilters metric"], ...VENDOR_LISTS["segmentFilters metric"]];

  expect(
    metricFields()
      .map(({ path }) => path)
      .sort(),
  ).toEqual(
    known
      .filter((name) => name !== COUNTED)
      .map((name) => `metric.${name}`)
      .sort(),
  );
});

test("metricFields() gives seconds to times and bare numbers to counts and observations", () => {
  const typeOf = (name: string): unknown => metricFields().find(({ path }) => path === `metric.${name}`)?.type;

  expect(["tAlert", "nTransferred", "oMediaCount"].map(typeOf)).toEqual(["number", "score", "score"]);
});

test("metricFields() puts a metric where it is known to sit, and all others on the conversation", () => {
  const homeOf = (name: string): unknown => metricFields().find(({ path }) => path === `metric.${name}`)?.home;

  expect(["tAlert", "tHandle", "tAnswered"].map(homeOf)).toEqual(["leg", "leg", "leg"]);
  expect(["nOffered", "tAbandon", "tFlowOut"].map(homeOf)).toEqual(["visit", "visit", "visit"]);
  expect(["nOverSla", "nError", "tIvr", "tConnected"].map(homeOf)).toEqual(Array(4).fill("conversation"));
  expect(homeOf("tSegmentDuration")).toBe("segment");
});
