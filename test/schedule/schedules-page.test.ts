// docs/schedules.md shows what `schedule next` prints over clock changes, and how two libraries differ from the rule. Both
// parts are made here, between marks of the page, so that they stay true. To write them anew, empty a part and run this.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { parseCron } from "../../src/define/parse-cron.ts";
import type { CronPattern } from "../../src/domain/cron-pattern.ts";
import { openProject, type Project } from "../support/run-report.ts";
import { type Difference, findDifferences } from "./library-judges.ts";
import { PATTERNS } from "./naive-patterns.ts";
import type { NaivePattern } from "./naive-rule.ts";
import { alikeOnTheWall, zonesThatChange } from "./zones-that-change.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGE = join(ROOT, "docs/schedules.md");

/** Each zone with a time that its clock skips in 2026, one that it repeats, and the days before. */
const NIGHTS = [
  {
    place: "berlin",
    zone: "Europe/Berlin",
    skipped: ["30 2 * * *", "2026-03-28"],
    repeated: ["30 2 * * *", "2026-10-24"],
  },
  {
    place: "new-york",
    zone: "America/New_York",
    skipped: ["30 2 * * *", "2026-03-07"],
    repeated: ["30 1 * * *", "2026-10-31"],
  },
  {
    place: "jerusalem",
    zone: "Asia/Jerusalem",
    skipped: ["30 2 * * *", "2026-03-26"],
    repeated: ["30 1 * * *", "2026-10-24"],
  },
  {
    place: "lord-howe",
    zone: "Australia/Lord_Howe",
    skipped: ["15 2 * * *", "2026-10-03"],
    repeated: ["45 1 * * *", "2026-04-04"],
  },
] as const;

let project: Project;
beforeAll(async () => {
  project = await openProject({ files: {} });
});
afterAll(async () => await project.close());

/** What a person sees who types the command; the report's schedule is written for it. */
async function shown(
  name: string,
  zone: string,
  [cron, from]: readonly [string, string],
  count: number,
): Promise<string> {
  project.write(
    `reports/${name}.yaml`,
    `report: ${name}\ntimeZone: ${zone}\ninterval: yesterday\nmeasures: [offered]\nschedule: { cron: "${cron}" }\n`,
  );
  const args = ["schedule", "next", name, "--from", from, "--count", String(count)];
  const { exitCode, out, err } = await project.callsheet(args, { env: { TZ: "UTC" } });
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
  return `$ callsheet ${args.join(" ")}\n${out}`;
}

test("I5, R-70: docs/schedules.md shows the next runs across both clock changes in four zones", async () => {
  const parts: string[] = [];
  for (const { place, zone, skipped, repeated } of NIGHTS) {
    const spring = await shown(`${place}-nightly`, zone, skipped, 3);
    const autumn = await shown(`${place}-nightly`, zone, repeated, 3);
    parts.push(`### ${zone}\n\n\`\`\`console\n${spring}\n${autumn}\`\`\`\n`);
  }
  const spring = await shown("hourly", "Europe/Berlin", ["@hourly", "2026-03-29T00:30+01:00"], 3);
  const autumn = await shown("hourly", "Europe/Berlin", ["@hourly", "2026-10-25T01:30+02:00"], 4);
  parts.push(`### An interval: every hour in Europe/Berlin\n\n\`\`\`console\n${spring}\n${autumn}\`\`\`\n`);

  expectPart("next runs", parts.join("\n"));
});

const Version = z.object({ version: z.string() });

test("I5: docs/schedules.md lists every way in which cron-parser and croner differ from the rule", () => {
  const seldom = PATTERNS.filter(({ text }) => !text.startsWith("* "));
  const kinds = alikeOnTheWall(zonesThatChange(2026, 2027));
  const { differences, compared } = findDifferences(seldom.map(withPattern), kinds);
  const versions = ["cron-parser", "croner"].map((name) => `${name} ${versionOf(name)}`);

  expectPart(
    "differences",
    `${versions.join(" and ")} were asked for the day before and the day after each clock change of 2026, for ${seldom.length} patterns in the
${kinds.length} kinds of zones whose clocks change (zones that change alike count once): ${compared.toLocaleString("en")} comparisons with each. All others agree.

| library | a time that is | pattern | what it does | how often | for example |
| --- | --- | --- | --- | --- | --- |
${differences.toSorted(byLibrary).map(toRow).join("")}`,
  );
});

function withPattern(naive: NaivePattern): readonly [NaivePattern, CronPattern] {
  const cron = parseCron(naive.text);
  if ("refused" in cron) throw new Error(cron.refused);
  return [naive, cron];
}

function versionOf(name: string): string {
  return Version.parse(JSON.parse(readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8"))).version;
}

function byLibrary(left: Difference, right: Difference): number {
  const key = ({ library, change, pattern, effect }: Difference): string => [library, change, pattern, effect].join();
  return key(left) < key(right) ? -1 : 1;
}

function toRow({ library, change, pattern, effect, count, example }: Difference): string {
  return `| ${[library, change, pattern, effect, count, example].join(" | ")} |\n`;
}

/** Expects the text between the marks of the page; where there is none yet, writes it for a person to read. */
function expectPart(name: string, text: string): void {
  const page = readFileSync(PAGE, "utf8");
  const [open, end] = [`<!-- made by a test: ${name} -->\n`, "<!-- end -->\n"];
  const [start, stop] = [page.indexOf(open) + open.length, page.indexOf(end, page.indexOf(open))];
  expect([page.includes(open), stop >= start], `the page has no part "${name}"`).toEqual([true, true]);
  if (start === stop && process.env.CI === undefined)
    writeFileSync(PAGE, `${page.slice(0, start)}\n${text}\n${page.slice(stop)}`);
  else expect(page.slice(start, stop)).toBe(`\n${text}\n`);
}
