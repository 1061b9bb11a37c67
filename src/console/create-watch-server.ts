/**
 * Answers `/health`, `/ready` and `/metrics` of a `callsheet serve`: for those who restart it, send it work, or draw
 * curves of it. It changes nothing, and tells no secret and no datum of a customer.
 */
import Fastify, { type FastifyInstance } from "fastify";
import type { Clock } from "../domain/clock.ts";
import { ReportError } from "../domain/errors.ts";
import { unlessAborted } from "../support/unless-aborted.ts";
import { MOST_REPORTS, type Metrics } from "./create-metrics.ts";
import type { FleetReader, FleetState } from "./fleet-reader.ts";

/** What is looked at. */
export interface Watched {
  readonly fleet: FleetReader;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** When its loops last came round, in epoch milliseconds; undefined for those that this process does not have. */
  readonly loops: () => Readonly<Record<"scheduler" | "worker", number | undefined>>;
}

/** Whoever asks wants to know now: a database that needs longer is none. */
const ANSWER_MS = 2_000;

/** The scheduler looks every second, a worker too; both wait a minute for a database that restarts. */
const STANDSTILL_MS = 90_000;

/** Makes it; nothing listens yet. */
export function createWatchServer(watched: Watched): FastifyInstance {
  const server = Fastify({ logger: false, forceCloseConnections: true });
  const readFleet = createFleetLook(watched.fleet);
  server.addHook("onRequest", async (_request, reply) => {
    reply.headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  });
  server.get("/health", () => ({ healthy: true }));
  server.get("/ready", async (_request, reply) => {
    const problems = await problemsOf(watched);
    reply.code(problems.length === 0 ? 200 : 503);
    return { ready: problems.length === 0, problems };
  });
  server.get("/metrics", async (_request, reply) => {
    const { type, text } = await watched.metrics.write(await readFleet());
    reply.type(type);
    return text;
  });
  return server;
}

async function problemsOf({ fleet, clock, loops }: Watched): Promise<string[]> {
  const problem = await soon(fleet.expectSchema()).then(() => undefined, inWords);
  const stopped = Object.entries(loops()).flatMap(([name, at]) =>
    at === undefined || clock.now() - at <= STANDSTILL_MS
      ? []
      : [`the ${name} has not looked for work since ${new Date(at).toISOString()}`],
  );
  return [...(problem === undefined ? [] : [problem]), ...stopped];
}

function inWords(error: unknown): string {
  if (!(error instanceof ReportError)) return "database.unavailable: the database does not answer in time";
  // The database's own words may hold the name of a user: they are in the log.
  return error.code === "database.refused" ? error.code : `${error.code}: ${error.message}`;
}

/** Whoever asks while a look is under way gets its answer. */
function createFleetLook(fleet: FleetReader): () => Promise<FleetState | undefined> {
  let underWay: Promise<FleetState> | undefined;
  return async () => {
    underWay ??= fleet.read(MOST_REPORTS).finally(() => {
      underWay = undefined;
    });
    return await soon(underWay).catch(() => undefined);
  };
}

async function soon<T>(answer: Promise<T>): Promise<T> {
  return await unlessAborted(answer, AbortSignal.timeout(ANSWER_MS));
}
