/** The part of a destination's configuration that is about access: policy, encryption, accounts, waivers. */
import { z } from "zod";
import { ACCESS_QUESTIONS, isWaivable } from "../deliver/access-verdict.ts";
import type { Waiver } from "../domain/delivery.ts";
import type { Encryption } from "../domain/encryption.ts";

/** How access to a destination is judged. */
export interface AccessConfig {
  readonly access: "strict" | "probed";
  /** The account that should sign, where it is not `expectedOwner`. */
  readonly expectedAccount?: string | undefined;
  /** Where a compatible store answers who signs, and what the account blocks. */
  readonly stsEndpoint?: string | undefined;
  readonly controlEndpoint?: string | undefined;
  /** Whether each delivery proves that nothing can be written outside the prefix. */
  readonly leastPrivilege: boolean;
  readonly waivers: readonly Waiver[];
}

const optionalText = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);

const WAIVER = z.strictObject({
  check: z
    .enum(Object.keys(ACCESS_QUESTIONS))
    .refine(
      (id) => isWaivable(id, "unknown"),
      "It is tried on the object and the link themselves: no reason stands in for it.",
    ),
  reason: z.string().trim().min(1, "A waiver says why."),
  until: z.iso.date("Write the day on which it ends, such as 2027-01-01."),
});

/** Its keys in the file. */
export const ACCESS_KEYS = {
  access: z.enum(["strict", "probed"]).default("strict"),
  expectedAccount: optionalText,
  stsEndpoint: optionalText,
  controlEndpoint: optionalText,
  leastPrivilege: z.boolean().default(false),
  waivers: z.array(WAIVER).default([]),
};

/** Encryption as the file says it, in our words. */
export function encryptionOf(settings: {
  readonly encryption?: "AES256" | "aws:kms" | undefined;
  readonly kmsKey?: string | undefined;
}): Encryption | undefined {
  const { encryption, kmsKey } = settings;
  if (encryption === undefined) return undefined;
  if (encryption === "AES256") return { kind: "SSE-S3" };
  return { kind: "SSE-KMS", ...(kmsKey !== undefined && { key: kmsKey }) };
}

/** Words that may stand in a waiver, for suggestions. */
export const WAIVER_KEYS = Object.keys(WAIVER.shape);
