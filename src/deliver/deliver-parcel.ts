/** A whole delivery to a bucket: all files of a parcel, proved, then the seal that names them. */
import type { Clock } from "../domain/clock.ts";
import type { Delivery } from "../domain/delivery.ts";
import { deliverArtifacts, type Destination, type Parcel } from "./deliver-artifacts.ts";
import { sealOf } from "./seal.ts";

/** Delivers, proves and seals; throws what `deliverArtifacts` and the store throw, and then there is no seal. */
export async function deliverParcel(parcel: Parcel, destination: Destination, clock: Clock): Promise<Delivery[]> {
  const deliveries = await deliverArtifacts(parcel, destination, clock);
  const { key, text, facts } = sealOf(parcel, destination.prefix);
  await destination.store.put(key, { text }, facts);
  return deliveries.map((delivery) => ({ ...delivery, manifestKey: key }));
}
