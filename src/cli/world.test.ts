import { expect, test } from "vitest";
import { SYSTEM_CLOCK } from "./world.ts";

test("I6: a wait of more than 24.8 days does not end at once, and ends when it is stopped", async () => {
  const stop = new AbortController();
  let ended = false;
  const waiting = SYSTEM_CLOCK.sleep(2 ** 31 + 1000, stop.signal).finally(() => {
    ended = true;
  });

  // A timer that holds too much rings after a millisecond.
  await SYSTEM_CLOCK.sleep(20, new AbortController().signal);
  expect(ended).toBe(false);
  stop.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
});
