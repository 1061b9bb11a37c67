/**
 * The table in docs/simulator-centre.md is what is generated: its figures are those of the census of seed 1, and
 * another seed has the same shares but for chance.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { generateCentre } from "../generate-centre.ts";
import { takeCensus } from "./census.ts";

const COUNT = 20_000;
const PERIOD_END_AT = Date.parse("2024-04-01T00:00:00Z");

describe("docs/simulator-centre.md", () => {
  const documented = readShares();

  it("states the share of each feature as counted with seed 1, leaving none out", () => {
    expect(documented).toEqual(perThousand(1));
  });

  it("promises nothing that another seed does not keep, within a quarter and five standard errors", () => {
    const other = perThousand(20_240_331);
    for (const [feature, share] of documented) {
      const probability = share / 1000;
      const standardError = 1000 * Math.sqrt((2 * probability * (1 - probability)) / COUNT);
      const difference = Math.abs((other.get(feature) ?? 0) - share);
      expect(difference, feature).toBeLessThan(share / 4 + 5 * standardError);
      expect(other.get(feature), feature).toBeGreaterThan(0);
    }
  });
});

function perThousand(seed: number): Map<string, number> {
  const counts = takeCensus(generateCentre({ count: COUNT, seed }), PERIOD_END_AT);
  return new Map([...counts].map(([feature, count]) => [feature, Number(((count / COUNT) * 1000).toFixed(1))]));
}

/** The rows of the table "How often": feature and share in a thousand. */
function readShares(): Map<string, number> {
  const text = readFileSync(new URL("../../../docs/simulator-centre.md", import.meta.url), "utf8");
  const rows = text.matchAll(/^\| ([^|]+) \| (\d+\.\d) \|/gm);
  return new Map([...rows].map(([, feature = "", share = ""]) => [feature, Number(share)]));
}
