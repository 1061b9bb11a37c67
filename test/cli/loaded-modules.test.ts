// Start-up is most of what a small report costs, and most of start-up is loading modules: each command loads the packages
// that it needs and no other. A process of its own tells what it loaded. The local store, which is a database, is off.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { CALLS_REPORT, configWithArchive, openProject, type Project } from "../support/run-report.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MAIN = join(ROOT, "src/cli/main.ts");
const LIST_MODULES = new URL("../support/list-modules.ts", import.meta.url).href;

/** What reads a report file and its configuration. */
const READING = ["commander", "temporal-polyfill", "yaml", "zod"];

let project: Project;
beforeAll(async () => {
  project = await openProject({
    files: {
      "callsheet.yaml": `${configWithArchive()}store: { retention: off }\n`,
      "reports/calls.yaml": CALLS_REPORT,
      "reports/nightly.yaml": CALLS_REPORT.replace("report: calls", "report: nightly\nschedule: { cron: 0 2 * * * }"),
    },
  });
});
afterAll(async () => await project.close());

test.each([
  ["--version", ["commander"]],
  ["--help", ["commander"]],
  ["fields", ["commander"]],
  ["completion bash", ["commander"]],
  ["init another", ["commander"]],
  ["explain calls", READING],
  ["explain nightly", [...READING, "cron-parser"]],
  ["run calls --dry-run", READING],
  ["run calls --format json", [...READING, "undici"]],
  ["run calls --format csv", [...READING, "csv-stringify", "undici"]],
  ["run calls --format xlsx", [...READING, "@cj-tech-master/excelts", "undici"]],
])("callsheet %s loads the packages that it needs", async (line, expected) => {
  const { packages } = await modulesOf(line);
  expect(packages).toEqual(expected.toSorted());
});

test("callsheet run loads nothing of the simulator, of delivery to S3, of a database for few rows, or of pages for CSV", async () => {
  const { files } = await modulesOf("run calls --format csv");
  expect(files).toContain("src/cli/commands/run.ts");
  expect(files).toContain("src/export/write-csv.ts");
  expect(files.filter((file) => /^simulator\/|^src\/(?:s3|duckdb)\/|write-html/.test(file))).toEqual([]);
});

/** Runs a command line in the project; the packages it loaded that we name ourselves, and our own files. */
async function modulesOf(line: string): Promise<{ packages: string[]; files: string[] }> {
  const list = join(project.folder, `${line.replaceAll(" ", "-")}.modules`);
  const child = spawn(process.execPath, ["--import", LIST_MODULES, MAIN, ...line.split(" ")], {
    cwd: project.folder,
    env: { ...process.env, ...project.env, MODULES_FILE: list },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += String(chunk);
  });
  const [code] = await once(child, "close");
  expect([code, said.includes("error ")], said).toEqual([0, false]);
  const urls = readFileSync(list, "utf8").trim().split("\n");
  const root = pathToFileURL(ROOT).href;
  return {
    packages: [...new Set(urls.flatMap(packageOf))].filter((name) => direct.has(name)).toSorted(),
    files: urls.filter((url) => url.startsWith(root)).map((url) => url.slice(root.length)),
  };
}

const Manifest = z.object({ dependencies: z.record(z.string(), z.string()) });

/** The packages that package.json names. */
const direct = new Set(
  Object.keys(Manifest.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"))).dependencies),
);

function packageOf(url: string): string[] {
  const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  return name === undefined ? [] : [name];
}
