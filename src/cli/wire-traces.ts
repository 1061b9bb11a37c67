/** The trace of a run by hand. Spans are made only where an SDK may be there to take them: `OTEL_` variables set it up. */
import type { RunTrace } from "../console/trace-run.ts";
import type { World } from "./world.ts";

/** Begins it; undefined, and nothing is loaded, without such a variable. */
export async function beginTrace(report: string, env: World["env"]): Promise<RunTrace | undefined> {
  if (!Object.keys(env).some((name) => name.startsWith("OTEL_"))) return undefined;
  const { traceRun } = await import("../console/trace-run.ts");
  return traceRun(report);
}
