import { expect, test } from "vitest";
import { maskFacts } from "./mask-facts.ts";

const of = (fact: string) => maskFacts([{ id: "V25", result: "pass", fact, call: "c" }]);
const SIGNATURE = "0123456789abcdef".repeat(4);

test.each([
  { says: "a link", fact: `text/csv; see https://store.example/a?b=c#d saved`, masked: "text/csv; see … saved" },
  { says: "a signature", fact: `NotImplemented.${SIGNATURE}.`, masked: "NotImplemented.…." },
  { says: "a signature in capitals", fact: SIGNATURE.toUpperCase(), masked: "…" },
  { says: "a parameter", fact: "X-Amz-Security-Token=abc/def%2B, end", masked: "… end" },
])("V26, R-85: maskFacts() masks $says, and fails", ({ fact, masked }) => {
  expect(of(fact)).toEqual([
    { id: "V25", result: "pass", fact: masked, call: "c" },
    {
      id: "V26",
      result: "fail",
      fact: "the store's answers held one, masked here: V25",
      call: "search of every fact of this verdict",
    },
  ]);
});

test("V26: maskFacts() leaves plain facts as they are, and passes", () => {
  const fact = "status 403, SSE-KMS with arn:aws:kms:us-east-1:111122223333:key/0123abcd";
  expect(of(fact).map((finding) => [finding.id, finding.result, finding.fact])).toEqual([
    ["V25", "pass", fact],
    ["V26", "pass", "none"],
  ]);
});

test("maskFacts() cuts what is longer than anybody reads", () => {
  expect(of("x".repeat(5000))[0]?.fact).toBe(`${"x".repeat(300)}…`);
});
