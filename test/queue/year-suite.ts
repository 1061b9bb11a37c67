// Days of hourly reports, some attempts failing, a scheduler that is replaced after hours of absence: each instant has
// its row, each row was run once or says why not.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Home } from "./homes.ts";
import { simulateTime, type SimulatedOrder } from "./simulated-time.ts";

/** Defines the suite; `open` is called once. */
export function defineYearSuite(
  name: string,
  open: () => Promise<Home>,
  order: Pick<SimulatedOrder, "reports" | "days" | "workers">,
): void {
  describe(`${order.days} days of ${order.reports} hourly reports on ${name}`, () => {
    let home: Home;
    beforeAll(async () => {
      home = await open();
    });
    afterAll(async () => {
      await home.close();
    });

    const seed = process.env["CALLSHEET_SCHEDULE_SEED"] ?? randomUUID().slice(0, 8);

    test(`R-67: with faults of every recourse no instant is lost, and none is run twice (seed ${seed})`, {
      timeout: 600_000,
    }, async () => {
      const told = await simulateTime(home, { ...order, seed, faultShare: 0.03 });
      expect(told).toMatchObject({ instants: 24 * order.reports * order.days, lost: 0 });
      expect(told.ended.done).toBe(told.gave);
      expect(told.faults).toBeGreaterThan(0);
      expect(told.ended.missed).toBeGreaterThan(0);
    });
  });
}
