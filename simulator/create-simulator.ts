/**
 * A Genesys Cloud on localhost: a contact centre goes in, a login host and an API host come out, each on a port of its
 * own. It shares nothing with the product; both read the vendor's documents for themselves.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { createAggregator } from "./conversations/aggregates/aggregate.ts";
import type { Centre } from "./conversations/centre.ts";
import { Random } from "./conversations/generate/random.ts";
import { stableId } from "./conversations/stable-id.ts";
import type { Fault } from "./faults/fault.ts";
import { createFaultScript, type FaultList } from "./faults/fault-list.ts";
import { type AggregateJobWork, aggregatesJobRoutes } from "./routes/aggregates-jobs.ts";
import { aggregatesQueryRoute } from "./routes/aggregates-query.ts";
import { createApiHost } from "./routes/api-host.ts";
import { createClientRegistry, type SimulatedClient } from "./routes/clients.ts";
import { conversationsByIdRoutes } from "./routes/conversations-by-id.ts";
import { DETAILS_JOB_LIMITS, type DetailsJobWork, detailsJobRoutes } from "./routes/details-jobs.ts";
import { detailsQueryRoute } from "./routes/details-query.ts";
import type { Exchange } from "./routes/exchange.ts";
import {
  createJobRegistry,
  DEFAULT_JOB_SETTINGS,
  type Job,
  type JobRegistry,
  type JobSettings,
  type JobState,
} from "./routes/job-registry.ts";
import { limitRoutes } from "./routes/limits.ts";
import { listingRoutes } from "./routes/listings.ts";
import { createLoginHost } from "./routes/login-host.ts";
import { readOpenApi } from "./routes/openapi.ts";
import { ownTokenRoutes } from "./routes/own-token.ts";
import { createRateCounter } from "./routes/rate-window.ts";
import { type TalliedWindow, tallied } from "./routes/rate-tally.ts";
import type { RecordedRequest, Violation } from "./routes/record.ts";
import { DEFAULT_SWITCHES, type Switches } from "./switches.ts";

/** What a simulator is made of and how it behaves. */
export interface SimulatorOptions {
  readonly centre: Centre;
  /** Who may sign in; by default one client with every permission in every division. */
  readonly clients?: readonly SimulatedClient[];
  /** Port of the API host; the login host takes the next one. Default: two free ports. */
  readonly port?: number;
  /** The simulator's clock, epoch milliseconds. Default: the real one. */
  readonly now?: () => number;
  /** How long tokens hold. Default 86,400. */
  readonly tokenLifetimeSeconds?: number;
  /** Requests per minute and token. Default 300, the vendor's. */
  readonly rateLimitPerMinute?: number;
  /** How asynchronous jobs run; see `JobSettings` for the defaults. */
  readonly jobs?: Partial<JobSettings>;
  /** How far the data lake of the details jobs has come. Default: 24 hours behind the clock. */
  readonly dataAvailability?: DataAvailability;
  /** Behaviours of the service that nobody could verify; see `Switches` for the defaults. */
  readonly switches?: Partial<Switches>;
  /** Faults from the start; more can be added later. */
  readonly faults?: readonly Fault[];
  /** How long every answer waits, in real milliseconds: always the same, or evenly scattered. Default 0. */
  readonly latencyMs?: number | { readonly from: number; readonly to: number };
}

/** A watermark that follows the clock, or one that stands still (epoch milliseconds). */
export type DataAvailability = { readonly lagMs: number } | { readonly at: number };

/** An asynchronous job that was not deleted. */
export interface SimulatedJob {
  readonly jobId: string;
  readonly kind: "details" | "aggregates";
  readonly state: JobState;
}

/** A running simulator. */
export interface Simulator {
  /** Base URL of the sign-in, without a slash at its end. */
  readonly loginUrl: string;
  /** Base URL of the API, without a slash at its end. */
  readonly apiUrl: string;
  /** Id and secret of the first client. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** How each rate window of each token was used, oldest first. */
  readonly rateWindows: readonly TalliedWindow[];
  /** Requests that did not fit the API description, with the reasons. */
  readonly violations: readonly Violation[];
  /** Errors of the simulator itself, each answered with a 500; anything in here is a defect. */
  readonly failures: readonly unknown[];
  readonly faults: FaultList;
  /** Ends every token that was issued so far. */
  revokeTokens(): void;
  /** Changes the limit of requests per minute, also for windows that have begun. */
  setRateLimit(perMinute: number): void;
  /** Moves the watermark of the details jobs; jobs that were submitted before keep theirs. */
  setDataAvailability(availability: DataAvailability): void;
  /** The asynchronous jobs that nobody deleted, oldest first of each kind. Looking is not a poll. */
  jobs(): readonly SimulatedJob[];
  /** Ends all connections and waits. */
  close(): Promise<void>;
}

/** The client of a simulator that was given none; the same everywhere, so that a saved `.env` stays right. */
const DEFAULT_CLIENT: SimulatedClient = { id: stableId("simulated client"), secret: stableId("simulated secret") };

const DAY_MS = 86_400_000;

/**
 * Starts a simulator on 127.0.0.1.
 *
 * @throws when a port is taken
 */
export async function createSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { centre, now = Date.now, clients: known = [DEFAULT_CLIENT] } = options;
  const switches = { ...DEFAULT_SWITCHES, ...options.switches };
  const lifetimeSeconds = options.tokenLifetimeSeconds ?? 86_400;
  const openApi = readOpenApi();
  const jobSettings = { ...DEFAULT_JOB_SETTINGS, ...options.jobs };
  let availability = options.dataAvailability ?? { lagMs: DAY_MS };
  const watermarkAt = (): number => ("at" in availability ? availability.at : now() - availability.lagMs);
  const detailsJobs = createJobRegistry<DetailsJobWork>(jobSettings, switches, DETAILS_JOB_LIMITS, now);
  const aggregateJobs = createJobRegistry<AggregateJobWork>(jobSettings, switches, undefined, now);
  const aggregator = createAggregator(centre, openApi.enumOf("ConversationAggregationQuery", "metrics"));
  let ratePerMinute = options.rateLimitPerMinute ?? 300;
  const clients = createClientRegistry(known, lifetimeSeconds, now);
  const rate = tallied(
    createRateCounter(() => ratePerMinute, switches.rateWindow, now),
    now,
  );
  const closing = new AbortController();
  const faults = createFaultScript(options.faults);
  const shared: Exchange = {
    faults,
    controls: { now, revokeTokens: clients.revokeAll, wait: (ms) => wait(ms, closing.signal) },
    requests: [],
    violations: [],
    failures: [],
    latencyMs: latencyOf(options.latencyMs ?? 0),
  };
  const apiHost = createApiHost({
    shared,
    openApi,
    clients,
    switches,
    countRequest: rate.count,
    routes: [
      detailsQueryRoute(centre, openApi, switches),
      ...detailsJobRoutes(centre, openApi, switches, detailsJobs, watermarkAt),
      aggregatesQueryRoute(aggregator, openApi, switches),
      ...aggregatesJobRoutes(aggregator, openApi, switches, aggregateJobs),
      ...conversationsByIdRoutes(centre, switches),
      ...listingRoutes(centre, switches),
      ...ownTokenRoutes(centre, clients),
      ...limitRoutes(() => ratePerMinute, jobSettings, openApi),
    ],
  });
  const countSignIn = createRateCounter(() => switches.signInsPerMinute, switches.rateWindow, now);
  const loginHost = createLoginHost(shared, { clients, countSignIn, lifetimeSeconds, switches });
  const close = async (): Promise<void> => {
    closing.abort();
    await Promise.all([apiHost.close(), loginHost.close()]);
  };
  try {
    const apiUrl = await listen(apiHost, options.port ?? 0);
    const loginUrl = await listen(loginHost, options.port === undefined ? 0 : options.port + 1);
    const [first = DEFAULT_CLIENT] = known;
    return {
      loginUrl,
      apiUrl,
      clientId: first.id,
      clientSecret: first.secret,
      requests: shared.requests,
      rateWindows: rate.windows,
      violations: shared.violations,
      failures: shared.failures,
      faults,
      revokeTokens: clients.revokeAll,
      setRateLimit(perMinute) {
        ratePerMinute = perMinute;
      },
      setDataAvailability(changed) {
        availability = changed;
      },
      jobs: () => [
        ...detailsJobs.all().map((job) => shown(job, "details", detailsJobs)),
        ...aggregateJobs.all().map((job) => shown(job, "aggregates", aggregateJobs)),
      ],
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Scattered, but the same in every simulator. */
function latencyOf(latencyMs: NonNullable<SimulatorOptions["latencyMs"]>): () => number {
  if (typeof latencyMs === "number") return () => latencyMs;
  const random = new Random(1, "story");
  return () => random.whole(latencyMs.from, latencyMs.to);
}

function shown<Work>(job: Job<Work>, kind: SimulatedJob["kind"], registry: JobRegistry<Work>): SimulatedJob {
  return { jobId: job.id, kind, state: registry.stateOf(job) };
}

function listen(host: FastifyInstance, port: number): Promise<string> {
  return host.listen({ host: "127.0.0.1", port });
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
