import fc from "fast-check";
import { expect, test } from "vitest";
import { exact } from "../domain/exact.ts";
import type { Expression, ExpressionValue, Operation } from "../domain/expression.ts";
import { evaluate } from "./evaluate.ts";

const NOTHING: Expression = {
  kind: "field",
  field: { path: "", type: "text", home: "leg", column: "userId", groupable: false, filterable: false, meaning: "" },
};

function number(value: number): Expression {
  const whole = exact(BigInt(Math.round(value * 1000)), 1000n);
  if (whole === null) throw new Error("a number");
  return { kind: "number", value: whole };
}

function call(operation: Operation, ...of: readonly Expression[]): Expression {
  return { kind: "call", operation, of };
}

/** The value as plain TypeScript has it; a field has none. */
function worthOf(expression: Expression): number | string | boolean | null {
  const value: ExpressionValue = evaluate(expression, () => null);
  return typeof value === "object" && value !== null ? Number(value.numerator) / Number(value.denominator) : value;
}

test.each([
  ["%", [7.5, 2], 1.5],
  ["%", [-7, 2], -1],
  ["floor", [-1.5], -2],
  ["ceil", [-1.5], -1],
  ["ceil", [1.2], 2],
  ["sign", [-3], -1],
  ["abs", [-3], 3],
  ["round", [2.5], 3],
  ["round", [-2.5], -3],
  ["round", [1.005, 2], 1.01],
  ["greatest", [1, 3, 2], 3],
  ["least", [1, 3, 2], 1],
  ["-", [4], -4],
  ["nullif", [4, 4], null],
  ["nullif", [4, 5], 4],
  ["in", [4, 3, 4], true],
  ["between", [4, 4, 5], true],
  ["between", [4, 5, 6], false],
] as const)("evaluate() gives for %s of %j %s", (operation, values, expected) => {
  expect(worthOf(call(operation, ...values.map(number)))).toBe(expected);
});

test("G3, R-43: evaluate() has no value for what is divided by 0 or calculated from nothing", () => {
  expect(worthOf(call("/", number(1), number(0)))).toBeNull();
  expect(worthOf(call("%", number(1), number(0)))).toBeNull();
  for (const operation of ["+", "-", "*", "/", "greatest", "least", "abs", "round", "=", "<", "not"] as const)
    expect([operation, worthOf(call(operation, NOTHING, number(1)))]).toEqual([operation, null]);
  expect(worthOf(call("coalesce", NOTHING, number(2)))).toBe(2);
  expect(worthOf(call("is_null", NOTHING))).toBe(true);
});

test("evaluate() knows of truths that are not known: an answer that they cannot change stands", () => {
  const [yes, no, unknown] = [
    call("=", number(1), number(1)),
    call("=", number(1), number(2)),
    call("=", NOTHING, number(1)),
  ];
  expect([worthOf(call("and", no, unknown)), worthOf(call("and", yes, unknown))]).toEqual([false, null]);
  expect([worthOf(call("or", yes, unknown)), worthOf(call("or", no, unknown))]).toEqual([true, null]);
  expect(worthOf({ kind: "case", branches: [{ when: unknown, result: number(1) }], otherwise: number(2) })).toBe(2);
  expect(worthOf({ kind: "case", branches: [{ when: unknown, result: number(1) }] })).toBeNull();
  expect(worthOf(call("in", number(1), number(2), NOTHING))).toBeNull();
});

test("R-52: evaluate() calculates exactly where binary fractions would not", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -9999, max: 9999 }), { minLength: 2, maxLength: 30 }), (thousandths) => {
      const terms = thousandths.map((each) => number(each / 1000));
      const sum = terms.reduce((left, right) => call("+", left, right));
      const total = thousandths.reduce((left, right) => left + right, 0);
      expect(worthOf(call("=", sum, number(total / 1000)))).toBe(true);
    }),
  );
});
