// In: the file that dev/services writes, and the environment. Out: where a service is and how to sign in to it. What
// is missing is an error with the command that starts it: a test of a real server that skips itself proves nothing.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The value of a CALLSHEET_TEST_… variable; the environment wins over the file. Throws when neither has it. */
export function requireService(name: `CALLSHEET_TEST_${string}`): string {
  const value = process.env[name] ?? readServices().get(name);
  if (value !== undefined && value !== "") return value;
  throw new Error(`${name} is not set. Install and start the services with: dev/services`);
}

function readServices(): ReadonlyMap<string, string> {
  const path = join(process.env.XDG_RUNTIME_DIR || "/tmp", "callsheet-services", "services.env");
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, "utf8").split("\n");
  return new Map(
    lines.flatMap((line) => {
      const cut = line.indexOf("=");
      return cut < 1 ? [] : [[line.slice(0, cut), line.slice(cut + 1)] as const];
    }),
  );
}
