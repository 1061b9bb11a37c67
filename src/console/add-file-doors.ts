/**
 * Lets a `callsheet serve` open links: `/files/DESTINATION/KEY?expires=…&signature=…`. The link is the credential; nobody
 * signs in. A link that is right is put on record before a byte is sent, and whoever has none learns nothing, not even
 * whether there is such a file.
 */
import type { ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { contentTypeOf } from "../deliver/content-types.ts";
import { attachment } from "../support/attachment.ts";
import type { DeliveredFile, DeliveredFiles } from "./delivered-files.ts";
import { expectLink, type LinkGuard, noteOpening, say, type Visit } from "./expect-link.ts";
import { readRange } from "./read-range.ts";

/** What the doors work with. */
export interface FileDoors extends LinkGuard {
  readonly files: DeliveredFiles;
}

/** Files that are sent at once; each holds a file open. Whoever comes next is asked to come again. */
const MOST_SENT = 100;

/** A reader that takes no byte for so long has gone. */
const IDLE_MS = 60_000;

const COME_AGAIN_SECONDS = 5;

const PATH = /^\/files\/(?<destination>[a-z0-9-]{1,40})\/(?<key>.+)$/;

/** Adds them; they close what they have open when the server closes. */
export function addFileDoors(server: FastifyInstance, doors: FileDoors): void {
  const sending = new Set<ServerResponse>();
  server.register(
    (scope, _options, done) => {
      const visitOf = expectLink(scope, PATH, doors);
      scope.addHook("preClose", (closed) => {
        // Downloads, and connections that a browser opened for later: neither may hold up who wants to stop.
        server.server.closeAllConnections();
        closed();
      });
      scope.all("/*", async (request, reply) => {
        const visit = visitOf(request);
        return visit === undefined ? reply.code(403).send() : await letIn(visit, request, reply, doors, sending);
      });
      done();
    },
    { prefix: "/files" },
  );
}

async function letIn(
  visit: Visit,
  request: FastifyRequest,
  reply: FastifyReply,
  doors: FileDoors,
  sending: Set<ServerResponse>,
): Promise<FastifyReply> {
  if (sending.size >= MOST_SENT)
    return await say(reply.header("retry-after", COME_AGAIN_SECONDS), 503, "Too many files are being fetched.\n");
  const { destination, key } = visit;
  const file = await doors.files.open(destination, key);
  try {
    await noteOpening(visit, request, file === undefined ? "gone" : "sent", doors);
  } catch {
    // Who opens a link is on record, or nobody opens it.
    await file?.close();
    return await say(reply, 503, "This file cannot be fetched now.\n");
  }
  if (file === undefined) return await say(reply, 404, "This file is no longer there.\n");
  return await sendFile(file, key, request, reply, sending);
}

async function sendFile(
  file: DeliveredFile,
  key: string,
  request: FastifyRequest,
  reply: FastifyReply,
  sending: Set<ServerResponse>,
): Promise<FastifyReply> {
  const range = readRange(request.headers, file.bytes);
  if (range === "none") {
    await file.close();
    return await say(reply.header("content-range", `bytes */${file.bytes}`), 416, "There are no such bytes.\n");
  }
  const { start, end } = range ?? { start: 0, end: file.bytes - 1 };
  const name = key.slice(key.lastIndexOf("/") + 1);
  reply.headers({
    "accept-ranges": "bytes",
    "content-disposition": attachment(name),
    "content-length": end - start + 1,
    "content-type": contentTypeOf(name),
    ...(range && { "content-range": `bytes ${start}-${end}/${file.bytes}` }),
  });
  reply.code(range === undefined ? 200 : 206);
  if (file.bytes === 0) {
    await file.close();
    return await reply.send("");
  }
  const stream = file.stream(start, end);
  sending.add(reply.raw);
  // Also when the reader went away: whoever sends nothing holds no place, and no connection.
  reply.raw.once("close", () => sending.delete(reply.raw));
  reply.raw.setTimeout(IDLE_MS, () => reply.raw.destroy());
  return await reply.send(stream);
}
