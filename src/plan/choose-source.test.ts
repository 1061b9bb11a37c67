import { expect, test } from "vitest";
import { createInterval } from "../domain/interval.ts";
import { chooseSource, needsAvailability } from "./choose-source.ts";

const DAY_MS = 24 * 3_600_000;
const WINDOW = createInterval(Date.UTC(2024, 2, 1), Date.UTC(2024, 2, 3));
const END = WINDOW.endAt;

test("chooseSource() asks jobs for the whole window, however short, where nothing else brings what is read", () => {
  expect(needsAvailability("only_jobs", WINDOW)).toBe(true);
  expect(chooseSource("only_jobs", WINDOW, END + DAY_MS, false)).toEqual({
    source: "details_job",
    sourceReason: "only jobs bring participant attributes",
    slices: [expect.objectContaining({ source: "details_job", interval: WINDOW })],
  });
});

test("D6: chooseSource() ends where the jobs' data end, never goes on by query, and says so", () => {
  const until = Date.UTC(2024, 2, 2, 9, 30);
  const { slices, shortfall, sourceReason } = chooseSource("only_jobs", WINDOW, until, false);

  expect(slices).toMatchObject([{ source: "details_job", interval: { startAt: WINDOW.startAt, endAt: until } }]);
  expect(shortfall).toEqual({
    dataUntil: until,
    reason: "the data for jobs end at 2024-03-02T09:30:00.000Z: what began later is not in this report",
  });
  expect(sourceReason).toBe(`only jobs bring participant attributes; ${shortfall?.reason}`);
});

test("D6: chooseSource() asks nothing where the jobs' data end before the window", () => {
  expect(chooseSource("only_jobs", WINDOW, WINDOW.startAt, false)).toMatchObject({
    slices: [],
    shortfall: { dataUntil: WINDOW.startAt },
  });
});

test("D6: chooseSource() does not trust jobs with what went on at the end of their data", () => {
  expect(chooseSource("only_jobs", WINDOW, END + DAY_MS - 1, false)).toMatchObject({
    slices: [{ interval: WINDOW }],
    shortfall: {
      dataUntil: END + DAY_MS - 1,
      reason:
        "the data for jobs end at 2024-03-03T23:59:59.999Z: what conversations that still went on then did later may be missing",
    },
  });
});

test("D6: chooseSource() asks for the whole window where the service does not say how far jobs are", () => {
  expect(chooseSource("only_jobs", WINDOW, undefined, false)).toMatchObject({
    slices: [{ interval: WINDOW }],
    shortfall: { reason: "the service does not say up to when the data for jobs are complete" },
  });
});
