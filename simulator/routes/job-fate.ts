/** What will become of an asynchronous job: decided when it is submitted, where faults may decide otherwise. */
export interface JobFate {
  /** The state in which it ends; `never` stays PENDING until it is deleted. */
  readonly end: "FULFILLED" | "FAILED" | "CANCELLED" | "never";
  /** Shown by a job that FAILED. */
  readonly errorMessage?: string;
  /** So many pages of its results can be read; with the request for the next one the job has expired. */
  readonly expiresAfterPages?: number;
  /** The cursor that leads to this page (2 is the first that needs one), and every later one, is refused. */
  readonly refusesPage?: number;
}

/** A job that nothing happens to. */
export const ORDINARY_FATE: JobFate = { end: "FULFILLED" };
