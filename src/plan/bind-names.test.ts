import { expect, test } from "vitest";
import { parseDefinition } from "../define/parse-definition.ts";
import { type FilterSource, parseFilters } from "../define/parse-filter.ts";
import type { Directory } from "../domain/directory.ts";
import { ReportError } from "../domain/errors.ts";
import type { Filter } from "../domain/report-definition.ts";
import { bindNames, kindsNamed, kindsUsed, unmatchedNames } from "./bind-names.ts";

const SALES = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
const STOCK = "1a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
const OTHER = "2a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";

const DIRECTORY: Directory = {
  queue: [
    { id: SALES, name: "Sales" },
    { id: STOCK, name: "Stock exchange" },
    { id: OTHER, name: "Returns" },
  ],
  user: [{ id: SALES, name: "Ada" }],
  wrapUpCode: [{ id: STOCK, name: "Solved" }],
  division: [{ id: OTHER, name: "Home" }],
};

test("R-11, R-54: bindNames() turns names of queues, agents, codes and divisions into ids", () => {
  const filter = bindNames(
    parsed(
      { path: "routing.queue.name", operator: "in", value: ["Sales", "Stock exchange", "Sales"] },
      { path: "agent.name", operator: "ne", value: "Ada" },
      { type: "compound", operator: "or", filters: [{ path: "wrapup.name", operator: "eq", value: "Solved" }] },
      { path: "conversation.division.name", operator: "eq", value: "Home" },
    ),
    DIRECTORY,
  );

  expect(filter).toMatchObject({
    kind: "and",
    filters: [
      { field: { column: "queueId" }, condition: { values: [SALES, STOCK] }, negated: false },
      { field: { column: "userId" }, condition: { values: [SALES] }, negated: true },
      { kind: "or", filters: [{ field: { column: "wrapUpCode" }, condition: { values: [STOCK] } }] },
      { field: { column: "divisionId" }, condition: { values: [OTHER] } },
    ],
  });
  expect(JSON.stringify(filter)).not.toContain("nameOf");
});

test("bindNames() leaves ids, numbers and existence as they are", () => {
  const filter = parsed(
    { path: "routing.queue.id", operator: "eq", value: SALES },
    { path: "agent.talk.seconds", operator: "gt", value: 1 },
    { path: "agent.name", operator: "exists" },
  );

  expect(bindNames(filter, {})).toMatchObject({
    filters: [
      { condition: { values: [SALES] } },
      { condition: { kind: "range", gt: 1 } },
      { condition: { kind: "exists" }, field: { column: "userId" } },
    ],
  });
});

test("bindNames() turns a part of a name into the ids of all that have it, and says plainly when none has", () => {
  const contains = parsed({ path: "routing.queue.name", operator: "contains", value: "S" });
  const starts = parsed({ path: "routing.queue.name", operator: "starts_with", value: "sAL" });
  const none = parsed(
    { path: "agent.name", operator: "contains", value: "Zoe" },
    { path: "wrapup.code", operator: "contains", value: "Zoe" },
    { path: "agent.name", operator: "contains", value: "ad" },
  );

  expect(bindNames(contains, DIRECTORY)).toMatchObject({
    field: { column: "queueId" },
    condition: { kind: "is_one_of", values: [SALES, STOCK, OTHER] },
  });
  expect(bindNames(starts, DIRECTORY)).toMatchObject({ condition: { values: [SALES] } });
  expect(bindNames(none, DIRECTORY)).toMatchObject({
    filters: [
      { condition: { values: [] } },
      { condition: { kind: "part", text: "Zoe" } },
      { condition: { values: [SALES] } },
    ],
  });
  expect(unmatchedNames(contains, DIRECTORY)).toEqual([]);
  expect(unmatchedNames(none, DIRECTORY)).toEqual([
    'No user has a name that contains "Zoe": nothing meets that filter on "agent.name".',
  ]);
  expect(unmatchedNames(parsed({ path: "wrapup.name", operator: "starts_with", value: "x" }), DIRECTORY)).toEqual([
    'No wrap-up code has a name that starts with "x": nothing meets that filter on "wrapup.name".',
  ]);
});

test("B1: bindNames() refuses a name that nobody has, with the nearest one", () => {
  expect(refusal({ path: "routing.queue.name", operator: "in", value: ["Sales", "Stock exchagne"] })).toMatchObject({
    code: "definition.unknown_word",
    message: 'Unknown queue "Stock exchagne" in the filter on "routing.queue.name". Did you mean "Stock exchange"?',
    hint: "Write the name as the contact centre spells it, or use its id with path routing.queue.id. A queue of a division that the client cannot see does not show.",
  });
  expect(refusal({ path: "wrapup.name", operator: "eq", value: "?" })).toMatchObject({
    message: 'Unknown wrap-up code "?" in the filter on "wrapup.name".',
    hint: expect.stringContaining("use its id with path wrapup.code"),
  });
});

test("B6: bindNames() never guesses which of two with one name is meant: it shows their ids", () => {
  const twins = { queue: [...(DIRECTORY.queue ?? []), { id: "3a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", name: "Sales" }] };

  expect(refusal({ path: "routing.queue.name", operator: "eq", value: "Sales" }, twins)).toMatchObject({
    code: "definition.unknown_word",
    message: `Two or more have the name "Sales" in the filter on "routing.queue.name": ${SALES}, 3a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d`,
    hint: "Choose by id with path routing.queue.id.",
  });
});

test("B6: bindNames() takes the name as it is in this run: after a renaming the new one, same id", () => {
  const renamed = { queue: [{ id: SALES, name: "Sales Europe" }] };

  expect(
    bindNames(parsed({ path: "routing.queue.name", operator: "eq", value: "Sales Europe" }), renamed),
  ).toMatchObject({ condition: { values: [SALES] } });
  expect(refusal({ path: "routing.queue.name", operator: "eq", value: "Sales" }, renamed).code).toBe(
    "definition.unknown_word",
  );
});

test.each(["{{ queue }}", "{{7*7}}", "<%= process.env %>", "%s", "$1", "__proto__", "constructor", "toString"])(
  "B7: bindNames() looks %j up as the letters it is",
  (name) => {
    const directory = { queue: [{ id: SALES, name }] };
    const source = { path: "routing.queue.name", operator: "eq", value: name };

    expect(bindNames(parsed(source), directory)).toMatchObject({ condition: { values: [SALES] } });
    expect(refusal(source).message).toContain(`Unknown queue "${name}"`);
  },
);

test("kindsNamed() says which listings a filter needs, each once", () => {
  expect(kindsNamed(parsed())).toEqual([]);
  expect(
    kindsNamed(
      parsed(
        { path: "routing.queue.name", operator: "eq", value: "a" },
        { type: "compound", operator: "or", filters: [{ path: "routing.queue.name", operator: "eq", value: "b" }] },
        { path: "agent.name", operator: "eq", value: "c" },
        { path: "agent.id", operator: "exists" },
      ),
    ),
  ).toEqual(["queue", "user"]);
});

function parsed(...sources: FilterSource[]): Filter {
  return parseFilters(sources, [], []);
}

function refusal(source: FilterSource, directory = DIRECTORY): ReportError {
  try {
    bindNames(parsed(source), directory);
  } catch (error) {
    if (error instanceof ReportError) return error;
    throw error;
  }
  throw new Error("bindNames() took it");
}

test("B6: bindNames() takes the queue that is there before one of that name that has departed, and else the departed", () => {
  const bound = (queue: Directory["queue"] & object): Filter =>
    bindNames(parsed({ path: "routing.queue.name", operator: "eq", value: "Sales" }), { queue });
  const departed = { id: STOCK, name: "Sales", departed: true } as const;

  expect(bound([departed, { id: SALES, name: "Sales" }])).toMatchObject({ condition: { values: [SALES] } });
  expect(bound([departed])).toMatchObject({ condition: { values: [STOCK] } });
});

test("kindsUsed() names what a measure goes by, though the report does not show it", () => {
  const text = `report: r
interval: yesterday
groupBy: [agent.name]
measures:
  - { name: weighted_aht_seconds, weights: { by: routing.queue.name, values: { Sales: 2 } } }
`;
  expect(kindsUsed(parseDefinition(text, "r.yaml"))).toEqual(["queue", "user"]);
});

test("kindsUsed() leaves out names that a mask hides", () => {
  const text = "report: r\ninterval: yesterday\ngroupBy: [agent.name]\nmeasures: [handled]\nmask: { agent: hash }\n";
  expect(kindsUsed(parseDefinition(text, "r.yaml"))).toEqual([]);
});
