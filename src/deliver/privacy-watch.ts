/**
 * V27: whether a bucket is still private when a link to it is opened, asked anew when the last answer is a quarter of an hour
 * old. Who cannot tell is not let in: what throws here opens nothing.
 */
import type { Clock } from "../domain/clock.ts";
import { type AccessCheckId, refusingBeforeUpload, toChecks } from "./access-verdict.ts";
import type { Destination } from "./deliver-artifacts.ts";

/** So old may an answer be. */
const FRESH_MS = 15 * 60_000;

/** The questions about who can read it. */
const PRIVACY: ReadonlySet<AccessCheckId> = new Set(["V04", "V05", "V06", "V07", "V08"]);

/** The checks that refuse under the destination's policy; none when it is still private. Throws the store's errors. */
export function createPrivacyWatch(destination: Destination, clock: Clock): () => Promise<readonly AccessCheckId[]> {
  const { store, prefix, linkLifetimeSeconds: linkSeconds, access, waivers } = destination;
  let last: { readonly at: number; readonly refusing: Promise<readonly AccessCheckId[]> } | undefined;

  async function ask(at: number): Promise<readonly AccessCheckId[]> {
    const { facts } = await store.bucketFacts({ prefix, linkSeconds });
    return refusingBeforeUpload(access, toChecks(facts, at, waivers)).filter((id) => PRIVACY.has(id));
  }

  return async () => {
    const now = clock.now();
    if (last === undefined || now - last.at >= FRESH_MS || now < last.at) {
      const refusing = ask(now);
      last = { at: now, refusing };
      // What refuses is not kept: as soon as it is mended, or can be told again, links open.
      refusing.then(
        (ids) => {
          if (ids.length > 0) last = undefined;
        },
        () => {
          last = undefined;
        },
      );
    }
    return await last.refusing;
  };
}
