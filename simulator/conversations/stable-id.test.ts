import { expect, test } from "vitest";
import { siblingId, stableId } from "./stable-id.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("stableId() gives one UUID for the same words, another for the same letters in other words", () => {
  expect(stableId("a", "bc")).toMatch(UUID);
  expect(stableId("a", "bc")).toBe(stableId("a", "bc"));
  expect(stableId("a", "bc")).not.toBe(stableId("ab", "c"));
});

test("siblingId() gives as many UUIDs as there are ordinals, none of them the id itself", () => {
  const id = stableId("x");
  const siblings = Array.from({ length: 255 }, (_, index) => siblingId(id, index + 1));
  expect(new Set([id, ...siblings]).size).toBe(256);
  for (const sibling of siblings) expect(sibling).toMatch(UUID);
});
