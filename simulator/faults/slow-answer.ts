/**
 * An answer that lets the client wait: for its first byte, after its headers, or for every byte of it. (The wait for a
 * connection cannot be had from a server on loopback: the kernel accepts before the program knows.)
 */
import { type Fault, on, type Selection } from "./fault.ts";
import { headOf, socketOf, write } from "./raw-answer.ts";

/** Which requests wait, for what, and how long. */
export interface SlowAnswer extends Selection {
  /** Default `firstByte`. */
  readonly stage?: "firstByte" | "afterHeaders" | "trickle";
  /** How long the answer is held up, in real milliseconds; trickling takes this long for the whole body. */
  readonly ms: number;
}

/** How many pieces a trickling body comes in. */
const PIECES = 20;

/** Holds up the chosen answers; they are complete in the end. */
export function slowAnswer(options: SlowAnswer): Fault {
  const { stage = "firstByte", ms } = options;
  return {
    name: `slowAnswer ${stage}`,
    ...on(options),
    async send(answer, response, controls) {
      const socket = socketOf(response);
      if (socket === undefined) return;
      if (stage === "firstByte") await controls.wait(ms);
      await write(socket, headOf(answer, { "content-length": String(answer.payload.length), connection: "close" }));
      if (stage === "afterHeaders") await controls.wait(ms);
      for (const piece of stage === "trickle" ? piecesOf(answer.payload) : [answer.payload]) {
        if (stage === "trickle") await controls.wait(ms / PIECES);
        if (socket.destroyed) return;
        await write(socket, piece);
      }
      socket.end();
    },
  };
}

function piecesOf(bytes: Buffer): Buffer[] {
  const width = Math.max(1, Math.ceil(bytes.length / PIECES));
  return Array.from({ length: PIECES }, (_, index) => bytes.subarray(index * width, (index + 1) * width));
}
