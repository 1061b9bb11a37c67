// Runs as spans, seen by a stand-in for the operator's SDK: it is registered where a real one would be, and keeps what it is given.

import {
  type Attributes,
  type Context,
  context,
  type Span,
  type SpanOptions,
  type SpanStatus,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createWorkTracer } from "../../src/console/trace-run.ts";
import { CALLS_REPORT, openProject } from "../support/run-report.ts";

interface Recorded {
  readonly name: string;
  readonly parent: string | undefined;
  readonly attributes: Attributes;
  status?: SpanStatus;
  ended: boolean;
}

let spans: Recorded[] = [];
beforeEach(() => {
  spans = [];
  trace.setGlobalTracerProvider({ getTracer: () => recordingTracer() });
});
afterEach(() => trace.disable());

const RUN = { report: "calls", nominalAt: Date.parse("2024-03-04T02:00:00Z") };
const REQUEST = { kind: "request", method: "GET", endpoint: "/api/v2/users", startedAt: 1, durationMs: 2 } as const;

test("an attempt is a span with its stages and their requests below it, and says how it ended", () => {
  const see = createWorkTracer();
  const about = { run: RUN, attempt: 2 };
  see({ kind: "attempt_started", ...about });
  const events = [
    { kind: "stage", stage: "plan" },
    { ...REQUEST, status: 200 },
    { kind: "run_started", runId: "calls-1", slices: 1, interval: "x" },
    { kind: "stage", stage: "extract" },
    { ...REQUEST, method: "POST", status: 429 },
    REQUEST,
  ] as const;
  for (const event of events) see({ kind: "run_event", ...about, event });
  see({
    kind: "attempt_ended",
    ...about,
    end: { kind: "failed", code: "genesys.unavailable", message: "down" },
    durationMs: 3,
  });
  expect(spans.map(({ name, parent, status }) => [name, parent, status?.code === SpanStatusCode.ERROR])).toEqual([
    ["callsheet run", undefined, true],
    ["callsheet plan", "callsheet run", false],
    ["GET /api/v2/users", "callsheet plan", false],
    ["callsheet extract", "callsheet run", true],
    ["POST /api/v2/users", "callsheet extract", true],
    ["GET /api/v2/users", "callsheet extract", true],
  ]);
  expect(spans.every(({ ended }) => ended)).toBe(true);
  expect(spans[0]?.attributes).toEqual({
    "callsheet.report": "calls",
    "callsheet.instant": "2024-03-04T02:00:00.000Z",
    "callsheet.attempt": 2,
    "callsheet.run_id": "calls-1",
    "callsheet.outcome": "failed",
  });
});

test("callsheet run makes spans where an OTEL_ variable is set, and none elsewhere; no id and no query is in them", async () => {
  const project = await openProject({ files: { "reports/calls.yaml": CALLS_REPORT } });
  try {
    await project.callsheet(["run", "calls"]);
    expect(spans).toEqual([]);
    const { exitCode } = await project.callsheet(["run", "calls", "--fresh"], { env: { OTEL_SERVICE_NAME: "x" } });
    expect(exitCode).toBe(0);
  } finally {
    await project.close();
  }
  const names = new Set(spans.map(({ name }) => name));
  for (const name of ["callsheet run", "callsheet extract", "callsheet export"]) expect(names).toContain(name);
  expect([...names].filter((name) => !/^(?:callsheet [a-z]+|(?:GET|POST) [a-zA-Z0-9/{}]+)$/.test(name))).toEqual([]);
  expect(spans.some(({ name }) => name.startsWith("POST /api/v2/analytics/conversations/details/"))).toBe(true);
  expect(spans.every(({ ended }) => ended)).toBe(true);
  expect(spans[0]?.attributes["callsheet.outcome"]).toBe("done");
});

const NAME = Symbol("name");

function recordingTracer(): Tracer {
  const startSpan = (name: string, options: SpanOptions = {}, parent: Context = context.active()): Span => {
    const above = trace.getSpan(parent);
    const recorded: Recorded = {
      name,
      parent: above && NAME in above ? String(above[NAME]) : undefined,
      attributes: { ...options.attributes },
      ended: false,
    };
    spans.push(recorded);
    const span = {
      [NAME]: name,
      spanContext: () => ({ traceId: "0", spanId: "0", traceFlags: 1 }),
      setAttribute(key: string, value: string) {
        recorded.attributes[key] = value;
        return span;
      },
      setStatus(status: SpanStatus) {
        recorded.status = status;
        return span;
      },
      end() {
        recorded.ended = true;
      },
    } as unknown as Span;
    return span;
  };
  return { startSpan } as unknown as Tracer;
}
