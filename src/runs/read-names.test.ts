import { expect, test } from "vitest";
import { parseDefinition } from "../define/parse-definition.ts";
import type { Entity } from "../domain/directory.ts";
import type { NameSource } from "./name-source.ts";
import { readNames } from "./read-names.ts";

const NEVER = new AbortController().signal;
const BILLING = { id: "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", name: "Billing" };
const REPORT = parseDefinition(
  `report: billing
interval: yesterday
filter: [{ path: routing.queue.name, operator: eq, value: Billing }]
groupBy: [routing.queue.id]
measures: [offered]
`,
  "billing.yaml",
);

/** A source with a kept listing and a fresh one; `asked` tells whether each reading was to be fresh. */
function sourceOf(kept: readonly Entity[] | undefined, fresh: readonly Entity[]): NameSource & { asked: boolean[] } {
  const asked: boolean[] = [];
  return {
    asked,
    read(_kinds, _signal, anew = false) {
      asked.push(anew);
      if (kept === undefined || anew) return Promise.resolve({ directory: { queue: fresh } });
      return Promise.resolve({ directory: { queue: kept }, keptSince: 1 });
    },
  };
}

test("readNames() asks anew for a name that kept listings lack", async () => {
  const source = sourceOf([], [BILLING]);
  const { filter, keptSince } = await readNames(REPORT, source, NEVER);
  expect(JSON.stringify(filter)).toContain(BILLING.id);
  expect([source.asked, keptSince]).toEqual([[false, true], undefined]);
});

test("readNames() takes kept listings that have the name, and says since when they are known", async () => {
  const source = sourceOf([BILLING], []);
  expect(await readNames(REPORT, source, NEVER)).toMatchObject({ keptSince: 1 });
  expect(source.asked).toEqual([false]);
});

test("readNames() refuses a name that a listing read just now lacks, without reading it twice", async () => {
  const source = sourceOf(undefined, []);
  await expect(readNames(REPORT, source, NEVER)).rejects.toMatchObject({ code: "definition.unknown_word" });
  expect(source.asked).toEqual([false]);
});
