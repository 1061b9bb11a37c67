/**
 * What a stranger gets from the registry: the package as `npm pack` makes it, installed into an empty folder without
 * anything from this checkout, and its command run there. The dependencies are those of our lock file, so that the test
 * repeats itself and needs no network where `npm ci` has filled npm's cache.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

const ROOT = join(import.meta.dirname, "..");
const FIVE_MINUTES = 300_000;
const folder = mkdtempSync(join(tmpdir(), "callsheet-packed-"));

const Facts = z.object({
  name: z.string(),
  version: z.string(),
  bin: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
});
const Lock = z.object({ packages: z.record(z.string(), z.looseObject({ dev: z.boolean().optional() })) });
const Packed = z.array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }));

const facts = Facts.parse(readJson(join(ROOT, "package.json")));
let packed: string[] = [];

beforeAll(() => {
  const tarballs = join(folder, "tarballs");
  mkdirSync(tarballs);
  const output = run("npm", ["pack", "--json", "--pack-destination", tarballs], ROOT).stdout;
  const tarball = Packed.parse(JSON.parse(output.slice(output.indexOf("[\n"))))[0];
  packed = tarball?.files.map((file) => file.path) ?? [];
  install(join(tarballs, tarball?.filename ?? ""));
}, FIVE_MINUTES);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the package holds the built program, its licence and its notices, and no source, test or tool", () => {
  const expected = [
    "CHANGELOG.md",
    "LICENSE",
    "NOTICE",
    "README.md",
    "dist/simulator/openapi-analytics.json",
    "dist/src/cli/main.js",
  ];
  expect(packed).toEqual(expect.arrayContaining(expected));
  expect(packed.filter((path) => /\.ts$|\.test\.|^(?:src|test|dev|bench|data)\/|\.env/.test(path))).toEqual([]);
});

test("callsheet --version prints the package's version", () => {
  expect(callsheet(["--version"]).stdout).toContain(facts.version);
});

test("callsheet init makes a project that callsheet check accepts", () => {
  callsheet(["init"]);
  expect(readdirSync(join(folder, "project"))).toEqual(expect.arrayContaining(["callsheet.yaml", "reports"]));
  const reports = readdirSync(join(folder, "project/reports"));
  expect(reports.filter((name) => name.endsWith(".yaml"))).not.toEqual([]);
  callsheet(["check"]);
});

/** Installs the tarball into `project`, an otherwise empty folder, with the versions of our lock file. */
function install(tarball: string): void {
  const project = join(folder, "project");
  mkdirSync(project);
  copyFileSync(tarball, join(project, "callsheet.tgz"));
  const { packages } = Lock.parse(readJson(join(ROOT, "package-lock.json")));
  const installed = Object.entries(packages).filter(([path, entry]) => path !== "" && entry.dev !== true);
  const root = { name: "project", version: "1.0.0", dependencies: { [facts.name]: "file:callsheet.tgz" } };
  const own = {
    version: facts.version,
    resolved: "file:callsheet.tgz",
    bin: facts.bin,
    dependencies: facts.dependencies,
  };
  const lock = {
    lockfileVersion: 3,
    packages: { "": root, [`node_modules/${facts.name}`]: own, ...Object.fromEntries(installed) },
  };
  writeFileSync(join(project, "package.json"), JSON.stringify(root));
  writeFileSync(join(project, "package-lock.json"), JSON.stringify(lock));
  run("npm", ["ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"], project);
  for (const file of ["package.json", "package-lock.json", "callsheet.tgz"]) rmSync(join(project, file));
}

function callsheet(args: string[]): { stdout: string } {
  return run(join(folder, "project/node_modules/.bin/callsheet"), args, join(folder, "project"));
}

/** Runs a command with this Node first on the path and without what `npm test` or this machine has set for us. */
function run(command: string, args: string[], cwd: string): { stdout: string } {
  const ours = /^(?:npm_config_local_prefix|npm_package_|npm_lifecycle_|GENESYSCLOUD_|CALLSHEET_)/;
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
  const env = {
    ...Object.fromEntries(kept),
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    NO_COLOR: "1",
    XDG_CACHE_HOME: join(folder, "cache"),
  };
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")} ended with ${status ?? error?.message}\n${stdout}\n${stderr}`);
  return { stdout };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
