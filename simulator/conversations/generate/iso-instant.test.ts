import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatInstant } from "./iso-instant.ts";

describe("formatInstant()", () => {
  it("writes what Date writes, in any order of days", () => {
    const instant = fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(instant, (date) => {
        expect(formatInstant(date.getTime())).toBe(date.toISOString());
      }),
    );
  });

  it("pads every place", () => {
    expect(formatInstant(Date.parse("2024-03-10T06:05:04.003Z"))).toBe("2024-03-10T06:05:04.003Z");
    expect(formatInstant(Date.parse("2024-03-10T00:00:00.000Z"))).toBe("2024-03-10T00:00:00.000Z");
    expect(formatInstant(Date.parse("2024-03-09T23:59:59.999Z"))).toBe("2024-03-09T23:59:59.999Z");
  });
});
