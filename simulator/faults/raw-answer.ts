/**
 * Writing an answer onto the bare socket, past Node's HTTP server: the only way to send what HTTP forbids. Faults use
 * it; nothing else should.
 */
import { STATUS_CODES, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { WireAnswer } from "./fault.ts";

/** The status line and headers of an answer; `framing` says how the body is delimited. */
export function headOf(answer: WireAnswer, framing: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ ...answer.headers, ...framing }).flatMap(([name, value]) =>
    [value].flat().map((text) => `${name}: ${text}`),
  );
  return `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ""}\r\n${lines.join("\r\n")}\r\n\r\n`;
}

/** The socket under a response; undefined when the client has gone. */
export function socketOf(response: ServerResponse): Socket | undefined {
  return response.socket ?? undefined;
}

/** Writes and waits until the bytes have left the process. */
export function write(socket: Socket, bytes: Buffer | string): Promise<void> {
  return new Promise((resolve) => socket.write(bytes, () => resolve()));
}

/** Writes the last bytes and ends the connection in good order. */
export function end(socket: Socket, bytes: Buffer | string): Promise<void> {
  return new Promise((resolve) => socket.end(bytes, () => resolve()));
}
