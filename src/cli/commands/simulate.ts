/** `callsheet simulate`: a Genesys Cloud on this machine. Loads the simulator by name; nothing else in src knows it. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { ReportError } from "../../domain/errors.ts";
import type { World } from "../world.ts";

/** Options as the command line gives them. */
export interface SimulateOptions {
  readonly calls?: string;
  readonly generate?: string;
  readonly seed: string;
  readonly port?: string;
  readonly rateLimit: string;
  readonly objectStore?: boolean;
}

/** Starts it, prints the lines for `.env`, and goes on until it is stopped. */
export async function simulate(options: SimulateOptions, world: World): Promise<void> {
  const callsFile = options.calls === undefined ? undefined : resolve(world.cwd, options.calls);
  if (callsFile !== undefined && !existsSync(callsFile))
    throw usage(`There is no call log ${options.calls}`, "Name a .tsv or .tsv.gz file.");
  const count = options.generate === undefined ? undefined : wholeNumber(options.generate, "--generate");
  if (callsFile === undefined && count === undefined)
    throw usage("Nothing to simulate", "Give --calls FILE, --generate COUNT or both.");
  const { startSimulator } = await import("../../../simulator/start-simulator.ts");
  const started = await startSimulator({
    ...(callsFile === undefined ? {} : { callsFile }),
    ...(count === undefined ? {} : { generate: { count, seed: wholeNumber(options.seed, "--seed") } }),
    ...(options.port === undefined ? {} : { port: wholeNumber(options.port, "--port") }),
    rateLimitPerMinute: wholeNumber(options.rateLimit, "--rate-limit"),
    objectStore: options.objectStore ?? false,
  });
  try {
    world.out(`${started.envLines.join("\n")}\n`);
    world.err(
      `Simulating ${started.centre.conversations.size.toLocaleString("en")} conversations. Paste the lines above into .env; stop with Ctrl-C.\n`,
    );
    await untilStopped(world.signal);
  } finally {
    await started.close();
  }
}

/** Ctrl-C is how a simulator ends: no error. */
async function untilStopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve: stop } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => stop(), { once: true });
  await promise;
}

function wholeNumber(text: string, option: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usage(`Cannot use "${text}" for ${option}`, "Write a whole number.");
}

function usage(message: string, hint: string): ReportError {
  return new ReportError("config.invalid", message, { hint });
}
