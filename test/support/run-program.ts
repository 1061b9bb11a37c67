// In: a program of somebody else and its arguments. Out: what it printed; a missing one is an error that names the
// command which installs it.

import { execFileSync } from "node:child_process";

/** Runs a program to its end. */
export function runProgram(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, {
      encoding: "utf8",
      maxBuffer: 256 * 1024 * 1024,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new Error(`${program} is missing. Install it with: dev/services`, { cause: error });
    throw error;
  }
}
