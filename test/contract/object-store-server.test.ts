// The conformance suite on the simulator's own store: no differences from Amazon S3 are allowed.

import { createObjectStore } from "../../simulator/object-store/create-object-store.ts";
import { defineS3ServerSuite } from "./s3-server.ts";

const other = { accessKeyId: "AKIAOTHERACCOUNTUSER", secretAccessKey: "the secret of somebody of another account" };

defineS3ServerSuite(
  "The simulator's object store",
  async () => {
    const store = await createObjectStore({ users: [{ name: "other", accountId: "444455556666", ...other }] });
    const { url, region, accessKeyId, secretAccessKey } = store;
    return { endpoint: url, region, owner: { accessKeyId, secretAccessKey }, other, close: () => store.close() };
  },
  {},
);
