// In: nothing. Out: what the whole store holds and every operation may look at: buckets, users, account settings, the
// clock and where bytes are kept; and the shape of a request on its way through an operation, and of its answer.

import { randomBytes } from "node:crypto";
import type { Authentication } from "./authenticate.ts";
import type { Blobs } from "./blobs.ts";
import type { Bucket, PublicAccessBlock } from "./bucket.ts";
import type { Payload } from "./payload.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";
import type { User } from "./users.ts";

/** Everything the store holds. */
export interface StoreState {
  readonly region: string;
  /** What aws:SecureTransport is for every request. */
  readonly secureTransport: boolean;
  readonly buckets: Map<string, Bucket>;
  readonly users: Map<string, User>;
  readonly accountBlocks: Map<string, PublicAccessBlock>;
  readonly blobs: Blobs;
  now(): number;
}

/** A request whose sender is known and whose body was verified. */
export interface Call {
  readonly state: StoreState;
  readonly request: S3Request;
  readonly authentication: Authentication;
  readonly payload: Payload;
  /** Set by a misbehaviour: rights are not asked for. */
  readonly isOpen: boolean;
}

/** A call about a bucket that exists, or one key in it ("" when about the bucket itself). */
export interface BucketCall extends Call {
  readonly bucket: Bucket;
  readonly key: string;
}

/** What goes back. A HEAD answer keeps its headers and loses its body. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer | string;
}

/** An answer without a body. */
export function emptyAnswer(status = 200, headers: Answer["headers"] = {}): Answer {
  return { status, headers, body: "" };
}

/** An answer that is an XML document. */
export function xmlAnswer(body: string, headers: Answer["headers"] = {}): Answer {
  return { status: 200, headers: { "content-type": "application/xml", ...headers }, body };
}

/** The bucket of that name; throws `NoSuchBucket`. */
export function getBucket(state: StoreState, name: string): Bucket {
  const bucket = state.buckets.get(name);
  if (bucket === undefined)
    throw new S3Error("NoSuchBucket", "The specified bucket does not exist", { BucketName: name });
  return bucket;
}

/** All accounts that own a bucket or have a user. */
export function knownAccounts(state: StoreState): string[] {
  const owners = [...state.buckets.values()].map((bucket) => bucket.ownerAccountId);
  return [...new Set([...owners, ...[...state.users.values()].map((user) => user.accountId)])];
}

/** A new id that nobody can guess: for versions, uploads and requests. */
export function createId(): string {
  return randomBytes(24).toString("base64url");
}
