/** Reads the state of an OAuth client back from JSON; whatever another version may have written is no reason to fail. */
import { z } from "zod";
import type { ClientState } from "../domain/client-store.ts";

const instant = z.number();

const STATE: z.ZodType<ClientState> = z.object({
  rate: z.object({
    allowed: z.number().positive().nullable(),
    allowedSentAt: instant,
    used: z.number().nonnegative(),
    windowEnd: z.object({
      earliestAt: instant,
      latestAt: instant,
      safeAt: instant,
      answers: z.number().nonnegative(),
      leastCount: z.number().nonnegative(),
      mostCount: z.number().nonnegative(),
    }),
    pausedUntil: instant,
    latencyMs: z.number().nonnegative().nullable(),
    answers: z.number().nonnegative(),
    flights: z.array(z.object({ id: z.string(), owner: z.string(), sentAt: instant, sentAfter: z.number() })),
  }),
  token: z
    .object({
      text: z.string(),
      bornAt: instant,
      staleAt: instant,
      replacesRefused: z.boolean(),
      isRefused: z.boolean(),
    })
    .nullable(),
  renewal: z.object({ owner: z.string(), until: instant }).nullable(),
});

/** The state, or undefined when the text is none. */
export function parseClientState(text: string): ClientState | undefined {
  try {
    return STATE.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
