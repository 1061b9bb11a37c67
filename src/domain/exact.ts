/** Exact fractions. Nothing is rounded before it is written, and nothing depends on the machine. */

/** A number; its denominator is above 0. */
export interface Exact {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** `numerator ÷ denominator`; null where that has no value. */
export function exact(numerator: bigint, denominator = 1n): Exact | null {
  if (denominator === 0n) return null;
  return denominator < 0n ? { numerator: -numerator, denominator: -denominator } : { numerator, denominator };
}

/** left + right. */
export function plus(left: Exact, right: Exact): Exact {
  return {
    numerator: left.numerator * right.denominator + right.numerator * left.denominator,
    denominator: left.denominator * right.denominator,
  };
}

/** −value. */
export function negative({ numerator, denominator }: Exact): Exact {
  return { numerator: -numerator, denominator };
}

/** left × right. */
export function product(left: Exact, right: Exact): Exact {
  return { numerator: left.numerator * right.numerator, denominator: left.denominator * right.denominator };
}

/** left ÷ right; null by 0. */
export function ratioOf(left: Exact, right: Exact): Exact | null {
  return exact(left.numerator * right.denominator, left.denominator * right.numerator);
}

/** What is left of a division, with the sign of what was divided; null by 0. */
export function restOf(left: Exact, right: Exact): Exact | null {
  const quotient = ratioOf(left, right);
  if (quotient === null) return null;
  const whole: Exact = { numerator: quotient.numerator / quotient.denominator, denominator: 1n };
  return plus(left, negative(product(whole, right)));
}

/** Below 0, 0 or above 0, as left is to right. */
export function compareExact(left: Exact, right: Exact): number {
  const difference = left.numerator * right.denominator - right.numerator * left.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The largest whole number that is not above the value. */
export function floorOf({ numerator, denominator }: Exact): bigint {
  const whole = numerator / denominator;
  return numerator < 0n && whole * denominator !== numerator ? whole - 1n : whole;
}

/** Half away from zero, to so many decimals; as a whole number of the last one. */
export function roundedTo({ numerator, denominator }: Exact, decimals: number): bigint {
  const scaled = 2n * (numerator < 0n ? -numerator : numerator) * 10n ** BigInt(decimals);
  const rounded = (scaled + denominator) / (2n * denominator);
  return numerator < 0n ? -rounded : rounded;
}
