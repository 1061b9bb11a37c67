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

type Results = Readonly<Partial<Record<AccessCheckId, AccessCheck["result"]>>>;

const RESULTS = ["pass", "fail", "unknown"] as const;
const POLICIES = ["strict", "probed"] as const;
const TOLD = ["V01", "V02", "V03", "V04", "V05", "V06", "V07", "V08", "V25"] as const;
const PROBES = ["V13", "V15", "V17", "V18", "V19", "V20", "V21", "V22", "V23", "V24"] as const;
const ALL_PASS: Results = Object.fromEntries([...TOLD, ...PROBES].map((id) => [id, "pass"]));

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
  expect([...TOLD, ...PROBES].sort()).toEqual(Object.keys(ACCESS_QUESTIONS).sort());
});

test("judge() agrees with the rule on every combination of what a store tells", () => {
  let count = 0;
  for (const world of worlds(TOLD)) {
    const isPublic = world.V06 === "fail" || world.V08 === "fail";
    const toldAll = TOLD.filter((id) => id !== "V07" && id !== "V08").every((id) => world[id] === "pass");
    const listsClosed = world.V07 === "pass" || world.V08 === "pass";
    const results = { ...ALL_PASS, ...world };
    expect(isProved("probed", results)).toBe(!isPublic);
    expect(isProved("strict", results)).toBe(!isPublic && toldAll && listsClosed);
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
  { says: "no block, but policy and lists are closed", world: { V04: "fail" }, strict: false, probed: true },
  {
    says: "no block, and a store that tells nothing else",
    world: { V04: "fail", V06: "unknown", V08: "unknown", V07: "unknown" },
    strict: false,
    probed: true,
  },
  { says: "access lists on, but none is public", world: { V07: "fail" }, strict: true, probed: true },
  { says: "credentials that end early", world: { V02: "fail" }, strict: false, probed: true },
  {
    says: "a store that tells nothing",
    world: Object.fromEntries(TOLD.map((id) => [id, "unknown"])),
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
  expect(refusingChecks("strict", checks({ ...ALL_PASS, V07: "fail", V08: "unknown" }))).toEqual(["V07", "V08"]);
  expect(refusingChecks("probed", [])).toEqual([...PROBES]);
});

test("refusingBeforeUpload() leaves out what only an upload can show", () => {
  expect(refusingBeforeUpload("probed", [])).toEqual([]);
  expect(refusingBeforeUpload("probed", checks({ V06: "fail" }))).toEqual(["V06"]);
  expect(refusingBeforeUpload("strict", [])).toEqual(["V01", "V02", "V03", "V04", "V05", "V06", "V07", "V08"]);
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
