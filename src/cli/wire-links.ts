/** Puts links together that `serve` opens when they are clicked, and what tries them. */
import { createClickStore } from "../deliver/create-click-store.ts";
import type { Destination } from "../deliver/deliver-artifacts.ts";
import type { ProbeAnswer } from "../deliver/object-store.ts";
import { SERVE_LINK_TERMS } from "../deliver/serve-links.ts";
import { ReportError } from "../domain/errors.ts";
import { signTarget } from "../support/signed-target.ts";
import type { Config } from "./read-config.ts";
import type { World } from "./world.ts";

/** The bucket, with links to `serve` in the place of its own. */
export function withClicks<D extends Destination>(bucket: D, base: string, config: Config, world: World): D {
  const secret = config.linkKey();
  const store = createClickStore(bucket.store, {
    name: bucket.name,
    base,
    sign: (path, endSeconds) => signTarget(secret, path, endSeconds),
    terms: SERVE_LINK_TERMS,
    now: () => world.clock.now(),
    ask: async (url, method) => await probeServe(url, method, world),
  });
  return { ...bucket, store };
}

/** How long a probe may be without a byte, and take in all: it reads a report once in full. */
const DEADLINES = { idleMs: 30_000, totalMs: 600_000 };

/** Asks a `serve` as a stranger would; `delivery.unreachable` when no answer comes. */
export async function probeServe(url: string, method: "GET" | "PUT" | "DELETE", world: World): Promise<ProbeAnswer> {
  const { probeUrl } = await import("../s3/probe-url.ts");
  try {
    return await probeUrl(url, method, DEADLINES, world.signal);
  } catch (error) {
    if (!(error instanceof ReportError) || error.code !== "s3.unavailable") throw error;
    throw new ReportError("delivery.unreachable", error.message, {
      hint: "`callsheet serve --listen` must run, and what stands at `links:` must lead to it, also from here.",
    });
  }
}
