import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { FetchedRecord } from "../merge/spill-store.ts";
import { createSpillStore } from "./create-spill-store.ts";

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "callsheet-spills-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Batches of so many records; names with line ends and letters beyond ASCII. */
function batchesOf(...sizes: readonly number[]): FetchedRecord[][] {
  return sizes.map((size, batch) =>
    Array.from({ length: size }, (_, nth) => ({
      record: { id: `${batch}-${nth}\n“é”`, startedAt: nth, divisionIds: [], parts: [] },
      sequence: batch * 100 + nth,
    })),
  );
}

async function* given<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

test("createSpillStore() gives back what was written, block by block, as often as it is read", async () => {
  const batches = batchesOf(3, 1, 500);
  const spill = await createSpillStore(scratch()).write(given(batches));
  expect(await Array.fromAsync(spill.read())).toEqual(batches);
  expect(await Array.fromAsync(spill.read())).toEqual(batches);
});

test("createSpillStore() keeps spills apart, frees their space, and closes its file when a reader stops early", async () => {
  const folder = scratch();
  const store = createSpillStore(folder);
  const [one, two] = [await store.write(given(batchesOf(2, 2))), await store.write(given(batchesOf(1)))];
  for await (const batch of one.read()) {
    expect(batch).toHaveLength(2);
    break;
  }
  await one.discard();
  expect(readdirSync(join(folder, "spills"))).toHaveLength(1);
  expect(await Array.fromAsync(two.read())).toEqual(batchesOf(1));
});

test.each([
  ["cut", (bytes: Buffer): Buffer => bytes.subarray(0, -2)],
  ["changed by one letter", (bytes: Buffer): Buffer => Buffer.from(bytes.toString().replace("startedAt", "startedAT"))],
])("createSpillStore() refuses a spill that was %s", async (_name, spoil) => {
  const folder = scratch();
  const spill = await createSpillStore(folder).write(given(batchesOf(3)));
  const file = join(folder, "spills", "000001.ndjson");
  writeFileSync(file, spoil(readFileSync(file)));
  await expect(Array.fromAsync(spill.read())).rejects.toMatchObject({ code: "disk.unwritable" });
});
