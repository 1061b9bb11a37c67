import { expect, test } from "vitest";
import { createNameOf } from "./directory.ts";

test("createNameOf() finds names by kind and id, and none for what no listing has", () => {
  const nameOf = createNameOf({
    queue: [{ id: "1", name: "Sales" }],
    user: [{ id: "1", name: "Ada" }],
  });

  expect([nameOf("queue", "1"), nameOf("user", "1"), nameOf("queue", "2"), nameOf("wrapUpCode", "1")]).toEqual([
    "Sales",
    "Ada",
    undefined,
    undefined,
  ]);
});

test("B6: createNameOf() tells two queues of one name apart by their ids", () => {
  const nameOf = createNameOf({
    queue: [
      { id: "11111111-0000-0000-0000-000000000000", name: "Support" },
      { id: "22222222-0000-0000-0000-000000000000", name: "Support" },
      { id: "33333333-0000-0000-0000-000000000000", name: "Sales" },
    ],
  });

  expect(["1", "2", "3"].map((digit) => nameOf("queue", `${digit.repeat(8)}-0000-0000-0000-000000000000`))).toEqual([
    "Support (11111111)",
    "Support (22222222)",
    "Sales",
  ]);
});
