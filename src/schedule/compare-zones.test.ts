import { expect, test } from "vitest";
import { foretell, tellZoneChanges } from "./compare-zones.ts";
import type { ForetoldZones, ZoneMemory } from "./zone-memory.ts";

const NOW = Date.parse("2026-01-01T00:00Z");
const HOUR_MS = 3_600_000;
const REPORTS = [
  { report: "calls", zones: ["Europe/Berlin", "UTC"] },
  { report: "chats", zones: ["America/New_York"] },
];

/** Starts with what is kept; answers what was told, and what is kept then. */
async function tell(
  kept: ForetoldZones | undefined,
  nowAt = NOW,
): Promise<{ told: string[]; kept: ForetoldZones | undefined }> {
  let state = kept;
  const memory: ZoneMemory = {
    read: async () => await Promise.resolve(state),
    write: async (foretold) => {
      state = foretold;
      await Promise.resolve();
    },
  };
  const told: string[] = [];
  await tellZoneChanges(REPORTS, memory, "2026b", nowAt, (message) => told.push(message));
  return { told, kept: state };
}

test("I11: foretell() knows the clock changes of three years", () => {
  const { zones } = foretell(["Europe/Berlin", "Asia/Tokyo"], "2026b", NOW);

  expect(zones["Asia/Tokyo"]).toEqual([]);
  expect(zones["Europe/Berlin"]).toHaveLength(6);
  expect(zones["Europe/Berlin"]?.[0]).toEqual({
    at: Date.parse("2026-03-29T01:00Z"),
    before: HOUR_MS,
    after: 2 * HOUR_MS,
  });
});

test("I11: tellZoneChanges() says which clock changes are no longer, or newly, foretold, and which reports follow them", async () => {
  const other = foretell(["Europe/Berlin", "UTC", "America/New_York"], "2026a", NOW);
  const [spring, ...rest] = other.zones["Europe/Berlin"] ?? [];
  if (!spring) throw new Error("no change");
  // Older data had the change a week earlier.
  const kept = {
    ...other,
    zones: { ...other.zones, "Europe/Berlin": [{ ...spring, at: spring.at - 7 * 24 * HOUR_MS }, ...rest] },
  };

  const outcome = await tell(kept);

  expect(outcome.told).toEqual([
    "time-zone data 2026a became 2026b: clocks in Europe/Berlin change otherwise (no longer 2026-03-22T01:00Z from +01:00 to +02:00; now 2026-03-29T01:00Z from +01:00 to +02:00); runs to come of calls follow them",
  ]);
  expect((await tell(outcome.kept)).told).toEqual([]);

  // A summer time that older data did not know.
  const { told } = await tell({ ...other, zones: { ...other.zones, "Europe/Berlin": [] } });
  expect(told).toEqual([expect.stringMatching(/\(now 2026-03-29T01:00Z [^;]*;[^;]*;[^;]*;[^;]*; and 2 more\)/)]);
});

test("I11: tellZoneChanges() has nothing to tell at first, a year later, and of a zone that is new", async () => {
  const first = await tell(undefined);
  expect(first.told).toEqual([]);
  expect(Object.keys(first.kept?.zones ?? {})).toEqual(["America/New_York", "Europe/Berlin", "UTC"]);
  expect((await tell(first.kept, NOW + 400 * 24 * HOUR_MS)).told).toEqual([]);
  expect((await tell(foretell(["UTC"], "2026a", NOW))).told).toEqual([]);
});
