/** What happens in a run, as typed events. Command line, logs and tests listen to the same ones. */
import type { EntityKind } from "../domain/field.ts";

/** The stages of a run, in order; its status words. */
export type Stage = "plan" | "extract" | "merge" | "export" | "deliver";

/** One event of a run. */
export type RunEvent =
  | { readonly kind: "run_started"; readonly runId: string; readonly slices: number; readonly interval: string }
  | { readonly kind: "names_read"; readonly entity: EntityKind; readonly count: number }
  /** Something that a person should know, and that does not stop the run. */
  | { readonly kind: "notice"; readonly message: string }
  | { readonly kind: "stage"; readonly stage: Stage }
  | {
      readonly kind: "page_stored";
      readonly sliceId: string;
      readonly rows: number;
      readonly totalHits: number;
      readonly pageNumber: number;
    }
  | { readonly kind: "retry"; readonly reason: string; readonly waitMs: number };
