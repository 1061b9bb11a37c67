import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FencedDatabase, openFencedDatabase } from "./open-fenced-database.ts";

let folder: string;
let scratch: string;
let database: FencedDatabase;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-fence-"));
  scratch = mkdtempSync(join(folder, "it's-scratch-"));
  writeFileSync(join(folder, "secret.csv"), "name\nsomebody\n");
  database = await openFencedDatabase(scratch);
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

describe("openFencedDatabase()", () => {
  test.each([
    ["reading a file", "SELECT * FROM read_csv('FOLDER/secret.csv')"],
    ["reading a text", "SELECT content FROM read_text('FOLDER/secret.csv')"],
    ["reading by a path with ..", "SELECT * FROM read_csv('SCRATCH/../secret.csv')"],
    ["listing files", "SELECT * FROM glob('FOLDER/*')"],
    ["writing a file", "COPY (SELECT 1) TO 'FOLDER/stolen.csv'"],
    ["another database", "ATTACH 'FOLDER/other.duckdb'"],
    ["an export", "EXPORT DATABASE 'FOLDER/everything'"],
    ["the network", "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')"],
    ["installing an extension", "INSTALL httpfs"],
    ["loading an extension", "LOAD httpfs"],
    ["opening the fence", "SET enable_external_access = true"],
    ["more memory", "SET memory_limit = '100GB'"],
    ["widening the fence", "SET allowed_directories = ['/']"],
  ])("refuses %s", async (_, statement) => {
    const text = statement.replaceAll("FOLDER", folder).replaceAll("SCRATCH", scratch.replaceAll("'", "''"));
    await expect(database.connection.run(text)).rejects.toThrow(
      /disabled|denied|Permission|locked|cannot (?:be )?(?:change|enable)|not allowed/i,
    );
    expect(readdirSync(folder).filter((name) => !name.startsWith("it's-scratch-"))).toEqual(["secret.csv"]);
  });

  test("spills into its own folder when rows do not fit in memory", async () => {
    const small = join(folder, "small");
    mkdirSync(small);
    const own = await openFencedDatabase(small, "24MB");
    let spilled = false;
    const watch = setInterval(() => {
      spilled ||= existsSync(join(small, "spill")) && readdirSync(join(small, "spill")).length > 0;
    }, 1);
    try {
      const result = await own.connection.run(
        "SELECT count(*) FROM (SELECT DISTINCT repeat('x', 60) || range FROM range(700000))",
      );
      expect(await result.getRows()).toEqual([[700_000n]]);
      expect(spilled).toBe(true);
    } finally {
      clearInterval(watch);
      own.close();
    }
  });
});
