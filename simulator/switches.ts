/**
 * What nobody could verify about the real service, as settings: a client must work with either value of each. The
 * defaults are the more likely or the stricter behaviour.
 */
import type { StartDayRule } from "./conversations/query-interval.ts";
import type { OpenAtWatermark } from "./conversations/select-job-rows.ts";

/** The settings; each says what it decides. */
export interface Switches {
  /** Status of `invalid_client` at the sign-in. */
  readonly invalidClientStatus: 400 | 401;
  /** Whether a body with keys that the schema does not know is refused with status 400. */
  readonly unknownKeys: "refuse" | "tolerate";
  /** Largest `pageSize` of a details query; above it the query is refused. */
  readonly detailsPageSizeMaximum: number;
  /** What a page past the end has for `conversations`. */
  readonly emptyPage: "absent" | "null" | "emptyList";
  /** Whether an interval narrows the days that it touches to what was active in it. */
  readonly startDayRule: StartDayRule;
  /** `code` of the errors about the 100,000 rows and about the page size. */
  readonly paginationErrorCode: string;
  /** `code` of the error about an interval that is too long. */
  readonly intervalErrorCode: string;
  /** Whether a full rate window is forgotten at once or request by request. */
  readonly rateWindow: "fixed" | "sliding";
  /** Whether the body of a 429 names the limit. */
  readonly limitInRateError: boolean;
  /** Sign-ins per minute and client id. */
  readonly signInsPerMinute: number;
  /** Largest page of a listing; a larger `pageSize` is lowered to it without a word. */
  readonly listingPageSizeMaximum: number;
  /** Most ids in one multi-get of conversations. */
  readonly multiGetMaximum: number;
  /** Status of the answer about a job that is QUEUED or PENDING. */
  readonly runningJobStatus: 200 | 202;
  /** What is told of a job whose results have lapsed: 404, or its state EXPIRED; the results themselves are a 404. */
  readonly expiredJob: "notFound" | "stateExpired";
  /** Largest `pageSize` of job results; above it the request is refused. */
  readonly jobPageSizeMaximum: number;
  /** Most rows of a details job that can be paged through. */
  readonly jobResultsMaximum: number;
  /** What the page of a job without rows has for `conversations`. */
  readonly emptyJobResults: "emptyList" | "absent";
  /** What a details job shows of conversations that go on across its watermark. */
  readonly openAtWatermark: OpenAtWatermark;
  /** What an aggregates query without groups has for `results`. */
  readonly emptyAggregates: "emptyList" | "absent";
}

/** What a simulator does when nobody says otherwise. */
export const DEFAULT_SWITCHES: Switches = {
  invalidClientStatus: 400,
  unknownKeys: "refuse",
  detailsPageSizeMaximum: 100,
  emptyPage: "absent",
  startDayRule: "withActivity",
  paginationErrorCode: "bad.request",
  intervalErrorCode: "bad.request",
  rateWindow: "fixed",
  limitInRateError: true,
  signInsPerMinute: 300,
  listingPageSizeMaximum: 500,
  multiGetMaximum: 100,
  runningJobStatus: 202,
  expiredJob: "notFound",
  jobPageSizeMaximum: 10_000,
  jobResultsMaximum: 400_000,
  emptyJobResults: "emptyList",
  openAtWatermark: "cut",
  emptyAggregates: "emptyList",
};
