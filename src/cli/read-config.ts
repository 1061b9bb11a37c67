/**
 * Reads the configuration: flag, then environment, then `.env`, then `callsheet.yaml`. Secrets are references
 * (`env:NAME`, `file:PATH`); a secret written into the file is refused.
 */
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { z } from "zod";
import { throwProblems } from "../define/problems.ts";
import { readDocument } from "../define/read-document.ts";
import { schemaProblems } from "../define/schema-problems.ts";
import type { Retention } from "../disk/prune-runs.ts";
import { ReportError } from "../domain/errors.ts";
import { hostsOf } from "../genesys/regions.ts";
import { suggestion } from "../support/did-you-mean.ts";
import { ACCESS_KEYS, type AccessConfig, WAIVER_KEYS } from "./destination-access.ts";
import { MAIL, type MessageConfig, SLACK, TEAMS, WEBHOOK } from "./message-config.ts";
import { parseLifetime, parsePeriod } from "./parse-lifetime.ts";
import { type ListenAddress, parseListen } from "./parse-listen.ts";
import { readText } from "./read-text.ts";
import type { World } from "./world.ts";

/** How to reach Genesys Cloud. */
export interface GenesysConfig {
  readonly region: string;
  readonly loginUrl: string;
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The part of the rate limit that may be spent: above 0, up to 1. */
  readonly share: number;
}

/** A destination as configured. */
export interface DestinationConfig extends AccessConfig {
  readonly type: "s3";
  readonly bucket: string;
  readonly prefix: string;
  /** Absent: the bucket is asked where it is. */
  readonly region?: string | undefined;
  readonly expectedOwner?: string | undefined;
  readonly linkLifetimeSeconds: number;
  readonly endpoint?: string | undefined;
  readonly pathStyle: boolean;
  /** `none` for stores that refuse checksum headers. */
  readonly checksums: "sha256" | "none";
  readonly encryption?: "AES256" | "aws:kms" | undefined;
  readonly kmsKey?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Links that `serve` opens when they are clicked; absent: links of the bucket. */
  readonly links?: { readonly base: string };
}

/** A folder as configured; an absolute path. */
export interface FolderConfig {
  readonly folder: string;
  readonly prefix: string;
  /** Absent: files are placed, and nobody gets a link to them. */
  readonly links?: Pick<AccessConfig, "access" | "waivers"> & {
    /** The address at which `serve` is reached, without a slash at its end. */
    readonly base: string;
    readonly linkLifetimeSeconds: number;
  };
}

/** The local store as configured, in milliseconds. */
export interface StoreConfig {
  /** How long after the end of a day the service may still change it. */
  readonly settlingMs: number;
  /** How long after it was fetched a day is kept. */
  readonly retentionMs: number;
}

/** Where schedules and their runs are kept: in the state folder, or on a PostgreSQL server. */
export type DatabaseConfig =
  | { readonly kind: "embedded"; readonly folder: string }
  | { readonly kind: "server"; readonly url: string };

/** Who is told when a schedule needs a person. */
export interface AlarmsConfig {
  /** Destinations that carry messages. */
  readonly to: readonly string[];
  /** A run that is not done so long after its instant is late. */
  readonly lateMs: number;
  /** An address, or a reference to one, that hears of each look of the scheduler. */
  readonly heartbeat?: string | undefined;
  /** Whether the heartbeat may go to this machine and its network. */
  readonly privateAddresses: boolean;
}

/** The configuration. `genesys` asks for credentials only when it is called. */
export interface Config {
  /** The folder that `reports/` and relative paths belong to. */
  readonly folder: string;
  readonly statePath: string;
  /** The environment, completed by `.env`. */
  readonly env: World["env"];
  readonly destinations: Readonly<Record<string, DestinationConfig>>;
  /** Destinations that carry messages with the links of another one. */
  readonly messages: Readonly<Record<string, MessageConfig>>;
  /** Destinations that are folders of this machine; absolute paths. */
  readonly folders: Readonly<Record<string, FolderConfig>>;
  /** Which run folders stay. */
  readonly retention: Retention & { readonly objectsMs?: number | undefined };
  /** How many scheduled runs are at work at once: in one process, and of one OAuth client in all of them together. */
  readonly workers: { readonly concurrency: number; readonly perClient: number };
  readonly alarms?: AlarmsConfig;
  /** How long the rows of scheduled runs stay. */
  readonly historyMs: number;
  /** Where `serve` shows how it is; absent: nowhere. */
  readonly listen?: ListenAddress;
  /** How conversations are kept from one run for the next; absent when none are. */
  readonly store?: StoreConfig;
  genesys(): GenesysConfig;
  /** Asked for only by what has to do with schedules. */
  database(): DatabaseConfig;
  /** The key of pseudonyms; `config.missing` without one. */
  pseudonymKey(): string;
  /** The key that signs links which `serve` opens; `config.missing` without one. */
  linkKey(): string;
  /** The value behind a reference; a secret that is written out is refused. */
  secret(reference: string, key: string): string;
  /** The same for what need not be secret. */
  plainOrSecret(text: string, key: string): string;
}

const optionalText = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);

/** Links of `serve` that lead to links of the bucket, which are made when somebody clicks. */
const CLICK = z.strictObject({ at: z.literal("click"), base: z.string() });

const DESTINATION = z.strictObject({
  type: z.literal("s3"),
  bucket: z.string(),
  prefix: z.string().default(""),
  region: optionalText,
  expectedOwner: optionalText,
  linkLifetime: z.string().default("24h"),
  endpoint: optionalText,
  pathStyle: z.boolean().default(false),
  checksums: z.enum(["sha256", "none"]).default("sha256"),
  encryption: z.enum(["AES256", "aws:kms"]).optional(),
  kmsKey: optionalText,
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
  links: CLICK.optional(),
  ...ACCESS_KEYS,
});

const DISK = z.strictObject({
  type: z.literal("disk"),
  folder: z.string().min(1),
  prefix: z.string().default(""),
  links: z.string().optional().describe("the public base under which serve is reached; without it, no links"),
  linkLifetime: z.string().default("24h"),
  access: ACCESS_KEYS.access,
  waivers: ACCESS_KEYS.waivers,
});

const ANY_DESTINATION = z.discriminatedUnion("type", [DESTINATION, DISK, MAIL, WEBHOOK, SLACK, TEAMS]);

const optionalCount = z
  .int()
  .min(1)
  .max(100_000)
  .nullish()
  .transform((count) => count ?? undefined);

const HOLD = z.strictObject({
  reports: z.array(z.string()).default([]),
  runs: z.array(z.string()).default([]),
  store: z.boolean().default(false),
});

const RETENTION = z.strictObject({
  keep: optionalCount,
  days: optionalCount,
  objects: optionalText,
  hold: HOLD.optional(),
});

const WORKERS = z.strictObject({
  concurrency: z.int().min(1).max(100).default(2),
  perClient: z.int().min(1).max(1_000).default(4),
});

const ALARMS = z.strictObject({
  to: z.array(z.string()).max(20).default([]),
  late: z.string().default("1h"),
  heartbeat: optionalText,
  privateAddresses: z.boolean().default(false),
});

const SERVE = z.strictObject({ listen: optionalText });

const CONFIG = z.strictObject({
  genesys: z
    .strictObject({
      region: optionalText,
      clientId: optionalText,
      clientSecret: optionalText,
      loginUrl: optionalText,
      apiUrl: optionalText,
      share: z.number().gt(0).lte(1).default(1),
    })
    .default({
      region: undefined,
      clientId: undefined,
      clientSecret: undefined,
      loginUrl: undefined,
      apiUrl: undefined,
      share: 1,
    }),
  database: z.string().default("pglite"),
  workers: WORKERS.default({ concurrency: 2, perClient: 4 }),
  serve: SERVE.default({ listen: undefined }),
  alarms: ALARMS.optional(),
  history: z.string().default("400d"),
  state: z.string().default(".callsheet"),
  retention: RETENTION.default({ keep: undefined, days: undefined, objects: undefined, hold: undefined }),
  pseudonymKey: optionalText,
  linkKey: optionalText,
  settling: z.string().default("3d"),
  store: z.strictObject({ retention: z.string().default("90d") }).default({ retention: "90d" }),
  destinations: z.record(z.string().regex(/^[a-z0-9-]{1,40}$/), ANY_DESTINATION).default({}),
});

const KNOWN_KEYS = [
  ...Object.keys(CONFIG.shape),
  ...[DESTINATION, DISK, MAIL, WEBHOOK, SLACK].flatMap(({ shape }) => Object.keys(shape)),
  ...Object.keys(CLICK.shape),
  ...Object.keys(RETENTION.shape),
  ...Object.keys(HOLD.shape),
  ...Object.keys(WORKERS.shape),
  ...WAIVER_KEYS,
  ...Object.keys(SERVE.shape),
  ...Object.keys(ALARMS.shape),
  "region",
  "clientId",
  "clientSecret",
  "loginUrl",
  "apiUrl",
  "share",
];

/** Reads it; `config.invalid` with file, line and column. `flag` is `--config`. */
export function readConfig(flag: string | undefined, world: World): Config {
  const named = flag ?? world.env.CALLSHEET_CONFIG;
  const file = resolve(world.cwd, named ?? "callsheet.yaml");
  if (named !== undefined && !existsSync(file))
    throw new ReportError("config.missing", `There is no configuration file ${named}`, {
      hint: "Check --config or CALLSHEET_CONFIG, or make one with `callsheet init`.",
    });
  const folder = dirname(file);
  const env = { ...readEnvFile(join(folder, ".env")), ...world.env };
  const values = existsSync(file)
    ? parseConfig(readText(file, named ?? "callsheet.yaml"), named ?? "callsheet.yaml")
    : CONFIG.parse({});
  return {
    folder,
    env,
    statePath: resolve(folder, env.CALLSHEET_STATE ?? values.state),
    retention: retentionConfig(values.retention),
    workers: values.workers,
    ...alarmsConfig(values),
    historyMs: parsePeriod(values.history, "history"),
    ...(values.serve.listen === undefined ? {} : { listen: parseListen(values.serve.listen, "serve.listen") }),
    ...sortDestinations(values.destinations, folder),
    ...storeConfig(values),
    genesys: () => resolveGenesys(values.genesys, env, folder),
    database: () => resolveDatabase(values.database, env, folder, resolve(folder, env.CALLSHEET_STATE ?? values.state)),
    pseudonymKey: () => resolvePseudonymKey(values.pseudonymKey, env, folder),
    linkKey: () => resolveLinkKey(values.linkKey, env, folder),
    secret: (reference, key) => resolveReference(reference, key, env, folder, true),
    plainOrSecret: (text, key) => resolveReference(text, key, env, folder, false),
  };
}

/** Places and messages; a message carries the links of a place. */
function sortDestinations(
  values: z.infer<typeof CONFIG>["destinations"],
  base: string,
): Pick<Config, "destinations" | "folders" | "messages"> {
  const destinations: Record<string, DestinationConfig> = {};
  const folders: Record<string, Config["folders"][string]> = {};
  const messages: Record<string, MessageConfig> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value.type === "disk") folders[name] = folderConfig(name, value, base);
    else if (value.type !== "s3") messages[name] = value;
    else {
      const { linkLifetime, links, ...rest } = value;
      const linkLifetimeSeconds = parseLifetime(linkLifetime, `destinations.${name}.linkLifetime`);
      const click = links && { links: { base: baseUrl(links.base, `destinations.${name}.links.base`) } };
      destinations[name] = { ...rest, linkLifetimeSeconds, ...click };
    }
  }
  for (const [name, { links }] of Object.entries(messages))
    if (links !== undefined && destinations[links] === undefined && folders[links]?.links === undefined)
      throw new ReportError(
        "config.invalid",
        `destinations.${name}.links names "${links}", which is no destination that gives links.${suggestion(links, Object.keys(destinations))}`,
        { hint: "Name a destination of type s3, or a folder with `links:`; another folder gives none." },
      );
  return { destinations, folders, messages };
}

function folderConfig(
  name: string,
  { folder, prefix, links, linkLifetime, access, waivers }: z.infer<typeof DISK>,
  base: string,
): FolderConfig {
  const place = { folder: resolve(base, folder), prefix };
  const linkLifetimeSeconds = parseLifetime(linkLifetime, `destinations.${name}.linkLifetime`);
  if (links === undefined) return place;
  return {
    ...place,
    links: { base: baseUrl(links, `destinations.${name}.links`), linkLifetimeSeconds, access, waivers },
  };
}

/** The names of the destinations that give links. */
export function linkingNames({ destinations, folders }: Config): string[] {
  const linked = Object.keys(folders).filter((name) => folders[name]?.links !== undefined);
  return [...Object.keys(destinations), ...linked];
}

/** The names of all destinations, of whatever type. */
export function destinationNames({ destinations, folders, messages }: Config): string[] {
  return [...Object.keys(destinations), ...Object.keys(folders), ...Object.keys(messages)];
}

const MESSAGES: ReadonlySet<string> = new Set(["mail", "webhook", "slack", "teams"]);

function alarmsConfig({ alarms, destinations }: z.infer<typeof CONFIG>): Pick<Config, "alarms"> {
  if (alarms === undefined) return {};
  const messages = Object.keys(destinations).filter((name) => MESSAGES.has(destinations[name]?.type ?? ""));
  for (const name of alarms.to)
    if (!messages.includes(name))
      throw new ReportError(
        "config.invalid",
        `alarms.to names "${name}", which is no destination that carries messages.${suggestion(name, messages)}`,
        { hint: "Name a destination of type mail, webhook, slack or teams." },
      );
  const lateMs = parseLifetime(alarms.late, "alarms.late", "a run may be late") * 1000;
  return { alarms: { ...alarms, lateMs } };
}

function storeConfig({ settling, store, retention }: z.infer<typeof CONFIG>): Pick<Config, "store"> {
  const settlingMs = parsePeriod(settling, "settling");
  if (store.retention === "off") return {};
  const retentionMs = parsePeriod(store.retention, "store.retention");
  return {
    store: { settlingMs, retentionMs: retention.hold?.store === true ? Number.POSITIVE_INFINITY : retentionMs },
  };
}

function retentionConfig({ objects, ...rest }: z.infer<typeof RETENTION>): Config["retention"] {
  return { ...rest, ...(objects === undefined ? {} : { objectsMs: parsePeriod(objects, "retention.objects") }) };
}

function parseConfig(text: string, file: string): z.infer<typeof CONFIG> {
  const document = readDocument(text, file);
  const result = CONFIG.safeParse(document.value ?? {});
  if (result.success) return result.data;
  try {
    throwProblems(document, schemaProblems(result.error, document.value, KNOWN_KEYS));
  } catch (error) {
    if (error instanceof ReportError)
      throw new ReportError("config.invalid", error.message, { hint: "Mend the configuration at this place." });
    throw error;
  }
  return CONFIG.parse({});
}

function resolveGenesys(values: z.infer<typeof CONFIG>["genesys"], env: World["env"], folder: string): GenesysConfig {
  const region = env.GENESYSCLOUD_REGION ?? values.region;
  const login = env.CALLSHEET_GENESYS_LOGIN_URL ?? values.loginUrl;
  const api = env.CALLSHEET_GENESYS_API_URL ?? values.apiUrl;
  if (region === undefined && (login === undefined || api === undefined)) {
    throw new ReportError("config.missing", "No region is configured", {
      hint: "Set genesys.region in callsheet.yaml or GENESYSCLOUD_REGION, such as eu_west_1.",
    });
  }
  const hosts = region === undefined ? { loginUrl: "", apiUrl: "" } : hostsOf(region);
  return {
    region: region ?? "of the configured hosts",
    loginUrl: baseUrl(login ?? hosts.loginUrl, "genesys.loginUrl"),
    apiUrl: baseUrl(api ?? hosts.apiUrl, "genesys.apiUrl"),
    clientId: resolveReference(
      env.GENESYSCLOUD_OAUTHCLIENT_ID ?? values.clientId ?? "env:GENESYSCLOUD_OAUTHCLIENT_ID",
      "genesys.clientId",
      env,
      folder,
      false,
    ),
    clientSecret: resolveReference(
      values.clientSecret ?? "env:GENESYSCLOUD_OAUTHCLIENT_SECRET",
      "genesys.clientSecret",
      env,
      folder,
      true,
    ),
    share: shareOf(env.CALLSHEET_GENESYS_SHARE) ?? values.share,
  };
}

/** A URL with a password is a secret, and stays out of the file. */
function resolveDatabase(written: string, env: World["env"], folder: string, statePath: string): DatabaseConfig {
  const given = env.CALLSHEET_DATABASE_URL?.trim();
  const fromFile = /^(env|file):/.test(written)
    ? () => resolveReference(written, "database", env, folder, true)
    : () => written;
  const text = given ? given : fromFile();
  if (text === "pglite") return { kind: "embedded", folder: join(statePath, "database") };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "postgres:" && url?.protocol !== "postgresql:")
    throw new ReportError(
      "config.invalid",
      `Cannot use ${given ? "CALLSHEET_DATABASE_URL" : "database"}: it is neither pglite nor a URL of PostgreSQL`,
      {
        hint: "Write pglite, or postgres://USER@HOST:5432/DATABASE.",
      },
    );
  if (text === written && url.password !== "")
    throw new ReportError("config.invalid", "The password of database is written into the configuration file", {
      hint: "Set CALLSHEET_DATABASE_URL, or write a reference instead: env:NAME or file:PATH. Then change the password: the file may have been seen.",
    });
  return { kind: "server", url: text };
}

const OWN_KEY = "env:CALLSHEET_PSEUDONYM_KEY";

/** Who could guess the key could try all telephone numbers with it. */
const LEAST_KEY_LENGTH = 32;

function resolvePseudonymKey(reference: string | undefined, env: World["env"], folder: string): string {
  const make = "Make one with `openssl rand -hex 32`";
  if (reference === undefined && !env.CALLSHEET_PSEUDONYM_KEY?.trim())
    throw new ReportError("config.missing", "There is no key for pseudonyms, which a mask of the report asks for", {
      hint: `${make}, keep it in CALLSHEET_PSEUDONYM_KEY or name its place as pseudonymKey in callsheet.yaml, and never change it: pseudonyms of another key are others.`,
    });
  const key = resolveReference(reference ?? OWN_KEY, "pseudonymKey", env, folder, true);
  if (key.length >= LEAST_KEY_LENGTH) return key;
  throw new ReportError("config.invalid", `pseudonymKey has fewer than ${LEAST_KEY_LENGTH} characters`, {
    hint: `${make}.`,
  });
}

const OWN_LINK_KEY = "env:CALLSHEET_LINK_KEY";

function resolveLinkKey(reference: string | undefined, env: World["env"], folder: string): string {
  const make = "Make one with `openssl rand -hex 32`";
  if (reference === undefined && !env.CALLSHEET_LINK_KEY?.trim())
    throw new ReportError("config.missing", "There is no key for the links that serve opens", {
      hint: `${make}, and keep it in CALLSHEET_LINK_KEY or name its place as linkKey in callsheet.yaml, the same for whoever runs reports and for whoever serves. Another key ends all links.`,
    });
  const key = resolveReference(reference ?? OWN_LINK_KEY, "linkKey", env, folder, true);
  if (key.length >= LEAST_KEY_LENGTH) return key;
  throw new ReportError("config.invalid", `linkKey has fewer than ${LEAST_KEY_LENGTH} characters`, {
    hint: `${make}: who could guess it could open every file.`,
  });
}

function shareOf(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const share = Number(text);
  if (share > 0 && share <= 1) return share;
  throw new ReportError("config.invalid", `Cannot use CALLSHEET_GENESYS_SHARE "${text}"`, {
    hint: "Write the part of the rate limit that callsheet may spend: above 0, at most 1, such as 0.8.",
  });
}

function baseUrl(text: string, key: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url !== undefined && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (!url || (url.protocol !== "https:" && !(local && url.protocol === "http:"))) {
    throw new ReportError("config.invalid", `Cannot use ${key} "${text}"`, {
      hint: "Write a base URL that begins with https:// (http:// only for this machine).",
    });
  }
  return text.replace(/\/+$/, "");
}

/** The value behind `env:NAME` or `file:PATH`. */
function resolveReference(text: string, key: string, env: World["env"], folder: string, secret: boolean): string {
  if (text.startsWith("env:")) {
    const value = env[text.slice(4)]?.trim();
    if (value) return value;
    throw new ReportError("config.missing", `${text.slice(4)} is not set (${key})`, {
      hint: `Set it in the environment or in .env beside callsheet.yaml. For a try without an organisation, start \`callsheet simulate\` and paste the lines it prints.`,
    });
  }
  if (text.startsWith("file:")) return readSecretFile(resolve(folder, text.slice(5)), text, key);
  if (!secret) return text;
  throw new ReportError("config.invalid", `${key} is written into the configuration file`, {
    hint: "Write a reference instead: env:NAME or file:PATH. Then rotate the secret: the file may have been seen.",
  });
}

function readSecretFile(path: string, reference: string, key: string): string {
  if (!existsSync(path))
    throw new ReportError("config.missing", `Cannot find ${reference} (${key})`, {
      hint: "Check the path; it is relative to the configuration file.",
    });
  if ((statSync(path).mode & 0o077) !== 0)
    throw new ReportError("config.invalid", `Others on this machine can read ${reference} (${key})`, {
      hint: `Run: chmod 600 ${reference.slice(5)}`,
    });
  const value = readText(path, reference).trim();
  if (value === "")
    throw new ReportError("config.missing", `${reference} is empty (${key})`, {
      hint: "Write the value into the file.",
    });
  return value;
}

function readEnvFile(path: string): Record<string, string | undefined> {
  return existsSync(path) ? parseEnv(readText(path, ".env")) : {};
}
