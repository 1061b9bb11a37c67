/** How objects lie at rest: encrypted by the store itself, or with a key of the key management service. */

/** How objects are encrypted at rest; a key without a name is the account's own. */
export type Encryption = { readonly kind: "SSE-S3" } | { readonly kind: "SSE-KMS"; readonly key?: string };

/** An encryption in a few words, for the facts of a verdict. */
export function encryptionInWords(encryption: Encryption): string {
  if (encryption.kind === "SSE-S3") return encryption.kind;
  return encryption.key === undefined ? encryption.kind : `${encryption.kind} with ${encryption.key}`;
}

/** Whether what is there is what was asked for; a key that was not named may be any. */
export function fulfils(there: Encryption, asked: Encryption): boolean {
  if (asked.kind === "SSE-S3" || there.kind === "SSE-S3") return there.kind === asked.kind;
  return asked.key === undefined || there.key === asked.key;
}
