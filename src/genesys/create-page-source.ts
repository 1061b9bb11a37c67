/** The page source of a run: each slice is asked for where the plan says. */
import type { Clock } from "../domain/clock.ts";
import type { PageSource } from "../extract/page-source.ts";
import type { ApiClient } from "./api-client.ts";
import { createDetailsSource } from "./create-details-source.ts";
import { createJobSource } from "./create-job-source.ts";

/** Makes the page source on an API client. */
export function createPageSource(client: ApiClient, clock: Clock): PageSource {
  const query = createDetailsSource(client);
  const job = createJobSource(client, clock);
  return {
    availableUntil: async (signal) => await job.availableUntil(signal),
    pages: (plan, slice, place, signal) =>
      (slice.source === "details_job" ? job : query).pages(plan, slice, place, signal),
  };
}
