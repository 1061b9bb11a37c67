/** Encryption as the wire spells it, to and from our words. */
import type { Encryption } from "../domain/encryption.ts";

/** What an upload says; nothing where nothing was asked for. */
export function encryptionInput(asked: Encryption | undefined): {
  readonly ServerSideEncryption?: "AES256" | "aws:kms";
  readonly SSEKMSKeyId?: string;
} {
  if (asked === undefined) return {};
  if (asked.kind === "SSE-S3") return { ServerSideEncryption: "AES256" };
  return { ServerSideEncryption: "aws:kms", ...(asked.key !== undefined && { SSEKMSKeyId: asked.key }) };
}

/** What an answer says; undefined when it says nothing, or something that we do not know. */
export function encryptionFrom(algorithm: string | undefined, key: string | undefined): Encryption | undefined {
  if (algorithm === "AES256") return { kind: "SSE-S3" };
  if (algorithm !== "aws:kms" && algorithm !== "aws:kms:dsse") return undefined;
  return { kind: "SSE-KMS", ...(key !== undefined && key !== "" && { key }) };
}
