// A store with one bucket, the people around it, and the keys that callsheet delivers with. On the simulator's strict
// store and on Ceph RGW the same scenario is arranged through the S3 API, by the owner of the bucket.

import type { S3Client } from "@aws-sdk/client-s3";
import type { ObjectStore as SimulatedStore } from "../../../simulator/object-store/create-object-store.ts";
import type { Encryption } from "../../../src/domain/encryption.ts";
import type { BucketOptions } from "../../../src/s3/create-object-store.ts";
import type { TestClock } from "../../support/test-clock.ts";

/** Keys of somebody. */
export type Keys = NonNullable<BucketOptions["credentials"]>;

/** Where a scenario takes place. */
export interface Site {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Administers the bucket. */
  readonly owner: S3Client;
  /** Has an account of his own, and nothing to do with us. */
  readonly stranger: S3Client;
  /** The keys of the delivery, which are not always the owner's. */
  readonly keys: Keys;
  /** Only the strict store can be put out of order, and has a clock that moves. */
  readonly strict?: { readonly store: SimulatedStore; readonly clock: TestClock };
}

/** What is configured for the delivery. */
export interface Settings {
  readonly linkLifetimeSeconds: number;
  readonly expectedOwner?: string;
  readonly expectedAccount?: string;
  readonly leastPrivilege?: boolean;
  readonly encryption?: Encryption;
}

/** Everything is placed below it. */
export const PREFIX = "daily/";
