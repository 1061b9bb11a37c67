/**
 * The log of `serve`: words on a terminal, a JSON object a line elsewhere, for programs that collect it. `CALLSHEET_LOG`
 * says from which level on. Nothing that is secret is handed to it; what would slip through is blotted out here all the same.
 */
import { ReportError } from "../domain/errors.ts";
import { LOG_LEVELS, type LogFacts, type LogLevel, type Notify } from "../domain/log-facts.ts";
import { suggestion } from "../support/did-you-mean.ts";
import type { Config } from "./read-config.ts";
import type { World } from "./world.ts";

/** Makes it; `config.invalid` for a level that is none. `secrets` are values that no line may hold. */
export async function createLog(world: World, level: string | undefined, secrets: readonly string[]): Promise<Notify> {
  const least = parseLevel(level);
  const blot = createBlot(secrets);
  if (world.terminal === true)
    return (message, { level: of = "info" } = {}) => {
      if (LOG_LEVELS.indexOf(of) < LOG_LEVELS.indexOf(least)) return;
      world.err(`${new Date(world.clock.now()).toISOString()} ${of === "info" ? "" : `${of}: `}${blot(message)}\n`);
    };
  const { pino } = await import("pino");
  const log = pino(
    {
      level: least,
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date(world.clock.now()).toISOString()}"`,
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: BLOTTED },
    },
    { write: (line) => world.err(line) },
  );
  return (message, { level: of = "info", ...facts } = {}) => log[of](toKeys(facts, blot), blot(message));
}

/** The values that the configuration holds by reference, as far as they are there. */
export function secretsOf(config: Config): string[] {
  const values: (() => string | undefined)[] = [
    () => config.genesys().clientSecret,
    () => config.linkKey(),
    () => {
      const database = config.database();
      return database.kind === "server" ? new URL(database.url).password : undefined;
    },
    () => config.alarms?.heartbeat && config.plainOrSecret(config.alarms.heartbeat, "alarms.heartbeat"),
  ];
  for (const message of Object.values(config.messages))
    for (const [key, reference] of Object.entries(message))
      if (typeof reference === "string" && /^(?:env|file):/.test(reference))
        values.push(() => config.secret(reference, key));
  return values.flatMap((value) => {
    try {
      return value() ?? [];
    } catch (error) {
      // What is not set is told by whoever needs it.
      if (error instanceof ReportError) return [];
      throw error;
    }
  });
}

const BLOTTED = "[redacted]";
const SECRET_KEYS = ["authorization", "cookie", "password", "secret", "clientSecret", "token", "url"];

/** Shorter values stand in words too. */
const LEAST_SECRET = 6;

/** Tokens of requests, signatures of links, users and passwords of addresses: whatever stands behind these. */
const PATTERNS: readonly (readonly [pattern: RegExp, left: string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${BLOTTED}`],
  [/(\bhttps?:\/\/[^\s"'?]*)\?[^\s"']*/gi, `$1?${BLOTTED}`],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s"'/@]+@/gi, `$1${BLOTTED}@`],
];

function createBlot(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter(({ length }) => length >= LEAST_SECRET);
  return (text) =>
    PATTERNS.reduce(
      (left, [pattern, replacement]) => left.replace(pattern, replacement),
      known.reduce((left, secret) => left.replaceAll(secret, BLOTTED), text.trimEnd()),
    );
}

function toKeys(
  { run, ...facts }: Omit<LogFacts, "level">,
  blot: (text: string) => string,
): Readonly<Record<string, string | number>> {
  const keys = {
    ...(run && { report: run.report, instant: new Date(run.nominalAt).toISOString() }),
    ...facts,
  };
  return Object.fromEntries(
    Object.entries(keys).map(([key, value]) => [key, typeof value === "string" ? blot(value) : value]),
  );
}

function parseLevel(text: string | undefined): LogLevel {
  if (text === undefined || text.trim() === "") return "info";
  const level = LOG_LEVELS.find((each) => each === text.trim().toLowerCase());
  if (level) return level;
  throw new ReportError("config.invalid", `Cannot use CALLSHEET_LOG "${text}".${suggestion(text, [...LOG_LEVELS])}`, {
    hint: `Write one of ${LOG_LEVELS.join(", ")}.`,
  });
}
