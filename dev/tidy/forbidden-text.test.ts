import { expect, test } from "vitest";
import { forbiddenText } from "./forbidden-text.ts";

function judge(file: string, text: string): string[] {
  return forbiddenText(new Map([[file, text]])).map(({ line, message }) => `${line}: ${message.split(": ")[0]}`);
}

test.each([
  ["docs/setup.md", "npm i --registry https://registry.example.org/npm/", "https://registry.example.org"],
  ["docs/setup.md", "from registry.example.org", "registry.example.org"],
  [".npmrc", "//example.org/:_authToken=abc", "_authToken"],
  ["package-lock.json", '{ "resolved": "https://example.org/a.tgz" }', '"resolved"'],
  ["src/plan/a.ts", 'const a = "/home/ann/a";', "/home/ann"],
  ["README.md", "in `/root/x`", "/root/x"],
  ["dev/services", "cd /work/main", "/work/main"],
  ["test/a.test.ts", 'open("/tmp/a");', "/tmp/a"],
  ["src/plan/a.test.ts", 'test.only("a", f);', "test.only"],
  ["src/plan/a.test.ts", 'describe.concurrent.skip("a", f);', "describe.concurrent.skip"],
  ["test/a.test.ts", 'it.todo("a");', "it.todo"],
  ["test/a.test.ts", 'it.skipIf(ci)("a", f);', "it.skipIf"],
  ["simulator/a.ts", "// TODO: more", "TODO"],
  [".ci/run", "# FIXME", "FIXME"],
  ["src/plan/a.ts", "const a = Math.random();", "Math.random"],
  ["src/plan/a.ts", "f(Date.now);", "Date.now"],
  ["src/plan/a.ts", "const a = new Date();", "new Date()"],
  ["src/plan/a.ts", "Temporal.Now.instant();", "Temporal.Now"],
  ["src/plan/a.ts", 'console.log("a");', "console.log"],
  ["simulator/a.ts", 'process.stdout.write("a");', "process.stdout.write"],
])("forbiddenText() reports in %s: %s", (file, text, excerpt) => {
  expect(judge(file, `\n${text}\n`)).toEqual([`2: ${excerpt}`]);
});

test.each([
  ["docs/setup.md", "see https://docs.example.org/home/start and https://example.org/npm"],
  ["docs/container.md", "docker pull ghcr.io/registry-of-things/a"],
  ["package-lock.json", '{ "resolved": "file:a", "integrity": "sha512-x" }'],
  ["dev/services", 'mkdir -p "/tmp/callsheet"'],
  ["src/plan/a.test.ts", 'test("skips .only( in strings", () => iterator.skip(1));'],
  ["src/plan/a.ts", "/** Never calls Date.now() or console.log(). */\nconst a = new Date(at);"],
  ["src/domain/clock.ts", "const now = Date.now();"],
  ["src/cli/main.ts", 'console.log(new Date(), "a");'],
  ["src/plan/a.test.ts", "const now = Date.now(); console.log(now);"],
  ["docs/style.md", "There is no TODO here."],
])("forbiddenText() lets stand in %s: %s", (file, text) => {
  expect(judge(file, text)).toEqual([]);
});
