/**
 * `npm run bench:year`: lets a year of 50 hourly reports pass, one attempt in a hundred failing, and says what became of
 * each of the 438,000 instants, how long a look of the scheduler took, and how much memory was held in each tenth of the
 * year. `npm run bench:year -- 50 73` takes another number of reports and days; with CALLSHEET_DATABASE_URL the database
 * is a new one on that server, without it PGlite in a folder. What is simulated: test/queue/simulated-time.ts.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../src/postgres/migrate.ts";
import { openEmbedded } from "../src/postgres/open-embedded.ts";
import { type Home, openPostgres } from "../test/queue/homes.ts";
import { type Counted, simulateTime } from "../test/queue/simulated-time.ts";

const [reports = 50, days = 365] = process.argv.slice(2).map(Number);
const SEED = "year";
const WORKERS = 4;

const serverUrl = process.env["CALLSHEET_DATABASE_URL"];
const folder = await mkdtemp(join(tmpdir(), "callsheet-year-"));
const home = serverUrl === undefined ? await openFolder(folder) : await openPostgres(serverUrl);
const began = performance.now();
let before: Counted | undefined;
try {
  const name = serverUrl === undefined ? "PGlite" : "PostgreSQL";
  console.log(`${days} days of ${reports} hourly reports on ${name}, 1 % of attempts fail\n`);
  console.log("  day   wall s    attempts   ms a look   statements a run   RSS MB   heap MB   rows in the ledger");
  const told = await simulateTime(home, {
    reports,
    days,
    seed: SEED,
    faultShare: 0.01,
    workers: serverUrl === undefined ? 1 : WORKERS,
    onDay: async (day, counted) => {
      if (Math.floor((day * 10) / days) === Math.floor(((day - 1) * 10) / days)) return;
      await print(day, counted);
      before = { ...counted };
    },
  });
  const { instants, lost, ended } = told;
  const { done = 0, provisional = 0, failed = 0, skipped = 0, missed = 0 } = ended;
  const words = [
    `${instants.toLocaleString("en")} instants`,
    `${done.toLocaleString("en")} done`,
    `${provisional} provisional, ${failed} failed, ${skipped} skipped, ${missed} missed, each with its reason`,
    `${lost} lost`,
    `${told.faults} faults`,
    `${told.gave - done} runs too many`,
  ];
  console.log(`\n${words.join("; ")}`);
  if (lost > 0 || told.gave !== done) process.exitCode = 1;
} finally {
  await home.close();
  await rm(folder, { recursive: true, force: true });
}

async function print(day: number, { ticks, tickMs, attempts, statements }: Counted): Promise<void> {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const [row] = await home.database.query("SELECT count(*)::int AS count FROM callsheet.run");
  const since = before ?? { ticks: 0, tickMs: 0, attempts: 0, statements: 0 };
  const cells = [
    String(day).padStart(5),
    ((performance.now() - began) / 1000).toFixed(0).padStart(8),
    attempts.toLocaleString("en").padStart(11),
    ((tickMs - since.tickMs) / (ticks - since.ticks)).toFixed(1).padStart(11),
    ((statements - since.statements) / (attempts - since.attempts)).toFixed(1).padStart(18),
    (rss / 1e6).toFixed(0).padStart(8),
    (heapUsed / 1e6).toFixed(0).padStart(9),
    (row as { count: number }).count.toLocaleString("en").padStart(20),
  ];
  console.log(cells.join(" "));
}

/** As `serve` has it, so that rows are on disk and not in this process's memory. */
async function openFolder(path: string): Promise<Home> {
  const { database, engine } = await openEmbedded(join(path, "pglite"));
  await migrate(database);
  return { database, home: { engine }, another: () => database, close: async () => await database.close() };
}
