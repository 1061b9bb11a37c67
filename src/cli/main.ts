#!/usr/bin/env -S node --max-semi-space-size=8
/**
 * The process: it makes the world, calls what the command line says, and turns an error into one message and an exit
 * code. What it loads before it runs is small; all else is loaded behind `keepCompiledCode`.
 *
 * Records die young: half the room for young objects costs a twentieth of CPU time and spares a sixth of the memory
 * (`npm run bench:pipeline`). Node takes that flag only where it starts.
 */
import { ReportError } from "../domain/errors.ts";
import { keepCompiledCode } from "./compile-cache.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { shellWords } from "./shell-words.ts";
import { SYSTEM_CLOCK, type World } from "./world.ts";

/** Runs one command line; the answer is the exit code. */
export async function main(args: readonly string[], world: World, debug = false): Promise<number> {
  try {
    return await (await import("./run-command-line.ts")).runCommandLine(args, world);
  } catch (error) {
    return report(error, world, debug);
  }
}

/** One message: what, where, how to mend it. What lies below only with --debug. */
function report(error: unknown, world: World, debug: boolean): number {
  const isStop = error instanceof ReportError && error.code === "process.stopping";
  const stopped = world.signal.aborted && world.signal.reason instanceof ReportError ? world.signal.reason : undefined;
  const shown =
    (isStop ? error : stopped) ??
    (error instanceof ReportError
      ? error
      : new ReportError(
          "internal",
          `Something broke in callsheet: ${error instanceof Error ? error.message : String(error)}`,
          { hint: "Please tell us, with the output of the same command with --debug.", cause: error },
        ));
  world.err(`error ${shown.code}: ${shown.message}\n`);
  if (shown.hint !== undefined) world.err(`  ${shown.hint}\n`);
  if (shown.correlationId !== undefined) world.err(`  correlation id ${shown.correlationId}\n`);
  if (debug && error instanceof Error)
    world.err(`${error.stack ?? ""}\n${error.cause instanceof Error ? `caused by ${error.cause.stack}\n` : ""}`);
  return shown.code === "process.stopping" && process.exitCode !== undefined
    ? Number(process.exitCode)
    : EXIT_CODES[shown.code];
}

/** Anything but a yes is a no, and so is the end of the input. */
async function confirm(question: string): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("\n")));
    const answer = await Promise.race([lines.question(`${question} [y/N] `), ended]);
    if (answer === "\n") process.stderr.write(answer);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

/** Stops cleanly at the first Ctrl-C, at once at the second. */
function listenForStop(): AbortSignal {
  const controller = new AbortController();
  for (const [name, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(code);
      process.exitCode = code;
      controller.abort(
        new ReportError("process.stopping", "Stopped before the end. Nothing was published", {
          hint: `Run the same command again: ${shellWords(["callsheet", ...process.argv.slice(2)])}`,
        }),
      );
    });
  }
  return controller.signal;
}

if (import.meta.main) {
  // Sources in a checkout change all the time, and Node strips their types first: only the built program is kept.
  if (!import.meta.filename.endsWith(".ts")) keepCompiledCode(process.env);
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  process.stderr.on("error", () => {});
  const world: World = {
    env: process.env,
    cwd: process.cwd(),
    clock: SYSTEM_CLOCK,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    animated: process.stderr.isTTY === true && process.env.TERM !== "dumb" && process.env.NO_COLOR === undefined,
    terminal: process.stderr.isTTY === true,
    ...(process.stdin.isTTY && process.stderr.isTTY ? { confirm } : {}),
    signal: listenForStop(),
  };
  process.exitCode = await main(
    process.argv.slice(2).filter((arg) => arg !== "--debug"),
    world,
    process.argv.includes("--debug"),
  );
}
