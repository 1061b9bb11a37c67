/**
 * A run as spans of OpenTelemetry: run, stage, request. Only the API is here: unless the operator has brought an SDK into
 * the process, nothing is recorded and nothing is sent. Spans hold names, counts and statuses; never a query, an answer or
 * a link.
 */
import { type Attributes, context, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { RequestAnswered } from "../domain/request-answered.ts";
import type { RunEvent } from "../runs/run-events.ts";
import type { WorkEvent } from "../runs/work-events.ts";

/** The trace of one run. */
export interface RunTrace {
  see(event: RunEvent): void;
  /** `problem` is the code of an error, or how a scheduled run ended; absent when all went well. */
  end(outcome: string, isProblem: boolean): void;
}

const TRACER = "callsheet";

/** Begins the trace of a run; the attributes are known from its beginning. */
export function traceRun(report: string, attributes: Attributes = {}): RunTrace {
  const tracer = trace.getTracer(TRACER);
  const run = tracer.startSpan("callsheet run", { attributes: { "callsheet.report": report, ...attributes } });
  let stage: Span | undefined;

  const below = (parent: Span): ReturnType<typeof trace.setSpan> => trace.setSpan(context.active(), parent);

  function seeRequest({ method, endpoint, status, startedAt, durationMs }: RequestAnswered): void {
    const span = tracer.startSpan(
      `${method} ${endpoint}`,
      {
        kind: SpanKind.CLIENT,
        startTime: startedAt,
        attributes: {
          "http.request.method": method,
          "url.template": endpoint,
          ...(status === undefined ? {} : { "http.response.status_code": status }),
        },
      },
      below(stage ?? run),
    );
    if (status === undefined || status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(startedAt + durationMs);
  }

  return {
    see(event) {
      if (event.kind === "run_started") run.setAttribute("callsheet.run_id", event.runId);
      if (event.kind === "request") seeRequest(event);
      if (event.kind !== "stage") return;
      stage?.end();
      stage = tracer.startSpan(`callsheet ${event.stage}`, {}, below(run));
    },
    end(outcome, isProblem) {
      for (const span of [stage, run]) if (isProblem) span?.setStatus({ code: SpanStatusCode.ERROR });
      stage?.end();
      run.setAttribute("callsheet.outcome", outcome);
      run.end();
    },
  };
}

/** Traces the attempts of a worker. */
export function createWorkTracer(): (event: WorkEvent) => void {
  const open = new Map<string, RunTrace>();
  return (event) => {
    const { run, attempt } = event;
    const key = `${run.report}@${run.nominalAt}#${attempt}`;
    switch (event.kind) {
      case "attempt_started": {
        const instant = new Date(run.nominalAt).toISOString();
        open.set(key, traceRun(run.report, { "callsheet.instant": instant, "callsheet.attempt": attempt }));
        return;
      }
      case "run_event":
        open.get(key)?.see(event.event);
        return;
      case "attempt_ended": {
        const outcome = event.end?.kind ?? "lost";
        open.get(key)?.end(outcome, ["failed", "again", "lost"].includes(outcome));
        open.delete(key);
      }
    }
  };
}
