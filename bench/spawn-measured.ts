/** Starts the processes of a benchmark: a simulator, and command lines whose cost is measured. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import type { Usage } from "./measured.ts";

/** Runs `bench/measured.ts` in a folder and gives what it cost. */
export async function measured(args: readonly string[], cwd: string, env: NodeJS.Dict<string>): Promise<Usage> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("measured.ts", import.meta.url)), ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  for await (const chunk of child.stderr) text += String(chunk);
  const last = text.trim().split("\n").at(-1) ?? "";
  if (!last.startsWith("{") || /^error /m.test(text)) throw new Error(`A measured process failed: ${text.slice(-500)}`);
  return JSON.parse(last) as Usage;
}

/** Starts a program of this repository. */
export function spawnNode(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [...args], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/** The variables that a simulator prints when it is ready. */
export async function readEnv(child: ChildProcess): Promise<NodeJS.Dict<string>> {
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes("CALLSHEET_GENESYS_API_URL=") && text.endsWith("\n")) return parseEnv(text);
  }
  throw new Error("The simulator did not start");
}
