/**
 * A write on the condition that nothing stands under the key yet. A store that knows no conditions is looked at first;
 * a write that meets another one is tried again.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import type { ObjectHead } from "../deliver/object-store.ts";
import type { AskedBucket } from "./access-questions.ts";
import type { ObjectStatements } from "./object-statements.ts";
import { statusOf } from "./translate-error.ts";

/** When an upload is cut into parts, and how large these are; the store takes none below 5 MiB but the last. */
export interface PartSizes {
  /** A larger file is sent in parts. */
  readonly thresholdBytes: number;
  readonly partBytes: number;
}

/** What writing needs of the store. */
export interface ObjectWriter {
  readonly client: S3Client;
  readonly bucket: AskedBucket;
  readonly statements: ObjectStatements;
  readonly parts: PartSizes;
  deadline(bytes?: number): AbortSignal;
  /** Of what is removed: it works after a stop too. */
  removalDeadline(): AbortSignal;
  find(key: string): Promise<ObjectHead | undefined>;
}

/** What came of a write; `isNew` is false when an object stands there already, which need not be ours. */
export interface WrittenObject {
  readonly isNew: boolean;
  readonly versionId?: string | undefined;
}

/** Tries of a write that meets another write of its key, or a store without conditions; the SDK does not repeat these. */
const MAX_WRITES = 3;
const CONFLICT_WAIT_MS = 250;

/** Sends the write on the condition that nothing stands there, and where the store knows no conditions, looks first. */
export async function writeOnce(
  writer: ObjectWriter,
  key: string,
  send: (condition: { readonly IfNoneMatch?: string }) => Promise<{ readonly VersionId?: string | undefined }>,
): Promise<WrittenObject> {
  let condition: { readonly IfNoneMatch?: string } = { IfNoneMatch: "*" };
  for (let tries = 1; ; tries++) {
    try {
      return { isNew: true, versionId: (await send(condition)).VersionId };
    } catch (error) {
      const status = statusOf(error);
      if (status === 412) return { isNew: false };
      if (tries === MAX_WRITES) throw error;
      if (status === 409) {
        await sleep(CONFLICT_WAIT_MS * tries, undefined, { signal: writer.deadline() });
      } else if (status === 501 && condition.IfNoneMatch !== undefined) {
        // A store without conditional writes: looking first is the best it can do, and keys hold their content's hash.
        if ((await writer.find(key)) !== undefined) return { isNew: false };
        condition = {};
      } else throw error;
    }
  }
}
