// What callsheet makes of a site: a delivery under one policy, and in a few words what came of it.

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../../src/cli/world.ts";
import { deliverArtifacts, type Destination } from "../../../src/deliver/deliver-artifacts.ts";
import { rehearseDelivery } from "../../../src/deliver/rehearse-delivery.ts";
import type { AccessVerdict } from "../../../src/domain/delivery.ts";
import { ReportError } from "../../../src/domain/errors.ts";
import { createObjectStore } from "../../../src/s3/create-object-store.ts";
import { PREFIX, type Settings, type Site } from "./site.ts";
import type { Promised } from "./truth.ts";

/** `safe` handed out a link; `unsafe` found something wrong; `not told` withheld it for want of answers. */
export interface Judged {
  readonly said: "safe" | "unsafe" | "not told";
  /** The checks that refused, or the code of the store's error. */
  readonly refusing: readonly string[];
  /** Those of them that failed, and are not only unknown. */
  readonly failed: readonly string[];
  /** The checks that stayed unknown where a link was handed out. */
  readonly untold: readonly string[];
  readonly promised?: Promised;
}

const TEXT = "queue,calls\r\nSales,2\r\n";

/** Delivers one file; with `rehearsed` also whether a rehearsal before it came to the same end. */
export async function judgeSite(
  site: Site,
  settings: Settings,
  access: Destination["access"],
): Promise<Judged & { readonly rehearsed: boolean | undefined }> {
  const clock = site.strict?.clock ?? SYSTEM_CLOCK;
  const { expectedOwner, expectedAccount, linkLifetimeSeconds, leastPrivilege = false, encryption } = settings;
  const store = createObjectStore({
    bucket: site.bucket,
    region: site.region,
    endpoint: site.endpoint,
    pathStyle: true,
    now: () => clock.now(),
    credentials: site.keys,
    statements: { checksums: "sha256", tags: {}, encryption },
    ...(site.strict && { stsEndpoint: site.endpoint, controlEndpoint: site.endpoint }),
    ...(expectedOwner !== undefined && { expectedOwner }),
    ...(expectedAccount !== undefined && { expectedAccount }),
  });
  const destination = {
    name: "archive",
    prefix: PREFIX,
    linkLifetimeSeconds,
    access,
    leastPrivilege,
    store,
    ...(encryption && { encryption }),
  };
  const folder = mkdtempSync(join(tmpdir(), "callsheet-scenario-"));
  try {
    const rehearsed = await rehearseDelivery(destination, clock).then(
      ({ proved }) => proved,
      () => undefined,
    );
    return { ...(await deliver(destination, folder, clock)), rehearsed };
  } finally {
    store.close();
    rmSync(folder, { recursive: true });
  }
}

async function deliver(destination: Destination, folder: string, clock: typeof SYSTEM_CLOCK): Promise<Judged> {
  const path = join(folder, "calls.csv");
  writeFileSync(path, TEXT);
  const sha256 = createHash("sha256").update(TEXT).digest("hex");
  const artifact = { name: "calls.csv", format: "csv" as const, path, rows: 1, bytes: TEXT.length, sha256 };
  const interval = { startAt: Date.UTC(2024, 2, 1), endAt: Date.UTC(2024, 3, 1) };
  const parcel = { runId: "calls-1", report: "calls", interval, revision: 1, artifacts: [artifact] };
  try {
    const [delivery] = await deliverArtifacts(parcel, destination, clock);
    const { url = "", expiresAt = "" } = delivery ?? {};
    const untold = idsWith(delivery?.verdict, "unknown");
    return { said: "safe", refusing: [], failed: [], untold, promised: { url, expiresAt: Date.parse(expiresAt) } };
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    if (error.code !== "delivery.access_unproved")
      return { said: "unsafe", refusing: [error.code], failed: [], untold: [] };
    const lines = [...error.message.matchAll(/^(V\d\d) .*\? (fail|unknown): /gm)];
    const said = lines.some(([, , result]) => result === "fail") ? "unsafe" : "not told";
    const failed = lines.filter(([, , result]) => result === "fail").map(([, id = ""]) => id);
    return { said, refusing: lines.map(([, id = ""]) => id), failed, untold: [] };
  }
}

function idsWith(verdict: AccessVerdict | undefined, wanted: string): string[] {
  return (verdict?.checks ?? []).filter(({ result }) => result === wanted).map(({ id }) => id);
}
