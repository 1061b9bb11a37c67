import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { isLocked, takeLock } from "./run-lock.ts";

const MODULE = fileURLToPath(new URL("run-lock.ts", import.meta.url));

function lockFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "callsheet-lock-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "lock");
}

test("F8: takeLock() gives a run to one, whoever asks, until it is let go", () => {
  const file = lockFile();
  const release = takeLock(file);
  expect([typeof release, takeLock(file, 0), isLocked(file)]).toEqual(["function", undefined, true]);
  release?.();
  expect(isLocked(file)).toBe(false);
  takeLock(file, 0)?.();
  expect(readdirSync(join(file, ".."))).toEqual(["lock"]);
});

test("F9: the lock of a process that is killed is free at once, its file notwithstanding", async () => {
  const file = lockFile();
  const program = `import { takeLock } from ${JSON.stringify(MODULE)}; takeLock(${JSON.stringify(file)}); console.log("held"); setInterval(() => {}, 1e9);`;
  const holder = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  expect([takeLock(file, 0), isLocked(file)]).toEqual([undefined, true]);
  holder.kill("SIGKILL");
  await once(holder, "close");
  const release = takeLock(file, 0);
  expect(release).toBeTypeOf("function");
  release?.();
});

test("isLocked() of a run without a lock file is false, and makes none", () => {
  const file = lockFile();
  expect(isLocked(file)).toBe(false);
  expect(readdirSync(join(file, ".."))).toEqual([]);
});
