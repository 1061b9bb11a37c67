// What a real process does when the disk is full, when files run out, and in which order it makes things durable: what a
// power cut leaves is what was synced, and nothing else.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createInterval } from "../../src/domain/interval.ts";
import { createSlice, cutSlice, halveList } from "../../src/domain/slice.ts";
import { PAGES as PAGES_FILE } from "../../src/disk/page-file.ts";
import { type CrashProject, openCrashProject, PAGES } from "./crash-project.ts";
import type { Moment } from "./strike.ts";

let project: CrashProject;
beforeAll(async () => {
  project = await openCrashProject();
});
afterAll(async () => await project.close());

test("F2: nothing is counted on before it would survive a power cut", async () => {
  const lane = project.lane("details_query");
  const trace = join(lane.folder, "trace.ndjson");
  expect(await lane.start({ trace, nth: 1_000_000 }).ended).toEqual({ exitCode: 0, err: "" });
  const moments = readFileSync(trace, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Moment);
  expect(moments.filter(([operation, , when]) => operation === "rename" && when === "after").length).toBeGreaterThan(
    20,
  );
  expect(lostByPowerCut(moments)).toEqual([]);
});

/** What is relied on (named by a checkpoint, published, marked as done) while it could still be lost; in words. */
function lostByPowerCut(moments: readonly Moment[]): string[] {
  const lost: string[] = [];
  const unsynced = new Set<string>();
  const unnamed = new Set<string>();
  const opened = new Set<string>();
  for (const [operation, path, when] of moments) {
    if (operation === "write" && when === "before" && basename(path) === "checkpoint.log")
      lost.push(
        ...[...unnamed, ...unsynced].filter((page) => isPageOf(page, dirname(path))).map((page) => `counted: ${page}`),
      );
    // A file that a page makes has its name when its folder was synced.
    if (operation === "open" && when === "after" && basename(path) === PAGES_FILE && !opened.has(path))
      unnamed.add(path);
    if (operation === "open") opened.add(path);
    if (operation === "rename" && when === "before" && basename(path) === "ended.json")
      lost.push(...[...unnamed].map((file) => `done: ${file}`));
    if (when === "before" && (operation === "write" || operation === "copyFile")) unsynced.add(path);
    if (when === "before" && operation === "rename")
      lost.push(
        ...[...unsynced]
          .filter((part) => dirname(part) === dirname(path) && partOf(part) === basename(path))
          .map((part) => `renamed: ${part}`),
      );
    if (when !== "after") continue;
    if (operation === "sync") {
      unsynced.delete(path);
      for (const file of unnamed) if (dirname(file) === path) unnamed.delete(file);
    }
    if (operation === "rename" || (operation === "mkdir" && basename(dirname(path)) === "pages")) unnamed.add(path);
  }
  return [
    ...lost,
    ...[...unsynced].map((file) => `never synced: ${file}`),
    ...[...unnamed].map((file) => `no name: ${file}`),
  ];
}

/** The slice's folder, or what is in it besides the checkpoint itself. */
function isPageOf(path: string, folder: string): boolean {
  return path.startsWith(folder) && basename(path) !== "checkpoint.log";
}

/** `calls.csv` of `calls.csv.part` and of `.calls.csv.calls-20240520T120000Z-0123ab.part`. */
function partOf(path: string): string {
  const name = basename(path).replace(/\.part$/, "");
  return name.startsWith(".") ? name.slice(1).replace(/\.calls-\d.*$/, "") : name;
}

/** A file of this many kilobytes at most; node is to see the error, not the signal. */
const fileLimit = (kilobytes: number): string => `trap '' XFSZ; ulimit -f ${kilobytes}`;

test("F3: a disk that fills behind the last page ends the run cleanly; it is resumed without a request for a page", async () => {
  const quiet = project.lane("details_query");
  expect((await quiet.start().ended).exitCode).toBe(0);
  const lane = project.lane("details_query");
  const before = project.pagesFetched("details_query");
  const full = await lane.start(undefined, fileLimit(40)).ended;
  expect([full.exitCode, full.err]).toEqual([
    9,
    expect.stringContaining("error disk.full: No space left while writing to "),
  ]);
  expect(full.err).toMatch(
    /Free some space, .*\n {2}Go on where it stopped: callsheet run calls --out out --resume calls-/,
  );
  expect(namesBelow(lane.folder).filter((name) => name.endsWith(".part") || /^out\/|\.csv$/.test(name))).toEqual([]);
  expect(await lane.start().ended).toEqual({ exitCode: 0, err: "" });
  expect(lane.artifacts()).toEqual(quiet.artifacts());
  expect(project.pagesFetched("details_query") - before).toBe(PAGES.details_query);
});

test("F3: a disk that fills while pages are kept keeps those that are whole", async () => {
  const lane = project.lane("details_query");
  const full = await lane.start(undefined, fileLimit(12)).ended;
  expect([full.exitCode, /^error (\S+):/m.exec(full.err)?.[1]]).toEqual([9, "disk.full"]);
  expect(namesBelow(lane.folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  expect((await lane.start().ended).exitCode).toBe(0);
});

test("F10: files that run out and names that are too long are named, with the way out", async () => {
  const module = fileURLToPath(new URL("../../src/disk/create-run-folder.ts", import.meta.url));
  const state = mkdtempSync(join(tmpdir(), "callsheet-files-"));
  onTestFinished(() => rmSync(state, { recursive: true, force: true }));
  const program = `
    import { openSync } from "node:fs";
    import { createRunFolder } from ${JSON.stringify(module)};
    const told = async (path) => await createRunFolder(path, "voice", 0).then((folder) => folder.close(), ({ code, message, hint }) => console.log(JSON.stringify({ code, message, hint })));
    await told(${JSON.stringify(state)});
    await told(${JSON.stringify(join(state, "x".repeat(300)))});
    try { for (;;) openSync("/dev/null"); } catch {}
    await told(${JSON.stringify(state)});
  `;
  const { stdout } = await promisify(execFile)("bash", [
    "-c",
    `ulimit -n 64; exec "$@"`,
    "bash",
    process.execPath,
    "--input-type=module",
    "-e",
    program,
  ]);
  const [tooLong, outOfFiles] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string>);
  expect(tooLong).toMatchObject({
    code: "disk.unwritable",
    hint: "Choose a shorter path with CALLSHEET_STATE or --out.",
  });
  expect(tooLong?.["message"]).toMatch(/: ENAMETOOLONG$/);
  expect(outOfFiles).toMatchObject({ code: "disk.unwritable", hint: expect.stringContaining("ulimit -n") });
  expect(outOfFiles?.["message"]).toMatch(/: EMFILE$/);
});

test("F10: names of slices are safe and distinct on every file system", () => {
  const names: string[] = [];
  for (let nth = 0; nth < 500; nth++) {
    const startAt = Date.UTC(2024, 0, 1) + nth * 86_399_999;
    const slice = createSlice(createInterval(startAt, startAt + 86_399_999));
    names.push(slice.id, ...(cutSlice(slice, 2) ?? []).map(({ id }) => id));
    names.push(...(halveList(slice, 5000) ?? []).map(({ id }) => id));
  }
  expect(names.filter((name) => !/^[A-Za-z0-9][A-Za-z0-9.-]{0,119}$/.test(name))).toEqual([]);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
});

function namesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true }).map(String);
}
