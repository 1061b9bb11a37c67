// A folder as a destination: whole files or none, the keys of a bucket, nothing overwritten, the seal last.

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { createDeliveryFolder } from "../../src/disk/create-delivery-folder.ts";
import { CALLS_REPORT, configWithArchive, openProject, type Project } from "../support/run-report.ts";

const TOLD = z.object({
  runId: z.string(),
  placed: z.array(z.object({ destination: z.string(), artifact: z.string(), key: z.string(), path: z.string() })),
});

let project: Project;
beforeEach(async () => {
  project = await openProject({
    objectStore: {},
    files: {
      "callsheet.yaml": `${configWithArchive()}  shelf: { type: disk, folder: shelf, prefix: reports }\n`,
      "reports/calls.yaml": `${CALLS_REPORT}deliver: [shelf]\n`,
    },
  });
});
afterEach(async () => await project.close());

const onShelf = (): string[] => project.files().filter((name) => name.startsWith("shelf/"));

describe("a folder", () => {
  test("gets the files under the keys of a bucket, and the seal that names them", async () => {
    const { out, exitCode } = await project.callsheet(["run", "calls", "--json"]);
    expect(exitCode).toBe(0);
    const { runId, placed } = TOLD.parse(JSON.parse(out));
    expect(placed.map(({ artifact }) => artifact)).toEqual(["calls.csv", "calls.json"]);
    for (const { artifact, key, path } of placed) {
      expect(path).toBe(join(project.folder, "shelf", key));
      expect(key).toMatch(/^reports\/calls\/20240301T000000Z_20240401T000000Z\/r1-[0-9a-f]{12}\/calls\.(csv|json)$/);
      expect(readFileSync(path, "utf8")).toBe(project.read(`.callsheet/runs/${runId}/artifacts/${artifact}`));
      expect(statSync(path).mode & 0o777).toBe(0o666 & ~process.umask());
    }
    const [seal = ""] = onShelf().filter((name) => name.endsWith("/delivery.json"));
    const { files } = z.object({ files: z.array(z.object({ key: z.string() })) }).parse(JSON.parse(project.read(seal)));
    expect(files.map(({ key }) => key)).toEqual(placed.map(({ key }) => key));
    expect(onShelf()).toHaveLength(3);
  });

  test("is the same after a second delivery, and holds no unfinished file", async () => {
    const { runId } = TOLD.parse(JSON.parse((await project.callsheet(["run", "calls", "--json"])).out));
    const before = onShelf();
    const { out, exitCode } = await project.callsheet(["deliver", runId]);
    expect(exitCode).toBe(0);
    expect(out.match(/^placed {2}\S+ \(shelf\)$/gm)).toHaveLength(2);
    expect(onShelf()).toEqual(before);
  });

  test("INV3: a file of somebody else at our key is left alone, and then there is no seal", async () => {
    const { runId, placed } = TOLD.parse(JSON.parse((await project.callsheet(["run", "calls", "--json"])).out));
    const [seal = ""] = onShelf().filter((name) => name.endsWith("/delivery.json"));
    writeFileSync(placed[1]?.path ?? "", "somebody else's");
    writeFileSync(join(project.folder, seal), "x");
    const { err, exitCode } = await project.callsheet(["deliver", runId]);
    expect(err).toContain("error disk.unwritable: Another file already stands at ");
    expect(exitCode).toBe(9);
    expect(readFileSync(placed[1]?.path ?? "", "utf8")).toBe("somebody else's");
    expect(
      readdirSync(join(project.folder, "shelf"), { recursive: true }).filter((name) => String(name).endsWith(".part")),
    ).toEqual([]);
  });

  test("that cannot be written is told before anything is asked", async () => {
    project.write("shelf", "a file is in the way");
    const { err, exitCode } = await project.callsheet(["run", "calls"]);
    expect(err).toContain("error disk.unwritable");
    expect(exitCode).toBe(9);
    expect(project.simulator.requests.filter(({ path }) => path.includes("conversations"))).toEqual([]);
  });

  test("gives no links: a message that wants them is refused", async () => {
    project.write(
      "callsheet.yaml",
      `${project.read("callsheet.yaml")}  hook: { type: webhook, url: "https://a.example", secret: env:X, links: shelf }\n`,
    );
    const { err, exitCode } = await project.callsheet(["run", "calls"]);
    expect(err).toContain('links names "shelf", which is no destination that gives links.');
    expect(exitCode).toBe(3);
  });
});

describe("put()", () => {
  test("does not place what is not what the run wrote", async () => {
    const at = join(project.folder, "other");
    mkdirSync(at);
    const folder = createDeliveryFolder("other", at, "", "m");
    await expect(folder.put("a/b.csv", { text: "changed" }, "0".repeat(64))).rejects.toMatchObject({
      code: "disk.unwritable",
      message: expect.stringContaining("is not what the run wrote"),
    });
    expect(readdirSync(join(at, "a"))).toEqual([]);
  });

  test("replaces what a process that died left unfinished", async () => {
    const at = join(project.folder, "other");
    mkdirSync(at);
    writeFileSync(join(at, ".b.csv.m.part"), "half");
    chmodSync(join(at, ".b.csv.m.part"), 0o400);
    const folder = createDeliveryFolder("other", at, "", "m");
    const sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    const { path } = await folder.put("b.csv", { text: "hello" }, sha256);
    expect(readFileSync(path, "utf8")).toBe("hello");
    expect(existsSync(join(at, ".b.csv.m.part"))).toBe(false);
  });
});
