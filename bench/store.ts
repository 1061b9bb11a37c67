/**
 * `npm run bench:store`: what the local store costs the run that fills it, and what it saves the next one, over a
 * generated contact centre; and how large a stored conversation is for reports that need more of it. All figures come
 * from one run on one machine: only their ratios mean anything. `npm run bench:store -- 20000` takes another number of
 * conversations.
 */
import { readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { measure, installedProgram, type Surroundings, type Usage } from "./measured.ts";
import { withCentre } from "./with-centre.ts";

const COUNT = Number(process.argv[2] ?? 100_000);
const ROUNDS = 3;

const HEAD = "interval: 2024-03-01/2024-04-01\nsource: details_query\nexport: [csv]";
const MEASURES = `groupBy: [routing.queue.id, time.hour]
measures: [conversation_count, offered, answered, abandoned, aht_seconds, talk_seconds, hold_seconds]`;

/** Run one after the other in one project: each needs more of a conversation than the one before. */
const REPORTS: Readonly<Record<string, string>> = {
  grouped: MEASURES,
  members: "rows: leg\ncolumns: [conversation.id, customer.ani, customer.dnis, routing.skill.id, flow.id, wrapup.code]",
  segments: "rows: segment\ncolumns: [conversation.id, segment.type]",
};

const DEFINITIONS = Object.fromEntries(
  Object.entries(REPORTS).map(([name, body]) => [name, `report: ${name}\n${HEAD}\n${body}\n`]),
);

await withCentre(COUNT, DEFINITIONS, async (surroundings) => {
  const { cwd } = surroundings;
  console.log(`${COUNT.toLocaleString("en")} conversations; medians of ${ROUNDS}\n`);
  console.log("                                  wall s    CPU s   peak MB   CPU ÷ first run");
  await writeFile(join(cwd, "callsheet.yaml"), "store: { retention: off }\n");
  const without = await median(["grouped"], surroundings);
  await rm(join(cwd, "callsheet.yaml"));
  const first = await median(["grouped", "--fresh"], surroundings);
  print("first run, filling the store", first, first);
  print("the same run from the store", await median(["grouped"], surroundings), first);
  print("run that keeps nothing", without, first);

  console.log("\n                                  bytes a conversation, stored");
  for (const name of Object.keys(REPORTS)) {
    await rm(join(cwd, ".callsheet"), { recursive: true });
    await run([name], surroundings);
    console.log(`${name.padEnd(32)}${(await storedBytes(cwd)).toFixed(0).padStart(30)}`);
  }
});

function print(name: string, { wallMs, cpuMs, peakBytes }: Usage, first: Usage): void {
  const cells = [
    (wallMs / 1000).toFixed(2).padStart(8),
    (cpuMs / 1000).toFixed(2).padStart(8),
    (peakBytes / 1e6).toFixed(0).padStart(9),
    (cpuMs / first.cpuMs).toFixed(2).padStart(16),
  ];
  console.log(`${name.padEnd(32)}${cells.join(" ")}`);
}

async function storedBytes(cwd: string): Promise<number> {
  const store = join(cwd, ".callsheet/conversations");
  const names = (await readdir(store, { recursive: true })).filter((name) => name.endsWith(".parquet"));
  let bytes = 0;
  for (const name of names) bytes += (await stat(join(store, name))).size;
  return bytes / COUNT;
}

/** The run with the median CPU time. */
async function median(args: readonly string[], surroundings: Surroundings): Promise<Usage> {
  const rounds: Usage[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await run(args, surroundings));
  const [, middle] = rounds.sort((left, right) => left.cpuMs - right.cpuMs);
  if (!middle) throw new Error("there are three rounds");
  return middle;
}

async function run(args: readonly string[], surroundings: Surroundings): Promise<Usage> {
  return await measure(installedProgram("run", ...args), surroundings);
}
