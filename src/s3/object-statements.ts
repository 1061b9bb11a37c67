/** What an upload states besides its bytes: type, name, checksum, encryption, tags. One place for both ways to send it. */
import type { ObjectFacts } from "../deliver/object-store.ts";
import type { Encryption } from "../domain/encryption.ts";
import { attachment } from "../support/attachment.ts";
import { encryptionInput } from "./encryption-headers.ts";

/** What a destination says about every object that is written there. */
export interface ObjectStatements {
  /** `none` for stores that refuse checksum headers: the hash then stands in a note beside the object only. */
  readonly checksums: "sha256" | "none";
  /** Without one the bucket's default decides. */
  readonly encryption?: Encryption | undefined;
  /** Names and values of tags. */
  readonly tags: Readonly<Record<string, string>>;
}

/** An upload's statements, in the SDK's words; the checksum of the whole is stated outright or by its algorithm. */
export interface StatedObject {
  readonly object: {
    readonly ContentType: string;
    readonly ContentDisposition: string;
    readonly Metadata: Record<string, string>;
    readonly ServerSideEncryption?: "AES256" | "aws:kms";
    readonly SSEKMSKeyId?: string;
    readonly Tagging?: string;
  };
  readonly checksum: { readonly ChecksumSHA256?: string };
  readonly algorithm: { readonly ChecksumAlgorithm?: "SHA256" };
}

/** Puts the statements of destination and file together. */
export function stateObject({ checksums, encryption, tags }: ObjectStatements, facts: ObjectFacts): StatedObject {
  const tagging = new URLSearchParams(tags).toString();
  return {
    object: {
      ContentType: facts.contentType,
      ContentDisposition: attachment(facts.downloadName),
      Metadata: { sha256: facts.sha256 },
      ...encryptionInput(encryption),
      ...(tagging === "" ? {} : { Tagging: tagging }),
    },
    checksum: checksums === "none" ? {} : { ChecksumSHA256: Buffer.from(facts.sha256, "hex").toString("base64") },
    algorithm: checksums === "none" ? {} : { ChecksumAlgorithm: "SHA256" },
  };
}
