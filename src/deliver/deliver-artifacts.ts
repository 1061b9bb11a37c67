/**
 * Places a run's artifacts in a bucket and hands out links, but only after it was proved who can read them. A bucket
 * that is known to be open, or that a strict policy cannot judge, gets no report at all. Then all artifacts are
 * uploaded and probed before the first link is given; one that is not proved withholds them all.
 */
import { basename } from "node:path";
import type { Artifact } from "../domain/artifact.ts";
import type { Clock } from "../domain/clock.ts";
import type { AccessCheck, AccessVerdict, Delivery, Waiver } from "../domain/delivery.ts";
import type { Encryption } from "../domain/encryption.ts";
import { assert, ReportError } from "../domain/errors.ts";
import type { Interval } from "../domain/interval.ts";
import { type AccessFinding, judge, refusingBeforeUpload, refusingChecks, toChecks } from "./access-verdict.ts";
import { askBucket } from "./ask-bucket.ts";
import { withCanary } from "./canary.ts";
import { CONTENT_TYPES } from "./content-types.ts";
import type { LinkLife } from "./link-life.ts";
import { maskFacts } from "./mask-facts.ts";
import { objectKey } from "./object-key.ts";
import type { ObjectStore } from "./object-store.ts";
import { type HandedOut, probeCanary, probeReport } from "./probe-link.ts";

/** A place that reports are delivered to. */
export interface Destination {
  readonly name: string;
  readonly prefix: string;
  /** At most 604,800: a signature holds no longer. */
  readonly linkLifetimeSeconds: number;
  readonly access: AccessVerdict["policy"];
  /** How every object must be encrypted; without it, what the bucket does by itself is only told. */
  readonly encryption?: Encryption;
  /** Checks that an operator answers for, each until its day. */
  readonly waivers?: readonly Waiver[];
  /** Whether to prove that the credentials write nowhere else (V14). */
  readonly leastPrivilege?: boolean;
  readonly store: ObjectStore;
  /** Where it can be known before anything is asked of Genesys Cloud: throws when nothing can be written. */
  expectWritable?(): Promise<void>;
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

/** Delivers everything or throws: `delivery.access_unproved` with the checks that refuse, or the store's errors. */
export async function deliverArtifacts(parcel: Parcel, destination: Destination, clock: Clock): Promise<Delivery[]> {
  const { store, access, waivers } = destination;
  const { told, life } = await askBucket(destination, clock);
  requireClosedBucket(told, destination, clock);

  const { result, finding } = await withCanary(parcel.runId, destination, async (canary) => {
    // Without the right to read, nothing could be proved: better seen before the report is in the bucket.
    await store.find(canary.key);
    const links = await upload(parcel, destination, life);
    const [first] = links;
    assert(first !== undefined, "a parcel holds an artifact");
    const forgeries = await probeCanary(store, canary, first.key, life.seconds);
    const tried: Tried[] = [];
    for (const link of links) tried.push({ ...link, findings: [...(await probeReport(store, link)), ...forgeries] });
    return tried;
  });

  return result.map(({ artifact, key, versionId, link, findings }) => {
    const found = maskFacts([...told, finding, ...findings]);
    const verdict = judge(access, toChecks(found, clock.now(), waivers));
    if (!verdict.proved) throw unproved(destination, verdict.checks, refusingChecks(access, verdict.checks));
    return {
      destination: destination.name,
      artifact: artifact.name,
      key,
      ...(versionId === undefined ? {} : { versionId }),
      url: link.url,
      expiresAt: new Date(link.expiresAt).toISOString(),
      ...(life.shortened !== undefined && { shortened: life.shortened }),
      verdict,
    };
  });
}

function requireClosedBucket(told: readonly AccessFinding[], destination: Destination, clock: Clock): void {
  const checks = toChecks(maskFacts(told), clock.now(), destination.waivers);
  const refusing = refusingBeforeUpload(destination.access, checks);
  if (refusing.length > 0) throw unproved(destination, checks, refusing);
}

async function upload(
  parcel: Parcel,
  { store, prefix, encryption }: Destination,
  life: LinkLife,
): Promise<(HandedOut & { readonly artifact: Artifact })[]> {
  const uploads: Omit<HandedOut & { readonly artifact: Artifact }, "link">[] = [];
  for (const artifact of parcel.artifacts) {
    const { name, format, sha256, dataset, bytes, path } = artifact;
    const key = objectKey(prefix, parcel.report, parcel.interval, parcel.revision, name, dataset ?? sha256);
    const facts = { contentType: CONTENT_TYPES[format], downloadName: basename(name), sha256, bytes };
    const { isNew: _isNew, ...version } = await store.put(key, { path }, facts);
    uploads.push({ artifact, key, ...version, facts, life, ...(encryption && { encryption }) });
  }
  return await Promise.all(
    uploads.map(async (entry) => ({
      ...entry,
      link: await store.presign(entry.key, life.seconds, basename(entry.artifact.name), 0, entry.versionId),
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
    .map(
      ({ id, question, result, fact, statement }) =>
        `${id} ${question} ${result}: ${fact}${statement === undefined ? "" : `\n  The credentials lack ${statement}`}`,
    );
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
