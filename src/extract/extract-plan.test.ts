import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createRunFolder } from "../disk/create-run-folder.ts";
import { ReportError } from "../domain/errors.ts";
import { createInterval, formatInterval } from "../domain/interval.ts";
import type { Page } from "../domain/page.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { RunFolder } from "../domain/run-folder.ts";
import { createSlice, type Slice } from "../domain/slice.ts";
import { extractPlan } from "./extract-plan.ts";
import type { ExtractedSlice } from "./extract-slice.ts";

const HOUR_MS = 3_600_000;
const START = Date.UTC(2024, 4, 1);
const NEVER = new AbortController().signal;

/** A plan of so many slices of eight hours. */
function planOf(slices: number): QueryPlan {
  const cut = Array.from({ length: slices }, (_, nth) =>
    createSlice(createInterval(START + nth * 8 * HOUR_MS, START + (nth + 1) * 8 * HOUR_MS)),
  );
  return {
    source: "details_query",
    sourceReason: "",
    interval: createInterval(START, START + slices * 8 * HOUR_MS),
    timeZone: "UTC",
    pageSize: 100,
    conversationFilters: [],
    segmentFilters: [],
    pushedDown: [],
    local: [],
    tooLong: [],
    filter: { kind: "and", filters: [] },
    needs: { metrics: [], segments: false },
    slices: cut,
  };
}

async function openFolder(): Promise<RunFolder> {
  const state = mkdtempSync(join(tmpdir(), "callsheet-extract-"));
  onTestFinished(() => rmSync(state, { recursive: true, force: true }));
  return await createRunFolder(state, "report", START);
}

type Answer = (slice: Slice) => AsyncGenerator<Page>;

async function extract(plan: QueryPlan, answer: Answer, folder?: RunFolder, signal = NEVER): Promise<ExtractedSlice[]> {
  const source = {
    availableUntil: () => Promise.resolve(undefined),
    pages: (_plan: QueryPlan, slice: Slice) => answer(slice),
  };
  return await extractPlan(plan, source, folder ?? (await openFolder()), () => undefined, signal);
}

/** One page with one conversation, which begins with the slice; the first `rejects` conversations are unreadable. */
function pageOf({ interval }: Slice, rejects = 0): Page {
  return {
    number: 1,
    totalHits: 1,
    records: [{ id: formatInterval(interval), startedAt: interval.startAt, divisionIds: [], parts: [] }],
    rejects: Array.from({ length: rejects }, () => ({ reason: "no start" })),
    sizeBytes: 10,
  };
}

function widthMs({ interval }: Slice): number {
  return interval.endAt - interval.startAt;
}

test("extractPlan() fetches all slices, sixteen at a time, and gives them in order of time", async () => {
  let [now, most] = [0, 0];
  const plan = planOf(20);
  const slices = await extract(plan, async function* (slice) {
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    yield pageOf(slice);
    now -= 1;
  });
  expect(slices.map(({ slice }) => slice)).toEqual(plan.slices);
  expect([most, slices.every(({ distinct, pages }) => distinct === 1 && pages.length === 1)]).toEqual([16, true]);
});

test("R-28: extractPlan() halves what is too large, also behind some pages, and drops those", async () => {
  const slices = await extract(planOf(2), async function* (slice) {
    if (widthMs(slice) > 2 * HOUR_MS) {
      yield {
        ...pageOf(slice),
        records: pageOf(slice).records.map((record) => ({ ...record, id: "of a dropped page" })),
      };
      throw new ReportError("genesys.query_too_large", "too many");
    }
    yield pageOf(slice);
  });
  expect(slices.map(({ slice }) => widthMs(slice))).toEqual(Array.from({ length: 8 }, () => 2 * HOUR_MS));
  expect(slices.map(({ pages }) => pages.map(({ first }) => first.id))).toEqual(
    slices.map(({ slice }) => [formatInterval(slice.interval)]),
  );
});

test.each<[string, ReportError | undefined, string, string]>([
  ["has too many", undefined, "genesys.query_rejected", "More than 100,000 conversations in "],
  [
    "is never answered",
    new ReportError("genesys.unavailable", "504"),
    "genesys.unavailable",
    "No answer even for the narrowest interval, ",
  ],
])("extractPlan() names the narrowest slice that %s", async (_name, cause, code, words) => {
  const asked: number[] = [];
  const failing = extract(planOf(1), async function* (slice) {
    asked.push(widthMs(slice) / 60_000);
    if (slice.interval.startAt !== START) yield pageOf(slice);
    else throw new ReportError("genesys.query_too_large", "too much", cause === undefined ? {} : { cause });
  });
  const error: unknown = await failing.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code,
    message: expect.stringContaining(`${words}2024-05-01T00:00:00.000Z/2024-05-01T00:15`),
  });
  expect(asked).toEqual([480, 240, 120, 60, 30, 15]);
});

test("extractPlan() ends with the first error, and stops the other slices", async () => {
  const asked: Slice[] = [];
  const plan = planOf(60);
  const failing = extract(plan, async function* (slice) {
    asked.push(slice);
    await new Promise(setImmediate);
    if (slice === plan.slices[2]) throw new ReportError("genesys.forbidden", "not allowed");
    yield pageOf(slice);
  });
  await expect(failing).rejects.toMatchObject({ code: "genesys.forbidden" });
  expect(asked.length).toBeLessThan(34);
});

test("C14: extractPlan() keeps what cannot be read aside, up to ten or one in a hundred", async () => {
  const folder = await openFolder();
  const few = await extract(
    planOf(1),
    async function* (slice) {
      yield pageOf(slice, 10);
    },
    folder,
  );
  expect(few[0]).toMatchObject({ rejected: 10, received: 11, distinct: 1 });
  expect(readFileSync(join(folder.path, "rejects.ndjson"), "utf8").split("\n")).toHaveLength(11);
  const many = extract(planOf(1), async function* (slice) {
    yield pageOf(slice, 11);
  });
  await expect(many).rejects.toMatchObject({ code: "record.too_many_rejects" });
});
