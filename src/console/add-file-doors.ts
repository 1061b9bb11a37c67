/**
 * Lets a `callsheet serve` open links: `/files/DESTINATION/KEY?expires=…&signature=…`. The link is the credential; nobody
 * signs in. A link that is right is put on record before a byte is sent, and whoever has none learns nothing, not even
 * whether there is such a file.
 */
import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { contentTypeOf } from "../deliver/content-types.ts";
import { isCanaryKey } from "../deliver/object-key.ts";
import type { Clock } from "../domain/clock.ts";
import type { LinkOpening } from "../domain/delivery.ts";
import type { AccessRecord } from "../runs/access-record.ts";
import { attachment } from "../support/attachment.ts";
import { readSignedTarget } from "../support/signed-target.ts";
import type { DeliveredFile, DeliveredFiles } from "./delivered-files.ts";
import { readRange } from "./read-range.ts";

/** What the doors work with. */
export interface FileDoors {
  readonly secret: string;
  readonly files: DeliveredFiles;
  readonly record: Pick<AccessRecord, "noteOpening">;
  readonly clock: Clock;
}

/** A link whose signature is right and whose time is not over. */
interface Visit {
  readonly destination: string;
  readonly key: string;
  readonly endsAt: number;
}

/** Files that are sent at once; each holds a file open. Whoever comes next is asked to come again. */
const MOST_STREAMS = 100;

/** A reader that takes no byte for so long has gone. */
const IDLE_MS = 60_000;

const COME_AGAIN_SECONDS = 5;

/** A file is saved, and if something shows it all the same, it may load and run nothing and tells no address. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
};

/** Adds them; they close what they have open when the server closes. */
export function addFileDoors(server: FastifyInstance, doors: FileDoors): void {
  const visits = new WeakMap<FastifyRequest, Visit>();
  const streams = new Set<Readable>();
  server.register(
    (scope, _options, done) => {
      // Before a body is read: what is refused is refused whatever it brings.
      scope.addHook("onRequest", async (request, reply) => {
        reply.headers(HEADERS);
        const visit = readVisit(request, doors);
        if (typeof visit === "string") return await reply.code(403).type("text/plain; charset=utf-8").send(visit);
        visits.set(request, visit);
      });
      scope.addHook("preClose", (closed) => {
        for (const stream of streams) stream.destroy();
        closed();
      });
      scope.all("/*", async (request, reply) => {
        const visit = visits.get(request);
        return visit === undefined ? reply.code(403).send() : await letIn(visit, request, reply, doors, streams);
      });
      done();
    },
    { prefix: "/files" },
  );
}

/** The visit, or why there is none. */
function readVisit({ method, raw }: FastifyRequest, { secret, clock }: FileDoors): Visit | string {
  const target = readSignedTarget(secret, raw.url ?? "");
  const [, destination, key] = /^\/files\/([a-z0-9-]{1,40})\/(.+)$/.exec(target?.path ?? "") ?? [];
  if (method !== "GET" || target === undefined || destination === undefined || key === undefined)
    return "This link is not valid.\n";
  const { endsAt } = target;
  if (clock.now() >= endsAt) return `This link ended at ${new Date(endsAt).toISOString()}. Ask for a new one.\n`;
  return { destination, key, endsAt };
}

async function letIn(
  visit: Visit,
  request: FastifyRequest,
  reply: FastifyReply,
  doors: FileDoors,
  streams: Set<Readable>,
): Promise<FastifyReply> {
  if (streams.size >= MOST_STREAMS)
    return await say(reply.header("retry-after", COME_AGAIN_SECONDS), 503, "Too many files are being fetched.\n");
  const { destination, key } = visit;
  const file = await doors.files.open(destination, key);
  try {
    await note(visit, request, file === undefined ? "gone" : "sent", doors);
  } catch {
    // Who opens a link is on record, or nobody opens it.
    await file?.close();
    return await say(reply, 503, "This file cannot be fetched now.\n");
  }
  if (file === undefined) return await say(reply, 404, "This file is no longer there.\n");
  return await sendFile(file, key, request, reply, streams);
}

async function sendFile(
  file: DeliveredFile,
  key: string,
  request: FastifyRequest,
  reply: FastifyReply,
  streams: Set<Readable>,
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
  streams.add(stream);
  stream.once("close", () => streams.delete(stream));
  reply.raw.setTimeout(IDLE_MS, () => reply.raw.destroy());
  return await reply.send(stream);
}

/** What is only tried, before a report is there, is nobody's reading. */
async function note(
  { destination, key, endsAt }: Visit,
  request: FastifyRequest,
  answer: LinkOpening["answer"],
  { record, clock }: FileDoors,
): Promise<void> {
  if (isCanaryKey(key)) return;
  const forwardedFor = plainAddresses(request.headers["x-forwarded-for"]);
  await record.noteOpening({
    at: new Date(clock.now()).toISOString(),
    event: "opened",
    destination,
    key,
    until: new Date(endsAt).toISOString(),
    address: request.ip,
    ...(forwardedFor && { forwardedFor }),
    answer,
  });
}

async function say(reply: FastifyReply, status: number, words: string): Promise<FastifyReply> {
  return await reply.code(status).type("text/plain; charset=utf-8").send(words);
}

/** Anybody can write anything there: only what addresses are made of goes on record, and not much of it. */
function plainAddresses(header: string | readonly string[] | undefined): string {
  return [header ?? []]
    .flat()
    .join(",")
    .replaceAll(/[^0-9A-Fa-f:.,]/g, "")
    .slice(0, 100);
}
