/** Measures programs: each runs in a process of its own and tells at its end what it cost. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a process used, start-up included: all its threads' CPU, and the most memory it held. */
export interface Usage {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
}

/** A program with its arguments; it writes its usage as a line of JSON on file descriptor 3. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly nodeOptions?: string;
}

/** Where a program runs. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.Dict<string>;
}

/** Loaded before the program, as text: a module of ours would have to be compiled and would be measured too. */
const TELL_USAGE = `process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = { wallMs: performance.now(), cpuMs: (userCPUTime + systemCPUTime) / 1000, peakBytes: maxRSS * 1024 };
  process.getBuiltinModule("node:fs").writeSync(3, JSON.stringify(usage) + "\\n");
})`;

const PRELOAD = `data:text/javascript,${encodeURIComponent(TELL_USAGE)}`;

/** A JavaScript file of the checkout as a program. */
export function nodeProgram(file: string, ...args: readonly string[]): Program {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  return { command: process.execPath, args: ["--import", PRELOAD, path, ...args] };
}

/** The command as the package installs it: the file itself says how Node is started. */
export function installedProgram(...args: readonly string[]): Program {
  const path = fileURLToPath(new URL("../dist/src/cli/main.js", import.meta.url));
  return { command: path, args, nodeOptions: `--import ${PRELOAD}` };
}

/** Runs it to its end; throws when it failed. */
export async function measure({ command, args, nodeOptions }: Program, { cwd, env }: Surroundings): Promise<Usage> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env, ...(nodeOptions !== undefined && { NODE_OPTIONS: nodeOptions }) },
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  const [errors, told] = await Promise.all([2, 3].map(async (index) => await textOf(child.stdio[index])));
  const code = child.exitCode ?? (await new Promise((resolve) => child.once("exit", resolve)));
  if (code !== 0 || !told?.startsWith("{")) throw new Error(`A measured process failed: ${errors?.slice(-500)}`);
  return JSON.parse(told) as Usage;
}

async function textOf(stream: unknown): Promise<string> {
  let text = "";
  for await (const chunk of stream as AsyncIterable<unknown>) text += String(chunk);
  return text;
}
