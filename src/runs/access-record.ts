/** The port to the record of who was handed which link, and who opened those that `serve` opens. It outlives the runs, and never holds a link. */
import type { LinkEvent, LinkOpening } from "../domain/delivery.ts";

/** Throws `disk.full` or `disk.unwritable`; the answer comes when the entries are durable. */
export interface AccessRecord {
  note(events: readonly LinkEvent[]): Promise<void>;
  noteOpening(opening: LinkOpening): Promise<void>;
}
