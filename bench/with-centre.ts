/** A generated contact centre that a simulator serves to a benchmark, and a project folder beside it. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import type { Surroundings } from "./measured.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Serves `count` conversations until the work is done; `reports` are definitions by name. */
export async function withCentre(
  count: number,
  reports: Readonly<Record<string, string>>,
  work: (surroundings: Surroundings) => Promise<void>,
): Promise<void> {
  const cwd = await mkdtemp(join(tmpdir(), "callsheet-bench-"));
  const args = ["src/cli/main.ts", "simulate", "--generate", String(count), "--rate-limit", "1000000"];
  const simulator = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "ignore"] });
  try {
    const env = await readEnv(simulator);
    await mkdir(join(cwd, "reports"), { recursive: true });
    for (const [name, definition] of Object.entries(reports))
      await writeFile(join(cwd, "reports", `${name}.yaml`), definition);
    await work({ cwd, env });
  } finally {
    simulator.kill("SIGINT");
    await rm(cwd, { recursive: true, force: true });
  }
}

/** The variables that a simulator prints when it is ready. */
async function readEnv(child: ChildProcess): Promise<NodeJS.Dict<string>> {
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes("CALLSHEET_GENESYS_API_URL=") && text.endsWith("\n")) return parseEnv(text);
  }
  throw new Error("The simulator did not start");
}
