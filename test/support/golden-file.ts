// In: what a program wrote, and the file that holds what it should write. Out: nothing, or a failed test. A missing
// file is written, for a person to read and commit; in CI it is refused, because there nobody reads it.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "vitest";

/** Expects the text to be that of the file. */
export function expectGolden(file: string, text: string, inCi = process.env.CI !== undefined): void {
  if (existsSync(file)) {
    expect(text, `differs from ${file}; if the change is meant, delete that file and run the test again`).toBe(
      readFileSync(file, "utf8"),
    );
    return;
  }
  if (inCi) throw new Error(`${file} is missing. Run the test outside CI, read the file that it writes, and commit it`);
  writeFileSync(file, text);
}
