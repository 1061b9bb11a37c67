/**
 * The verdict on a delivery: named checks, each with the raw fact and the call that gave it. A link is handed out
 * only when no check refuses under the destination's policy. Ids, questions and the rule are those of
 * docs/access-verdict.md.
 */
import type { AccessCheck, AccessVerdict, Waiver } from "../domain/delivery.ts";

/** Every check that this version makes or must name, with its question. */
export const ACCESS_QUESTIONS = {
  V01: "Which account signs?",
  V02: "Do the credentials live as long as the link?",
  V03: "Does the bucket exist, and is it ours?",
  V04: "Does the bucket block public access?",
  V05: "Do bucket and account together block public access?",
  V06: "Is the bucket's policy not public?",
  V07: "Are access lists switched off?",
  V08: "Does no access list grant the public?",
  V09: "Is the bucket no website, and closed to pages of other sites?",
  V10: "Is what lies in the bucket encrypted by default?",
  V11: "Does the bucket's policy refuse plain HTTP?",
  V12: "Does the bucket keep the report until the link ends?",
  V13: "Can we write under this prefix, and remove what we wrote?",
  V14: "Can we write nowhere else?",
  V15: "Did the bytes arrive?",
  V16: "Was it encrypted as it was asked for?",
  V17: "Is an unsigned request refused?",
  V18: "Does the link give the same bytes to a stranger who has it?",
  V19: "Is a tampered signature refused?",
  V20: "Is the signature refused for another object?",
  V21: "Is a longer life written by hand refused?",
  V22: "Are other methods refused, and is the object unchanged?",
  V23: "Is an expired link refused?",
  V24: "Does the link live exactly as long as we say?",
  V25: "Is it saved under its name, and not run as a page of the bucket?",
  V26: "Is no signature in what we write down?",
} as const;

/** The id of a check. */
export type AccessCheckId = keyof typeof ACCESS_QUESTIONS;

/** What one check found. `fact` is raw, such as a status code, and never a signature. */
export interface AccessFinding {
  readonly id: AccessCheckId;
  readonly result: Exclude<AccessCheck["result"], "waived">;
  readonly fact: string;
  readonly call: string;
  /** The IAM statements that are missing, as JSON with commas between, where the credentials may not ask. */
  readonly statement?: string;
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

/**
 * A failure of one of these breaks what was promised or configured, under either policy: a report that is removed before
 * its link ends, rights beyond the prefix where the proof was asked for, another encryption than the configured one.
 */
const BROKEN_PROMISES: ReadonlySet<AccessCheckId> = new Set(["V12", "V14", "V16"]);

/** Two ways to the same end each, of which `strict` asks for one: nothing can be made public; access lists let nobody in. */
const ONE_OF: readonly (readonly AccessCheckId[])[] = [
  ["V04", "V05"],
  ["V07", "V08"],
];

/** Tried and shown only where the destination asks for it. */
const ON_REQUEST: AccessCheckId = "V14";

/** Told and never asked for: plain HTTP gives nothing to anybody who has no link. */
const ADVICE: ReadonlySet<AccessCheckId> = new Set(["V11", ON_REQUEST]);

/** What must be known before anything is uploaded. */
const BEFORE_UPLOAD: ReadonlySet<AccessCheckId> = new Set([
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
  "V14",
]);

/** Whether an operator may answer for such a result: not for what a probe saw, nor for a door that is known to be open. */
export function isWaivable(id: string, result: AccessCheck["result"]): boolean {
  const probe = [...PROBES].some((each) => each === id);
  const door = [...OPEN_DOORS].some((each) => each === id);
  return !probe && !(door && result === "fail");
}

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
  const passes = (id: AccessCheckId): boolean => ["pass", "waived"].includes(results.get(id) ?? "unknown");
  /** Nothing can be wrong with what a destination of this kind does not have. */
  const isMet = (id: AccessCheckId): boolean => passes(id) || results.get(id) === "inapplicable";

  function refuses(id: AccessCheckId): boolean {
    if (PROBES.has(id)) return !passes(id);
    if ((OPEN_DOORS.has(id) || BROKEN_PROMISES.has(id)) && results.get(id) === "fail") return true;
    if (policy === "probed" || ADVICE.has(id)) return false;
    const ways = ONE_OF.find((pair) => pair.includes(id)) ?? [id];
    return !ways.some(isMet);
  }
  return (Object.keys(ACCESS_QUESTIONS) as AccessCheckId[]).filter(refuses);
}

/** The refusing checks that can be known without an upload: with one of them a report does not leave this machine. */
export function refusingBeforeUpload(
  policy: AccessVerdict["policy"],
  checks: readonly Pick<AccessCheck, "id" | "result">[],
): AccessCheckId[] {
  return refusingChecks(policy, checks).filter((id) => BEFORE_UPLOAD.has(id));
}

/**
 * Findings as the checks of a verdict: one for each question, unknown where nothing was found. Two findings of one check
 * are joined: the worse decides. A waiver that has not ended stands in for what it names, and the finding stays readable.
 */
export function toChecks(
  findings: readonly AccessFinding[],
  nowAt: number,
  waivers: readonly Waiver[] = [],
): AccessCheck[] {
  const at = new Date(nowAt).toISOString();
  const ids = (Object.keys(ACCESS_QUESTIONS) as AccessCheckId[]).filter(
    (id) => id !== ON_REQUEST || findings.some((finding) => finding.id === id),
  );
  return ids.map((id) => {
    const { result, fact, call, statement } = joined(
      id,
      findings.filter((finding) => finding.id === id),
    );
    const check = { id, question: ACCESS_QUESTIONS[id], result, fact, call, at, ...(statement && { statement }) };
    const waiver = waivers.find((each) => each.check === id);
    return waiver === undefined ? check : waived(check, waiver, nowAt);
  });
}

function joined(id: AccessCheckId, found: readonly AccessFinding[]): AccessFinding {
  const [first, ...more] = found;
  if (first === undefined) return { id, result: "unknown", fact: "not asked", call: "none" };
  if (more.length === 0) return first;
  const result = (["fail", "unknown", "pass", "inapplicable"] as const).find((each) =>
    found.some((one) => one.result === each),
  );
  const statement = found.flatMap((one) => one.statement ?? []).join(",");
  return {
    id,
    result: result ?? "unknown",
    fact: found.map(({ fact }) => fact).join("; "),
    call: found.map(({ call }) => call).join("; "),
    ...(statement && { statement }),
  };
}

function waived(check: AccessCheck, waiver: Waiver, nowAt: number): AccessCheck {
  if (check.result === "pass" || check.result === "inapplicable" || !isWaivable(check.id, check.result)) return check;
  if (nowAt >= Date.parse(waiver.until))
    return { ...check, fact: `${check.fact} (its waiver ended on ${waiver.until})` };
  return { ...check, result: "waived", fact: `${check.result}: ${check.fact}`, waiver };
}
