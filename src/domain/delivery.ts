/** An artifact placed where people fetch it, and the proof of who can. */

/** The result of one named check of the access verdict (docs/access-verdict.md). */
export interface AccessCheck {
  readonly id: string;
  readonly question: string;
  /**
   * `waived`: it failed or is unknown, and the operator answers for it until the waiver ends. `inapplicable`: this kind of
   * destination has nothing that it could be asked of.
   */
  readonly result: "pass" | "fail" | "unknown" | "waived" | "inapplicable";
  /** The raw fact, such as a status code. Never a signature. */
  readonly fact: string;
  readonly call: string;
  readonly at: string;
  /** The IAM statements that the credentials lack to answer this, as JSON to paste, with commas between. */
  readonly statement?: string;
  readonly waiver?: Waiver;
}

/** An operator's word that a check need not pass, for a while. */
export interface Waiver {
  readonly check: string;
  readonly reason: string;
  /** The day, `2027-01-01`, on which it no longer holds; days begin in UTC. */
  readonly until: string;
}

/** All checks of one delivery. `proved` only when every check that the policy requires passed. */
export interface AccessVerdict {
  readonly policy: "strict" | "probed";
  readonly proved: boolean;
  readonly checks: readonly AccessCheck[];
}

/** One artifact at one destination. `url` is a secret: it is shown once, by the command that made it. */
export interface Delivery {
  readonly destination: string;
  readonly artifact: string;
  readonly key: string;
  /** The version that the link opens, in a bucket that keeps versions: what another writes later is not opened by it. */
  readonly versionId?: string;
  /** The object that says which files belong together; written behind them, so that it is there when all of them are. */
  readonly manifestKey?: string;
  readonly url?: string;
  /** ISO instant at which the link ends; absent when none was handed out. */
  readonly expiresAt?: string;
  /** By how much the link is shorter than was asked for, and why; absent when it is not. */
  readonly shortened?: string;
  /** ISO instant at which the object was taken back. */
  readonly revokedAt?: string;
  readonly verdict: AccessVerdict;
}

/** One file in a folder that the report is delivered to. */
export interface PlacedFile {
  readonly destination: string;
  readonly artifact: string;
  /** Its path below the folder. */
  readonly key: string;
  readonly path: string;
  /** The seal that names the files of this delivery. */
  readonly manifestKey: string;
}

/** What came of a message that carries links. */
export interface SentMessage {
  readonly destination: string;
  /** The destination whose links it carries. */
  readonly links: string;
  readonly result: "sent" | "failed";
  /** ISO instant of the last try. */
  readonly at: string;
  readonly tries: number;
  /** Of the error, when it failed. */
  readonly code?: string;
  readonly problem?: string;
}

/** One entry of the access record: a link that was opened with a right signature. Never the signature. */
export interface LinkOpening {
  readonly at: string;
  readonly event: "opened";
  readonly destination: string;
  readonly key: string;
  /** ISO instant at which the link ends. */
  readonly until: string;
  /** Of the connection: the reader's, or that of the proxy before `serve`. */
  readonly address: string;
  /** Whom the proxy says that it asks for; anybody can write that. */
  readonly forwardedFor?: string;
  /** `led_on`: to a link of the bucket that lives a minute; `refused`: the bucket is not known to be private any more. */
  readonly answer: "sent" | "gone" | "led_on" | "refused";
}

/**
 * One entry of the access record: a link that was handed out, a file that was placed in a folder, one that was taken back,
 * or that was removed when its time was over. Never the link.
 */
export interface LinkEvent {
  readonly at: string;
  readonly event: "handed_out" | "placed" | "revoked" | "removed";
  readonly runId: string;
  readonly report: string;
  readonly destination: string;
  readonly artifact: string;
  readonly key: string;
  readonly versionId?: string;
  /** The seal that names the file. */
  readonly manifestKey?: string;
  /** ISO instant at which the link ends. */
  readonly until?: string;
  /** The account on this machine that asked for it. */
  readonly by: string;
  /** The command. */
  readonly how: "run" | "deliver" | "link" | "prune";
  /** Whom a message carried it to; absent for a link that was shown to whoever asked for it. */
  readonly to?: readonly string[];
}
