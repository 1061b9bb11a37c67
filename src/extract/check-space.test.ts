import { expect, test } from "vitest";
import { createSpaceCheck } from "./check-space.ts";

function checkWith(free: number | undefined): ReturnType<typeof createSpaceCheck> {
  return createSpaceCheck({ path: "the run's folder", freeBytes: () => Promise.resolve(free) });
}

/** Ten thousand bytes a row: a hundred are here, nine hundred are to come. */
const FIRST_PAGE = { received: 100, totalHits: 1000, storedBytes: 1_000_000 };

test("F3: expectRoom() says what is needed and what is there as soon as the first page tells", async () => {
  await expect(checkWith(5_000_000).expectRoom("s", FIRST_PAGE)).rejects.toMatchObject({
    code: "disk.full",
    message: "The run needs about 9 MB more in the run's folder; 5 MB are free",
    hint: "Free some space, or set CALLSHEET_STATE to another disk.",
  });
  await expect(checkWith(9_000_000).expectRoom("s", FIRST_PAGE)).resolves.toBeUndefined();
});

test("F3: expectRoom() adds up the slices that are under way, each by what is still to come", async () => {
  const check = checkWith(10_000_000);
  await check.expectRoom("a", FIRST_PAGE);
  await check.expectRoom("a", { received: 900, totalHits: 1000, storedBytes: 9_000_000 });
  await check.expectRoom("b", FIRST_PAGE);
  await expect(check.expectRoom("c", FIRST_PAGE)).rejects.toMatchObject({ code: "disk.full" });
});

test("expectRoom() refuses nothing where nothing is known", async () => {
  await expect(checkWith(undefined).expectRoom("s", FIRST_PAGE)).resolves.toBeUndefined();
  // A job states no total, and an empty slice has no rows to judge by.
  await expect(checkWith(1).expectRoom("s", { ...FIRST_PAGE, totalHits: 0 })).resolves.toBeUndefined();
  await expect(checkWith(1).expectRoom("s", { received: 0, totalHits: 5, storedBytes: 0 })).resolves.toBeUndefined();
});
