import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SERVICE_LIMITS, type ServiceLimit } from "../src/domain/service-limits.ts";

const ROOT = join(import.meta.dirname, "..");

/** The rows of the page, as they must be. */
const ROWS = Object.values<ServiceLimit>(SERVICE_LIMITS).map(
  ({ value, unit, source }) => `| ${unit} | ${value.toLocaleString("en")} | ${source} |`,
);

test("docs/sources.md holds the table of service limits: paste these rows when it does not", () => {
  const page = readFileSync(join(ROOT, "docs/sources.md"), "utf8");
  const [, table = ""] = page.split("| limit | figure | source |\n| --- | --- | --- |\n");
  expect(table.trimEnd().split("\n")).toEqual(ROWS);
});

test("every limit has a figure, a unit and a source in words", () => {
  for (const { value, unit, source } of Object.values<ServiceLimit>(SERVICE_LIMITS)) {
    expect(Number.isInteger(value) && value > 0).toBe(true);
    expect(unit.length).toBeGreaterThan(5);
    expect(source.split(" ").length).toBeGreaterThan(2);
  }
});
