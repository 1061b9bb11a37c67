/** The port to a store of objects that can hand out presigned URLs. */
import type { Encryption } from "../domain/encryption.ts";
import type { AccessFinding } from "./access-verdict.ts";

/** What an upload states about its bytes. */
export interface ObjectFacts {
  readonly contentType: string;
  /** The name under which a browser saves it. */
  readonly downloadName: string;
  /** Hexadecimal SHA-256 of the bytes. */
  readonly sha256: string;
  readonly bytes: number;
}

/** The bytes of an object. */
export type ObjectBody = { readonly path: string } | { readonly text: string };

/** The version that a write made, in a bucket that keeps versions. */
export interface ObjectVersion {
  readonly versionId?: string;
}

/** What came of a write; `isNew` is false when the same object was there already. */
export interface ObjectWritten extends ObjectVersion {
  readonly isNew: boolean;
}

/** What the store says of an object. */
export interface ObjectHead extends ObjectVersion {
  readonly bytes: number;
  /** Hexadecimal; absent when the store tells neither its own checksum nor our note. */
  readonly sha256?: string;
  /** Whether the store computed `sha256` itself, or only kept what we noted beside the object. */
  readonly isOwnChecksum: boolean;
  /** Absent when the store does not say that it encrypted the object. */
  readonly encryption?: Encryption;
}

/** A presigned URL and the instant (epoch milliseconds) at which it really ends. */
export interface PresignedUrl {
  readonly url: string;
  readonly expiresAt: number;
}

/** How a store writes its links, for whoever plays the forger, and what it has nothing to say about. */
export interface LinkTerms {
  /** The parameter that holds the signature, in hexadecimal, and the one that holds the life or the end, in seconds. */
  readonly signature: string;
  readonly end: string;
  /** What a link says of its life: the seconds that were signed, where it holds them, and the instant of its end. */
  span(url: URL): { readonly seconds?: number; readonly endsAt: number };
  /** Why V16 cannot be asked of such a store; absent where it can. */
  readonly withoutEncryption?: string;
}

/** The answer that a stranger got, without credentials of ours. `sha256` is hexadecimal, of the received bytes. */
export interface ProbeAnswer {
  readonly status: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly contentType?: string;
  readonly contentDisposition?: string;
  /** Where a redirect leads. A secret: it may be a link. */
  readonly location?: string;
}

/** When the credentials end that sign a link: `untold` are temporary ones that do not say it. */
export type CredentialsEnd =
  | { readonly kind: "never" }
  | { readonly kind: "untold" }
  | { readonly kind: "at"; readonly at: number };

/** What is to be placed in the bucket: rules of a bucket speak of prefixes, days and keys. */
export interface BucketQuestion {
  readonly prefix: string;
  readonly linkSeconds: number;
  readonly encryption?: Encryption;
}

/** One fact about who may read a bucket, or how long what lies there stays readable. */
export interface BucketFact extends AccessFinding {
  readonly id: "V01" | "V03" | "V04" | "V05" | "V06" | "V07" | "V08" | "V09" | "V10" | "V11" | "V12";
}

/** Everything that a bucket and its account say. */
export interface BucketTold {
  readonly facts: readonly BucketFact[];
  /** The bucket's policy refuses a link that was signed longer ago than this. */
  readonly linkAgeLimitMs?: number;
}

/**
 * One bucket. Throws `s3.access_denied`, `s3.unavailable`, `s3.checksum_mismatch`, `config.missing`, and the reason of
 * the signal that it was made with. Every call has a deadline.
 */
export interface ObjectStore {
  readonly links: LinkTerms;
  /** Where links of ours lead to links of another store that are made when they are opened: that store, which is tried too. */
  readonly behind?: ObjectStore;
  /** Writes once: an object that exists with the same SHA-256 counts as written, another one is an error. */
  put(key: string, body: ObjectBody, facts: ObjectFacts): Promise<ObjectWritten>;
  /** Undefined when there is no such object, or no such version of it. */
  find(key: string, versionId?: string): Promise<ObjectHead | undefined>;
  /** The version, or what is current. Works after a stop too: what was made to be removed is removed. */
  delete(key: string, versionId?: string): Promise<void>;
  credentialsEnd(): Promise<CredentialsEnd>;
  /** Epoch milliseconds by the store's clock, as far as it has answered; until then by ours. */
  now(): number;
  /** A link that begins now, or began some seconds ago, by the store's clock; to that version only. */
  presign(
    key: string,
    lifetimeSeconds: number,
    downloadName: string,
    secondsAgo?: number,
    versionId?: string,
  ): Promise<PresignedUrl>;
  /** Asks as a stranger would: a new connection, no credentials, no redirects followed. */
  probe(url: string, method?: "GET" | "PUT" | "DELETE"): Promise<ProbeAnswer>;
  /** What the store says about who can reach the bucket. What cannot be asked is unknown, not an error. */
  bucketFacts(question: BucketQuestion): Promise<BucketTold>;
  /** V08 for one object: whom its own access list lets in. */
  objectGrants(key: string): Promise<AccessFinding>;
}
