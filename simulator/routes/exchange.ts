/**
 * One request from its arrival to the last byte of its answer: it is recorded, faults get their chance at six moments,
 * and what the hosts (`api-host`, `login-host`) work out is sent. Every answer bears a correlation id.
 */
import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Fault, FaultControls, FaultRequest } from "../faults/fault.ts";
import type { FaultScript } from "../faults/fault-list.ts";
import { type Answer, errorAnswer, Refusal } from "./answer.ts";
import type { JobFate } from "./job-fate.ts";
import { type RecordedRequest, remember, type Violation } from "./record.ts";
import type { RowWindow } from "./row-window.ts";
import { sendPlainly, toWire } from "./wire.ts";

/** What all requests of a simulator share. */
export interface Exchange {
  readonly faults: FaultScript;
  readonly controls: FaultControls;
  readonly requests: RecordedRequest[];
  readonly violations: Violation[];
  readonly failures: unknown[];
  /** How long the next answer waits. */
  readonly latencyMs: () => number;
}

/** A request while it is worked on. */
export interface Arrival {
  readonly host: "login" | "api";
  readonly method: string;
  readonly path: string;
  readonly url: string;
  readonly bodyText: string;
  /** Headers that the answer will bear, whatever becomes of the request. */
  readonly headers: Record<string, string>;
  /** Lets the faults that strike this request move the rows of its page. */
  readonly moveRows: (window: RowWindow) => RowWindow;
  /** Lets the faults that strike this request decide what becomes of the job that it submits. */
  readonly decideFate: (fate: JobFate) => JobFate;
  readonly report: (reasons: readonly string[]) => void;
}

/** Works on one request and sends the answer. `work` may throw a Refusal. */
export async function exchange(
  shared: Exchange,
  host: "login" | "api",
  request: FastifyRequest,
  reply: FastifyReply,
  work: (arrival: Arrival) => Answer,
): Promise<void> {
  reply.hijack();
  const faultRequest = faultRequestOf(host, request);
  const striking = shared.faults.striking(faultRequest);
  const arrival = arrivalOf(shared, faultRequest, striking, bodyTextOf(request));
  const record = {
    at: shared.controls.now(),
    host,
    method: arrival.method,
    path: arrival.url,
    body: faultRequest.body,
    status: undefined as number | undefined,
    correlationId: arrival.headers["inin-correlation-id"] ?? "",
    faults: striking.map(({ name }) => name),
  };
  remember(shared.requests, record);

  const latencyMs = shared.latencyMs();
  if (latencyMs > 0) await shared.controls.wait(latencyMs);
  const answer = answerOf(shared, striking, faultRequest, () => work(arrival));
  record.status = answer.status;
  const wire = await toWire(
    withContext(answer, record.correlationId),
    arrival.headers,
    request.headers["accept-encoding"],
  );
  const sender = striking.find((fault) => fault.send !== undefined);
  if (sender?.send !== undefined) await sender.send(wire, reply.raw, shared.controls);
  else sendPlainly(wire, reply.raw);
}

function faultRequestOf(host: "login" | "api", request: FastifyRequest): FaultRequest {
  const { method, url } = request;
  return { host, method, url, path: url.replace(/\?.*$/s, ""), body: parsed(bodyTextOf(request)) };
}

function bodyTextOf(request: FastifyRequest): string {
  return Buffer.isBuffer(request.body) ? request.body.toString("utf8") : "";
}

function arrivalOf(shared: Exchange, request: FaultRequest, striking: readonly Fault[], bodyText: string): Arrival {
  const correlationId = randomUUID();
  const { host, method, path, url } = request;
  return {
    host,
    method,
    path,
    url,
    bodyText,
    headers: { "inin-correlation-id": correlationId },
    moveRows: (window) => striking.reduce((moved, fault) => fault.rows?.(moved, request) ?? moved, window),
    decideFate: (fate) => striking.reduce((decided, fault) => fault.fate?.(decided, request) ?? decided, fate),
    report(reasons) {
      if (reasons.length > 0) remember(shared.violations, { correlationId, method, path: url, reasons });
    },
  };
}

function answerOf(shared: Exchange, striking: readonly Fault[], request: FaultRequest, work: () => Answer): Answer {
  for (const fault of striking) fault.before?.(request, shared.controls);
  const usurper = striking.find((fault) => fault.instead !== undefined);
  const own = usurper?.instead?.(request, shared.controls) ?? attempt(work, shared.failures);
  return striking.reduce((answer, fault) => fault.alter?.(answer, request) ?? answer, own);
}

function attempt(work: () => Answer, failures: unknown[]): Answer {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    failures.push(error);
    return internalError(error);
  }
}

/** The answer to a defect of the simulator itself. */
function internalError(error: unknown): Answer {
  const reason = error instanceof Error ? error.message : "no reason given";
  return errorAnswer(500, "internal.server.error", `The simulator itself failed: ${reason}`);
}

/** An ErrorBody names the request that it belongs to. */
function withContext(answer: Answer, contextId: string): Answer {
  const { json } = answer;
  const isErrorBody = answer.status >= 400 && typeof json === "object" && json !== null && "code" in json;
  return isErrorBody ? { ...answer, json: { ...json, contextId } } : answer;
}

function parsed(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
