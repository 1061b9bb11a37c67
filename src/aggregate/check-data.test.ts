import { expect, test } from "vitest";
import { createDataCheck } from "./check-data.ts";

const CONVERSATION = { id: "c", startedAt: 1000, endedAt: 2000, divisionIds: [], parts: [] };

test("createDataCheck() has nothing to say about sound data", () => {
  const check = createDataCheck();
  check.see(CONVERSATION);
  check.see({ ...CONVERSATION, endedAt: 1000 });
  expect(check.findings()).toEqual([]);
});

test("G3: createDataCheck() counts conversations in progress and conversations that end before they start", () => {
  const check = createDataCheck();
  const { endedAt, ...open } = CONVERSATION;
  for (const record of [open, open, { ...CONVERSATION, endedAt: endedAt - 1001 }]) check.see(record);
  expect(check.findings()).toEqual([
    { code: "open_conversations", count: 2, message: expect.stringMatching(/^2 conversations are still in progress/) },
    { code: "negative_duration", count: 1, message: expect.stringMatching(/^1 conversations end before they start/) },
  ]);
});
