/** A body that arrives whole and is not what it should be: no JSON, bad bytes, the wrong shape, another page. */
import { type Answer, errorAnswer, jsonAnswer } from "../routes/answer.ts";
import { type Fault, on, type Selection } from "./fault.ts";
import { sendPlainly } from "../routes/wire.ts";

/** Which answers, and how their text is spoiled. */
export interface MalformedJson extends Selection {
  /** Makes the text that is sent out of the right one. Default: it breaks off in the middle. */
  readonly spoil?: (text: string) => string;
}

/** Text that is no JSON, in a body of the right length. */
export function malformedJson(options: MalformedJson = {}): Fault {
  const { spoil = (text) => text.slice(0, Math.floor(text.length / 2)) } = options;
  return { name: "malformedJson", ...on(options), alter: (answer) => spoiled(answer, spoil) };
}

/** Which answers, and how their bytes are spoiled. */
export interface SpoiledBytes extends Selection {
  /** Makes the bytes that are sent, uncompressed, out of the right ones. */
  readonly spoil: (bytes: Buffer) => Buffer;
}

/** Bytes that no text could be, such as invalid UTF-8. */
export function spoiledBytes(options: SpoiledBytes): Fault {
  return {
    name: "spoiledBytes",
    ...on(options),
    async send(answer, response) {
      const bytes = options.spoil(answer.plain);
      const { "content-encoding": _compressed, ...headers } = answer.headers;
      sendPlainly({ ...answer, headers, payload: bytes, plain: bytes }, response);
    },
  };
}

/** Which requests, and what they get. */
export interface WrongShape extends Selection {
  /** The JSON that is sent. Default `{results: []}`, the shape that the tutorial expects. */
  readonly json?: unknown;
}

/** JSON with status 200 that is none of the answers of the operation. */
export function wrongShape(options: WrongShape = {}): Fault {
  const { json = { results: [] } } = options;
  return { name: "wrongShape", ...on(options), instead: () => jsonAnswer(json) };
}

/** The vendor's ErrorBody with status 200. */
export function errorWithStatus200(selection: Selection = {}): Fault {
  const { json } = errorAnswer(500, "internal.server.error", "The server encountered an unexpected condition.");
  return { name: "errorWithStatus200", ...on(selection), instead: () => jsonAnswer(json) };
}

/** Which requests, and how deep. */
export interface DeepNesting extends Selection {
  /** How many lists inside each other. Default 1,000,000. */
  readonly depth?: number;
}

/** JSON that is deep enough to overflow the stack of a careless parser. */
export function deepNesting(options: DeepNesting = {}): Fault {
  const { depth = 1_000_000 } = options;
  const headers = { "content-type": "application/json" };
  return {
    name: "deepNesting",
    ...on(options),
    instead: () => ({ status: 200, headers, text: `{"conversations":${"[".repeat(depth)}${"]".repeat(depth)}}` }),
  };
}

/** A page to sign in, with status 200, as a captive network or a proxy serves it for any address. */
export function htmlSignInPage(selection: Selection = {}): Fault {
  const text = `<!DOCTYPE html><html><head><title>Sign in</title></head><body><form action="/sign-in" method="post"><input name="user"><input name="password" type="password"></form></body></html>\n`;
  const headers = { "content-type": "text/html; charset=utf-8" };
  return { name: "htmlSignInPage", ...on(selection), instead: () => ({ status: 200, headers, text }) };
}

function spoiled(answer: Answer, spoil: (text: string) => string): Answer {
  const { json, ...rest } = answer;
  if (json === undefined) return answer;
  return {
    ...rest,
    headers: { "content-type": "application/json", ...rest.headers },
    text: spoil(JSON.stringify(json)),
  };
}
