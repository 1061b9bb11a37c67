import { expect, test } from "vitest";
import { ReportError } from "../domain/errors.ts";
import { hostsOf } from "./regions.ts";

test("R-01, R-02: hostsOf() derives both hosts from one region name", () => {
  expect(hostsOf("eu_central_1")).toEqual({
    loginUrl: "https://login.mypurecloud.de",
    apiUrl: "https://api.mypurecloud.de",
  });
});

test.each(["EU_WEST_2", "eu-west-2", "euw2.pure.cloud"])("hostsOf() takes %s", (region) => {
  expect(hostsOf(region).apiUrl).toBe("https://api.euw2.pure.cloud");
});

test("hostsOf() takes the domain of a region that is newer than this list", () => {
  expect(hostsOf("xyz9.pure.cloud").loginUrl).toBe("https://login.xyz9.pure.cloud");
});

test.each(["eu_west_9", "", "constructor", "__proto__", "a b.c", "https://api.mypurecloud.ie", "a.b/c", ".ie"])(
  "R-02: hostsOf(%j) fails with the list of right ones",
  (region) => {
    const refuse = (): unknown => hostsOf(region);
    expect(refuse).toThrow(ReportError);
    expect(refuse).toThrow(
      expect.objectContaining({ code: "config.invalid", message: expect.stringContaining(region) }),
    );
    expect(refuse).toThrow(expect.objectContaining({ hint: expect.stringMatching(/us_east_1, .*ap_southeast_2/) }));
  },
);

test("hostsOf() suggests the region that was probably meant", () => {
  expect(() => hostsOf("eu_west1")).toThrow(/Did you mean.*eu_west_1/i);
});
