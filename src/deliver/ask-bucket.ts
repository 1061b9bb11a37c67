/**
 * What can be known of a destination before anything of a report is in it: who signs, what bucket and account say, how
 * long a link can live, and, where it was asked for, that the credentials write nowhere else.
 */
import type { AccessFinding } from "./access-verdict.ts";
import { writeElsewhere } from "./canary.ts";
import type { Destination } from "./deliver-artifacts.ts";
import { linkLife, type LinkLife } from "./link-life.ts";

/** V01 to V12 as far as they could be asked, V14 on request, and the life of the links. */
export async function askBucket(
  destination: Destination,
): Promise<{ readonly told: readonly AccessFinding[]; readonly life: LinkLife }> {
  const { store, prefix, linkLifetimeSeconds, encryption, leastPrivilege } = destination;
  const question = { prefix, linkSeconds: linkLifetimeSeconds, ...(encryption && { encryption }) };
  const { facts, linkAgeLimitMs } = await store.bucketFacts(question);
  // After the first answers: only then is the store's clock known, by which credentials end.
  const life = linkLife(linkLifetimeSeconds, await store.credentialsEnd(), store.now(), linkAgeLimitMs);
  const elsewhere = leastPrivilege ? [await writeElsewhere(destination)] : [];
  return { told: [...facts, life.finding, ...elsewhere], life };
}
