import { describe, expect, it } from "vitest";
import { planArrivals } from "./arrivals.ts";

const FRIDAY = Date.parse("2024-03-01T00:00:00Z");
const HOUR_MS = 3_600_000;

function startsOf(count: number, days: number): number[] {
  const startOf = planArrivals({ count, seed: 1, startAt: FRIDAY, days });
  return Array.from({ length: count }, (_, index) => startOf(index));
}

describe("planArrivals()", () => {
  it("ascends inside the period, whole milliseconds, for few and for many", () => {
    for (const count of [1, 2, 49, 50, 51, 5000]) {
      const starts = startsOf(count, 1);
      expect(starts).toEqual(starts.toSorted((left, right) => left - right));
      for (const start of starts) {
        expect(Number.isInteger(start)).toBe(true);
        expect(start).toBeGreaterThanOrEqual(FRIDAY);
        expect(start).toBeLessThan(FRIDAY + 24 * HOUR_MS);
      }
    }
  });

  it("every fiftieth start equals the one before it", () => {
    const starts = startsOf(500, 1);
    expect(starts[49]).toBe(starts[48]);
    expect(starts[99]).toBe(starts[98]);
    expect(new Set(starts).size).toBe(490);
  });

  it("follows the day: the busiest hour has twenty times the traffic of the quietest and more", () => {
    const hours = Array.from({ length: 24 }, () => 0);
    for (const start of startsOf(20_000, 1)) {
      const hour = Math.floor((start - FRIDAY) / HOUR_MS);
      hours[hour] = (hours[hour] ?? 0) + 1;
    }
    expect(hours.indexOf(Math.max(...hours))).toBe(10);
    expect(Math.min(...hours)).toBeGreaterThan(0);
    expect(Math.max(...hours) / Math.min(...hours)).toBeGreaterThan(20);
  });

  it("follows the week: Monday has three times the traffic of Sunday and more", () => {
    const days = Array.from({ length: 7 }, () => 0);
    for (const start of startsOf(20_000, 28)) {
      const day = new Date(start).getUTCDay();
      days[day] = (days[day] ?? 0) + 1;
    }
    expect((days[1] ?? 0) / (days[0] ?? 1)).toBeGreaterThan(3);
  });
});
