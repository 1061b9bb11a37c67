// In: the options of a store. Out: a running store and SDK clients of its users, closed together. The clients have the
// SDK's default settings, except that they do not try again by themselves.

import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import {
  createObjectStore,
  type ObjectStore,
  type ObjectStoreOptions,
} from "../../simulator/object-store/create-object-store.ts";

/** A store under test. */
export interface OpenStore {
  readonly store: ObjectStore;
  /** A client of the store's owner. */
  readonly owner: S3Client;
  /** A client of somebody else, or with other settings. */
  readonly client: (settings: S3ClientConfig) => S3Client;
  readonly close: () => Promise<void>;
}

/** Starts a store with a bucket "reports" unless the options name others. */
export async function openStore(options: ObjectStoreOptions = {}): Promise<OpenStore> {
  const store = await createObjectStore({ buckets: ["reports"], ...options });
  const clients: S3Client[] = [];
  const client = (settings: S3ClientConfig): S3Client => {
    const { accessKeyId, secretAccessKey } = store;
    const made = new S3Client({
      endpoint: store.url,
      region: store.region,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
      ...settings,
    });
    clients.push(made);
    return made;
  };
  return {
    store,
    owner: client({}),
    client,
    async close() {
      for (const made of clients) made.destroy();
      await store.close();
    },
  };
}
