import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fieldsPage } from "./fields-page.ts";

test("docs/fields.md is what the tables say; `npm run docs` writes it", () => {
  expect(readFileSync(new URL("../../docs/fields.md", import.meta.url), "utf8")).toBe(fieldsPage());
});

test("fieldsPage() has a line for each path and measure, and a reason for each name without one", () => {
  const page = fieldsPage();

  expect(page).toContain(
    "| `metric.tAlert` | number | leg | filter, column | Genesys Cloud | `tAlert` |  | ringing at the agent, answered or not |\n",
  );
  expect(page).toContain(
    "| `conversation.attribute.<key>` | text | conversation | group, filter, column | callsheet |  |",
  );
  expect(page).toContain("| `conversation_count` | count | conversation |  |  |  | distinct conversations");
  expect(page).toMatch(/^\| `tWait` \| aggregates metrics \| only the aggregates endpoint has it: \S/m);
});
