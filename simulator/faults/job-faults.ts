/**
 * Asynchronous jobs that come to a bad end. These faults strike a submission and decide what becomes of that job, by
 * default the first details job; a job that is submitted again afterwards does well.
 */
import type { JobFate } from "../routes/job-fate.ts";
import { type Fault, on, type Selection } from "./fault.ts";

function onSubmissions(selection: Selection): Pick<Fault, "concerns" | "applies"> {
  return on({ method: "POST", path: /\/details\/jobs$/, ...selection });
}

function fated(name: string, selection: Selection, change: Partial<JobFate>): Fault {
  return { name, ...onSubmissions(selection), fate: (fate) => ({ ...fate, ...change }) };
}

/** Which jobs fail, and what they say. */
export interface JobFails extends Selection {
  readonly message?: string;
}

/** The job ends as FAILED. */
export function jobFails({ message = "The query could not be completed", ...selection }: JobFails = {}): Fault {
  return fated("jobFails", selection, { end: "FAILED", errorMessage: message });
}

/** The job ends as CANCELLED. */
export function jobCancelled(selection: Selection = {}): Fault {
  return fated("jobCancelled", selection, { end: "CANCELLED" });
}

/** The job stays PENDING for ever. */
export function jobNeverEnds(selection: Selection = {}): Fault {
  return fated("jobNeverEnds", selection, { end: "never" });
}

/** Which jobs, and how much of their results can be read. */
export interface ResultsExpire extends Selection {
  /** Pages that can be read before the results are gone. Default 1. */
  readonly afterPages?: number;
}

/** The results lapse while they are being read. */
export function resultsExpire({ afterPages = 1, ...selection }: ResultsExpire = {}): Fault {
  return fated("resultsExpire", selection, { expiresAfterPages: afterPages });
}

/** Which jobs, and from which page on. */
export interface CursorRejected extends Selection {
  /** The first page whose cursor is refused; 2 or more. Default 2. */
  readonly atPage?: number;
}

/** A cursor that the simulator itself gave is refused with status 400, however often it is tried. */
export function cursorRejected({ atPage = 2, ...selection }: CursorRejected = {}): Fault {
  return fated("cursorRejected", selection, { refusesPage: atPage });
}
