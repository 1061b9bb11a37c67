import { expect, test } from "vitest";
import type { PlanToKeep } from "../domain/checkpoint.ts";
import { ReportError } from "../domain/errors.ts";
import { createInterval } from "../domain/interval.ts";
import { createSlice } from "../domain/slice.ts";
import { readPlanText, writePlanText } from "./plan-file.ts";

const WINDOW = createInterval(Date.UTC(2024, 4, 1), Date.UTC(2024, 4, 2));

const PLAN: PlanToKeep = {
  report: "voice",
  definitionHash: "0123",
  version: "1.0.0",
  startedAt: Date.UTC(2024, 4, 2, 2),
  window: { kind: "last", count: 1, unit: "day" },
  interval: WINDOW,
  availableUntil: Date.UTC(2024, 4, 1, 12),
  directory: {
    queue: [
      { id: "7", name: 'Sales "é" \u2028' },
      { id: "8", name: "Gone", departed: true },
    ],
  },
  namesAsOf: Date.UTC(2024, 4, 2, 1),
  plan: {
    source: "details_query",
    sourceReason: "",
    interval: WINDOW,
    timeZone: "UTC",
    pageSize: 100,
    conversationFilters: [],
    segmentFilters: [],
    pushedDown: [],
    local: [],
    tooLong: [],
    filter: { kind: "and", filters: [] },
    needs: { metrics: [], segments: false },
    slices: [createSlice(WINDOW)],
  },
};

function codeOf(text: string, runId = "voice-1"): string | undefined {
  try {
    readPlanText(text, runId);
    return undefined;
  } catch (error) {
    return error instanceof ReportError ? error.code : "another error";
  }
}

test("readPlanText() gives back what was kept, and the plan as text", () => {
  const { plan, ...kept } = PLAN;
  expect(readPlanText(writePlanText("voice-1", PLAN), "voice-1")).toEqual({ kept, planText: JSON.stringify(plan) });
});

test("F6: a plan.json in which any one bit has changed is refused, or says the same", () => {
  const whole = Buffer.from(writePlanText("voice-1", PLAN));
  const expected = readPlanText(whole.toString("utf8"), "voice-1");
  const accepted: number[] = [];
  for (let at = 0; at < whole.length; at++) {
    const spoiled = Buffer.from(whole);
    spoiled.writeUInt8(spoiled.readUInt8(at) ^ (1 << (at % 8)), at);
    const text = spoiled.toString("utf8");
    if (codeOf(text) === "run.damaged") continue;
    accepted.push(at);
    expect(readPlanText(text, "voice-1")).toEqual(expected);
  }
  // White space of another kind between two members is all that may change.
  expect(accepted.every((at) => /\s/.test(String.fromCharCode(whole.readUInt8(at))))).toBe(true);
});

test("F6: a plan.json that is cut, of another run, or of another version is refused", () => {
  const text = writePlanText("voice-1", PLAN);
  expect(codeOf(text.slice(0, 200))).toBe("run.damaged");
  expect(codeOf(text, "voice-2")).toBe("run.damaged");
  expect(codeOf("{}")).toBe("run.damaged");
});
