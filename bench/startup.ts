/**
 * `npm run bench:startup`: what the built command costs before and besides the data. Each line is a process of its own,
 * beside `node -e 0` and beside a bare script that loads DuckDB and asks it for 1; the simulator runs in this process.
 * CPU is user and system time of the process from its start to its end, as the shell tells it.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startSimulator } from "../simulator/start-simulator.ts";

const CONVERSATIONS = 1000;

/** The first fills the cache of compiled code and is not counted. */
const ROUNDS = 6;

const REPORT = `report: grouped
interval: 2024-03-01/2024-04-01
source: details_query
groupBy: [routing.queue.id, time.hour]
measures: [conversation_count, offered, answered, abandoned, aht_seconds, talk_seconds, hold_seconds, unique_wrapup_codes]
export: [csv]
`;

const COMMAND = fileURLToPath(new URL("../dist/src/cli/main.js", import.meta.url));
const DUCKDB = import.meta.resolve("@duckdb/node-api");
const SELECT_ONE = `import { DuckDBInstance } from ${JSON.stringify(DUCKDB)};
const connection = await (await DuckDBInstance.create()).connect();
await connection.run("SELECT 1");`;

const LINES: readonly (readonly [name: string, args: readonly string[]])[] = [
  ["node -e 0", ["-e", "0"]],
  ["DuckDB, SELECT 1", ["--input-type=module", "-e", SELECT_ONE]],
  ["callsheet --version", [COMMAND, "--version"]],
  ["callsheet --help", [COMMAND, "--help"]],
  ["callsheet fields", [COMMAND, "fields"]],
  ["callsheet completion bash", [COMMAND, "completion", "bash"]],
  ["callsheet check", [COMMAND, "check"]],
  ["callsheet run, no store", [COMMAND, "run", "grouped", "--config", "storeless.yaml"]],
  ["callsheet run --fresh", [COMMAND, "run", "grouped", "--fresh"]],
  ["callsheet run", [COMMAND, "run", "grouped"]],
];

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const folder = await mkdtemp(join(tmpdir(), "callsheet-bench-"));
const simulator = await startSimulator({
  generate: { count: CONVERSATIONS, seed: 1 },
  rateLimitPerMinute: 1_000_000,
});
try {
  await mkdir(join(folder, "reports"));
  await writeFile(join(folder, "reports", "grouped.yaml"), REPORT);
  await writeFile(join(folder, "storeless.yaml"), "store: { retention: off }\nstate: .storeless\n");
  const env = { ...process.env, ...simulator.env, XDG_CACHE_HOME: join(folder, "cache") };
  const costs = new Map<string, Cost[]>(LINES.map(([name]) => [name, []]));
  // Round by round, so that what else the machine does meanwhile meets all of them.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, args] of LINES) {
      const cost = await costOf(args, env);
      if (round > 0) costs.get(name)?.push(cost);
    }
  }
  print(costs);
} finally {
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
}

async function costOf(args: readonly string[], env: NodeJS.Dict<string>): Promise<Cost> {
  const timed = `TIMEFORMAT='%R %U %S'; time "$@" >/dev/null 2>errors`;
  const child = spawn("bash", ["-c", timed, "time", process.execPath, ...args], {
    cwd: folder,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  child.stderr.on("data", (chunk) => {
    text += String(chunk);
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = text.trim().split(" ").map(Number);
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000 };
}

function print(costs: ReadonlyMap<string, readonly Cost[]>): void {
  const [node, duckdb] = [...costs.values()].map((each) => median(each.map(({ cpuMs }) => cpuMs)));
  console.log(`${CONVERSATIONS.toLocaleString("en")} conversations; medians of ${ROUNDS - 1}\n`);
  console.log("                             CPU s    wall s   CPU ÷ node   CPU ÷ SELECT 1");
  for (const [name, each] of costs) {
    const cpuMs = median(each.map((cost) => cost.cpuMs));
    const cells = [
      (cpuMs / 1000).toFixed(3).padStart(8),
      (median(each.map(({ wallMs }) => wallMs)) / 1000).toFixed(3).padStart(9),
      (cpuMs / (node ?? Number.NaN)).toFixed(1).padStart(12),
      (cpuMs / (duckdb ?? Number.NaN)).toFixed(2).padStart(16),
    ];
    console.log(`${name.padEnd(26)}${cells.join(" ")}`);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
