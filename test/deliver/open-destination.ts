// In: a bucket in some state. Out: a destination of ours on the simulator's store, with artifacts to deliver, and what
// a test wants to know afterwards: the verdict, the refusal, what lies in the bucket.

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BucketHandle, BucketSettings } from "../../simulator/object-store/bucket-handle.ts";
import {
  createObjectStore as createSimulatedStore,
  type ObjectStore as SimulatedStore,
  type ObjectStoreOptions,
} from "../../simulator/object-store/create-object-store.ts";
import { SYSTEM_CLOCK } from "../../src/cli/world.ts";
import { deliverArtifacts, type Destination } from "../../src/deliver/deliver-artifacts.ts";
import type { Artifact } from "../../src/domain/artifact.ts";
import type { Clock } from "../../src/domain/clock.ts";
import type { AccessCheck, Delivery, Waiver } from "../../src/domain/delivery.ts";
import { ReportError } from "../../src/domain/errors.ts";
import { type BucketOptions, createObjectStore, type S3ObjectStore } from "../../src/s3/create-object-store.ts";

/** What a test says about its destination; everything has a plain default. */
export interface DestinationOptions {
  readonly bucket?: BucketSettings & { readonly accountId?: string; readonly region?: string };
  readonly store?: Omit<ObjectStoreOptions, "buckets">;
  /** Parts of the connection that are not the default. */
  readonly connection?: Partial<BucketOptions>;
  /** Whether the connection is told the bucket's region; default true. */
  readonly isRegionTold?: boolean;
  readonly access?: Destination["access"];
  readonly prefix?: string;
  readonly linkLifetimeSeconds?: number;
  readonly clock?: Clock;
  /** Credentials come from the SDK's own chain. */
  readonly usesChain?: boolean;
  readonly leastPrivilege?: boolean;
  readonly waivers?: readonly Waiver[];
  /** Whether the store's STS and S3 Control are configured. */
  readonly hasAccountServices?: boolean;
}

/** A destination under test. */
export interface OpenDestination {
  readonly simulated: SimulatedStore;
  readonly bucket: BucketHandle;
  readonly s3: S3ObjectStore;
  /** Delivers `calls.csv` and `calls.html`, or the files named. */
  readonly deliver: (files?: Readonly<Record<string, string>>) => Promise<Delivery[]>;
  /** Delivers and expects to be refused; the error that came. */
  readonly refusal: () => Promise<ReportError>;
  readonly close: () => Promise<void>;
}

export const FILES = { "calls.csv": "queue,calls\r\nSales,2\r\n", "calls.html": "<!doctype html><title>Calls</title>" };

/** Opens a store with one bucket, `reports`, as Amazon S3 makes buckets today. */
export async function openDestination(options: DestinationOptions = {}): Promise<OpenDestination> {
  const simulated = await createSimulatedStore({ ...options.store, buckets: [{ name: "reports", ...options.bucket }] });
  const folder = mkdtempSync(join(tmpdir(), "callsheet-deliver-"));
  const clock = options.clock ?? SYSTEM_CLOCK;
  const { url, region, accessKeyId, secretAccessKey } = simulated;
  const s3 = createObjectStore({
    bucket: "reports",
    ...(options.isRegionTold === false ? {} : { region }),
    endpoint: url,
    pathStyle: true,
    now: () => clock.now(),
    ...(options.usesChain === true ? {} : { credentials: { accessKeyId, secretAccessKey } }),
    ...(options.hasAccountServices === true && { stsEndpoint: url, controlEndpoint: url }),
    ...options.connection,
  });
  const destination: Destination = {
    name: "archive",
    prefix: options.prefix ?? "daily/",
    linkLifetimeSeconds: options.linkLifetimeSeconds ?? 3600,
    access: options.access ?? "probed",
    leastPrivilege: options.leastPrivilege ?? false,
    waivers: options.waivers ?? [],
    store: s3,
  };

  async function deliver(files: Readonly<Record<string, string>> = FILES): Promise<Delivery[]> {
    const artifacts = Object.entries(files).map(([name, text]) => writeArtifact(folder, name, text));
    const interval = { startAt: Date.UTC(2024, 2, 1), endAt: Date.UTC(2024, 3, 1) };
    return await deliverArtifacts(
      { runId: "calls-1", report: "calls", interval, revision: 1, artifacts },
      destination,
      clock,
    );
  }

  return {
    simulated,
    bucket: simulated.buckets.get("reports"),
    s3,
    deliver,
    async refusal() {
      const outcome = await deliver().catch((error: unknown) => error);
      if (outcome instanceof ReportError) return outcome;
      throw new Error("The delivery was not refused", { cause: outcome });
    },
    async close() {
      s3.close();
      rmSync(folder, { recursive: true });
      await simulated.close();
    },
  };
}

/** The check of this name. */
export function checkOf({ verdict }: Delivery, id: string): AccessCheck {
  const check = verdict.checks.find((entry) => entry.id === id);
  if (check === undefined) throw new Error(`There is no check ${id}`);
  return check;
}

/** Ids of the checks with this result. */
export function idsWith({ verdict }: Delivery, result: AccessCheck["result"]): string[] {
  return verdict.checks.filter((check) => check.result === result).map(({ id }) => id);
}

function writeArtifact(folder: string, name: string, text: string): Artifact {
  const path = join(folder, name);
  writeFileSync(path, text);
  const format = name.endsWith(".html") ? "html" : name.endsWith(".json") ? "json" : "csv";
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { name, format, path, rows: 1, bytes: Buffer.byteLength(text), sha256 };
}
