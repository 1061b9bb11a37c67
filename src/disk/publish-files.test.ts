import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { publishFiles } from "./publish-files.ts";

function world(): { readonly from: string; readonly to: string; readonly files: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), "callsheet-publish-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  mkdirSync(from);
  const files = ["a.csv", "b.json", "manifest.json"].map((name) => join(from, name));
  for (const file of files) writeFileSync(file, `new ${file.slice(-5)}`, { mode: 0o600 });
  return { from, to, files };
}

test("publishFiles() puts all files into a new folder, readable for the owner only", async () => {
  const { from, to, files } = world();
  await publishFiles(files, from, join(to, "deep/er"), "run1");
  expect(readdirSync(join(to, "deep/er"))).toEqual(["a.csv", "b.json", "manifest.json"]);
  expect(readFileSync(join(to, "deep/er/a.csv"), "utf8")).toBe("new a.csv");
  expect(statSync(join(to, "deep/er/a.csv")).mode & 0o777).toBe(0o600);
});

test("publishFiles() replaces older files, and leaves others alone", async () => {
  const { from, to, files } = world();
  mkdirSync(to);
  writeFileSync(join(to, "a.csv"), "old");
  writeFileSync(join(to, "other.csv"), "other");
  await publishFiles(files, from, to, "run1");
  expect(readdirSync(to)).toEqual(["a.csv", "b.json", "manifest.json", "other.csv"]);
  expect(readFileSync(join(to, "a.csv"), "utf8")).toBe("new a.csv");
});

test("publishFiles() publishes none when one is missing", async () => {
  const { from, to, files } = world();
  rmSync(files[2] ?? "");
  await expect(publishFiles(files, from, to, "run1")).rejects.toMatchObject({ code: "disk.unwritable" });
  expect(readdirSync(to)).toEqual([]);
});

test("publishFiles() writes through no link that waits under a temporary name, and over what a killed try left", async () => {
  const { from, to, files } = world();
  mkdirSync(to);
  writeFileSync(join(to, ".a.csv.run1.part"), "half of i");
  writeFileSync(join(from, "elsewhere"), "untouched");
  symlinkSync(join(from, "elsewhere"), join(to, ".b.json.run1.part"));
  await publishFiles(files, from, to, "run1");
  expect(readdirSync(to).filter((name) => name.startsWith("."))).toEqual([]);
  expect(readFileSync(join(to, "a.csv"))).toEqual(readFileSync(join(from, "a.csv")));
  expect(readFileSync(join(from, "elsewhere"), "utf8")).toBe("untouched");
});

test("publishFiles() publishes none when a folder is in the way of one", async () => {
  const { from, to, files } = world();
  mkdirSync(join(to, "b.json"), { recursive: true });
  writeFileSync(join(to, "a.csv"), "old");
  await expect(publishFiles(files, from, to, "run1")).rejects.toMatchObject({
    code: "disk.unwritable",
    message: `Cannot use ${to}: EISDIR`,
  });
  expect(readdirSync(to)).toEqual(["a.csv", "b.json"]);
  expect(readFileSync(join(to, "a.csv"), "utf8")).toBe("old");
});

test("publishFiles() says what is wrong with the folder itself", async () => {
  const { from, files } = world();
  await expect(publishFiles(files, from, join(from, "a.csv"), "run1")).rejects.toMatchObject({
    code: "disk.unwritable",
  });
});

test("publishFiles() of two runs at the same time: each file is of one of them, and whole", async () => {
  const [one, two] = [world(), world()];
  for (const file of two.files) writeFileSync(file, "two");
  await Promise.all([
    publishFiles(one.files, one.from, one.to, "run1"),
    publishFiles(two.files, two.from, one.to, "run2"),
  ]);
  expect(readdirSync(one.to)).toEqual(["a.csv", "b.json", "manifest.json"]);
  for (const name of readdirSync(one.to)) expect(readFileSync(join(one.to, name), "utf8")).toMatch(/^(new .*|two)$/);
});

test("publishFiles() keeps the folders of a format that is several files", async () => {
  const { from, to, files } = world();
  const part = join(from, "calls/day=2024-03-01/calls.parquet");
  mkdirSync(join(from, "calls/day=2024-03-01"), { recursive: true });
  writeFileSync(part, "one day");
  await publishFiles([part, ...files.slice(2)], from, to, "run1");
  expect(readFileSync(join(to, "calls/day=2024-03-01/calls.parquet"), "utf8")).toBe("one day");
  expect(readdirSync(join(to, "calls/day=2024-03-01"))).toEqual(["calls.parquet"]);
});
