// In: the address of an HTTP server and the number of the request at which the line dies. Out: an address in front of
// it. The line dies before the request, in its body, or after the server has done it but before its answer, and stays
// dead until it is mended: that is what a process that is killed, or a network that goes, looks like from the server.

import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Where in a request the line dies. */
export type CutPlace = "before" | "in the body" | "before the answer";

/** A line that can be cut. */
export interface CuttingProxy {
  readonly url: string;
  /** Requests that were begun. */
  readonly seen: number;
  /** Cuts the line at the n-th request from now, the first being 1. */
  cutAt(request: number, place: CutPlace): void;
  /** Told at the moment of the cut. */
  onCut: () => void;
  mend(): void;
  close(): Promise<void>;
}

/** Opens the line; it is whole at first. */
export async function openCuttingProxy(target: string): Promise<CuttingProxy> {
  let seen = 0;
  let cut: { readonly at: number; readonly place: CutPlace } | undefined;
  const server: Server = createServer((incoming, response) => {
    seen += 1;
    const isDead = cut !== undefined && seen > cut.at;
    const place = cut !== undefined && seen === cut.at ? cut.place : undefined;
    const die = (): void => {
      if (incoming.socket.destroyed) return;
      incoming.socket.destroy();
      if (!isDead) proxy.onCut();
    };
    if (isDead || place === "before") return die();
    if (place === "in the body") return void incoming.once("data", die).once("end", die);
    pass(incoming, response, target, place === undefined ? undefined : die);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve());
  });
  const proxy: CuttingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get seen() {
      return seen;
    },
    cutAt(number, place) {
      cut = { at: seen + number, place };
    },
    onCut: () => {},
    mend() {
      cut = undefined;
    },
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
  return proxy;
}

/** Passes a request on as it is, so that its signature holds, and its answer back, unless the line dies before it. */
function pass(
  incoming: IncomingMessage,
  response: ServerResponse,
  target: string,
  die: (() => void) | undefined,
): void {
  const { hostname, port } = new URL(target);
  const { method, url: path, headers } = incoming;
  const outgoing = request({ hostname, port, method, path, headers, setHost: false }, (answer) => {
    if (die !== undefined) return void answer.resume().once("end", die);
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.once("error", () => incoming.socket.destroy());
  incoming.pipe(outgoing);
}
