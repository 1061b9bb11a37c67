import { expect, test } from "vitest";
import type { ReportDefinition } from "../domain/report-definition.ts";
import { parseDefinition } from "./parse-definition.ts";

const ID = "a623d83c-96d7-4baa-af1f-d46ad6700d8b";

function parse(...lines: readonly string[]): ReportDefinition {
  return parseDefinition(["report: r", "interval: yesterday", ...lines, ""].join("\n"), "r.yaml");
}

function refusalOf(...lines: readonly string[]): string {
  try {
    parse(...lines);
  } catch (error) {
    return String(error);
  }
  return "accepted";
}

test.each([
  [["measures: [conversation_count]"], "auto", "conversationStart"],
  [["measures: [offered]", "timeBasis: eventTime"], "aggregates", "eventTime"],
  [["measures: [offered]", "timeBasis: eventTime", "source: aggregates"], "aggregates", "eventTime"],
  [["measures: [offered]", "timeBasis: conversationStart", "source: details_job"], "details_job", "conversationStart"],
])("parseDefinition() of %j takes the source %s by the clock %s", (lines, source, timeBasis) => {
  expect(parse(...lines)).toMatchObject({ source, timeBasis });
});

test("parseDefinition() refuses aggregates by the start of conversations, and conversations by the clock of figures", () => {
  expect(refusalOf("measures: [offered]", "source: aggregates")).toMatch(
    /r\.yaml:4:9: Cannot use "source: aggregates" with "timeBasis: conversationStart".* Add "timeBasis: eventTime"/,
  );
  for (const source of ["conversations", "details_query", "details_job"])
    expect(refusalOf("measures: [offered]", `source: ${source}`, "timeBasis: eventTime")).toMatch(
      new RegExp(`r\\.yaml:5:12: Cannot use "timeBasis: eventTime" with "source: ${source}".* Write "source: auto"`),
    );
});

test("parseDefinition() suggests the clock and the source that were meant", () => {
  expect(refusalOf("measures: [offered]", "timeBasis: eventtime")).toContain('Did you mean "eventTime"?');
  expect(refusalOf("measures: [offered]", "source: aggregate")).toContain('Did you mean "aggregates"?');
});

test.each([
  [
    ["measures: [offered, avg_duration_seconds]"],
    "3:21",
    "aggregates state no duration of conversations. Remove it, or",
  ],
  [["measures: [{ name: wrapup_counts }]"], "3:12", "aggregates state sums and counts only"],
  [["measures: [answered]", "groupBy: [conversation.id]"], "4:11", "aggregates have no group for conversation.id"],
  [["measures: [answered, offered]", "groupBy: [agent.name]"], "3:22", "know no agent or wrap-up code of a visit"],
  [["measures: [abandon_rate]", `filter: [{ path: wrapup.code, operator: eq, value: sold }]`], "3:12", "of a visit"],
  [
    ["measures: [answered]", "filter: [{ path: agent.talk.seconds, operator: gt, value: 1 }]"],
    "4:18",
    "cannot filter on agent.talk.seconds. Change it, or",
  ],
  [
    ["measures: [answered]", `filter: [{ path: agent.id, operator: ne, value: ${ID} }]`],
    "4:18",
    "no operator for the condition on agent.id",
  ],
  [
    ["measures: [answered]", "filterScope: conversation", "filter: [{ path: agent.id, operator: exists }]"],
    "4:14",
    "keeps whole conversations",
  ],
  [["rows: leg", "columns: [agent.id]"], "3:7", "figures of groups and no single rows"],
])("parseDefinition() of %j names at line %s what is in the way of aggregates", (lines, place, why) => {
  const refusal = refusalOf(...lines, "timeBasis: eventTime");
  expect(refusal).toContain(`r.yaml:${place}: Cannot answer this report by aggregates`);
  expect(refusal).toContain(why);
  expect(refusal).toContain('rite "timeBasis: conversationStart"');
  expect(refusalOf(...lines)).toBe("accepted");
});

const VOICE = "{ path: conversation.media.type, operator: eq, value: voice }";
const QUEUED = "{ path: routing.queue.name, operator: exists }";

test.each([
  ["[conversation.media.type]", "[]", "accepted"],
  ["[]", `[${VOICE}]`, "accepted"],
  ["[routing.queue.name, time.hour]", `[${VOICE}, ${QUEUED}]`, "accepted"],
  ["[routing.queue.id]", `[${VOICE}, { path: routing.queue.name, operator: starts_with, value: A }]`, "accepted"],
  ["[]", "[]", "group by conversation.media.type or filter to one"],
  ["[]", "[{ path: conversation.media.type, operator: in, value: [voice, chat] }]", "or filter to one"],
  ["[routing.queue.name]", `[${VOICE}]`, "filter on routing.queue.name (operator exists)"],
  ["[agent.id]", `[${VOICE}, ${QUEUED}]`, "filter on agent.id (operator exists)"],
  ["[]", `[${VOICE}, { path: routing.queue.id, operator: not_exists }]`, "not only those that never had one"],
  ["[wrapup.code]", `[${VOICE}]`, "codes of diallers"],
])("conversations by %s with the filter %s: %s", (groupBy, filter, outcome) => {
  const lines = ["measures: [conversation_count]", `groupBy: ${groupBy}`, `filter: ${filter}`, "timeBasis: eventTime"];
  expect(refusalOf(...lines)).toContain(outcome);
});
