import { expect, test } from "vitest";
import { createInterval } from "../domain/interval.ts";
import type { DayFiles } from "../runs/day-files.ts";
import { openNamed } from "./name-disk-errors.ts";

/** The database's own words, as it has them from the system. */
const FULL = 'IO Error: Could not write file "/state/day.parquet": No space left on device';
const FAILING = 'IO Error: Could not read from file "/state/day.parquet": Input/output error';

function failing(message: string): DayFiles {
  const fail = (): never => {
    throw new Error(message);
  };
  return {
    create: () => Promise.resolve({ append: fail, finish: async () => await Promise.reject(new Error(message)) }),
    async *read() {
      yield await Promise.resolve([]);
      fail();
    },
    compare: () => Promise.reject(new Error(message)),
    copyWithout: () => Promise.reject(new Error(message)),
    close: () => {},
  };
}

test.each([
  [FULL, "disk.full"],
  [FAILING, "disk.unwritable"],
])("openNamed() names %s wherever it comes up", async (message, code) => {
  const files = await openNamed("/state", () => Promise.resolve(failing(message)));
  const writer = await files.create();
  const interval = createInterval(0, 1);
  expect(() => writer.append([])).toThrow(expect.objectContaining({ code }));
  await expect(writer.finish("a")).rejects.toMatchObject({ code });
  await expect(Array.fromAsync(files.read("a", interval))).rejects.toMatchObject({ code });
  await expect(files.compare("a", "b", interval)).rejects.toMatchObject({ code });
  await expect(files.copyWithout("a", [], "b")).rejects.toMatchObject({ code });
  await expect(openNamed("/state", () => Promise.reject(new Error(message)))).rejects.toMatchObject({ code });
});
