/** What the log of a worker says of a run's events. */
import type { LogFacts, Notify } from "../domain/log-facts.ts";
import { formatKey, type ScheduledKey } from "../domain/scheduled-run.ts";
import type { RunEvent } from "./run-events.ts";

/** Makes the listener of one attempt; it learns the run's folder from the events. */
export function createRunTeller(run: ScheduledKey, attempt: number, notify: Notify): (event: RunEvent) => void {
  const name = formatKey(run);
  let facts: LogFacts = { run, attempt };
  return (event) => {
    switch (event.kind) {
      case "run_started":
        facts = { ...facts, runId: event.runId };
        return notify(
          `${name}: ${event.runId}, ${event.interval} in ${event.slices} ${event.slices === 1 ? "slice" : "slices"}`,
          facts,
        );
      case "notice":
        return notify(`${name}: ${event.message}`, { ...facts, level: "warn" });
      case "stage":
        return notify(`${name}: ${event.stage}`, { ...facts, level: "debug" });
      case "retry":
        return notify(`${name}: waits ${event.waitMs} ms: ${event.reason}`, { ...facts, level: "debug" });
      default:
    }
  };
}
