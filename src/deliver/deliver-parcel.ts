/**
 * A whole delivery: all files of a parcel, then one object that names them. Whoever looks for that object sees all
 * files or none of them. It says nothing of the run that happened to bring it, so that a repeated delivery is the same.
 */
import { createHash } from "node:crypto";
import type { Clock } from "../domain/clock.ts";
import type { Delivery } from "../domain/delivery.ts";
import { formatInterval } from "../domain/interval.ts";
import { deliverArtifacts, type Destination, type Parcel } from "./deliver-artifacts.ts";
import { objectKey } from "./object-key.ts";

/** Delivers, proves and seals; throws what `deliverArtifacts` and the store throw, and then there is no seal. */
export async function deliverParcel(parcel: Parcel, destination: Destination, clock: Clock): Promise<Delivery[]> {
  const deliveries = await deliverArtifacts(parcel, destination, clock);
  const { key, text, sha256 } = sealOf(parcel, destination.prefix, deliveries);
  const facts = { contentType: "application/json", downloadName: FILE, sha256, bytes: Buffer.byteLength(text) };
  await destination.store.put(key, { text }, facts);
  return deliveries.map((delivery) => ({ ...delivery, manifestKey: key }));
}

const FILE = "delivery.json";

function sealOf(
  { report, interval, revision, artifacts }: Parcel,
  prefix: string,
  deliveries: readonly Delivery[],
): { readonly key: string; readonly text: string; readonly sha256: string } {
  const files = artifacts.map(({ name, format, rows, bytes, sha256 }, index) => ({
    name,
    key: deliveries[index]?.key,
    format,
    rows,
    bytes,
    sha256,
  }));
  const seal = { schema: "callsheet.delivery/1", report, interval: formatInterval(interval), revision, files };
  const text = `${JSON.stringify(seal, undefined, 2)}\n`;
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { key: objectKey(prefix, report, interval, revision, FILE, sha256), text, sha256 };
}
