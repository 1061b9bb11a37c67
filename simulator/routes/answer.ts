/**
 * What a route gives back: status, headers, and a body that is JSON, text or nothing. Routes know no sockets; the
 * sending, and every fault that spoils it, happens elsewhere. Errors are answers too: the vendor's ErrorBody.
 */

/** Lower-case names; a list is a header that comes several times. */
export type AnswerHeaders = Readonly<Record<string, string | string[]>>;

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly headers?: AnswerHeaders;
  /** A value to be sent as JSON. */
  readonly json?: unknown;
  /** Sent as it stands, with the content type in `headers`; only without `json`. */
  readonly text?: string;
}

/** Members of an ErrorBody beyond message, code and status. */
export interface ErrorExtras {
  readonly headers?: AnswerHeaders;
  readonly messageWithParams?: string;
  readonly messageParams?: Readonly<Record<string, string>>;
  readonly limit?: { readonly namespace: string; readonly key: string; readonly value: number };
}

/** Thrown by a route or a check to end a request with an answer. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`answered with status ${answer.status}`);
    this.answer = answer;
  }
}

/** An answer with JSON. */
export function jsonAnswer(json: unknown, status = 200): Answer {
  return { status, json };
}

/** An answer with the vendor's ErrorBody; its `contextId` is filled in when it is sent. */
export function errorAnswer(status: number, code: string, message: string, extras: ErrorExtras = {}): Answer {
  const { headers, ...members } = extras;
  return {
    status,
    ...(headers === undefined ? {} : { headers }),
    json: { message, code, status, ...members, details: [], errors: [] },
  };
}

/** A Refusal with the vendor's ErrorBody, to be thrown. */
export function refuse(status: number, code: string, message: string, extras: ErrorExtras = {}): Refusal {
  return new Refusal(errorAnswer(status, code, message, extras));
}

/** The answer to something that is not there. */
export function notFound(): Answer {
  return errorAnswer(404, "not.found", "The requested resource was not found.");
}

/** Checks an id in a path or query. @throws Refusal with status 400 when it is no UUID */
export function checkUuid(name: string, value: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return value.toLowerCase();
  throw refuse(400, "bad.request", `${name} ${value} is not a valid UUID.`);
}
