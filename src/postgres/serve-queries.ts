/**
 * Lets other commands of this machine use the database that this process has open: PGlite cannot be opened twice. It
 * listens on loopback, and answers only who knows the word in a file that nobody else can read.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { atomicWrite } from "../support/atomic-write.ts";
import type { Database } from "./database.ts";

/** The file that tells where the owner of the database listens. */
export const OWNER_FILE = "owner.json";

/** A statement of one of our commands is far below. */
const MOST_BYTES = 1024 * 1024;

/** A statement, as it comes over the wire. */
const ASKED = z.object({
  text: z.string(),
  values: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** Serves until it is closed. */
export async function serveQueries(database: Database, folder: string): Promise<{ close(): Promise<void> }> {
  const word = randomBytes(32).toString("hex");
  const server = createServer((request, response) => {
    answer(request, response, database, word).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const file = join(folder, OWNER_FILE);
  await atomicWrite(file, [JSON.stringify({ port, word })]);
  return {
    async close() {
      await rm(file, { force: true });
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  database: Database,
  word: string,
): Promise<void> {
  const given = Buffer.from(request.headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${word}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return void response.writeHead(401).end();
  if (Number(request.headers["content-length"] ?? MOST_BYTES + 1) > MOST_BYTES)
    return void response.writeHead(413).end();
  const asked = ASKED.parse(JSON.parse(await text(request)));
  try {
    const rows = await database.query(asked.text, asked.values);
    const told = JSON.stringify({ rows }, (_key, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value,
    );
    response.writeHead(200, { "content-type": "application/json" }).end(told);
  } catch (error) {
    response.writeHead(500).end(JSON.stringify({ message: error instanceof Error ? error.message : "" }));
  }
}
