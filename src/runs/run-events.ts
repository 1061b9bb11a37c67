/** What happens in a run, as typed events. Command line, logs and tests listen to the same ones. */
import type { EntityKind } from "../domain/field.ts";
import type { RequestAnswered } from "../domain/request-answered.ts";
import type { PageStored, SliceRestarted } from "../extract/extract-slice.ts";

/** The stages of a run, in order; its status words. */
export type Stage = "plan" | "extract" | "merge" | "export" | "deliver";

/** One event of a run. */
export type RunEvent =
  | { readonly kind: "run_started"; readonly runId: string; readonly slices: number; readonly interval: string }
  /** It stopped before its end, and can be resumed. */
  | { readonly kind: "run_interrupted"; readonly runId: string }
  | { readonly kind: "names_read"; readonly entity: EntityKind; readonly count: number }
  /** Something that a person should know, and that does not stop the run. */
  | { readonly kind: "notice"; readonly message: string }
  | { readonly kind: "stage"; readonly stage: Stage }
  | PageStored
  | SliceRestarted
  | { readonly kind: "retry"; readonly reason: string; readonly waitMs: number }
  | RequestAnswered;
