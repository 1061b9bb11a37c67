/** The port to the record of who was handed which link. It outlives the runs, and never holds a link. */
import type { LinkEvent } from "../domain/delivery.ts";

/** Throws `disk.full` or `disk.unwritable`; the answer comes when the entries are durable. */
export interface AccessRecord {
  note(events: readonly LinkEvent[]): Promise<void>;
}
