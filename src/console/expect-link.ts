/**
 * Lets nobody in who has no link: what is unsigned, changed, over, or asked for by another method is refused before anything
 * is looked up, and what is let in is put on record.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isCanaryKey } from "../deliver/object-key.ts";
import type { Clock } from "../domain/clock.ts";
import type { LinkOpening } from "../domain/delivery.ts";
import type { AccessRecord } from "../runs/access-record.ts";
import { readSignedTarget } from "../support/signed-target.ts";

/** What links are checked with. */
export interface LinkGuard {
  readonly secret: string;
  readonly record: Pick<AccessRecord, "noteOpening">;
  readonly clock: Clock;
}

/** A link whose signature is right and whose time is not over. */
export interface Visit {
  readonly destination: string;
  readonly key: string;
  /** The version of the object, where the link names one. */
  readonly version: string | undefined;
  readonly endsAt: number;
}

/** A file is saved, and if something shows it all the same, it may load and run nothing and tells no address. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
};

/** Guards all routes of a scope; `path` names `destination` and `key`. The answer tells the visit of a request that was let in. */
export function expectLink(
  scope: FastifyInstance,
  path: RegExp,
  guard: LinkGuard,
): (request: FastifyRequest) => Visit | undefined {
  const visits = new WeakMap<FastifyRequest, Visit>();
  // Before a body is read: what is refused is refused whatever it brings.
  scope.addHook("onRequest", async (request, reply) => {
    reply.headers(HEADERS);
    const visit = readVisit(request, path, guard);
    if (typeof visit === "string") return await say(reply, 403, visit);
    visits.set(request, visit);
  });
  return (request) => visits.get(request);
}

/** The visit, or why there is none. */
function readVisit({ method, raw }: FastifyRequest, path: RegExp, { secret, clock }: LinkGuard): Visit | string {
  const target = readSignedTarget(secret, raw.url ?? "");
  const { destination, key, version } = path.exec(target?.path ?? "")?.groups ?? {};
  if (method !== "GET" || target === undefined || destination === undefined || key === undefined)
    return "This link is not valid.\n";
  const { endsAt } = target;
  if (clock.now() >= endsAt) return `This link ended at ${new Date(endsAt).toISOString()}. Ask for a new one.\n`;
  return { destination, key, version, endsAt };
}

/** Puts a visit on record; what is only tried, before a report is there, is nobody's reading. */
export async function noteOpening(
  { destination, key, endsAt }: Visit,
  request: FastifyRequest,
  answer: LinkOpening["answer"],
  { record, clock }: LinkGuard,
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

/** Answers with words for a reader. */
export async function say(reply: FastifyReply, status: number, words: string): Promise<FastifyReply> {
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
