/** The connection is reset (RST): before any answer, or after a part of the body. */
import { type Fault, on, type Selection } from "./fault.ts";
import { headOf, socketOf, write } from "./raw-answer.ts";

/** Which requests, and at which moment. */
export interface ResetConnection extends Selection {
  /** Default `beforeHeaders`. */
  readonly when?: "beforeHeaders" | "midBody";
}

/** Long enough for the bytes to reach the client before the reset overtakes them. */
const SETTLE_MS = 20;

/** Resets the connection under a request. */
export function resetConnection(options: ResetConnection = {}): Fault {
  return {
    name: "resetConnection",
    ...on(options),
    async send(answer, response, controls) {
      const socket = socketOf(response);
      if (options.when === "midBody" && socket !== undefined) {
        await write(socket, headOf(answer, { "content-length": String(answer.payload.length) }));
        await write(socket, answer.payload.subarray(0, Math.ceil(answer.payload.length / 2)));
        await controls.wait(SETTLE_MS);
      }
      socket?.resetAndDestroy();
    },
  };
}
