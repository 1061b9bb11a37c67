import fc from "fast-check";
import { expect, test } from "vitest";
import { roundQuotient } from "./round-quotient.ts";

const CASES: readonly (readonly [numerator: bigint, denominator: bigint, decimals: number, rounded: number])[] = [
  [1n, 3n, 4, 0.3333],
  [2n, 3n, 4, 0.6667],
  [5n, 2n, 0, 3],
  [-5n, 2n, 0, -3],
  [5n, -2n, 0, -3],
  [1n, 8n, 2, 0.13],
  [-1n, 8n, 2, -0.13],
  [1005n, 1000n, 2, 1.01],
  [176_352_500n, 1_000_000n, 3, 176.353],
  [0n, 7n, 2, 0],
  [-1n, 1000n, 2, 0],
  [1n, 1n, 9, 1],
];

test.each(CASES)(
  "G7: roundQuotient(%s, %s, %i) is %d, half away from zero",
  (numerator, denominator, decimals, rounded) => {
    expect(roundQuotient(numerator, denominator, decimals)).toBe(rounded);
  },
);

test("G7: roundQuotient() agrees with division by hand, digit by digit", () => {
  fc.assert(
    fc.property(
      fc.bigInt(-(10n ** 18n), 10n ** 18n),
      fc.bigInt(-(10n ** 9n), 10n ** 9n).filter((denominator) => denominator !== 0n),
      fc.integer({ min: 0, max: 9 }),
      (numerator, denominator, decimals) => {
        expect(roundQuotient(numerator, denominator, decimals)).toBe(byHand(numerator, denominator, decimals));
      },
    ),
    { numRuns: 5_000 },
  );
});

test("G7: roundQuotient() rounds every half of a small world away from zero", () => {
  for (let numerator = -200n; numerator <= 200n; numerator += 1n) {
    for (const denominator of [1n, 2n, 4n, 5n, 8n, 16n, 20n, 25n, 40n, 80n, 200n]) {
      for (const decimals of [0, 1, 2]) {
        expect(roundQuotient(numerator, denominator, decimals)).toBe(byHand(numerator, denominator, decimals));
      }
    }
  }
});

test("roundQuotient() never gives a negative zero", () => {
  expect(Object.is(roundQuotient(-1n, 1_000_000n, 2), 0)).toBe(true);
  expect(Object.is(roundQuotient(0n, -3n, 2), 0)).toBe(true);
});

/** Long division as at school: decimal digits one by one, then the next digit decides. */
function byHand(numerator: bigint, denominator: bigint, decimals: number): number {
  const negative = numerator < 0n !== denominator < 0n;
  const [top, bottom] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
  let rest = top % bottom;
  let digits = String(top / bottom);
  for (let place = 0; place < decimals; place++) {
    digits += String((rest * 10n) / bottom);
    rest = (rest * 10n) % bottom;
  }
  if ((rest * 10n) / bottom >= 5n) digits = increment(digits);
  const whole = decimals === 0 ? digits : digits.slice(0, -decimals);
  const text = decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`;
  return Number(text) === 0 ? 0 : Number(`${negative ? "-" : ""}${text}`);
}

function increment(digits: string): string {
  const last = digits.at(-1);
  if (last === undefined) return "1";
  return last === "9" ? `${increment(digits.slice(0, -1))}0` : digits.slice(0, -1) + String(Number(last) + 1);
}
