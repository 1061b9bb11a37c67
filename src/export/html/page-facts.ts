/** What a page says about its table besides the figures. */

/** All texts are for people, ready to be shown; none is trusted as markup. */
export interface PageFacts {
  readonly title: string;
  /** The report's own name. */
  readonly report: string;
  /** The window in local time. */
  readonly interval: string;
  /** The period before in local time, where the report compares. */
  readonly comparedWith?: string;
  /** IANA name. */
  readonly timeZone: string;
  /** The filter in words; empty when there is none. */
  readonly filter: string;
  /** What is masked, by path; absent when nothing is. */
  readonly masks?: string;
  readonly completeness: "complete" | "provisional";
  /** Why it is provisional, a sentence each. */
  readonly reasons: readonly string[];
  readonly source: string;
  readonly definitionHash: string;
  readonly runId: string;
  readonly version: string;
  readonly revision: number;
  readonly dataUntil: string;
  /** How many conversations were read; absent when the figures are the service's own. */
  readonly conversations?: number;
  readonly generatedAt: string;
}
