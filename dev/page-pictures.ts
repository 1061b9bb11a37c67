/**
 * `npm run docs:pictures`: the pictures of the documentation. Four reports of `demo/reports/` run on the real month of
 * calls, Chromium opens each page from disk, and what it shows becomes `docs/images/<report>.png`; one of them is
 * shown in dark, and one as a phone shows it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { startSimulator } from "../simulator/start-simulator.ts";
import { main } from "../src/cli/main.ts";
import { SYSTEM_CLOCK } from "../src/cli/world.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CALLS = join(ROOT, "data/anonymous-bank-1999-02.tsv.gz");

/** What is shown of each report, and how much of its page. */
const PICTURES = [
  { report: "voice-by-queue", name: "voice-by-queue", scheme: "light", width: 1200, height: 1300 },
  { report: "calls-by-hour", name: "calls-by-hour", scheme: "light", width: 1200, height: 900 },
  { report: "queues-by-day", name: "queues-by-day", scheme: "dark", width: 1200, height: 1000 },
  { report: "month-by-day", name: "month-by-day", scheme: "light", width: 1200, height: 1000 },
  { report: "voice-by-queue", name: "voice-by-queue-phone", scheme: "dark", width: 390, height: 844 },
] as const;

const folder = mkdtempSync(join(tmpdir(), "callsheet-pictures-"));
const started = await startSimulator({ callsFile: CALLS, rateLimitPerMinute: 100_000, objectStore: true });
const browser = await chromium.launch({
  executablePath: process.env["CALLSHEET_TEST_CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
try {
  for (const report of new Set(PICTURES.map((picture) => picture.report))) await run(report);
  for (const { report, name, scheme, width, height } of PICTURES) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme, deviceScaleFactor: 1 });
    await page.goto(pathToFileURL(join(folder, `${report}.html`)).href);
    await page.screenshot({ path: join(ROOT, "docs/images", `${name}.png`) });
    await page.close();
  }
} finally {
  await browser.close();
  await started.close();
  rmSync(folder, { recursive: true });
}

async function run(report: string): Promise<void> {
  const config = join(ROOT, "demo/callsheet.yaml");
  const exitCode = await main(["run", report, "--config", config, "--format", "html", "--out", folder], {
    env: { ...started.env, CALLSHEET_STATE: join(folder, "state") },
    cwd: folder,
    clock: SYSTEM_CLOCK,
    out: () => undefined,
    err: (text) => void process.stderr.write(text),
    animated: false,
    signal: new AbortController().signal,
  });
  if (exitCode !== 0) throw new Error(`${report} ended with ${exitCode}`);
}
