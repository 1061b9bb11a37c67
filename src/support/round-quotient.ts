/** Exact division of whole numbers, rounded once. */

/**
 * `numerator ÷ denominator`, rounded half away from zero to so many decimals, as the nearest double. The
 * decision is made on the exact value, never on a binary approximation of it. The denominator is not 0.
 */
export function roundQuotient(numerator: bigint, denominator: bigint, decimals: number): number {
  const negative = numerator < 0n !== denominator < 0n;
  const scaled = absolute(numerator) * 10n ** BigInt(decimals);
  const divisor = absolute(denominator);
  const rounded = (2n * scaled + divisor) / (2n * divisor);
  const digits = rounded.toString().padStart(decimals + 1, "0");
  const text = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return rounded === 0n ? 0 : Number(negative ? `-${text}` : text);
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
