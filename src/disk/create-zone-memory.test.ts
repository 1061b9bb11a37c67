import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createZoneMemory } from "./create-zone-memory.ts";

test("I11: createZoneMemory() keeps what was foretold, and takes a damaged file for none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "callsheet-zones-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const memory = createZoneMemory(join(folder, "state"));
  const foretold = {
    version: "2026b",
    untilAt: 5,
    zones: { UTC: [], "Asia/Tokyo": [{ at: 1, before: 0, after: -2 }] },
  };

  expect(await memory.read()).toBeUndefined();
  await memory.write(foretold);
  expect(await memory.read()).toEqual(foretold);
  writeFileSync(join(folder, "state/zones.json"), '{"schema":"callsheet.zones/2"}');
  expect(await memory.read()).toBeUndefined();
});
