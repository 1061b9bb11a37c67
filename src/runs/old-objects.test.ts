import { describe, expect, test } from "vitest";
import type { LinkEvent } from "../domain/delivery.ts";
import { type ObjectPolicy, oldObjects } from "./old-objects.ts";

const DAY_MS = 86_400_000;
const START = Date.UTC(2024, 0, 1);
const NOW = START + 100 * DAY_MS;

/** A link to a file of run `run`, handed out on that day. */
function handed(run: number, day: number, more: Partial<LinkEvent> = {}): LinkEvent {
  const at = new Date(START + day * DAY_MS).toISOString();
  return {
    at,
    event: "handed_out",
    runId: `calls-${run}`,
    report: "calls",
    destination: "archive",
    artifact: "calls.csv",
    key: `k${run}`,
    by: "ann",
    how: "run",
    ...more,
  };
}

function old(events: readonly LinkEvent[], policy: Partial<ObjectPolicy> = {}): string[] {
  const whole = { keepMs: 30 * DAY_MS, hold: undefined, running: new Set<string>(), ...policy };
  return oldObjects(events, whole, NOW).map(({ key }) => key);
}

const NEWEST = handed(9, 99);

describe("oldObjects()", () => {
  test("takes what was delivered and linked long enough ago", () => {
    expect(old([handed(1, 0), handed(2, 69), handed(3, 71), NEWEST])).toEqual(["k1", "k2"]);
    expect(old([handed(1, 0), handed(1, 80, { how: "link" }), NEWEST])).toEqual([]);
  });

  test("keeps what a link still opens", () => {
    expect(old([handed(1, 0, { until: new Date(NOW + 1).toISOString() }), NEWEST])).toEqual([]);
    expect(old([handed(1, 0, { until: new Date(NOW).toISOString() }), NEWEST])).toEqual(["k1"]);
  });

  test("keeps the last delivery of each report to each destination, whatever its age", () => {
    const elsewhere = handed(1, 0, { destination: "shelf", event: "placed" });
    const other = handed(2, 0, { report: "legs", runId: "legs-2" });
    expect(old([elsewhere, other, handed(3, 1), handed(4, 2)])).toEqual(["k3"]);
  });

  test("keeps what a later run delivered again under the same key", () => {
    expect(old([handed(1, 0), handed(2, 1, { key: "k1" })])).toEqual([]);
  });

  test("keeps what is held, and reports with a run at work", () => {
    const hold = { reports: [], runs: ["calls-1"], store: false };
    expect(old([handed(1, 0), handed(2, 0), NEWEST], { hold })).toEqual(["k2"]);
    expect(old([handed(1, 0), NEWEST], { hold: { ...hold, reports: ["calls"] } })).toEqual([]);
    expect(old([handed(1, 0), NEWEST], { running: new Set(["calls"]) })).toEqual([]);
  });

  test("takes nothing twice, tells versions apart, and names the seals", () => {
    const gone = [handed(1, 0), handed(1, 1, { event: "removed" }), handed(2, 0), handed(2, 1, { event: "revoked" })];
    expect(old([...gone, NEWEST])).toEqual([]);
    const versions = [handed(1, 0, { versionId: "a" }), handed(1, 80, { versionId: "b" }), NEWEST];
    expect(oldObjects(versions, { keepMs: 30 * DAY_MS, hold: undefined, running: new Set() }, NOW)).toMatchObject([
      { key: "k1", versionId: "a" },
    ]);
    const sealed = [handed(1, 0, { manifestKey: "s1" }), handed(1, 1, { manifestKey: "s2" }), NEWEST];
    expect(oldObjects(sealed, { keepMs: 0, hold: undefined, running: new Set() }, NOW)[0]?.manifestKeys).toEqual([
      "s1",
      "s2",
    ]);
  });
});
