import { expect, test } from "vitest";
import { completeLock, lockFile } from "./lock-file.ts";

const LINTER = {
  version: "1.0.0",
  dev: true,
  license: "MIT",
  optionalDependencies: { "@lint/linux-x64": "1.0.0", "@lint/openharmony-arm64": "1.0.0" },
};
const ENGINE = {
  version: "2.0.0",
  optionalDependencies: { "engine-linux-arm64-musl": "2.0.0", "engine-linux-arm-gnueabihf": "2.0.0" },
};
const LOCK = {
  name: "a",
  lockfileVersion: 3,
  packages: {
    "": { dependencies: { engine: "2.0.0" } },
    "node_modules/@lint/linux-x64": { version: "1.0.0", integrity: "sha512-x" },
    "node_modules/engine": ENGINE,
    "node_modules/engine/node_modules/engine-linux-arm-gnueabihf": { version: "2.0.0" },
    "node_modules/lint": LINTER,
  },
};

function textOf(lock: object): string {
  return `${JSON.stringify(lock, undefined, 2)}\n`;
}

test("lockFile() reports optional dependencies without an entry", () => {
  expect(lockFile(new Map([["package-lock.json", textOf(LOCK)]])).map(({ message }) => message)).toEqual([
    "2 packages for other platforms have no entry (engine-linux-arm64-musl, …) and npm ci refuses the file; run node dev/complete-lock.ts",
  ]);
  expect(lockFile(new Map())).toEqual([]);
});

test("completeLock() adds what lockFile() misses, for its platform, and changes nothing else", () => {
  const completed = completeLock(textOf(LOCK));
  expect(lockFile(new Map([["package-lock.json", completed]]))).toEqual([]);
  expect(JSON.parse(completed)).toEqual({
    ...LOCK,
    packages: {
      ...LOCK.packages,
      "node_modules/@lint/openharmony-arm64": {
        version: "1.0.0",
        cpu: ["arm64"],
        dev: true,
        license: "MIT",
        optional: true,
        os: ["openharmony"],
      },
      "node_modules/engine-linux-arm64-musl": {
        version: "2.0.0",
        cpu: ["arm64"],
        libc: ["musl"],
        optional: true,
        os: ["linux"],
      },
    },
  });
  expect(completeLock(completed)).toBe(completed);
});

test("completeLock() refuses to guess", () => {
  const lock = { packages: { "node_modules/a": { optionalDependencies: { "a-speedups": "1.0.0" } } } };
  expect(() => completeLock(textOf(lock))).toThrow("Cannot tell for which system a-speedups is");
});
