/**
 * `npm run bench:fetch`: how much of the rate limit runs use that share one OAuth client, and whether any request is
 * refused. The simulator answers after 50 to 150 ms and allows 3,000 requests a minute; one `callsheet run` fetches
 * through its first window, two through the second, four through the third, each in a process of its own. A run that
 * ends is followed by another one, so processes come and go inside the windows too.
 *
 * `npm run bench:fetch -- halved`: four processes, and the limit is halved in the middle of the first window.
 *
 * `npm run bench:fetch -- fleet`: four processes with a state folder each, as on four machines, that share the client
 * through the PostgreSQL server of CALLSHEET_DATABASE_URL (`eval "$(dev/services env)"` names one in
 * CALLSHEET_TEST_POSTGRES_URL).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type StartedSimulator, startSimulator } from "../simulator/start-simulator.ts";

const LIMIT = 3_000;
const LATENCY = { from: 50, to: 150 };

/** One small request for each day; the service has nothing for any of them. */
const REPORT = `report: empty-days
interval: 2005-01-01/2015-01-01
source: details_query
rows: conversation
columns: [conversation.id]
export: [csv]
`;

const folder = await mkdtemp(join(tmpdir(), "callsheet-bench-"));
const started = await startSimulator({
  generate: { count: 10, seed: 1 },
  rateLimitPerMinute: LIMIT,
  latencyMs: LATENCY,
});
const runs = new Set<ChildProcess>();
let wanted = 0;
/** Numbers of machines that have no run at the moment: a machine has one at a time. */
const idle = [0, 1, 2, 3];
try {
  await mkdir(join(folder, "reports"));
  await writeFile(join(folder, "reports", "empty-days.yaml"), REPORT);
  // Days that are kept would be asked for once.
  await writeFile(join(folder, "callsheet.yaml"), "store: { retention: off }\n");
  await scenario(process.argv[2])(started);
} finally {
  wanted = 0;
  for (const run of runs) run.kill("SIGKILL");
  await started.close();
  await rm(folder, { recursive: true, force: true });
}

function scenario(name: string | undefined): (simulator: StartedSimulator) => Promise<void> {
  if (name === "fleet") return fleet;
  return name === "halved" ? halved : joining;
}

async function fleet({ simulator }: StartedSimulator): Promise<void> {
  if (!process.env["CALLSHEET_DATABASE_URL"]) throw new Error("CALLSHEET_DATABASE_URL must name a PostgreSQL server");
  keepRunning(4);
  await windowsBegun(simulator, 4);
  print(simulator, [4, 4, 4]);
}

async function joining({ simulator }: StartedSimulator): Promise<void> {
  const processes = [1, 2, 4];
  for (const [nth, count] of processes.entries()) {
    keepRunning(count);
    await windowsBegun(simulator, nth + 2);
  }
  print(simulator, processes);
}

async function halved({ simulator }: StartedSimulator): Promise<void> {
  keepRunning(4);
  while ((simulator.rateWindows[0]?.counted ?? 0) < LIMIT * 0.55) await sleep(10);
  simulator.setRateLimit(LIMIT / 2);
  await windowsBegun(simulator, 3);
  print(simulator, [4, 4]);
  const all = simulator.rateWindows.slice(0, 2);
  const refused = all.reduce((sum, window) => sum + window.refused, 0);
  const counted = all.reduce((sum, window) => sum + window.counted, 0);
  console.log(
    `\nhalved after ${Math.round(LIMIT * 0.55)} requests; wasted ${((refused / (counted + refused)) * 100).toFixed(2)} %`,
  );
}

function keepRunning(count: number): void {
  wanted = count;
  while (runs.size < wanted) startRun();
}

function startRun(): void {
  const machine = idle.pop() ?? 0;
  const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
  const run = spawn(process.execPath, [main, "run", "empty-days"], {
    cwd: folder,
    env: {
      ...process.env,
      ...started.env,
      ...(process.argv[2] === "fleet" && { CALLSHEET_STATE: `machine-${machine}` }),
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  run.stderr.on("data", (chunk) => {
    said += String(chunk);
  });
  runs.add(run);
  run.on("exit", (code) => {
    runs.delete(run);
    idle.push(machine);
    if (wanted > 0 && code !== 0) console.error(`a run ended with ${code}: ${said.slice(-500)}`);
    else if (runs.size < wanted) startRun();
  });
}

/** A window begins with its first request. */
async function windowsBegun({ rateWindows }: StartedSimulator["simulator"], count: number): Promise<void> {
  while (rateWindows.length < count && runs.size > 0) await sleep(10);
}

function print({ rateWindows, requests }: StartedSimulator["simulator"], processes: readonly number[]): void {
  console.log("window   processes   allowed   used   used ÷ allowed   429s   gap before ms");
  for (const [nth, count] of processes.entries()) {
    const window = rateWindows[nth];
    const before = rateWindows[nth - 1];
    if (window === undefined) continue;
    const gapMs = before === undefined ? 0 : window.startedAt - before.startedAt - 60_000;
    const cells = [
      String(nth + 1).padEnd(6),
      String(count).padStart(11),
      String(window.allowed).padStart(9),
      String(window.counted).padStart(6),
      (window.counted / window.allowed).toFixed(3).padStart(16),
      String(window.refused).padStart(6),
      String(gapMs).padStart(15),
    ];
    console.log(cells.join(" "));
  }
  const signIns = requests.filter(({ path }) => path === "/oauth/token").length;
  console.log(`sign-ins: ${signIns}`);
}
