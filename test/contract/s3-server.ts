// In: how to reach an S3 server, two of its users, and in which claims it differs from Amazon S3. Out: a vitest suite
// that asks the server the same questions through the AWS SDK with its default settings and compares each answer.
// A claim has one expected answer, Amazon's. A server that answers otherwise is listed with what it does answer, so a
// difference is a fact on paper and not a skipped test; a difference that no longer holds fails too.

import { afterAll, describe, expect, test } from "vitest";
import { bucketClaims } from "./s3-claims/buckets.ts";
import { linkClaims } from "./s3-claims/links.ts";
import { objectClaims } from "./s3-claims/objects.ts";
import { policyClaims } from "./s3-claims/policies.ts";
import { signatureClaims } from "./s3-claims/signatures.ts";
import { uploadClaims } from "./s3-claims/uploads.ts";
import { createWorld, type World } from "./s3-claims/world.ts";

/** A question and Amazon's answer to it. */
export interface Claim {
  /** Unique, and the name that a list of differences uses. */
  readonly name: string;
  readonly amazon: string;
  /** Asks the server; works in buckets of its own. */
  readonly observe: (world: World) => Promise<string>;
}

/** A server to be judged. */
export interface S3Server {
  readonly endpoint: string;
  readonly region: string;
  readonly owner: Credentials;
  /** Somebody of another account. */
  readonly other: Credentials;
  close(): Promise<void>;
}

/** A user's keys. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const claims: readonly Claim[] = [
  ...objectClaims,
  ...uploadClaims,
  ...signatureClaims,
  ...linkClaims,
  ...bucketClaims,
  ...policyClaims,
];

/** Defines the suite. `open` runs once; `differences` maps names of claims to the server's own answers. */
export function defineS3ServerSuite(
  name: string,
  open: () => Promise<S3Server>,
  differences: Readonly<Record<string, string>>,
): void {
  describe(`${name} answers as Amazon S3`, () => {
    // Started by the first test and not by a hook: when it cannot start, every claim fails, none is skipped.
    let started: Promise<{ server: S3Server; world: World }> | undefined;
    const getWorld = async (): Promise<World> => {
      started ??= open().then((server) => ({ server, world: createWorld(server) }));
      return (await started).world;
    };
    afterAll(async () => {
      const [running] = await Promise.allSettled([started]);
      if (running.status === "rejected") return;
      await running.value?.world.close();
      await running.value?.server.close();
    });

    test.each(claims.filter((claim) => !Object.hasOwn(differences, claim.name)))(
      "$name: $amazon",
      async ({ observe, amazon }) => {
        expect(await observe(await getWorld())).toBe(amazon);
      },
    );

    const known = claims.flatMap((claim) =>
      Object.hasOwn(differences, claim.name) ? [{ ...claim, here: differences[claim.name] ?? "" }] : [],
    );
    test.each(known)("$name: $here (Amazon S3: $amazon)", async ({ observe, here, amazon }) => {
      expect(here).not.toBe(amazon);
      expect(await observe(await getWorld())).toBe(here);
    });

    test("every listed difference belongs to a claim", () => {
      expect(
        Object.keys(differences).filter((difference) => !claims.some((claim) => claim.name === difference)),
      ).toEqual([]);
    });
  });
}
