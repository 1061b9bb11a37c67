/** The shape of `expect:` in a report file. */
import { z } from "zod";

const LEAST_PERCENT = 0.001;
const MOST_PERCENT = 1_000_000;
const PERCENT_WORDS = `Write a number of per cent from ${LEAST_PERCENT} to ${MOST_PERCENT}.`;

/** Sums are held against it exactly, to six decimals. */
const MOST_SUM = 1e9;
const SUM_WORDS = `Write a number up to ${MOST_SUM}, or a column.`;

const action = z
  .enum(["warn", "block"])
  .default("block")
  .describe("block: hand out nothing when it is not met; warn: say so in manifest, page and terminal");

const count = z.int().min(0);
const column = z.string().describe("a column of the report: a path or a measure's name");

/** One entry of `expect`. */
export const EXPECTATION_SCHEMA = z.discriminatedUnion("check", [
  z.strictObject({
    check: z.literal("rows_between"),
    min: count.exactOptional().describe("the fewest rows"),
    max: count.exactOptional().describe("the most rows"),
    action,
  }),
  z.strictObject({ check: z.literal("not_null"), column, action }),
  z.strictObject({
    check: z.literal("sum_equals"),
    columns: z.array(column).min(1, "Name at least one column.").describe("their totals are added"),
    equals: z
      .union([z.number().min(-MOST_SUM, SUM_WORDS).max(MOST_SUM, SUM_WORDS), z.string()])
      .describe("a number, or the column whose total it must be"),
    action,
  }),
  z.strictObject({
    check: z.literal("fresher_than"),
    age: z.string().describe("how far the data may end before the run began: 90m, 6h, 2d"),
    action,
  }),
  z.strictObject({
    check: z.literal("difference_under"),
    column: column.exactOptional().describe("its total; the number of rows when left out"),
    percent: z.number().min(LEAST_PERCENT, PERCENT_WORDS).max(MOST_PERCENT, PERCENT_WORDS),
    action,
  }),
]);

/** An entry as far as the schema goes. */
export type ExpectationSource = z.infer<typeof EXPECTATION_SCHEMA>;

/** Every key that an entry can have, for suggestions. */
export const EXPECTATION_KEYS: readonly string[] = [
  ...new Set(EXPECTATION_SCHEMA.options.flatMap((option) => Object.keys(option.shape))),
];
