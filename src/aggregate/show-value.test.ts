import { expect, test } from "vitest";
import type { Field } from "../domain/field.ts";
import { createShowValue } from "./show-value.ts";

const NUMBER: Field = {
  path: "customer.ani",
  type: "text",
  home: "conversation",
  column: "member",
  personal: "ani",
  groupable: true,
  filterable: true,
  meaning: "",
};
const AGENT: Field = { ...NUMBER, path: "agent.name", column: "userId", nameOf: "user", personal: "agent" };

const show = createShowValue(
  (_kind, id) => (id === "u1" ? "Ann Example" : undefined),
  (personal, value) => `<${personal} ${value}>`,
);

test("createShowValue() names ids, and keeps an id that has no name", () => {
  expect([show(AGENT, "u1"), show(AGENT, "u2"), show(NUMBER, "tel:+1")]).toEqual(["Ann Example", "u2", "tel:+1"]);
});

test("createShowValue() makes pseudonyms of ids, not of names", () => {
  expect(show({ ...AGENT, mask: "hash" }, "u1")).toBe("<agent u1>");
  expect(show({ ...AGENT, mask: "drop" }, "u1")).toBeNull();
});

test.each([
  ["tel:+17185550158", "***0158"],
  ["sip:+17185550158@10.0.0.1;user=phone", "***0158"],
  ["+17185550158;ext=12", "***0158"],
  ["jane.9597@example.com", "***9597"],
  ["tel:1234", "***"],
  ["5551234", "***"],
  ["ann@example.com", "***"],
  ["", "***"],
])("createShowValue() leaves of %j the last four characters, where they are no more than half", (value, shown) => {
  expect(show({ ...NUMBER, mask: "last4" }, value)).toBe(shown);
});

test("createShowValue() shows nothing rather than a value when there is no key", () => {
  const keyless = createShowValue(() => undefined);
  expect(() => keyless({ ...NUMBER, mask: "hash" }, "tel:+17185550158")).toThrow("has a class and a key");
});
