import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { atomicWrite } from "./atomic-write.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-atomic-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("atomicWrite() writes the chunks for its owner only, and answers with size and checksum", async () => {
  const path = join(folder, "report.csv");

  const file = await atomicWrite(path, ["a,b\r\n", new Uint8Array([0x31]), ",é\r\n"]);

  const bytes = Buffer.from("a,b\r\n1,é\r\n");
  expect(readFileSync(path)).toEqual(bytes);
  expect(file).toEqual({ path, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["report.csv"]);
});

test("atomicWrite() leaves the older file and nothing else when its chunks fail", async () => {
  const path = join(folder, "report.csv");
  writeFileSync(path, "yesterday");

  await expect(atomicWrite(path, failing())).rejects.toThrow("the table broke");

  expect(readFileSync(path, "utf8")).toBe("yesterday");
  expect(readdirSync(folder)).toEqual(["report.csv"]);
});

test("atomicWrite() shows the older file until the new one is whole", async () => {
  const path = join(folder, "report.csv");
  writeFileSync(path, "yesterday");
  const seen: string[] = [];

  await atomicWrite(
    path,
    watched(() => seen.push(readFileSync(path, "utf8"))),
  );

  expect(seen).toEqual(["yesterday", "yesterday"]);
  expect(readFileSync(path, "utf8")).toBe("today");
});

test("atomicWrite() writes valid UTF-8 whatever the text", async () => {
  const path = join(folder, "report.csv");

  await atomicWrite(path, ["a\uD800b"]);

  expect(readFileSync(path)).toEqual(Buffer.from("a\uFFFDb"));
});

function* failing(): Generator<string> {
  yield "half of it";
  throw new Error("the table broke");
}

function* watched(look: () => void): Generator<string> {
  look();
  yield "to";
  look();
  yield "day";
}
