import fc from "fast-check";
import { expect, test } from "vitest";
import { createRateCounter } from "./rate-window.ts";

test("a sliding window never lets more than the limit through in any minute", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 60 }),
      (limit, gaps) => {
        let clock = 0;
        const count = createRateCounter(
          () => limit,
          "sliding",
          () => clock,
        );
        const passed: number[] = [];
        for (const gap of gaps) {
          clock += gap;
          const { isOver } = count("k");
          const recent = passed.filter((at) => at > clock - 60_000).length;
          expect(isOver).toBe(recent >= limit);
          if (!isOver) passed.push(clock);
        }
      },
    ),
  );
});

test("a window counts each key on its own, and waiting for its reset helps", () => {
  for (const kind of ["fixed", "sliding"] as const) {
    let clock = 500;
    const count = createRateCounter(
      () => 1,
      kind,
      () => clock,
    );
    expect([count("a").isOver, count("b").isOver]).toEqual([false, false]);
    clock += 1_234;
    const { isOver, resetSeconds } = count("a");
    expect([isOver, resetSeconds]).toEqual([true, 59]);
    clock += resetSeconds * 1000;
    expect(count("a").isOver).toBe(false);
  }
});
