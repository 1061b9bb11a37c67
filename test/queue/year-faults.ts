// In: a seed and how many attempts of a hundred fail. Out: a run that costs nothing and fails as real ones do, with an
// error of each recourse, a worker that dies, or data that are not complete.

import { createHash } from "node:crypto";
import { ReportError } from "../../src/domain/errors.ts";
import type { RunGave } from "../../src/runs/work-task.ts";

/** What becomes of one attempt. */
export type AttemptFate = "give" | "incomplete" | "die" | ReportError | Error;

const HOUR_MS = 3_600_000;

/** Of each recourse that ends an attempt; the long wait makes the next run meet this one. */
const FAULTS: readonly (() => AttemptFate)[] = [
  () => new ReportError("genesys.unavailable", "the service is down"),
  () => new ReportError("genesys.rate_limited", "slower", { retryAfterMs: 2 * HOUR_MS }),
  () => new ReportError("s3.unavailable", "the store is down"),
  () => new ReportError("process.stopping", "the worker is stopped"),
  () => new ReportError("genesys.forbidden", "a permission was taken away"),
  () => new ReportError("definition.invalid", "a word that this version does not know"),
  () => new ReportError("record.too_many_rejects", "the records cannot be read"),
  () => new Error("a bug of ours"),
  () => "die",
];

/** A run whose data are not complete is no fault; it is restated. */
const INCOMPLETE = 0.003;

/** Decides the fate of one attempt after the other. */
export function createFates(seed: string, faultShare: number): () => AttemptFate {
  const random = createRandom(seed);
  return () => {
    const chance = random();
    if (chance < faultShare) return FAULTS[Math.floor((chance / faultShare) * FAULTS.length)]?.() ?? "give";
    return chance < faultShare + INCOMPLETE ? "incomplete" : "give";
  };
}

/** What a run gives that did not fail. */
export function gaveOf(fate: "give" | "incomplete"): RunGave {
  const reasons = fate === "give" ? [] : ["the data are not complete"];
  return { rows: 1, reasons, withdraw: () => Promise.resolve() };
}

/** Numbers from 0 to 1 that a seed decides. */
export function createRandom(seed: string): () => number {
  let count = 0;
  return () => createHash("sha256").update(`${seed} ${count++}`).digest().readUInt32BE() / 2 ** 32;
}
