/** Shows a run's progress: one line that is redrawn on a terminal, a line a minute elsewhere. */
import type { RunEvent } from "../runs/run-events.ts";
import type { World } from "./world.ts";

const REDRAW_MS = 100;
const HEARTBEAT_MS = 60_000;

const STAGE_WORDS = {
  plan: "planning",
  extract: "fetching",
  merge: "merging and counting",
  export: "writing files",
  deliver: "delivering",
} as const;

/** Listens to a run's events; `end` leaves the terminal clean. */
export function createProgress(world: World): { see(event: RunEvent): void; end(): void; retries(): number } {
  let stage: keyof typeof STAGE_WORDS = "plan";
  let [rows, requests, slices, retries] = [0, 0, 0, 0];
  let lastAt = world.animated ? Number.NEGATIVE_INFINITY : world.clock.elapsed();
  const hits = new Map<string, number>();
  let note = "";

  function line(): string {
    const total = [...hits.values()].reduce((sum, count) => sum + count, 0);
    const fetched =
      stage === "extract" && hits.size > 0
        ? ` ${rows.toLocaleString("en")} of ${hits.size < slices ? "at least " : ""}${total.toLocaleString("en")} conversations, ${requests} requests`
        : "";
    return `${STAGE_WORDS[stage]}${fetched}${note}`;
  }

  function show(force: boolean): void {
    const now = world.clock.elapsed();
    if (!force && now - lastAt < (world.animated ? REDRAW_MS : HEARTBEAT_MS)) return;
    lastAt = now;
    world.err(world.animated ? `\r\u001b[K${line()}` : `${line()}\n`);
  }

  return {
    see(event) {
      if (event.kind === "run_started") slices = event.slices;
      if (event.kind === "slice_restarted")
        world.err(`Note: slice ${event.sliceId} is fetched anew: ${event.reason}\n`);
      if (event.kind === "page_stored") {
        rows += event.rows;
        if (!event.isKept) requests += 1;
        hits.set(event.sliceId, event.totalHits);
        note = "";
      }
      if (event.kind === "notice") world.err(`${world.animated ? "\r\u001b[K" : ""}Note: ${event.message}\n`);
      if (event.kind === "retry") {
        retries += 1;
        note = ` · waiting ${Math.ceil(event.waitMs / 1000)} s: ${event.reason}`;
      }
      if (event.kind === "stage") stage = event.stage;
      show(event.kind === "retry" || (event.kind === "stage" && world.animated));
    },
    end() {
      if (world.animated) world.err("\r\u001b[K");
    },
    retries: () => retries,
  };
}
