import { expect, test } from "vitest";
import { createInterval } from "./interval.ts";
import { detailsQueryBody, type QueryPlan } from "./query-plan.ts";
import { EVERYTHING } from "./report-definition.ts";
import { createSlice } from "./slice.ts";

const INTERVAL = createInterval(Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2));
const PLAN: QueryPlan = {
  source: "details_query",
  sourceReason: "",
  interval: INTERVAL,
  timeZone: "UTC",
  pageSize: 100,
  conversationFilters: [],
  segmentFilters: [],
  pushedDown: [],
  local: [],
  tooLong: [],
  filter: EVERYTHING,
  needs: { metrics: [], segments: false },
  slices: [createSlice(INTERVAL)],
};

test("R-07: detailsQueryBody() asks for a page by its number, and a body without filters names none", () => {
  expect(detailsQueryBody(PLAN, createSlice(INTERVAL), 3)).toEqual({
    interval: "2024-01-01T00:00:00.000Z/2024-01-02T00:00:00.000Z",
    order: "asc",
    orderBy: "conversationStart",
    paging: { pageSize: 100, pageNumber: 3 },
  });
});

test("R-33: detailsQueryBody() makes a new object for each request and leaves the plan alone", () => {
  const before = JSON.stringify(PLAN);
  const [first, second] = [1, 2].map((page) => detailsQueryBody(PLAN, createSlice(INTERVAL), page));

  expect(first).not.toBe(second);
  expect(first?.paging).not.toBe(second?.paging);
  expect(first?.paging.pageNumber).toBe(1);
  expect(JSON.stringify(PLAN)).toBe(before);
});
