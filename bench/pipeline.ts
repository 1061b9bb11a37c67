/**
 * `npm run bench:pipeline`: from the first request to the finished files, over a generated contact centre, beside
 * gunzip alone, gunzip and JSON.parse alone, and the tutorial's script (mended), all on the same bytes. The programs
 * take turns; all figures come from one run on one machine: only their ratios mean anything.
 *
 *   npm run bench:pipeline -- 20000 --rounds 3      another number of conversations, other rounds than five
 *
 * `callsheet` is what the package holds, built just before. Below the table stands what a small report costs.
 */
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { installedProgram, measure, nodeProgram, type Program, type Surroundings, type Usage } from "./measured.ts";
import { savePages } from "./save-pages.ts";
import { withCentre } from "./with-centre.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "5" } },
});
const COUNT = Number(positionals[0] ?? 100_000);
const ROUNDS = Number(values.rounds);
const SMALL = 1_000;
const ROOT = fileURLToPath(new URL("..", import.meta.url));

const REPORTS: Readonly<Record<"grouped" | "detail", string>> = {
  grouped: `groupBy: [routing.queue.id, time.hour]
measures: [conversation_count, offered, answered, abandoned, aht_seconds, talk_seconds, hold_seconds, unique_wrapup_codes]`,
  detail: `rows: leg
columns: [conversation.id, session.start, conversation.media.type, routing.queue.id, agent.id, agent.talk.seconds, agent.hold.seconds, wrapup.code]`,
};
const DEFINITIONS = { grouped: definitionOf("grouped"), detail: definitionOf("detail") };

await withCentre(COUNT, DEFINITIONS, async (surroundings) => {
  // What keeping the conversations costs besides is what `bench:store` tells.
  await writeFile(join(surroundings.cwd, "callsheet.yaml"), "store: { retention: off }\n");
  const folder = join(surroundings.cwd, "pages");
  const { pages, bytes, unpackedBytes } = await savePages(DEFINITIONS.grouped, surroundings.env, folder);
  console.log(
    `${COUNT.toLocaleString("en")} conversations of ${(unpackedBytes / COUNT / 1000).toFixed(1)} KB, ${pages} pages, ${(bytes / 1e6).toFixed(1)} MB gzipped; medians of ${ROUNDS}\n`,
  );
  const alone = "gunzip + JSON.parse alone";
  const python = spawnSync("python3", ["--version"]).status === 0;
  const usages = await medians(
    {
      "gunzip alone": nodeProgram("bench/peers/read-pages.mjs", "gunzip", folder),
      [alone]: nodeProgram("bench/peers/read-pages.mjs", "parse", folder),
      "callsheet run, grouped": installedProgram("run", "grouped"),
      "callsheet run, detail": installedProgram("run", "detail"),
      ...(python && {
        "the tutorial's script, mended": { command: "python3", args: [join(ROOT, "bench/peers/tutorial.py"), folder] },
      }),
    },
    surroundings,
  );
  console.log(`${"".padEnd(30)}  wall s    CPU s   conversations/CPU s   peak MB   CPU ÷ parse alone`);
  for (const [name, usage] of usages) print(name, usage, usages.get(alone) ?? usage);
});

await withCentre(SMALL, DEFINITIONS, async (surroundings) => {
  await writeFile(join(surroundings.cwd, "callsheet.yaml"), "store: { retention: off }\n");
  const usages = await medians({ small: installedProgram("run", "grouped") }, surroundings);
  const { cpuMs, wallMs, peakBytes } = usages.get("small") ?? { cpuMs: 0, wallMs: 0, peakBytes: 0 };
  console.log(
    `\na grouped report over ${SMALL.toLocaleString("en")} conversations, start-up included: ${(cpuMs / 1000).toFixed(2)} s CPU, ${(wallMs / 1000).toFixed(2)} s wall, ${(peakBytes / 1e6).toFixed(0)} MB`,
  );
});

function print(name: string, { wallMs, cpuMs, peakBytes }: Usage, alone: Usage): void {
  const cells = [
    (wallMs / 1000).toFixed(2).padStart(8),
    (cpuMs / 1000).toFixed(2).padStart(8),
    Math.round(COUNT / (cpuMs / 1000))
      .toLocaleString("en")
      .padStart(21),
    (peakBytes / 1e6).toFixed(0).padStart(9),
    (cpuMs / alone.cpuMs).toFixed(2).padStart(19),
  ];
  console.log(`${name.padEnd(30)}${cells.join(" ")}`);
}

/** Of each program the round with the median CPU time. The programs take turns, so that a busy minute hits all. */
async function medians(
  programs: Readonly<Record<string, Program>>,
  surroundings: Surroundings,
): Promise<Map<string, Usage>> {
  const rounds = new Map<string, Usage[]>(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, program] of Object.entries(programs))
      rounds.get(name)?.push(await measure(program, surroundings));
  return new Map([...rounds].map(([name, usages]) => [name, medianOf(usages)]));
}

function medianOf(usages: readonly Usage[]): Usage {
  const middle = usages.toSorted((left, right) => left.cpuMs - right.cpuMs)[usages.length >> 1];
  if (!middle) throw new Error("--rounds must be a whole number above 0");
  return middle;
}

function definitionOf(name: keyof typeof REPORTS): string {
  return `report: ${name}\ninterval: 2024-03-01/2024-04-01\nsource: details_query\n${REPORTS[name]}\nexport: [csv]\n`;
}
