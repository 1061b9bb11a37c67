/** Puts the live parts together: adapters behind the ports that a run asks for. Loaded only by commands that run. */
import { userInfo } from "node:os";
import { createSmallEngine } from "../aggregate/create-small-engine.ts";
import type { Destination } from "../deliver/deliver-artifacts.ts";
import { keyPrefix } from "../deliver/object-key.ts";
import { ReportError } from "../domain/errors.ts";
import { createAccessRecord } from "../disk/access-record.ts";
import { cacheNames } from "../disk/cache-names.ts";
import type { ClientStore } from "../domain/client-store.ts";
import { createClientStore } from "../disk/create-client-store.ts";
import { createRunFolder, reopenRunFolder } from "../disk/create-run-folder.ts";
import { createSpillStore } from "../disk/create-spill-store.ts";
import { readPastRuns } from "../disk/read-past-runs.ts";
import type { RunEvent } from "../runs/run-events.ts";
import type { Outlet } from "../runs/deliver-run.ts";
import type { DeliverServices } from "../runs/record-links.ts";
import type { RunServices } from "../runs/execute-run.ts";
import { type ApiClient, createApiClient } from "../genesys/api-client.ts";
import { createAggregatesSource } from "../genesys/create-aggregates-source.ts";
import { createNameSource } from "../genesys/create-name-source.ts";
import { createPageSource } from "../genesys/create-page-source.ts";
import { createOwnClientStore, sharedOrOwn } from "../genesys/own-client-store.ts";
import { suggestion } from "../support/did-you-mean.ts";
import { createPseudonyms, keyIdOf } from "../support/pseudonyms.ts";
import type { BucketOptions } from "../s3/create-object-store.ts";
import type { Database } from "../postgres/database.ts";
import { encryptionOf } from "./destination-access.ts";
import { type Config, type DestinationConfig, destinationNames } from "./read-config.ts";
import { readProxies } from "./read-proxies.ts";
import { VERSION } from "./version.ts";
import { wireFolder, wireLinkedFolder } from "./wire-folder.ts";
import { withClicks } from "./wire-links.ts";
import { wireStore } from "./wire-store.ts";
import type { World } from "./world.ts";

/** Services of one run and the way to close them. */
export interface Wired {
  readonly services: RunServices;
  close(): Promise<void>;
}

/** Makes the API client of the configured organisation; `store` is what serve shares with its fleet. */
export function wireClient(
  config: Config,
  world: World,
  onEvent: (event: RunEvent) => void,
  store = wireClientStore(config, world),
): ApiClient {
  return createApiClient({
    ...config.genesys(),
    clock: world.clock,
    userAgent: `callsheet/${VERSION}`,
    store,
    proxies: readProxies(config.env),
    onRetry: onEvent,
    onRequest: onEvent,
    random: Math.random,
  });
}

/**
 * Token and rate budget are shared with the fleet where the configuration names a PostgreSQL server, else with the other
 * processes of this machine, or, said once, with nobody.
 */
function wireClientStore(config: Config, world: World): ClientStore {
  const machine = wireMachineStore(config, world);
  if (config.database().kind === "embedded") return machine;
  return sharedOrOwn(
    () => openFleetStore(config, world),
    machine,
    (reason) =>
      world.err(
        `Note: cannot share the token and the rate limit through the database (${reason instanceof Error ? reason.message : String(reason)}). This run shares them with this machine only.\n`,
      ),
  );
}

/** The store in the database, which is opened when it is first needed. */
function openFleetStore(config: Config, world: World): ClientStore {
  const opening = import("./wire-database.ts").then(async ({ openDatabase }) => await openDatabase(config, world));
  opening.catch(() => undefined);
  const store = opening.then(async ({ database }) => await fleetStore(config, database));
  store.catch(() => undefined);
  return {
    update: async (step) => await (await store).update(step),
    close: () =>
      void opening.then(
        async ({ close }) => await close(),
        () => undefined,
      ),
  };
}

/** The store of the configured client in an open database. */
export async function fleetStore(config: Config, database: Database): Promise<ClientStore> {
  const [{ createClientStore: create }, { parseClientState }] = await Promise.all([
    import("../postgres/create-client-store.ts"),
    import("../disk/parse-client-state.ts"),
  ]);
  return create(database, config.genesys(), parseClientState);
}

function wireMachineStore(config: Config, world: World): ClientStore {
  const client = config.genesys();
  return sharedOrOwn(
    () => createClientStore(config.statePath, client, world.clock),
    createOwnClientStore(world.clock),
    (reason) =>
      world.err(
        `Note: cannot share the token and the rate limit with other runs below ${config.statePath} (${reason instanceof Error ? reason.message : String(reason)}). This run signs in for itself. Make the folder writable, or remove its clients/ if it is damaged.\n`,
      ),
  );
}

/** Makes everything that a run needs. `retries` tells how many requests were sent again. */
export async function wireRun(
  config: Config,
  world: World,
  destinationNames: readonly string[],
  onEvent: (event: RunEvent) => void,
  retries: () => number,
  store?: ClientStore,
): Promise<Wired> {
  const client = wireClient(config, world, onEvent, store);
  const outlets = await wireOutlets(destinationNames, config, world);
  return {
    services: {
      ...wireDelivering(config, world),
      version: VERSION,
      aggregates: createAggregatesSource(client, world.clock),
      names: cacheNames(createNameSource(client), { statePath: config.statePath, ...config.genesys() }, world.clock),
      pages: createPageSource(client, world.clock),
      ...wireStore(config, world),
      pastRuns: readPastRuns(config.statePath),
      openFolder: async (report, startedAt) => await createRunFolder(config.statePath, report, startedAt),
      openSpills: createSpillStore,
      reopenFolder: async (runId) => await reopenRunFolder(config.statePath, runId),
      openEngine: (scratchPath) =>
        createSmallEngine(async () => {
          const { createTableEngine } = await import("../duckdb/create-table-engine.ts");
          return await createTableEngine(scratchPath);
        }),
      parquetWriter: (scratchPath) => ({
        async *writeParquet(...args) {
          const { createParquetWriter } = await import("../duckdb/create-parquet-writer.ts");
          yield* createParquetWriter(scratchPath).writeParquet(...args);
        },
      }),
      outlet: (name) => {
        const outlet = outlets.byName.get(name);
        if (!outlet) throw new ReportError("internal", `destination ${name} was not wired`);
        return outlet;
      },
      pseudonyms: () => {
        const key = config.pseudonymKey();
        return { of: createPseudonyms(key), keyId: keyIdOf(key) };
      },
      retries,
      onEvent,
    },
    async close() {
      outlets.close();
      await client.close();
    },
  };
}

/** What delivering needs besides destinations. */
export function wireDelivering(config: Config, world: World): DeliverServices {
  return { clock: world.clock, links: createAccessRecord(config.statePath), user: accountName() };
}

/** An account without a name, as in some containers, has a number. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}

/** Live outlets by the names that a report gives them. */
export interface WiredOutlets {
  readonly byName: ReadonlyMap<string, Outlet>;
  close(): void;
}

/** Makes the outlets of these names; a place that several of them use is opened once. */
export async function wireOutlets(names: readonly string[], config: Config, world: World): Promise<WiredOutlets> {
  const places = new Map<string, Destination & { close(): void }>();
  const place = async (name: string): Promise<Destination> => {
    const open = places.get(name) ?? (await wireDestination(name, config, world));
    places.set(name, open);
    return open;
  };
  const byName = new Map<string, Outlet>();
  for (const name of names) {
    const message = config.messages[name];
    const folder = config.folders[name];
    if (folder !== undefined && folder.links === undefined)
      byName.set(name, { kind: "folder", folder: wireFolder(name, folder) });
    else if (message === undefined) byName.set(name, { kind: "place", place: await place(name) });
    else {
      const { wireMessenger } = await import("./wire-messenger.ts");
      const messenger = await wireMessenger(name, message, config, world);
      if (message.links === undefined) throw withoutLinks(name);
      byName.set(name, { kind: "message", name, place: await place(message.links), messenger });
    }
  }
  return {
    byName,
    close() {
      for (const open of places.values()) open.close();
    },
  };
}

function withoutLinks(name: string): ReportError {
  return new ReportError("config.missing", `Destination "${name}" does not say whose links it carries`, {
    hint: `Add \`links: DESTINATION\` under destinations.${name}; without it, it carries alarms only.`,
  });
}

/** The destination of this name, with the links that it hands out; `config.missing` when there is none. */
export async function wireDestination(
  name: string,
  config: Config,
  world: World,
): Promise<Destination & { close(): void }> {
  const folder = config.folders[name];
  if (folder?.links !== undefined) return wireLinkedFolder(name, folder, folder.links, config, world);
  const bucket = await wireBucket(name, config, world);
  const base = config.destinations[name]?.links?.base;
  return base === undefined ? bucket : withClicks(bucket, base, config, world);
}

/** The bucket of this name, with links of its own. */
export async function wireBucket(name: string, config: Config, world: World): Promise<Destination & { close(): void }> {
  const settings = config.destinations[name];
  if (!settings) {
    const known = destinationNames(config);
    throw new ReportError("config.missing", `There is no destination "${name}".${suggestion(name, known)}`, {
      hint:
        known.length > 0
          ? `Destinations in callsheet.yaml: ${known.join(", ")}.`
          : "Add it under destinations in callsheet.yaml.",
    });
  }
  const { createObjectStore } = await import("../s3/create-object-store.ts");
  const encryption = encryptionOf(settings);
  const endpoint = settings.endpoint ?? config.env.AWS_ENDPOINT_URL_S3;
  const store = createObjectStore({
    bucket: settings.bucket,
    now: () => world.clock.now(),
    signal: world.signal,
    pathStyle: settings.pathStyle,
    statements: {
      checksums: settings.checksums,
      tags: settings.tags,
      encryption,
    },
    ...(settings.region === undefined ? {} : { region: settings.region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...credentialsOf(config.env),
    ...(settings.expectedOwner === undefined ? {} : { expectedOwner: settings.expectedOwner }),
    ...accountOptions(settings, config.env),
  });
  return {
    name,
    prefix: keyPrefix(settings.prefix),
    linkLifetimeSeconds: settings.linkLifetimeSeconds,
    access: settings.access,
    waivers: settings.waivers,
    leastPrivilege: settings.leastPrivilege,
    ...(encryption && { encryption }),
    store,
    close: () => store.close(),
  };
}

/** The services of the account; the names in the environment are the SDK's own, which reads no `.env`. */
function accountOptions(
  { expectedAccount, ...settings }: DestinationConfig,
  env: World["env"],
): Pick<BucketOptions, "expectedAccount" | "stsEndpoint" | "controlEndpoint"> {
  const stsEndpoint = settings.stsEndpoint ?? env.AWS_ENDPOINT_URL_STS;
  const controlEndpoint = settings.controlEndpoint ?? env.AWS_ENDPOINT_URL_S3_CONTROL;
  return {
    ...(expectedAccount !== undefined && { expectedAccount }),
    ...(stsEndpoint !== undefined && { stsEndpoint }),
    ...(controlEndpoint !== undefined && { controlEndpoint }),
  };
}

/** The SDK's own chain reads the process's environment; keys in `.env` are handed to it. */
function credentialsOf(env: World["env"]): Pick<BucketOptions, "credentials"> {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId || !secretAccessKey) return {};
  const expiresAt = Date.parse(env.AWS_CREDENTIAL_EXPIRATION ?? "");
  return {
    credentials: {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken ? { sessionToken } : {}),
      ...(Number.isNaN(expiresAt) ? {} : { expiration: new Date(expiresAt) }),
    },
  };
}
