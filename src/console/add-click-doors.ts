/**
 * Lets a `callsheet serve` open links to buckets: `/open/DESTINATION/VERSION/KEY?expires=…&signature=…`. Whoever has one is led
 * on to a link of the bucket that lives a minute, as long as the bucket is known to be private, and each click is on record.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { expectLink, type LinkGuard, noteOpening, say, type Visit } from "./expect-link.ts";

/** A bucket whose links are made when they are asked for. */
export interface ClickedBucket {
  /** The checks that say that it is not, or not known to be, private. Throws when nobody can tell. */
  refusing(): Promise<readonly string[]>;
  /** A link to the object, or to this version of it, that lives a minute. */
  presign(key: string, version: string | undefined): Promise<string>;
}

/** What the doors work with. */
export interface ClickDoors extends LinkGuard {
  /** By the names of their destinations. */
  readonly buckets: ReadonlyMap<string, ClickedBucket>;
  /** Hears, for the operator, why a bucket opens no link. */
  readonly notify: (message: string) => void;
}

const PATH = /^\/open\/(?<destination>[a-z0-9-]{1,40})\/(?<version>[^/]+)\/(?<key>.+)$/;

/** Adds them. */
export function addClickDoors(server: FastifyInstance, doors: ClickDoors): void {
  server.register(
    (scope, _options, done) => {
      const visitOf = expectLink(scope, PATH, doors);
      scope.all("/*", async (request, reply) => {
        const visit = visitOf(request);
        const bucket = doors.buckets.get(visit?.destination ?? "");
        return visit === undefined || bucket === undefined
          ? await say(reply, 404, "This file is no longer there.\n")
          : await leadOn(visit, bucket, request, reply, doors);
      });
      done();
    },
    { prefix: "/open" },
  );
}

async function leadOn(
  visit: Visit,
  bucket: ClickedBucket,
  request: FastifyRequest,
  reply: FastifyReply,
  doors: ClickDoors,
): Promise<FastifyReply> {
  try {
    const refusing = await bucket.refusing();
    await noteOpening(visit, request, refusing.length === 0 ? "led_on" : "refused", doors);
    if (refusing.length === 0) {
      const version = visit.version === "-" ? undefined : decodeURIComponent(visit.version ?? "");
      return await reply
        .code(302)
        .header("location", await bucket.presign(visit.key, version))
        .send();
    }
    doors.notify(`${visit.destination} opens no link: it is not known to be private any more (${refusing.join(", ")})`);
    return await say(reply, 403, "This file is withheld: who could read it is not certain. Its owner has been told.\n");
  } catch (error) {
    // Who cannot ask, record or sign lets nobody in.
    doors.notify(`${visit.destination} opens no link now: ${error instanceof Error ? error.message : "unknown"}`);
    return await say(reply, 503, "This file cannot be fetched now.\n");
  }
}
