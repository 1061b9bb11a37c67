import { describe, expect, it } from "vitest";
import { makeWorld } from "./entities.ts";

const world = makeWorld(1);

describe("makeWorld()", () => {
  it("has queues of one name in two divisions", () => {
    const support = world.queues.filter(({ name }) => name === "Support");
    expect(support.map((queue) => Reflect.get(Object(queue.division), "name"))).toEqual(["EMEA", "Americas"]);
    expect(new Set(support.map(({ id }) => id)).size).toBe(2);
    expect(world.queues.length).toBe(20);
    expect(world.divisions.length).toBe(4);
  });

  it.each([
    ["a comma and quotes", (name: string) => name.includes(",") && name.includes('"')],
    ["a leading =", (name: string) => name.startsWith("=")],
    ["a leading +", (name: string) => name.startsWith("+")],
    ["a leading -", (name: string) => name.startsWith("-")],
    ["a leading @", (name: string) => name.startsWith("@")],
    ["a line break", (name: string) => name.includes("\n")],
    ["a right-to-left mark", (name: string) => name.includes("\u200f")],
    ["an emoji", (name: string) => name.includes("🦄")],
    ["template braces", (name: string) => name.includes("{{")],
    ["a script tag", (name: string) => name.includes("<script>")],
    ["the word null", (name: string) => name === "null"],
    ["the word __proto__", (name: string) => name === "__proto__"],
    ["more than 200 characters", (name: string) => name.length > 200],
  ])("a queue's name has %s", (_, matches) => {
    expect(world.queues.filter(({ name }) => matches(name)).length).toBeGreaterThan(0);
  });

  it("has 150 users: 127 active, 14 inactive, 9 deleted, 15 with a hostile name", () => {
    const states = world.users.map((user) => user.state);
    expect(["active", "inactive", "deleted"].map((state) => states.filter((one) => one === state).length)).toEqual([
      127, 14, 9,
    ]);
    const plain = /^[A-Z][a-z]+ [A-Z][a-z]+$/;
    expect(world.users.filter(({ name }) => !plain.test(name)).length).toBe(15);
  });

  it("uses a queue, four users, two wrap-up codes and a flow that no listing shows", () => {
    const listed = (entities: readonly { id: string }[]) => new Set(entities.map(({ id }) => id));
    expect(world.queueProfiles.filter(({ id }) => !listed(world.queues).has(id)).length).toBe(1);
    expect(world.userIds.filter((id) => !listed(world.users).has(id)).length).toBe(4);
    const codes = new Set(world.queueProfiles.flatMap(({ wrapUpCodes }) => wrapUpCodes));
    expect([...codes].filter((id) => !listed(world.wrapUpCodes).has(id)).length).toBe(2);
    expect(world.flowProfiles.filter(({ id }) => !listed(world.flows).has(id)).length).toBe(1);
  });
});
