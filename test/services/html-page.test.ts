// The exported page as its readers meet it: opened from disk in a real browser, in light and dark, on a phone and on
// paper, without a network; and hostile names read back by a real HTML parser.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cell, ReportColumn, ReportTable } from "../../src/domain/report-table.ts";
import { htmlChunks, type PageFacts } from "../../src/export/write-html.ts";
import { requireService } from "./services-env.ts";

const DEBIAN_CHROMIUM = "/usr/bin/chromium";
const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1200, height: 900 };

const FACTS: PageFacts = {
  title: "Voice by queue and day",
  report: "voice-by-queue",
  interval: "Mon 1 Feb 1999 to Mon 1 Mar 1999",
  timeZone: "Asia/Jerusalem",
  filter: "media type is voice",
  completeness: "provisional",
  reasons: ["12 conversations had not ended."],
  source: "conversation details",
  definitionHash: `sha256:${"0123456789abcdef".repeat(4)}`,
  runId: "run-7",
  version: "1.2.3",
  revision: 2,
  dataUntil: "28 Feb 1999 21:40",
  conversations: 33_344,
  generatedAt: "2 Mar 1999 04:00",
};

const QUEUE: ReportColumn = { name: "routing.queue.name", type: "text", role: "key" };
const DAY: ReportColumn = { name: "time.day", type: "bucket", role: "key" };
const HOUR: ReportColumn = { name: "time.hour_of_day", type: "integer", role: "key" };
const WEEKDAY: ReportColumn = { name: "time.day_of_week", type: "integer", role: "key" };
const OFFERED: ReportColumn = { name: "offered", type: "integer", role: "measure", unit: "count", adds: "additive" };
const RATE: ReportColumn = { name: "abandon_rate", type: "decimal", role: "measure", unit: "ratio", adds: "ratio" };
const TALK: ReportColumn = {
  name: "talk_seconds",
  type: "decimal",
  role: "measure",
  unit: "seconds",
  adds: "additive",
};
const CODES: ReportColumn = {
  name: "wrapup_counts",
  type: "counts",
  role: "measure",
  unit: "codes",
  adds: "overlapping",
};
const MEASURES = [OFFERED, RATE, TALK, CODES];
const QUEUES = [
  "Regular activity",
  "A queue whose name is very long and has no end in sight",
  "שיחות נכנסות",
  "X".repeat(120),
];
const CODE_COUNTS = { "Resolved on first contact": 17, "Call back later": 3, Other: 1 };

/** A table of each shape that has its own drawing. */
const SHAPES: Readonly<Record<string, ReportTable>> = {
  queues: tableOf(
    [QUEUE],
    QUEUES.map((queue) => [queue]),
  ),
  days: tableOf(
    [DAY],
    days(28).map((day) => [day]),
  ),
  "queues by day": tableOf(
    [QUEUE, DAY],
    QUEUES.flatMap((queue) => days(28).map((day) => [queue, day])),
  ),
  hours: tableOf(
    [HOUR],
    range(24).map((hour) => [hour]),
  ),
  week: tableOf(
    [HOUR, WEEKDAY],
    range(24).flatMap((hour) => range(7).map((day) => [hour, day + 1])),
  ),
  "queues by hour": tableOf(
    [QUEUE, HOUR],
    QUEUES.flatMap((queue) => range(24).map((hour) => [queue, hour])),
  ),
  "days by hour": tableOf(
    [DAY, HOUR],
    days(28).flatMap((day) => range(24).map((hour) => [day, hour])),
  ),
  nothing: tableOf([QUEUE], []),
};

const folder = mkdtempSync(join(tmpdir(), "callsheet-html-"));
let browser: Browser | undefined;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: executablePath(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

test.each(Object.keys(SHAPES))(
  "htmlChunks() opens from disk in light and dark, on desktop and phone: %s",
  async (shape) => {
    const file = await write(shape, SHAPES[shape] ?? tableOf([], []));
    for (const colorScheme of ["light", "dark"] as const) {
      for (const viewport of [DESKTOP, PHONE]) {
        const seen = await open(file, { colorScheme, viewport }, async (page) => ({
          headline: await page.locator(".headline dd.big").first().isVisible(),
          table: await page.locator("table").isVisible(),
          banner: await page.locator(".provisional").isVisible(),
          drawings: (await page.locator("figure > svg[role=img]").count()) > 0,
          width: await page.evaluate("document.documentElement.scrollWidth"),
          paper: await page.evaluate("getComputedStyle(document.body).backgroundColor"),
        }));
        expect(seen).toEqual({
          headline: true,
          table: true,
          banner: true,
          drawings: shape !== "nothing",
          width: viewport.width,
          paper: colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(18, 23, 29)",
        });
      }
    }
  },
);

test("htmlChunks() prints on white also for a reader of dark pages, and shows every column", async () => {
  const file = await write("print", SHAPES.queues ?? tableOf([], []));
  const printed = await open(file, { colorScheme: "dark", viewport: { width: 700, height: 990 } }, async (page) => {
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    return page.evaluate(
      "[getComputedStyle(document.body).backgroundColor, document.documentElement.scrollWidth <= 700]",
    );
  });
  expect(printed).toEqual(["rgb(255, 255, 255)", true]);
});

test("htmlChunks() keeps letters and paper apart in both schemes (WCAG: 4.5 to 1)", async () => {
  const file = await write("contrast", SHAPES.days ?? tableOf([], []));
  for (const colorScheme of ["light", "dark"] as const) {
    const colours = await open(file, { colorScheme, viewport: DESKTOP }, (page) =>
      page.evaluate<[string, string][]>(`[...document.querySelectorAll(
        "h1,.window,.kind,dt,dd,small,.provisional h2,.provisional li,figcaption p,th,td,svg text,code"
      )].map((element) => {
        const style = getComputedStyle(element);
        const letters = element instanceof SVGElement ? style.fill : style.color;
        let under = element;
        while (getComputedStyle(under).backgroundColor === "rgba(0, 0, 0, 0)") under = under.parentElement;
        return [letters, getComputedStyle(under).backgroundColor];
      })`),
    );
    const pairs = [...new Set(colours.map((pair) => pair.join(" on ")))];
    expect(pairs.length).toBeGreaterThan(2);
    expect(pairs.filter((pair) => contrast(pair) < 4.5)).toEqual([]);
  }
});

test("htmlChunks() gives each cell of the table its headers and each drawing its name", async () => {
  const file = await write("accessible", SHAPES.queues ?? tableOf([], []));
  const found = await open(file, { viewport: DESKTOP }, async (page) => ({
    table: await page.getByRole("table", { name: "Figures by queue" }).count(),
    columns: await page.getByRole("columnheader").count(),
    rows: await page.getByRole("rowheader").count(),
    drawings: await page
      .getByRole("img")
      .evaluateAll((images) => images.map((image) => image.querySelector("title")?.textContent)),
  }));
  expect(found).toEqual({ table: 1, columns: 5, rows: 5, drawings: ["Offered by queue", "Abandon rate by queue"] });
});

const HOSTILE = [
  "<script>document.title = 'owned'</script>",
  `"><img src=x onerror="document.title='owned'">`,
  "</td></tr></table></bdi><h1>owned",
  "</style><script>document.title='owned'</script>",
  "<!-- --><![CDATA[ ]]>",
  "&lt;b&gt; &amp;amp; &#60; &copy",
  "' onmouseover='x",
  "a\u0000b\u001b[31m\nc\u0085d\uFFFE",
  "\u202Egnp.exe\u2066",
  "\uD83D alone",
  "<svg onload=document.title='owned'>",
];
const READ_BACK = HOSTILE.with(7, "a␀b␛[31m␊c\uFFFDd\uFFFD").with(8, "\uFFFDgnp.exe\uFFFD").with(9, "\uFFFD alone");

test("htmlChunks() lets a browser read hostile names as names", async () => {
  const table = tableOf(
    [QUEUE],
    HOSTILE.map((name) => [name]),
  );
  const findings = [{ code: HOSTILE.join(), message: HOSTILE.join(), count: 1 }];
  const file = await write("hostile", { ...table, findings }, { title: HOSTILE.join(" "), filter: HOSTILE.join(" ") });
  const read = await open(file, { viewport: DESKTOP }, (page) =>
    page.evaluate<[string[], number, string]>(`[
      [...document.querySelectorAll("tbody tr > :first-child")].map((cell) => cell.textContent),
      document.querySelectorAll("script, img, iframe, [onload], [onerror], [onmouseover]").length,
      document.title.slice(0, 9),
    ]`),
  );
  expect(read).toEqual([READ_BACK, 0, "Provision"]);
});

/** Opens a file from disk; a message on the console, an error or a request for anything else fails the test. */
async function open<T>(
  file: string,
  options: Parameters<Browser["newPage"]>[0],
  look: (page: Page) => Promise<T>,
): Promise<T> {
  if (browser === undefined) throw new Error("the browser did not start");
  const page = await browser.newPage(options);
  const noises: string[] = [];
  page.on("console", (message) => noises.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => noises.push(`error: ${error.message}`));
  page.on("request", (request) => noises.push(`request: ${request.url()}`));
  try {
    await page.goto(file);
    const seen = await look(page);
    expect(noises).toEqual([`request: ${file}`]);
    return seen;
  } finally {
    await page.close();
  }
}

async function write(name: string, table: ReportTable, facts: Partial<PageFacts> = {}): Promise<string> {
  let page = "";
  for await (const chunk of htmlChunks(table, { ...FACTS, ...facts })) page += chunk;
  const path = join(folder, `${name.replaceAll(" ", "-")}.html`);
  writeFileSync(path, page);
  return pathToFileURL(path).href;
}

function tableOf(keys: readonly ReportColumn[], keyRows: readonly (readonly Cell[])[]): ReportTable {
  const rows = keyRows.map((key, index) => [
    ...key,
    (index * 37) % 400,
    ((index * 7) % 100) / 100,
    index * 1234.5,
    CODE_COUNTS,
  ]);
  return {
    columns: [...keys, ...MEASURES],
    rowCount: rows.length,
    totals: [...keys.map(() => null), 33_344, 0.1273, 4_775_034.25, CODE_COUNTS],
    findings: [],
    rows: async function* () {
      yield* rows;
    },
  };
}

function executablePath(): string {
  const named = process.env.CALLSHEET_TEST_CHROMIUM ?? "";
  if (named !== "") return named;
  return existsSync(DEBIAN_CHROMIUM) ? DEBIAN_CHROMIUM : requireService("CALLSHEET_TEST_CHROMIUM");
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function days(count: number): string[] {
  return range(count).map((day) => new Date(Date.UTC(1999, 1, 1 + day)).toISOString().slice(0, 10));
}

/** The contrast of `rgb(…) on rgb(…)` as WCAG defines it. */
function contrast(pair: string): number {
  const [letters = 0, paper = 0] = pair.split(" on ").map(luminance);
  return (Math.max(letters, paper) + 0.05) / (Math.min(letters, paper) + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
