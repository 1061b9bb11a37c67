/**
 * What can be known of a destination before anything of a report is in it: who signs, what bucket and account say, how
 * long a link can live, and, where it was asked for, that the credentials write nowhere else.
 */
import type { Clock } from "../domain/clock.ts";
import type { AccessFinding } from "./access-verdict.ts";
import { writeElsewhere } from "./canary.ts";
import type { Destination } from "./deliver-artifacts.ts";
import { linkLife, type LinkLife } from "./link-life.ts";

/** V01 to V12 as far as they could be asked, V14 on request, and the life of the links. */
export async function askBucket(
  destination: Destination,
  clock: Clock,
): Promise<{ readonly told: readonly AccessFinding[]; readonly life: LinkLife }> {
  const { store, prefix, linkLifetimeSeconds, encryption, leastPrivilege } = destination;
  const question = { prefix, linkSeconds: linkLifetimeSeconds, ...(encryption && { encryption }) };
  const { facts, linkAgeLimitMs } = await store.bucketFacts(question);
  // After the first answers: only then is the store's clock known, by which credentials end.
  const life = linkLife(linkLifetimeSeconds, await store.credentialsEnd(), store.now(), linkAgeLimitMs);
  const elsewhere = leastPrivilege ? [await writeElsewhere(destination)] : [];
  return { told: [...facts, life.finding, ...elsewhere, ...clockFinding(store.now() - clock.now())], life };
}

/** K11: by our own clock a link would begin too late, or have ended; where it is so, the verdict says what it is dated by. */
function clockFinding(aheadMs: number): AccessFinding[] {
  const seconds = Math.round(aheadMs / 1000);
  if (seconds === 0) return [];
  const where = `${Math.abs(seconds)} seconds ${seconds > 0 ? "ahead of" : "behind"} this machine's`;
  return [
    { id: "V24", result: "pass", fact: `dated by the store's clock, ${where}`, call: "Date of the store's answers" },
  ];
}
