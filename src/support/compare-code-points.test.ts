import fc from "fast-check";
import { expect, test } from "vitest";
import { compareCodePoints } from "./compare-code-points.ts";

test("compareCodePoints() orders as the bytes of UTF-8 do", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\uffff", "\u{10000}", "\ud7ff", "\ue000", ""));
  fc.assert(
    fc.property(text, text, (left, right) => {
      expect(Math.sign(compareCodePoints(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
    }),
  );
});
