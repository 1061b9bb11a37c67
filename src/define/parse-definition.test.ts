import { expect, test } from "vitest";
import { ReportError } from "../domain/errors.ts";
import { decimalsOf } from "../domain/measure.ts";
import { parseDefinition } from "./parse-definition.ts";

const GROUPED = `report: voice-by-queue
title: Voice by queue
timeZone: Asia/Jerusalem
interval: yesterday
filter:
  - { path: conversation.media.type, operator: eq, value: voice }
groupBy: [routing.queue.id, time.hour]
measures:
  - conversation_count
  - { name: talk_ratio, round: 2 }
export: [csv, json, csv]
deliver: [archive]
`;

test("parseDefinition() makes a grouped report with fields and measures looked up", () => {
  const definition = parseDefinition(GROUPED, "r.yaml");

  expect(definition).toMatchObject({
    name: "voice-by-queue",
    title: "Voice by queue",
    timeZone: "Asia/Jerusalem",
    window: { kind: "last", count: 1, unit: "day" },
    filter: { kind: "predicate", field: { path: "conversation.media.type" }, negated: false },
    filterScope: "figures",
    shape: {
      kind: "grouped",
      groupBy: [{ path: "routing.queue.id" }, { path: "time.hour" }],
      measures: [{ name: "conversation_count" }, { name: "talk_ratio", round: 2 }],
    },
    formats: ["csv", "json"],
    destinations: ["archive"],
    notes: [],
  });
  expect(definition.shape.kind === "grouped" && definition.shape.measures.map(decimalsOf)).toEqual([0, 2]);
});

test("parseDefinition() binds a report that reads an attribute to jobs, wherever it is read", () => {
  const text = (lines: string, source: string): string =>
    `report: a\ninterval: yesterday\nsource: ${source}\n${lines}\n`;
  const reads = [
    "groupBy: [conversation.attribute.tier]\nmeasures: [offered]",
    "rows: leg\ncolumns: [conversation.attribute.tier]",
    "measures: [offered]\nfilter: [{ path: conversation.attribute.tier, operator: exists }]",
  ];

  for (const lines of reads)
    for (const source of ["auto", "conversations", "details_job"])
      expect(parseDefinition(text(lines, source), "r.yaml").source, `${source} ${lines}`).toBe("only_jobs");
  expect(parseDefinition(text("measures: [offered]", "auto"), "r.yaml").source).toBe("auto");
});

test("parseDefinition() fills in what is left out", () => {
  expect(parseDefinition("report: a\ninterval: yesterday\nmeasures: [offered]\n", "r.yaml")).toMatchObject({
    title: "a",
    timeZone: "UTC",
    filter: { kind: "and", filters: [] },
    shape: { groupBy: [] },
    formats: ["csv", "json"],
    destinations: [],
  });
});

test("parseDefinition() makes a detail report", () => {
  const text =
    "report: a\ninterval: yesterday\nrows: leg\ncolumns: [conversation.id, agent.name, agent.talk.seconds]\n";

  expect(parseDefinition(text, "r.yaml").shape).toMatchObject({
    kind: "detail",
    rows: "leg",
    columns: [{ path: "conversation.id" }, { path: "agent.name" }, { path: "agent.talk.seconds" }],
  });
});

/** Each case replaces one line of the report above. */
const WRONG: readonly (readonly [name: string, line: string, instead: string, code: string, message: string])[] = [
  [
    "an unknown key, with the one that was meant",
    "title:",
    "titel: Voice",
    "definition.unknown_word",
    'r.yaml:2:1: Unknown key "titel". Did you mean "title"?',
  ],
  [
    "an unknown key inside a filter, with that place's key",
    "  - { path: conversation.media.type",
    "  - { path: agent.id, operator: exists, valeu: 1 }",
    "definition.unknown_word",
    'r.yaml:6:41: Unknown key "valeu". Did you mean "value"?',
  ],
  [
    "an unknown key inside a measure, with that place's key",
    "  - { name: talk_ratio",
    "  - { name: talk_ratio, rond: 2 }",
    "definition.unknown_word",
    'r.yaml:10:25: Unknown key "rond". Did you mean "round"?',
  ],
  [
    "a name that no file could have",
    "report:",
    "report: ../Voice",
    "definition.invalid",
    'r.yaml:1:9: Cannot use "../Voice" for "report". Write lower-case letters, digits and hyphens, at most 64, such as voice-by-queue; not con, nul and the like.',
  ],
  [
    "F10: a name that Windows keeps for itself",
    "report:",
    "report: con",
    "definition.invalid",
    'r.yaml:1:9: Cannot use "con" for "report". Write lower-case letters, digits and hyphens, at most 64, such as voice-by-queue; not con, nul and the like.',
  ],
  [
    "a number where a text belongs",
    "title:",
    "title: 2024",
    "definition.invalid",
    'r.yaml:2:8: "title" must be a text, not 2024. Put it in quotes.',
  ],
  [
    "a text where a list belongs",
    "export:",
    "export: csv",
    "definition.invalid",
    'r.yaml:11:9: "export" must be a list, not a text.',
  ],
  [
    "a format that is not written, by its place in the list",
    "export:",
    "export: [csv, jsn]",
    "definition.invalid",
    'r.yaml:11:15: Cannot use "jsn" for entry 2 of "export". Did you mean "json"? It takes csv, json, ndjson, parquet, xlsx, html.',
  ],
  [
    "an empty list of formats",
    "export:",
    "export: []",
    "definition.invalid",
    'r.yaml:11:9: Cannot use [] for "export". List at least one of csv, json, ndjson, parquet, xlsx, html.',
  ],
  [
    "a type of filter that does not exist",
    "  - { path: conversation.media.type",
    "  - { type: complex, path: agent.id, operator: exists }",
    "definition.invalid",
    'r.yaml:6:13: Cannot use "complex" for "type". It takes compound, simple.',
  ],
  [
    "a measure that is no name",
    "  - conversation_count",
    "  - 5",
    "definition.invalid",
    'r.yaml:9:5: entry 1 of "measures" must be a text, not 5. Put it in quotes.',
  ],
  [
    "more decimals than there are",
    "  - { name: talk_ratio",
    "  - { name: talk_ratio, round: 12 }",
    "definition.invalid",
    'r.yaml:10:32: Cannot use 12 for "round". Write a number of decimals from 0 to 9.',
  ],
  [
    "half a decimal",
    "  - { name: talk_ratio",
    "  - { name: talk_ratio, round: 1.5 }",
    "definition.invalid",
    'r.yaml:10:32: "round" must be a whole number, not 1.5.',
  ],
  [
    "an unknown zone, with the one that was meant",
    "timeZone:",
    "timeZone: Asia/Jerusalim",
    "definition.unknown_word",
    'r.yaml:3:11: Unknown time zone "Asia/Jerusalim". Did you mean "Asia/Jerusalem"? Use a name of the IANA list, such as Europe/Berlin.',
  ],
  [
    "an interval that cannot be read",
    "interval:",
    "interval: 2024-03-04/2024-03-03",
    "definition.interval_invalid",
    "r.yaml:4:11: Cannot use interval 2024-03-04/2024-03-03: end must be after start. Write the earlier one first.",
  ],
  [
    "a path that cannot be grouped by",
    "groupBy:",
    "groupBy: [agent.talk.seconds]",
    "definition.invalid",
    'r.yaml:7:11: Cannot group by "agent.talk.seconds". It can be a column of a detail report or a filter.',
  ],
  [
    "an attribute of a source that never brings one",
    "groupBy:",
    "groupBy: [conversation.attribute.tier]\nsource: details_query",
    "definition.invalid",
    'r.yaml:8:9: Cannot read "conversation.attribute.tier" from details_query: only details jobs bring it. Write "details_job", or leave "source" out.',
  ],
  [
    "an attribute without a key",
    "groupBy:",
    'groupBy: ["conversation.attribute."]',
    "definition.unknown_word",
    'r.yaml:7:11: Missing key in "conversation.attribute.": write "conversation.attribute.<key>" with the attribute\'s key.',
  ],
  [
    "an attribute twice",
    "groupBy:",
    "groupBy: [conversation.attribute.a b, conversation.attribute.a b]",
    "definition.invalid",
    'r.yaml:7:39: "conversation.attribute.a b" stands here twice. Remove one.',
  ],
  [
    "lines and groups together",
    "deliver:",
    "rows: leg\ncolumns: [agent.id]",
    "definition.invalid",
    'r.yaml:7:1: Cannot use "groupBy" together with "rows". Remove one of them.\nr.yaml:8:1: Cannot use "measures" together with "rows". Remove one of them.',
  ],
  [
    "columns without lines",
    "deliver:",
    "columns: [agent.id]",
    "definition.invalid",
    'r.yaml:12:1: "columns" belongs to a detail report. Add "rows", or use "groupBy" and "measures".',
  ],
];

test.each(WRONG)("parseDefinition() refuses %s", (_name, line, instead, code, message) => {
  expect(refusal(replaced(line, instead))).toMatchObject({ code, message });
});

test("R-10, B1: parseDefinition() refuses unknown paths and measures with place and suggestion", () => {
  const text = replaced("groupBy:", "groupBy: [routing.queue.idd]").replace(
    "- conversation_count",
    "- convesation_count",
  );

  expect(refusal(text)).toMatchObject({
    code: "definition.unknown_word",
    message: [
      'r.yaml:7:11: Unknown path "routing.queue.idd". Did you mean "routing.queue.id"? See `callsheet fields`.',
      'r.yaml:9:5: Unknown measure "convesation_count". Did you mean "conversation_count"? See `callsheet fields`.',
    ].join("\n"),
  });
});

test("H7: parseDefinition() refuses a column that would stand twice, and one without a name", () => {
  expect(refusal(replaced("groupBy:", "groupBy: [agent.id, time.hour, agent.id]")).message).toBe(
    'r.yaml:7:32: "agent.id" stands here twice. Remove one.',
  );
  expect(refusal(replaced("  - conversation_count", "  - { name: talk_ratio, round: 3 }")).message).toBe(
    'r.yaml:10:5: "talk_ratio" stands here twice. Remove one.',
  );
  expect(refusal(replaced("  - conversation_count", '  - ""')).message).toBe(
    'r.yaml:9:5: Unknown measure "". See `callsheet fields`.',
  );
  const detail = "report: a\ninterval: yesterday\nrows: leg\ncolumns: [agent.id, agent.id]\n";
  expect(refusal(detail).message).toBe('r.yaml:4:21: "agent.id" stands here twice. Remove one.');
});

test("parseDefinition() lists everything that is wrong at once, in the order of the file", () => {
  const text = `report: a
timeZone: Mars/Olympus
interval: tomorrow
filter: [{ path: agent.ids, operator: eq, value: x }]
groupBy: [time.hours]
measures: [ofered]
`;

  expect(
    refusal(text)
      .message.split("\n")
      .map((line) => line.slice(0, 38)),
  ).toEqual([
    'r.yaml:2:11: Unknown time zone "Mars/O',
    'r.yaml:3:11: Cannot read interval "tom',
    'r.yaml:4:18: Unknown path "agent.ids".',
    'r.yaml:5:11: Unknown path "time.hours"',
    'r.yaml:6:12: Unknown measure "ofered".',
  ]);
});

test("parseDefinition() says which keys are missing", () => {
  expect(refusal("title: x\n").message).toBe('r.yaml:1:1: Missing key "report".\nr.yaml:1:1: Missing key "interval".');
  expect(refusal("report: a\ninterval: yesterday\n").message).toBe(
    'r.yaml:1:1: Missing key "measures": say what to compute, such as conversation_count.',
  );
  expect(refusal("report: a\ninterval: yesterday\nrows: leg\n").message).toBe(
    'r.yaml:1:1: Missing key "columns": say which paths a line shows.',
  );
  expect(refusal("").message).toBe("r.yaml:1:1: the report must be a map of keys, not empty.");
});

test("parseDefinition() shows what belongs to a segment only on lines for segments", () => {
  const text = (rows: string): string => `report: a\ninterval: yesterday\nrows: ${rows}\ncolumns: [segment.type]\n`;

  expect(refusal(text("leg")).message).toBe(
    'r.yaml:4:11: Cannot show "segment.type" on a line for a leg. Write "rows: segment" for a line each.',
  );
  expect(() => parseDefinition(text("segment"), "r.yaml")).not.toThrow();
});

test("parseDefinition() gives one hash to one question, however its file is ordered", () => {
  const one = parseDefinition(GROUPED, "one.yaml");
  const reordered = GROUPED.split("\n").filter(Boolean);
  const lines = [...reordered.slice(10), ...reordered.slice(7, 10), ...reordered.slice(0, 7)].join("\n");
  const json = JSON.stringify({
    deliver: ["archive"],
    filter: [{ value: "voice", operator: "eq", path: "conversation.media.type" }],
    export: ["csv", "json", "csv"],
    measures: ["conversation_count", { round: 2, name: "talk_ratio" }],
    groupBy: ["routing.queue.id", "time.hour"],
    interval: "yesterday",
    timeZone: "Asia/Jerusalem",
    title: "Voice by queue",
    report: "voice-by-queue",
  });

  expect(one.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(parseDefinition(lines, "two.yaml").hash).toBe(one.hash);
  expect(parseDefinition(json, "three.json").hash).toBe(one.hash);
});

test.each([
  ["filter:", "filterScope: conversation\nfilter:"],
  ["interval:", "interval: today"],
  ["  - conversation_count", "  - offered"],
  ["groupBy:", "groupBy: [time.hour, routing.queue.id]"],
])("parseDefinition() gives another hash to another question (%s)", (line, instead) => {
  expect(parseDefinition(replaced(line, instead), "r.yaml").hash).not.toBe(parseDefinition(GROUPED, "r.yaml").hash);
});

test("B7: parseDefinition() takes template marks in a value as the letters they are, and refuses them in a name", () => {
  const named = replaced(
    "  - { path: conversation.media.type",
    '  - { path: routing.queue.name, operator: eq, value: "{{ env.SECRET }} <%= 1 %>" }',
  );

  expect(parseDefinition(named, "r.yaml").filter).toMatchObject({
    condition: { kind: "is_one_of", values: ["{{ env.SECRET }} <%= 1 %>"] },
  });
  expect(parseDefinition(replaced("title:", 'title: "{{ report }}"'), "r.yaml").title).toBe("{{ report }}");
  expect(refusal(replaced("report:", 'report: "{{ name }}"'))).toMatchObject({ code: "definition.invalid" });
});

test("parseDefinition() answers at once to thousands of unknown keys and to words without end", () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join("\n");
  const long = replaced("groupBy:", `groupBy: [${"x".repeat(200_000)}]`);

  expect(refusal(keys).message).toMatch(/… and \d+ more$/);
  expect(refusal(long).message.length).toBeLessThan(1000);
}, 30_000);

function replaced(line: string, instead: string): string {
  const lines = GROUPED.split("\n");
  const index = lines.findIndex((each) => each.startsWith(line));
  expect(index).toBeGreaterThanOrEqual(0);
  return lines.with(index, instead).join("\n");
}

function refusal(text: string): ReportError {
  try {
    parseDefinition(text, "r.yaml");
  } catch (error) {
    if (error instanceof ReportError) return error;
    throw error;
  }
  throw new Error("parseDefinition() took it");
}

test("R-61: parseDefinition() reads how CSV is written, and warns when the guard is off", () => {
  const text = "report: a\ninterval: yesterday\nmeasures: [offered]\n";
  const plain = parseDefinition(text, "r.yaml");
  const european = parseDefinition(`${text}csv: { preset: excel-eu }\n`, "r.yaml");
  const unguarded = parseDefinition(`${text}csv: { formulaGuard: false }\n`, "r.yaml");

  expect(plain.csv).toEqual({ preset: "rfc", formulaGuard: true });
  expect(european.csv).toEqual({ preset: "excel-eu", formulaGuard: true });
  expect(european.notes).toEqual([]);
  expect(unguarded.csv).toEqual({ preset: "rfc", formulaGuard: false });
  expect(unguarded.notes).toEqual([expect.stringContaining("will be run as a formula")]);
  expect(() => parseDefinition(`${text}csv: { preset: exel-en }\n`, "r.yaml")).toThrow(
    'r.yaml:4:16: Cannot use "exel-en" for "preset". Did you mean "excel-en"? It takes rfc, excel-en, excel-eu.',
  );
  expect(() => parseDefinition(`${text}csv: { formulaguard: true }\n`, "r.yaml")).toThrow(
    'Unknown key "formulaguard". Did you mean "formulaGuard"?',
  );
});

test("parseDefinition() parts Parquet by day where lines have a time, and says so where they have none", () => {
  const text = "report: a\ninterval: yesterday\nparquet: { partition: day }\n";
  const grouped = `${text}measures: [offered]\n`;
  const detail = `${text}rows: leg\n`;

  expect(parseDefinition(`${grouped}groupBy: [routing.queue.id, time.hour]\n`, "r.yaml").parquetByDay).toBe(true);
  expect(parseDefinition(`${detail}columns: [conversation.start]\n`, "r.yaml").parquetByDay).toBe(true);
  expect(() => parseDefinition(`${grouped}groupBy: [time.week]\n`, "r.yaml")).toThrow(
    'r.yaml:3:23: Cannot part into days: no line has a time. Group by "time.day" or "time.hour", or leave "partition" out.',
  );
  expect(() => parseDefinition(`${detail}columns: [conversation.id]\n`, "r.yaml")).toThrow(
    'Add "conversation.start" to the columns, or leave "partition" out.',
  );
  expect(() => parseDefinition(grouped.replace("partition: day", "partition: week"), "r.yaml")).toThrow(
    'Cannot use "week" for "partition". It takes day.',
  );
});
