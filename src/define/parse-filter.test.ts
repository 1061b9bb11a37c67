import { expect, test } from "vitest";
import type { Field } from "../domain/field.ts";
import type { Filter } from "../domain/report-definition.ts";
import { type FilterSource, parseFilters } from "./parse-filter.ts";
import type { Problem } from "./problems.ts";
import { FIELDS } from "./vocabulary.ts";

const UUID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
const PART_OPERATORS = ["contains", "starts_with"];
const OPERATORS = ["eq", "ne", "in", "not_in", "gt", "gte", "lt", "lte", ...PART_OPERATORS, "exists", "not_exists"];
const NUMBER_OPERATORS = ["eq", "ne", "gt", "gte", "lt", "lte", "exists", "not_exists"];
const ID_OPERATORS = ["eq", "ne", "in", "not_in", "exists", "not_exists"];
const WORD_OPERATORS = [...ID_OPERATORS, ...PART_OPERATORS];

test("parseFilters() reads every field with every operator that fits, and refuses all others", () => {
  for (const field of FIELDS.values()) {
    const fitting = fittingFor(field);
    for (const operator of [...OPERATORS, "like"]) {
      const { filter, problems } = parsed({ path: field.path, operator, ...valueFor(field, operator) });
      const name = `${field.path} ${operator}`;
      if (fitting.includes(operator)) {
        expect(problems, name).toEqual([]);
        expect(filter, name).toMatchObject({
          kind: "predicate",
          field: { path: field.path },
          condition: { kind: kindFor(field, operator) },
          negated: ["ne", "not_in", "not_exists"].includes(operator),
        });
      } else {
        expect(problems, name).toHaveLength(1);
        expect(problems[0]?.message, name).toMatch(
          field.filterable
            ? `Cannot use operator "${operator}" on "${field.path}".`
            : `Cannot filter on "${field.path}".`,
        );
      }
    }
  }
});

test("parseFilters() reads bounds in seconds", () => {
  const bound = (operator: string, value: number): unknown => {
    const { filter } = parsed({ path: "agent.talk.seconds", operator, value });
    return filter.kind === "predicate" && filter.condition;
  };

  expect(bound("gt", 30)).toEqual({ kind: "range", gt: 30 });
  expect(bound("gte", 0.5)).toEqual({ kind: "range", gte: 0.5 });
  expect(bound("lt", -1)).toEqual({ kind: "range", lt: -1 });
  expect(bound("lte", 1e9)).toEqual({ kind: "range", lte: 1e9 });
  expect(bound("eq", 30)).toEqual({ kind: "range", gte: 30, lte: 30 });
});

test("parseFilters() joins a list with and, nests compounds, and needs no and around one", () => {
  const voice = { path: "conversation.media.type", operator: "eq", value: "voice" };
  const talk = { type: "simple", path: "agent.talk.seconds", operator: "gt", value: 30 } as const;

  expect(parsed(voice).filter).toMatchObject({ kind: "predicate" });
  expect(parsed().filter).toEqual({ kind: "and", filters: [] });
  expect(parsed(voice, { type: "compound", operator: "or", filters: [voice, talk] }).filter).toMatchObject({
    kind: "and",
    filters: [{ kind: "predicate" }, { kind: "or", filters: [{ kind: "predicate" }, { kind: "predicate" }] }],
  });
});

test("parseFilters() writes ids as the vendor does, and each value once", () => {
  const { filter } = parsed({ path: "routing.queue.id", operator: "in", value: [UUID.toUpperCase(), UUID] });
  const code = parsed({ path: "wrapup.code", operator: "eq", value: UUID.toUpperCase() });
  const literal = parsed({ path: "wrapup.code", operator: "eq", value: "ININ-WRAP-UP-TIMEOUT" });

  expect(filter).toMatchObject({ condition: { values: [UUID] } });
  expect(code.filter).toMatchObject({ condition: { values: [UUID] } });
  expect(literal.filter).toMatchObject({ condition: { values: ["ININ-WRAP-UP-TIMEOUT"] } });
});

test("R-10, B1: parseFilters() refuses an unknown path or operator and names the nearest", () => {
  expect(parsed({ path: "routing.queue.nam", operator: "eq", value: "A" }).problems).toEqual([
    {
      path: ["filter", 0, "path"],
      message: 'Unknown path "routing.queue.nam". Did you mean "routing.queue.name"? See `callsheet fields`.',
      code: "definition.unknown_word",
    },
  ]);
  expect(parsed({ path: "agent.talk.seconds", operator: "gtee", value: 1 }).problems).toEqual([
    {
      path: ["filter", 0, "operator"],
      message:
        'Cannot use operator "gtee" on "agent.talk.seconds". Did you mean "gte"? It takes eq, ne, gt, gte, lt, lte, exists, not_exists.',
      code: "definition.invalid",
    },
  ]);
});

test("R-11: parseFilters() refuses the tutorial's queue id, which has letters outside hexadecimal", () => {
  const id = "8a2b3c4d-5e6f-7g8h-9i0j-k1l2m3n4o5p6";

  expect(messageFor({ path: "routing.queue.id", operator: "in", value: [UUID, id] })).toBe(
    `"${id}" is not a valid id for "routing.queue.id": an id has the form 8-4-4-4-12 of the digits 0-9 and a-f. To use a name, write path routing.queue.name.`,
  );
});

test("R-12: parseFilters() refuses an empty list instead of taking all", () => {
  const { problems, filter } = parsed({ path: "routing.queue.id", operator: "in", value: [] });

  expect(problems).toEqual([
    {
      path: ["filter", 0, "value"],
      message:
        "Cannot use an empty list: it would match nothing. Remove the filter to take all, or list at least one value.",
      code: "definition.invalid",
    },
  ]);
  expect(filter).toEqual({ kind: "and", filters: [] });
  expect(messageFor({ path: "agent.name", operator: "not_in", value: [] })).toMatch(/it would exclude nothing/);
  expect(messageFor({ type: "compound", operator: "or", filters: [] })).toBe(
    'Cannot use an empty list of filters: "or" needs at least one.',
  );
});

const MISFITS: readonly (readonly [source: FilterSource, message: string])[] = [
  [
    { path: "agent.id", operator: "eq", value: [UUID] },
    'Cannot use a list with "eq". Write "in" for a list, or one value.',
  ],
  [
    { path: "agent.id", operator: "ne", value: [UUID] },
    'Cannot use a list with "ne". Write "not_in" for a list, or one value.',
  ],
  [{ path: "agent.talk.seconds", operator: "gt", value: [1] }, 'Cannot use a list with "gt". Write one number.'],
  [{ path: "agent.name", operator: "in", value: "A" }, '"in" needs a list. Write ["A"], or use "eq".'],
  [{ path: "agent.name", operator: "not_in", value: 5 }, '"not_in" needs a list. Write [5], or use "ne".'],
  [
    { path: "routing.queue.name", operator: "eq", value: 17 },
    '"routing.queue.name" is compared with a text, not with 17. Put it in quotes.',
  ],
  [
    { path: "routing.queue.name", operator: "in", value: ["A", true] },
    '"routing.queue.name" is compared with a text, not with true. Put it in quotes.',
  ],
  [
    { path: "routing.queue.name", operator: "in", value: [["A"]] },
    '"routing.queue.name" is compared with a text, not with ["A"].',
  ],
  [
    { path: "routing.queue.name", operator: "eq", value: "" },
    '"routing.queue.name" is compared with a text, not with "".',
  ],
  [
    { path: "agent.talk.seconds", operator: "gt", value: "30" },
    '"agent.talk.seconds" is compared with a number of seconds, not with "30".',
  ],
  [
    { path: "agent.talk.seconds", operator: "gt", value: Number.POSITIVE_INFINITY },
    '"agent.talk.seconds" is compared with seconds up to 1000000000, not with Infinity.',
  ],
  [
    { path: "agent.talk.seconds", operator: "gt", value: Number.NaN },
    '"agent.talk.seconds" is compared with seconds up to 1000000000, not with NaN.',
  ],
  [{ path: "agent.name", operator: "contains", value: ["A"] }, 'Cannot use a list with "contains". Write one value.'],
  [
    { path: "agent.name", operator: "contains", value: 17 },
    '"agent.name" is compared with a text, not with 17. Put it in quotes.',
  ],
  [{ path: "agent.name", operator: "starts_with", value: "" }, '"agent.name" is compared with a text, not with "".'],
  [
    { path: "survey.score", operator: "gt", value: "high" },
    '"survey.score" is compared with a number, not with "high".',
  ],
  [{ path: "agent.id", operator: "eq" }, 'Missing value: "eq" on "agent.id" needs one.'],
  [{ path: "agent.id", operator: "eq", value: null }, 'Missing value: "eq" on "agent.id" needs one.'],
  [{ path: "agent.id", operator: "exists", value: true }, 'Cannot give "exists" a value. Leave the value out.'],
  [
    { path: "conversation.media.type", operator: "eq", value: "Voice" },
    '"Voice" is not a value of "conversation.media.type". Did you mean "voice"? It takes callback, chat, cobrowse, email, internalmessage, message, screenmonitoring, screenshare, unknown, video, voice.',
  ],
  [
    { path: "conversation.start", operator: "exists" },
    'Cannot filter on "conversation.start". The window is chosen by `interval`.',
  ],
  [{ path: "segment.type", operator: "exists" }, 'Cannot filter on "segment.type". It is a column of detail reports.'],
];

test.each(MISFITS)("parseFilters() refuses %j", (source, message) => {
  expect(messageFor(source)).toBe(message);
});

test("parseFilters() names the entry of a list that is wrong", () => {
  const { problems } = parsed({ path: "agent.id", operator: "in", value: [UUID, "x", "y"] });

  expect(problems.map(({ path }) => path)).toEqual([["filter", 0, "value", 1]]);
});

test("parseFilters() names the place of a fault inside compounds", () => {
  const { problems } = parsed(
    { path: "agent.id", operator: "exists" },
    {
      type: "compound",
      operator: "or",
      filters: [{ type: "compound", operator: "and", filters: [{ path: "x", operator: "eq" }] }],
    },
  );

  expect(problems.map(({ path }) => path)).toEqual([["filter", 1, "filters", 0, "filters", 0, "path"]]);
});

function parsed(...sources: FilterSource[]): { filter: Filter; problems: Problem[] } {
  const problems: Problem[] = [];
  return { filter: parseFilters(sources, ["filter"], problems), problems };
}

function messageFor(source: FilterSource): string | undefined {
  const { problems } = parsed(source);
  expect(problems).toHaveLength(1);
  return problems[0]?.message;
}

function isNumber({ type }: Field): boolean {
  return type === "number" || type === "score";
}

function fittingFor(field: Field): string[] {
  if (!field.filterable) return [];
  if (isNumber(field)) return NUMBER_OPERATORS;
  return field.type === "uuid" ? ID_OPERATORS : WORD_OPERATORS;
}

function valueFor(field: Field, operator: string): { value?: unknown } {
  if (operator.endsWith("exists")) return {};
  const value = isNumber(field) ? 30 : field.type === "uuid" ? UUID : (field.values?.[0] ?? "some text");
  return { value: ["in", "not_in"].includes(operator) ? [value] : value };
}

function kindFor(field: Field, operator: string): string {
  if (operator.endsWith("exists")) return "exists";
  if (PART_OPERATORS.includes(operator)) return "part";
  return isNumber(field) ? "range" : "is_one_of";
}
