/**
 * The verdict on a delivery: named checks, each with the raw fact and the call that gave it. A link is handed out
 * only when no check refuses under the destination's policy. Ids, questions and the rule are those of
 * docs/access-verdict.md.
 */
import type { AccessCheck, AccessVerdict } from "../domain/delivery.ts";

/** Every check that this version makes or must name, with its question. */
export const ACCESS_QUESTIONS = {
  V01: "Which account signs?",
  V02: "Do the credentials live as long as the link?",
  V03: "Does the bucket exist, and is it ours?",
  V04: "Does the bucket block public access?",
  V05: "Does the account block public access?",
  V06: "Is the bucket's policy not public?",
  V07: "Are access lists switched off?",
  V08: "Does no access list grant the public?",
  V13: "Can we write under this prefix, and remove what we wrote?",
  V15: "Did the bytes arrive?",
  V17: "Is an unsigned request refused?",
  V18: "Does the link give the same bytes to a stranger who has it?",
  V19: "Is a tampered signature refused?",
  V20: "Is the signature refused for another object?",
  V21: "Is a longer life written by hand refused?",
  V22: "Are other methods refused, and is the object unchanged?",
  V23: "Is an expired link refused?",
  V24: "Does the link live exactly as long as we say?",
  V25: "Is it saved under its name, and not run as a page of the bucket?",
} as const;

/** The id of a check. */
export type AccessCheckId = keyof typeof ACCESS_QUESTIONS;

/** What one check found. `fact` is raw, such as a status code, and never a signature. */
export interface AccessFinding {
  readonly id: AccessCheckId;
  readonly result: AccessCheck["result"];
  readonly fact: string;
  readonly call: string;
}

/** Checks on the object and the link themselves: each must pass under either policy. */
const PROBES: ReadonlySet<AccessCheckId> = new Set([
  "V13",
  "V15",
  "V17",
  "V18",
  "V19",
  "V20",
  "V21",
  "V22",
  "V23",
  "V24",
]);

/** A failure of one of these is a bucket known to be public: it refuses under either policy. */
const OPEN_DOORS: ReadonlySet<AccessCheckId> = new Set(["V06", "V08"]);

/** Two ways to the same end, that access lists let nobody in: `strict` asks for one of them. */
const ACCESS_LISTS: ReadonlySet<AccessCheckId> = new Set(["V07", "V08"]);

/** What must be known before anything is uploaded. */
const BEFORE_UPLOAD: readonly AccessCheckId[] = ["V01", "V02", "V03", "V04", "V05", "V06", "V07", "V08"];

/** Judges all checks of one delivery. */
export function judge(policy: AccessVerdict["policy"], checks: readonly AccessCheck[]): AccessVerdict {
  return { policy, proved: refusingChecks(policy, checks).length === 0, checks };
}

/** Ids of the checks that withhold the link, in order; a check that is not there counts as unknown. */
export function refusingChecks(
  policy: AccessVerdict["policy"],
  checks: readonly Pick<AccessCheck, "id" | "result">[],
): AccessCheckId[] {
  const results = new Map(checks.map(({ id, result }) => [id, result]));
  const passes = (id: AccessCheckId): boolean => results.get(id) === "pass";
  const listsGrantNobody = [...ACCESS_LISTS].some(passes);

  function refuses(id: AccessCheckId): boolean {
    if (PROBES.has(id)) return !passes(id);
    if (OPEN_DOORS.has(id) && results.get(id) === "fail") return true;
    if (policy === "probed") return false;
    return ACCESS_LISTS.has(id) ? !listsGrantNobody : !passes(id);
  }
  return (Object.keys(ACCESS_QUESTIONS) as AccessCheckId[]).filter(refuses);
}

/** The refusing checks that can be known without an upload: with one of them a report does not leave this machine. */
export function refusingBeforeUpload(
  policy: AccessVerdict["policy"],
  checks: readonly Pick<AccessCheck, "id" | "result">[],
): AccessCheckId[] {
  return refusingChecks(policy, checks).filter((id) => BEFORE_UPLOAD.includes(id));
}

/** Findings as the checks of a verdict: one for each question, unknown where nothing was found. */
export function toChecks(findings: readonly AccessFinding[], nowAt: number): AccessCheck[] {
  const at = new Date(nowAt).toISOString();
  return (Object.keys(ACCESS_QUESTIONS) as AccessCheckId[]).map((id) => {
    const {
      result = "unknown",
      fact = "not asked",
      call = "none",
    } = findings.find((finding) => finding.id === id) ?? {};
    return { id, question: ACCESS_QUESTIONS[id], result, fact, call, at };
  });
}
