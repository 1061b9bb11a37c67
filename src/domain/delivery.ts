/** An artifact placed where people fetch it, and the proof of who can. */

/** The result of one named check of the access verdict (docs/access-verdict.md). */
export interface AccessCheck {
  readonly id: string;
  readonly question: string;
  readonly result: "pass" | "fail" | "unknown";
  /** The raw fact, such as a status code. Never a signature. */
  readonly fact: string;
  readonly call: string;
  readonly at: string;
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
  readonly verdict: AccessVerdict;
}
