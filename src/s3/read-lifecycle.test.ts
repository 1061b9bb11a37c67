import type { LifecycleRule } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { earliestEnd } from "./read-lifecycle.ts";

const on = (rule: Partial<LifecycleRule>): LifecycleRule => ({ Status: "Enabled", Expiration: { Days: 3 }, ...rule });
const THREE = { kind: "days", days: 3 };

test.each([
  { says: "no prefix", rule: on({}), end: THREE },
  { says: "an empty filter", rule: on({ Filter: {} }), end: THREE },
  { says: "the prefix", rule: on({ Filter: { Prefix: "daily/" } }), end: THREE },
  { says: "a folder above", rule: on({ Prefix: "dai" }), end: THREE },
  { says: "a folder below", rule: on({ Filter: { Prefix: "daily/calls/" } }), end: THREE },
  { says: "another prefix", rule: on({ Filter: { Prefix: "weekly/" } }), end: undefined },
  { says: "a size, which ours may have", rule: on({ Filter: { ObjectSizeGreaterThan: 5 } }), end: THREE },
  { says: "a tag of ours", rule: on({ Filter: { Tag: { Key: "team", Value: "centre" } } }), end: THREE },
  { says: "another value", rule: on({ Filter: { Tag: { Key: "team", Value: "other" } } }), end: undefined },
  {
    says: "prefix and tags of which one is not ours",
    rule: on({
      Filter: {
        And: {
          Prefix: "",
          Tags: [
            { Key: "team", Value: "centre" },
            { Key: "x", Value: "y" },
          ],
        },
      },
    }),
    end: undefined,
  },
  { says: "switched off", rule: on({ Status: "Disabled" }), end: undefined },
  {
    says: "of older versions",
    rule: on({ Expiration: undefined, NoncurrentVersionExpiration: { NoncurrentDays: 1 } }),
    end: undefined,
  },
  {
    says: "of leftover parts",
    rule: on({ Expiration: undefined, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
    end: undefined,
  },
  {
    says: "a date",
    rule: on({ Expiration: { Date: new Date("2027-01-01") } }),
    end: { kind: "date", date: "2027-01-01" },
  },
])("earliestEnd() of a rule for $says", ({ rule, end }) => {
  expect(earliestEnd([rule], "daily/", { team: "centre" })).toEqual(end);
});

test("earliestEnd() takes the least days, and a date before any days", () => {
  const days = [on({ Expiration: { Days: 9 } }), on({}), on({ Expiration: { Days: 30 } })];
  expect(earliestEnd(days, "daily/", {})).toEqual(THREE);
  const dated = ["2028-01-01", "2027-01-01"].map((date) => on({ Expiration: { Date: new Date(date) } }));
  expect(earliestEnd([...days, ...dated], "daily/", {})).toEqual({ kind: "date", date: "2027-01-01" });
});
