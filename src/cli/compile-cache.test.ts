import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "callsheet-home-"));
});
afterEach(() => rmSync(home, { recursive: true }));

/** Where a process of its own keeps its compiled code, below its home; the cache is turned on once in each. */
function keptAt(env: NodeJS.Dict<string> = {}): string {
  const module = new URL("compile-cache.ts", import.meta.url).href;
  const program = `
    const { keepCompiledCode } = await import(${JSON.stringify(module)});
    const { getCompileCacheDir } = await import("node:module");
    keepCompiledCode(process.env);
    process.stdout.write(getCompileCacheDir() ?? "nowhere");`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    env: { HOME: home, ...env },
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout.replace(`${home}/`, "").replace(/\/v24[^/]*$/, "");
}

describe("keepCompiledCode()", () => {
  test("keeps it in the user's own cache, in a folder that nobody else can read", () => {
    expect(keptAt()).toBe(".cache/callsheet/compiled");
    expect(statSync(join(home, ".cache/callsheet/compiled")).mode & 0o777).toBe(0o700);
  });

  test("follows XDG_CACHE_HOME, unless it is relative", () => {
    expect(keptAt({ XDG_CACHE_HOME: join(home, "mine") })).toBe("mine/callsheet/compiled");
    expect(keptAt({ XDG_CACHE_HOME: "mine" })).toBe(".cache/callsheet/compiled");
  });

  test("uses no folder that others may write into", () => {
    const folder = join(home, ".cache/callsheet/compiled");
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    expect(keptAt()).toBe("nowhere");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("goes on without where no folder can be made", () => {
    writeFileSync(join(home, ".cache"), "");
    expect(keptAt()).toBe("nowhere");
  });

  test("leaves the choice to Node's own variables", () => {
    expect(keptAt({ NODE_DISABLE_COMPILE_CACHE: "1" })).toBe("nowhere");
    expect(keptAt({ NODE_COMPILE_CACHE: join(home, "chosen") })).toBe("chosen");
    expect(readdirSync(home)).toEqual(["chosen"]);
  });
});
