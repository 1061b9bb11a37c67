// The rule of docs/access-verdict.md, once more in other words, against every combination of what a store can tell.

import { expect, test } from "vitest";
import type { AccessCheck, AccessVerdict } from "../domain/delivery.ts";
import {
  ACCESS_QUESTIONS,
  type AccessCheckId,
  judge,
  refusingBeforeUpload,
  refusingChecks,
  toChecks,
} from "./access-verdict.ts";

const RESULTS = ["pass", "fail", "unknown"] as const;
type Found = (typeof RESULTS)[number];
type Results = Readonly<Partial<Record<AccessCheckId, Found>>>;

const POLICIES = ["strict", "probed"] as const;
const TOLD = ["V01", "V02", "V03", "V04", "V05", "V06", "V07", "V08", "V12", "V25"] as const;
/** Asked by strict like V03, and nothing more is known of them. */
const LIKE_V03 = ["V09", "V10", "V26"] as const;
const ADVICE = ["V11", "V14"] as const;
const PROBES = ["V13", "V15", "V17", "V18", "V19", "V20", "V21", "V22", "V23", "V24"] as const;
const ALL_PASS: Results = Object.fromEntries(
  [...TOLD, ...LIKE_V03, "V16", ...ADVICE, ...PROBES].map((id) => [id, "pass"]),
);

function checks(results: Results): AccessCheck[] {
  const findings = (Object.keys(results) as AccessCheckId[]).map((id) => ({
    id,
    result: results[id] ?? ("unknown" as const),
    fact: "",
    call: "",
  }));
  return toChecks(findings, 0);
}

function isProved(policy: AccessVerdict["policy"], results: Results): boolean {
  return judge(policy, checks(results)).proved;
}

/** Every assignment of the three results to the ids. */
function* worlds(ids: readonly AccessCheckId[]): Generator<Results> {
  const [id, ...rest] = ids;
  if (id === undefined) return yield {};
  for (const world of worlds(rest)) for (const result of RESULTS) yield { ...world, [id]: result };
}

test("every check has a question and its place in the rule", () => {
  expect([...TOLD, ...LIKE_V03, "V16", ...ADVICE, ...PROBES].sort()).toEqual(Object.keys(ACCESS_QUESTIONS).sort());
});

test("judge() agrees with the rule on every combination of what a store tells", () => {
  let count = 0;
  for (const world of worlds(TOLD)) {
    const isPublic = world.V06 === "fail" || world.V08 === "fail";
    const isKept = world.V12 !== "fail";
    const toldAll = (["V01", "V02", "V03", "V06", "V12", "V25"] as const).every((id) => world[id] === "pass");
    const nothingCanOpen = world.V04 === "pass" || world.V05 === "pass";
    const listsClosed = world.V07 === "pass" || world.V08 === "pass";
    const results = { ...ALL_PASS, ...world };
    const probed = !isPublic && isKept;
    const strict = probed && toldAll && nothingCanOpen && listsClosed;
    if (isProved("probed", results) !== probed || isProved("strict", results) !== strict)
      expect.fail(JSON.stringify(world));
    count += 1;
  }
  expect(count).toBe(3 ** TOLD.length);
});

test.each(PROBES)("judge() refuses under both policies when probe %s does not pass", (id) => {
  for (const policy of POLICIES)
    for (const result of RESULTS) expect(isProved(policy, { ...ALL_PASS, [id]: result })).toBe(result === "pass");
});

test.each([
  { says: "a public policy", world: { V06: "fail" }, strict: false, probed: false },
  { says: "a public access list", world: { V07: "fail", V08: "fail" }, strict: false, probed: false },
  { says: "a public policy behind a block", world: { V04: "pass", V06: "fail" }, strict: false, probed: false },
  { says: "no block of bucket or account", world: { V04: "fail", V05: "fail" }, strict: false, probed: true },
  { says: "no block of the bucket, but the account's", world: { V04: "fail" }, strict: true, probed: true },
  {
    says: "a block of the bucket, and an account that does not tell",
    world: { V05: "unknown" },
    strict: true,
    probed: true,
  },
  {
    says: "no block, and a store that tells nothing else",
    world: { V04: "fail", V05: "unknown", V06: "unknown", V08: "unknown", V07: "unknown" },
    strict: false,
    probed: true,
  },
  { says: "access lists on, but none is public", world: { V07: "fail" }, strict: true, probed: true },
  { says: "credentials that end early", world: { V02: "fail" }, strict: false, probed: true },
  { says: "a rule that removes the report too early", world: { V12: "fail" }, strict: false, probed: false },
  { says: "another encryption than was asked for", world: { V16: "fail" }, strict: false, probed: false },
  { says: "an encryption that the store does not tell", world: { V16: "unknown" }, strict: false, probed: true },
  {
    says: "rights beyond the prefix, where the proof was asked for",
    world: { V14: "fail" },
    strict: false,
    probed: false,
  },
  { says: "no proof of least privilege", world: { V14: "unknown" }, strict: true, probed: true },
  { says: "plain HTTP that is not refused", world: { V11: "fail" }, strict: true, probed: true },
  ...LIKE_V03.map((id) => ({ says: `a failed ${id}`, world: { [id]: "fail" }, strict: false, probed: true }) as const),
  {
    says: "a store that tells nothing",
    world: Object.fromEntries([...TOLD, ...LIKE_V03, "V16", ...ADVICE].map((id) => [id, "unknown"])),
    strict: false,
    probed: true,
  },
] satisfies { says: string; world: Results; strict: boolean; probed: boolean }[])(
  "judge() on $says: strict $strict, probed $probed",
  ({ world, strict, probed }) => {
    expect(isProved("strict", { ...ALL_PASS, ...world })).toBe(strict);
    expect(isProved("probed", { ...ALL_PASS, ...world })).toBe(probed);
  },
);

test("refusingChecks() names what refuses, in order, and counts a missing check as unknown", () => {
  expect(refusingChecks("probed", checks({ ...ALL_PASS, V23: "fail", V06: "fail" }))).toEqual(["V06", "V23"]);
  expect(refusingChecks("strict", checks({ ...ALL_PASS, V07: "fail", V08: "unknown", V09: "fail" }))).toEqual([
    "V07",
    "V08",
    "V09",
  ]);
  expect(refusingChecks("probed", [])).toEqual([...PROBES]);
});

test("refusingBeforeUpload() leaves out what only an upload can show", () => {
  expect(refusingBeforeUpload("probed", [])).toEqual([]);
  expect(refusingBeforeUpload("probed", checks({ V06: "fail" }))).toEqual(["V06"]);
  expect(refusingBeforeUpload("strict", [])).toEqual([
    "V01",
    "V02",
    "V03",
    "V04",
    "V05",
    "V06",
    "V07",
    "V08",
    "V09",
    "V10",
    "V12",
  ]);
});

test("toChecks() answers every question, and says of what was not asked that it was not", () => {
  const [first] = toChecks([], Date.UTC(2024, 0, 1));
  expect(first).toEqual({
    id: "V01",
    question: "Which account signs?",
    result: "unknown",
    fact: "not asked",
    call: "none",
    at: "2024-01-01T00:00:00.000Z",
  });
});

test("toChecks() joins two findings of one check: the worse decides, both are told", () => {
  const found = (result: Found, fact: string) => ({ id: "V09" as const, result, fact, call: fact });
  const check = toChecks([found("pass", "no website"), found("fail", "every site")], 0).find(({ id }) => id === "V09");
  expect(check).toMatchObject({ result: "fail", fact: "no website; every site", call: "no website; every site" });
});

test("toChecks() shows V14 only where it was tried", () => {
  const finding = { id: "V14" as const, result: "pass" as const, fact: "refused", call: "c" };
  expect(toChecks([], 0).map(({ id }) => id)).not.toContain("V14");
  expect(toChecks([finding], 0).map(({ id }) => id)).toContain("V14");
});

const NOW = Date.UTC(2026, 5, 30);
const WAIVERS = Object.keys(ACCESS_QUESTIONS).map((check) => ({ check, reason: "known", until: "2026-07-01" }));

test.each(["fail", "unknown"] as const)("toChecks() waives what is %s, but no probe and no open door", (result) => {
  const findings = (Object.keys(ACCESS_QUESTIONS) as AccessCheckId[]).map((id) => ({
    id,
    result,
    fact: "f",
    call: "c",
  }));
  const left = toChecks(findings, NOW, WAIVERS).filter((check) => check.result !== "waived");
  expect(left.map(({ id }) => id)).toEqual([...PROBES, ...(result === "fail" ? ["V06", "V08"] : [])].sort());
});

test("toChecks() keeps what a waiver stands in for, its reason and its end", () => {
  const finding = { id: "V10" as const, result: "fail" as const, fact: "no default encryption", call: "c" };
  expect(toChecks([finding], NOW, WAIVERS).find(({ id }) => id === "V10")).toMatchObject({
    result: "waived",
    fact: "fail: no default encryption",
    waiver: { check: "V10", reason: "known", until: "2026-07-01" },
  });
});

test("toChecks() leaves a check that passes as it is, and a waiver that ended counts for nothing", () => {
  const finding = { id: "V10" as const, fact: "f", call: "c" };
  const of = (result: Found, nowAt: number) =>
    toChecks([{ ...finding, result }], nowAt, WAIVERS).find(({ id }) => id === "V10");
  expect(of("pass", NOW)).toMatchObject({ result: "pass", fact: "f" });
  expect(of("fail", NOW + 86_399_999)?.result).toBe("waived");
  expect(of("fail", NOW + 86_400_000)).toMatchObject({
    result: "fail",
    fact: "f (its waiver ended on 2026-07-01)",
  });
});
