/**
 * One measured process: `node bench/measured.ts run ARGS…` runs a callsheet command line, `node bench/measured.ts parse
 * FOLDER` does gunzip and JSON.parse of every page in a folder and nothing else. The last line on stderr is what it cost.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** What a process used: CPU in both modes, and the most memory it held. */
export interface Usage {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
}

const [, , what, ...args] = process.argv;
if (import.meta.main) {
  const startedAt = performance.now();
  if (what === "parse") await parsePages(args[0] ?? ".");
  else process.exitCode = await runCommand(args);
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage: Usage = {
    wallMs: performance.now() - startedAt,
    cpuMs: (userCPUTime + systemCPUTime) / 1000,
    peakBytes: maxRSS * 1024,
  };
  process.stderr.write(`\n${JSON.stringify(usage)}\n`);
}

async function parsePages(folder: string): Promise<void> {
  for (const file of await readdir(folder)) JSON.parse(gunzipSync(await readFile(join(folder, file))).toString("utf8"));
}

async function runCommand(commandLine: readonly string[]): Promise<number> {
  const [{ main }, { SYSTEM_CLOCK }] = await Promise.all([import("../src/cli/main.ts"), import("../src/cli/world.ts")]);
  return await main(commandLine, {
    env: process.env,
    cwd: process.cwd(),
    clock: SYSTEM_CLOCK,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    animated: false,
    signal: new AbortController().signal,
  });
}
