/**
 * One details query over a bare socket: what a test sees is what was on the wire, before any HTTP client has mended it.
 */
import { connect as connectSocket } from "node:net";
import type { Simulator } from "../../simulator/create-simulator.ts";
import { DETAILS_QUERY, member, signIn } from "./connect.ts";

export interface RawReply {
  /** Status line and headers, lower case. */
  readonly head: string;
  readonly body: Buffer;
  /** Code of the error that ended the connection; undefined when it ended in good order. */
  readonly error: unknown;
}

/** Signs in, asks, and reads until the server ends the connection. */
export async function rawQuery(simulator: Simulator, query: unknown, headers = ""): Promise<RawReply> {
  const token = String(member((await signIn(simulator)).json, "access_token"));
  const { hostname, port } = new URL(simulator.apiUrl);
  const body = JSON.stringify(query);
  const socket = connectSocket(Number(port), hostname);
  socket.write(
    `POST ${DETAILS_QUERY} HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\nauthorization: Bearer ${token}\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`,
  );
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  const error = await new Promise<unknown>((resolve) => {
    socket.on("error", (cause) => resolve(member(cause, "code")));
    socket.on("close", () => resolve(undefined));
  });
  const bytes = Buffer.concat(chunks);
  const split = bytes.indexOf("\r\n\r\n");
  if (split === -1) return { head: bytes.toString().toLowerCase(), body: Buffer.alloc(0), error };
  return { head: bytes.subarray(0, split).toString().toLowerCase(), body: bytes.subarray(split + 4), error };
}
