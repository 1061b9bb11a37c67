/**
 * An object of random text that is made only to be attacked, lives as long as the work with it, and is gone afterwards.
 * What it took to write and to remove it is check V13.
 */
import { createHash, randomBytes } from "node:crypto";
import { ReportError } from "../domain/errors.ts";
import type { AccessFinding } from "./access-verdict.ts";
import type { Destination } from "./deliver-artifacts.ts";
import { canaryKey } from "./object-key.ts";
import type { ObjectFacts, ObjectStore } from "./object-store.ts";

/** An object that may be attacked. */
export interface Canary {
  readonly key: string;
  readonly facts: ObjectFacts;
}

/** What stores say when something else has the key. */
const IS_TAKEN: ReadonlySet<string> = new Set(["s3.checksum_mismatch", "disk.unwritable"]);

/** Writes one, works with it, then removes it, also when the work fails; V13 says whether it is really gone. */
export async function withCanary<T>(
  runId: string,
  destination: Pick<Destination, "store" | "prefix">,
  work: (canary: Canary) => Promise<T>,
): Promise<{ result: T; finding: AccessFinding }> {
  const { store } = destination;
  const canary = await writeCanary(canaryKey(destination.prefix, runId), destination);
  let result: T;
  try {
    result = await work(canary);
  } catch (error) {
    // The first error is the one to tell; a canary that stays behind holds nothing of anybody.
    await store.delete(canary.key).catch(() => undefined);
    throw error;
  }
  await store.delete(canary.key);
  const gone = await isGone(canary, store);
  return {
    result,
    finding: {
      id: "V13",
      result: gone ? "pass" : "fail",
      fact: gone ? "written, then removed" : "written, but still there after its removal",
      call: "PutObject and DeleteObject of a canary",
    },
  };
}

/** V14: an object outside the prefix must be refused; one that was not is removed again. */
export async function writeElsewhere(destination: Pick<Destination, "store" | "prefix">): Promise<AccessFinding> {
  const { store, prefix } = destination;
  const finding = (result: AccessFinding["result"], fact: string): AccessFinding => ({
    id: "V14",
    result,
    fact,
    call: "PutObject outside the prefix",
  });
  if (prefix === "") return finding("unknown", "without a prefix nothing lies outside it");
  const key = `callsheet-must-not-write-here-${randomBytes(8).toString("hex")}`;
  try {
    await writeCanary(key, { store });
  } catch (error) {
    if (error instanceof ReportError && error.code === "s3.access_denied") return finding("pass", "refused");
    throw error;
  }
  const removed = await store.delete(key).then(
    () => "and removed again",
    () => `and cannot be removed: ${key}`,
  );
  return finding("fail", `written, ${removed}`);
}

async function writeCanary(key: string, { store }: Pick<Destination, "store">) {
  const text = randomBytes(32).toString("hex");
  const sha256 = createHash("sha256").update(text).digest("hex");
  const facts: ObjectFacts = {
    contentType: "application/octet-stream",
    downloadName: "canary",
    sha256,
    bytes: text.length,
  };
  await store.put(key, { text }, facts).catch(async (error: unknown) => {
    if (!(error instanceof ReportError) || !IS_TAKEN.has(error.code)) throw error;
    // An earlier try of this run died before it could remove its canary.
    await store.delete(key);
    await store.put(key, { text }, facts);
  });
  return { key, facts };
}

/** Without the right to list, a store answers for what does not exist as for what is forbidden; we could read it before. */
async function isGone(canary: Canary, store: ObjectStore): Promise<boolean> {
  try {
    return (await store.find(canary.key)) === undefined;
  } catch (error) {
    if (error instanceof ReportError && error.code === "s3.access_denied") return true;
    throw error;
  }
}
