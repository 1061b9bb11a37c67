/**
 * `npm run demo`: a real month of telephone calls goes through the whole of callsheet. It starts the simulator with the
 * call log in its own process, runs two reports as anybody would from the command line, and ends. With `-- --keep`
 * the simulator stays, so that the links can be opened and the reports changed and run again.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseEnv } from "node:util";
import { main } from "../src/cli/main.ts";
import { SYSTEM_CLOCK, type World } from "../src/cli/world.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const REPORTS = ["voice-by-queue", "calls-by-hour"];
const STARTED_WITHIN_MS = 60_000;

const simulator = startSimulator();
try {
  process.exitCode = await demo(await readEnv(simulator));
} finally {
  simulator.kill("SIGINT");
}

async function demo(env: NodeJS.Dict<string>): Promise<number> {
  const pages: string[] = [];
  for (const report of REPORTS) {
    say(`\n$ callsheet run ${report}        (demo/reports/${report}.yaml)\n\n`);
    const { exitCode, out } = await callsheet(["run", report], env);
    if (exitCode !== 0) return exitCode;
    pages.push(...out.matchAll(/^file {2}(\S.*\.html) {2}/gm).map(([, path]) => pathToFileURL(path ?? "").href));
  }
  say(`\nOpen in a browser:\n${pages.map((page) => `  ${page}\n`).join("")}`);
  if (!process.argv.includes("--keep")) {
    say("\nThe links end with the demo's object store; `npm run demo -- --keep` leaves it running.\n");
    return 0;
  }
  await writeFile(
    `${HERE}.env`,
    Object.entries(env)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
    { mode: 0o600 },
  );
  say("\nThe simulator goes on; its addresses are in demo/.env. Change a report under demo/reports and try\n");
  say("  npm run -s callsheet -- run voice-by-queue --config demo/callsheet.yaml\nStop with Ctrl-C.\n");
  await once(process, "SIGINT");
  return 0;
}

/** Runs one command line in this process, with the simulator's addresses in its environment. */
async function callsheet(
  args: readonly string[],
  env: NodeJS.Dict<string>,
): Promise<{ exitCode: number; out: string }> {
  let shown = "";
  const world: World = {
    env: { ...process.env, ...env },
    cwd: HERE,
    clock: SYSTEM_CLOCK,
    out: (text) => {
      shown += text;
      say(text);
    },
    err: (text) => void process.stderr.write(text),
    animated: process.stderr.isTTY === true,
    signal: AbortSignal.timeout(10 * 60_000),
  };
  return { exitCode: await main(args, world), out: shown };
}

/** The real service allows 300 requests a minute; the demo's organisation has asked for more. */
function startSimulator(): ChildProcess {
  const command = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
  const calls = fileURLToPath(new URL("../data/anonymous-bank-1999-02.tsv.gz", import.meta.url));
  say("Starting a Genesys Cloud on this machine: 33,344 real calls of a bank, February 1999 (data/README.md)\n");
  const args = [command, "simulate", "--calls", calls, "--object-store", "--rate-limit", "3000"];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
}

/** The lines that the simulator prints for `.env`. */
async function readEnv(child: ChildProcess): Promise<NodeJS.Dict<string>> {
  const deadline = AbortSignal.timeout(STARTED_WITHIN_MS);
  let text = "";
  const { promise, resolve, reject } = Promise.withResolvers<NodeJS.Dict<string>>();
  deadline.addEventListener("abort", () => reject(new Error("The simulator did not start in time")), { once: true });
  let complaint = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    complaint += chunk.toString("utf8");
  });
  child.once("exit", (code) => reject(new Error(`The simulator ended with exit code ${code}: ${complaint}`)));
  child.stdout?.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
    if (text.includes("AWS_ENDPOINT_URL_S3=") && text.endsWith("\n")) resolve(parseEnv(text));
  });
  return await promise;
}

function say(text: string): void {
  process.stdout.write(text);
}
