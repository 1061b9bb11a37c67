/**
 * The file that names all files of a delivery. It is written last: whoever waits for it sees all of them or none. It says
 * nothing of the run that happened to bring them, so that a repeated delivery is the same.
 */
import { createHash } from "node:crypto";
import type { Artifact } from "../domain/artifact.ts";
import { formatInterval } from "../domain/interval.ts";
import type { Parcel } from "./deliver-artifacts.ts";
import { objectKey } from "./object-key.ts";
import type { ObjectFacts } from "./object-store.ts";

/** A seal, ready to be written. */
export interface Seal {
  readonly key: string;
  readonly text: string;
  readonly facts: ObjectFacts;
}

const FILE = "delivery.json";

/** The key under which a file of a parcel lies. */
export function keyOf({ report, interval, revision }: Parcel, prefix: string, artifact: Artifact): string {
  return objectKey(prefix, report, interval, revision, artifact.name, artifact.dataset ?? artifact.sha256);
}

/** The seal of a parcel whose files lie below the prefix. */
export function sealOf(parcel: Parcel, prefix: string): Seal {
  const { report, interval, revision, artifacts } = parcel;
  const files = artifacts.map((artifact) => {
    const { name, format, rows, bytes, sha256 } = artifact;
    return { name, key: keyOf(parcel, prefix, artifact), format, rows, bytes, sha256 };
  });
  const seal = { schema: "callsheet.delivery/1", report, interval: formatInterval(interval), revision, files };
  const text = `${JSON.stringify(seal, undefined, 2)}\n`;
  const sha256 = createHash("sha256").update(text).digest("hex");
  const facts = { contentType: "application/json", downloadName: FILE, sha256, bytes: Buffer.byteLength(text) };
  return { key: objectKey(prefix, report, interval, revision, FILE, sha256), text, facts };
}
