/**
 * Places a run's artifacts in a bucket and hands out links, but only after it was proved who can read them. A bucket
 * that is known to be open, or that a strict policy cannot judge, gets no report at all. Then all artifacts are
 * uploaded and probed before the first link is given; one that is not proved withholds them all.
 */
import { createHash, randomBytes } from "node:crypto";
import { basename } from "node:path";
import type { Artifact } from "../domain/artifact.ts";
import type { Clock } from "../domain/clock.ts";
import type { AccessCheck, AccessVerdict, Delivery } from "../domain/delivery.ts";
import { assert, ReportError } from "../domain/errors.ts";
import type { Interval } from "../domain/interval.ts";
import { type AccessFinding, judge, refusingBeforeUpload, refusingChecks, toChecks } from "./access-verdict.ts";
import { linkLife } from "./link-life.ts";
import { canaryKey, objectKey } from "./object-key.ts";
import type { ObjectStore } from "./object-store.ts";
import { type Canary, type HandedOut, probeForgeries, probeReport } from "./probe-link.ts";

/** A place that reports are delivered to. */
export interface Destination {
  readonly name: string;
  readonly prefix: string;
  /** At most 604,800: a signature holds no longer. */
  readonly linkLifetimeSeconds: number;
  readonly access: AccessVerdict["policy"];
  readonly store: ObjectStore;
}

/** What is delivered. */
export interface Parcel {
  readonly runId: string;
  readonly report: string;
  readonly interval: Interval;
  readonly revision: number;
  /** At least one. */
  readonly artifacts: readonly Artifact[];
}

/** An artifact in the bucket, with its link and what the probes of it found. */
interface Tried extends HandedOut {
  readonly artifact: Artifact;
  readonly findings: readonly AccessFinding[];
}

const CONTENT_TYPES: Readonly<Record<Artifact["format"], string>> = {
  csv: "text/csv; charset=utf-8",
  json: "application/json",
  ndjson: "application/x-ndjson",
  parquet: "application/vnd.apache.parquet",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  // A page that a bucket serves must not run in the bucket's name: it is saved, then opened from disk.
  html: "application/octet-stream",
};

/** Delivers everything or throws: `delivery.access_unproved` with the checks that refuse, or the store's errors. */
export async function deliverArtifacts(parcel: Parcel, destination: Destination, clock: Clock): Promise<Delivery[]> {
  const { store, access } = destination;
  const life = linkLife(destination.linkLifetimeSeconds, await store.credentialsEnd(), clock.now());
  const told = [...(await store.bucketFacts()), life.finding];
  requireClosedBucket(told, destination, clock);

  const canary = await writeCanary(parcel, destination);
  const { result, finding } = await thenRemove(canary, store, async () => {
    // Without the right to read, nothing could be proved: better seen before the report is in the bucket.
    await store.find(canary.key);
    const links = await upload(parcel, destination, life.seconds);
    const [first] = links;
    assert(first !== undefined, "a parcel holds an artifact");
    const forgeries = await probeForgeries(store, canary, first.link.url, clock.now());
    const tried: Tried[] = [];
    for (const link of links) tried.push({ ...link, findings: [...(await probeReport(store, link)), ...forgeries] });
    return tried;
  });

  return result.map(({ artifact, key, versionId, link, findings }) => {
    const verdict = judge(access, toChecks([...told, finding, ...findings], clock.now()));
    if (!verdict.proved) throw unproved(destination, verdict.checks, refusingChecks(access, verdict.checks));
    return {
      destination: destination.name,
      artifact: artifact.name,
      key,
      ...(versionId === undefined ? {} : { versionId }),
      url: link.url,
      expiresAt: new Date(link.expiresAt).toISOString(),
      verdict,
    };
  });
}

function requireClosedBucket(told: readonly AccessFinding[], destination: Destination, clock: Clock): void {
  const checks = toChecks(told, clock.now());
  const refusing = refusingBeforeUpload(destination.access, checks);
  if (refusing.length > 0) throw unproved(destination, checks, refusing);
}

async function writeCanary(parcel: Parcel, { store, prefix }: Destination): Promise<Canary> {
  const text = randomBytes(32).toString("hex");
  const sha256 = createHash("sha256").update(text).digest("hex");
  const facts = { contentType: "application/octet-stream", downloadName: "canary", sha256, bytes: text.length };
  const key = canaryKey(prefix, parcel.runId);
  await store.put(key, { text }, facts).catch(async (error: unknown) => {
    if (!(error instanceof ReportError) || error.code !== "s3.checksum_mismatch") throw error;
    // An earlier try of this run died before it could remove its canary.
    await store.delete(key);
    await store.put(key, { text }, facts);
  });
  return { key, facts };
}

/** Works with the canary, then removes it, also when the work fails; V13 says whether it is really gone. */
async function thenRemove<T>(
  canary: Canary,
  store: ObjectStore,
  work: () => Promise<T>,
): Promise<{ result: T; finding: AccessFinding }> {
  let result: T;
  try {
    result = await work();
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

/** Without the right to list, a store answers for what does not exist as for what is forbidden; we could read it before. */
async function isGone(canary: Canary, store: ObjectStore): Promise<boolean> {
  try {
    return (await store.find(canary.key)) === undefined;
  } catch (error) {
    if (error instanceof ReportError && error.code === "s3.access_denied") return true;
    throw error;
  }
}

async function upload(
  parcel: Parcel,
  { store, prefix }: Destination,
  lifetimeSeconds: number,
): Promise<(HandedOut & { readonly artifact: Artifact })[]> {
  const uploads: Omit<HandedOut & { readonly artifact: Artifact }, "link">[] = [];
  for (const artifact of parcel.artifacts) {
    const { name, format, sha256, dataset, bytes, path } = artifact;
    const key = objectKey(prefix, parcel.report, parcel.interval, parcel.revision, name, dataset ?? sha256);
    const facts = { contentType: CONTENT_TYPES[format], downloadName: basename(name), sha256, bytes };
    const version = await store.put(key, { path }, facts);
    uploads.push({ artifact, key, ...version, facts, lifetimeSeconds });
  }
  return await Promise.all(
    uploads.map(async (entry) => ({
      ...entry,
      link: await store.presign(entry.key, lifetimeSeconds, basename(entry.artifact.name), undefined, entry.versionId),
    })),
  );
}

function unproved(
  { name, access }: Destination,
  checks: readonly AccessCheck[],
  refusing: readonly string[],
): ReportError {
  const lines = checks
    .filter(({ id }) => refusing.includes(id))
    .map(({ id, question, result, fact }) => `${id} ${question} ${result}: ${fact}`);
  return new ReportError(
    "delivery.access_unproved",
    `No link was handed out: access to destination "${name}" is not proved (${access}).\n${lines.join("\n")}`,
    { hint: hintFor(access, checks, refusing) },
  );
}

/** What failed must be mended; what nobody told can be lived without, if the operator says so. */
function hintFor(access: AccessVerdict["policy"], checks: readonly AccessCheck[], refusing: readonly string[]): string {
  const failed = checks.some(({ id, result }) => refusing.includes(id) && result === "fail");
  const kept = "The files are kept in the run folder.";
  if (failed) return `Mend what failed, then run again. ${kept} docs/access-verdict.md explains each check.`;
  return access === "strict"
    ? `Nothing failed, but the store did not tell enough. \`access: probed\` under this destination is content with the probes of object and link. ${kept}`
    : `The store did not tell what a proof needs; deliver to another one. ${kept}`;
}
