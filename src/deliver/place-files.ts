/** A whole delivery to a folder: all files of a parcel under the keys that they would have in a bucket, then the seal. */
import type { PlacedFile } from "../domain/delivery.ts";
import type { Parcel } from "./deliver-artifacts.ts";
import type { DeliveryFolder } from "./delivery-folder.ts";
import { keyOf, sealOf } from "./seal.ts";

/** Places and seals them; throws what the folder throws, and then there is no seal. */
export async function placeFiles(parcel: Parcel, folder: DeliveryFolder, signal: AbortSignal): Promise<PlacedFile[]> {
  const { key: manifestKey, text, facts } = sealOf(parcel, folder.prefix);
  const placed: PlacedFile[] = [];
  for (const artifact of parcel.artifacts) {
    signal.throwIfAborted();
    const key = keyOf(parcel, folder.prefix, artifact);
    const { path } = await folder.put(key, { path: artifact.path }, artifact.sha256);
    placed.push({ destination: folder.name, artifact: artifact.name, key, path, manifestKey });
  }
  await folder.put(manifestKey, { text }, facts.sha256);
  return placed;
}
