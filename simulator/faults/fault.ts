/**
 * What a fault is: a small named object that spoils some of the simulator's answers. A new one is a small file: choose
 * the requests with `on(selection)` and fill in one of the six moments at which a fault may step in.
 */
import type { ServerResponse } from "node:http";
import type { Answer, AnswerHeaders } from "../routes/answer.ts";
import type { JobFate } from "../routes/job-fate.ts";
import type { RowWindow } from "../routes/row-window.ts";

/** A request as faults see it. */
export interface FaultRequest {
  readonly host: "login" | "api";
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** With the query. */
  readonly url: string;
  /** Parsed when it is JSON, else the text. */
  readonly body: unknown;
}

/** An answer in the bytes that would be sent. */
export interface WireAnswer {
  readonly status: number;
  /** Without content-length and transfer-encoding, which belong to the sending. */
  readonly headers: AnswerHeaders;
  /** As it goes over the wire, compressed or not. */
  readonly payload: Buffer;
  /** Before compression. */
  readonly plain: Buffer;
}

/** What a fault may do to the simulator. */
export interface FaultControls {
  revokeTokens(): void;
  /** Epoch milliseconds by the simulator's clock. */
  now(): number;
  /** Waits in real time; ends early, without an error, when the simulator closes. */
  wait(ms: number): Promise<void>;
}

/** A fault: which requests it strikes, and what it does to them. */
export interface Fault {
  /** Stands in the record of each request that it touched. */
  readonly name: string;
  /** Which requests are counted. */
  concerns(request: FaultRequest): boolean;
  /** Whether it strikes the `nth` request that it concerns, counted from 1. */
  applies(request: FaultRequest, nth: number): boolean;
  /** Before anybody looks at the request. */
  before?(request: FaultRequest, controls: FaultControls): void;
  /** Instead of the simulator's own answer. */
  instead?(request: FaultRequest, controls: FaultControls): Answer;
  /** On the rows of a details query, before one page of them is cut out. */
  rows?(window: RowWindow, request: FaultRequest): RowWindow;
  /** On what becomes of a job, when it is submitted. */
  fate?(fate: JobFate, request: FaultRequest): JobFate;
  /** On the simulator's own answer, before it becomes bytes. */
  alter?(answer: Answer, request: FaultRequest): Answer;
  /** In place of the ordinary sending. */
  send?(answer: WireAnswer, response: ServerResponse, controls: FaultControls): Promise<void>;
}

/** Chooses requests; without anything, the first request to the API host. */
export interface Selection {
  readonly method?: string;
  /** A text that the path begins with, or a pattern; default: everything on the API host, nothing on the login host. */
  readonly path?: string | RegExp;
  /** Only requests with this page number, in the body's paging or in the query. */
  readonly page?: number;
  /** The first request to be struck, counted from 1 among those chosen. Default 1. */
  readonly nth?: number;
  /** How many in a row are struck. Default 1; `Infinity` for ever. */
  readonly times?: number;
}

/** The two questions of a fault, answered by a selection. */
export function on(selection: Selection = {}): Pick<Fault, "concerns" | "applies"> {
  const { method, path = "/api/", page, nth: first = 1, times = 1 } = selection;
  return {
    concerns: (request) =>
      (method === undefined || request.method === method) &&
      (typeof path === "string" ? request.path.startsWith(path) : path.test(request.path)) &&
      (page === undefined || pageNumberOf(request) === page),
    applies: (_request, nth) => nth >= first && nth < first + times,
  };
}

/** The page that a request asks for; 1 when it names none. */
export function pageNumberOf(request: FaultRequest): number {
  const paging = member(request.body, "paging");
  const number = Number(
    member(paging, "pageNumber") ?? new URL(request.url, "http://localhost").searchParams.get("pageNumber"),
  );
  return Number.isInteger(number) && number > 0 ? number : 1;
}

/** A member of an unknown value. */
export function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
