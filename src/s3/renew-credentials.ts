/**
 * Credentials end or are exchanged while a run goes on: a role's session runs out, somebody rotates the keys. Then whoever
 * gave them is asked once more, and what was refused is done again with the new ones.
 */
import type { S3Client } from "@aws-sdk/client-s3";
import { statusOf } from "./translate-error.ts";

/** The store's words for credentials that were good once. */
const ENDED: ReadonlySet<string> = new Set([
  "ExpiredToken",
  "TokenRefreshRequired",
  "InvalidToken",
  "InvalidAccessKeyId",
]);

/** Does it, and once more when the credentials had ended and there are others now. */
export async function withRenewal<T>(client: S3Client, work: () => Promise<T>): Promise<T> {
  const { accessKeyId, sessionToken } = await client.config.credentials();
  try {
    return await work();
  } catch (error) {
    if (!mayHaveEnded(error)) throw error;
    const renewed = await client.config.credentials({ forceRefresh: true });
    if (renewed.accessKeyId === accessKeyId && renewed.sessionToken === sessionToken) throw error;
    return await work();
  }
}

/** The answer to a HEAD has no words: a 400 is all that it says of an ended session. */
function mayHaveEnded(error: unknown): boolean {
  return error instanceof Error && (ENDED.has(error.name) || statusOf(error) === 400);
}
