/**
 * The verdict on a destination before a report exists: the delivery of a canary in place of one, with every check. What
 * lies in the bucket afterwards is what lay there before.
 */
import { randomBytes } from "node:crypto";
import type { Clock } from "../domain/clock.ts";
import type { AccessVerdict } from "../domain/delivery.ts";
import { type AccessFinding, judge, refusingBeforeUpload, toChecks } from "./access-verdict.ts";
import { askBucket } from "./ask-bucket.ts";
import { withCanary } from "./canary.ts";
import type { Destination } from "./deliver-artifacts.ts";
import type { LinkLife } from "./link-life.ts";
import { maskFacts } from "./mask-facts.ts";
import { probeCanary, probeReport } from "./probe-link.ts";

/** Judges it; a bucket that is refused for what it says gets no canary either. Throws the store's errors. */
export async function rehearseDelivery(destination: Destination, clock: Clock): Promise<AccessVerdict> {
  const { access, waivers } = destination;
  const { told, life } = await askBucket(destination, clock);
  const verdictOn = (findings: readonly AccessFinding[]): AccessVerdict =>
    judge(access, toChecks(maskFacts(findings), clock.now(), waivers));
  if (refusingBeforeUpload(access, toChecks(told, clock.now(), waivers)).length > 0) return verdictOn(told);
  return verdictOn([...told, ...(await tryCanaries(destination, life))]);
}

/** One canary is the report; the other is the object that a forger would rather have. */
async function tryCanaries(destination: Destination, life: LinkLife): Promise<AccessFinding[]> {
  const { store, encryption } = destination;
  const id = `rehearsal-${randomBytes(6).toString("hex")}`;
  const { result, finding } = await withCanary(id, destination, async (canary) => {
    await store.find(canary.key);
    const other = await withCanary(`${id}-other`, destination, async ({ key }) => {
      const link = await store.presign(canary.key, life.seconds, canary.facts.downloadName);
      const report = { ...canary, link, life, ...(encryption && { encryption }) };
      return [...(await probeReport(store, report)), ...(await probeCanary(store, canary, key, life.seconds))];
    });
    return other.result;
  });
  return [...result, finding];
}
