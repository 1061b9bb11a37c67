/**
 * Keeps the listings that give names for a while, with the time at which they were read, so that ten reports at one
 * hour read them once. What has gone from a listing since stays known as departed: the history of a deleted queue
 * still shows its name.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../domain/clock.ts";
import type { Entity } from "../domain/directory.ts";
import type { EntityKind } from "../domain/field.ts";
import type { NameSource } from "../runs/name-source.ts";
import { atomicWrite } from "../support/atomic-write.ts";
import { onDisk } from "./on-disk.ts";

/** Where the listings are kept, and whose they are: clients see the names of their own divisions only. */
export interface NameCache {
  readonly statePath: string;
  readonly clientId: string;
  readonly apiUrl: string;
}

/** A listing as it was read. */
interface KeptListing {
  readonly readAt: number;
  readonly entities: readonly Entity[];
}

/** Names change seldom; a name that a filter asks for and these listings lack is looked up anew at once. */
const MAX_AGE_MS = 15 * 60_000;

/** Departed entities kept of one kind, the newest: a listing must not grow for ever. */
const MAX_DEPARTED = 10_000;

/** The file's form; a file of another form is read anew. */
const SCHEMA = "callsheet.names/1";

/** Makes a name source that asks `source` only for what is not kept, or too old. */
export function cacheNames(source: NameSource, { statePath, clientId, apiUrl }: NameCache, clock: Clock): NameSource {
  const owner = createHash("sha256")
    .update(JSON.stringify([apiUrl, clientId]))
    .digest("hex")
    .slice(0, 16);
  const folder = join(statePath, "names", owner);

  async function keptListing(kind: EntityKind): Promise<KeptListing | undefined> {
    const file = join(folder, `${kind}.json`);
    return await onDisk(file, async () => parseListing(await textOf(file)));
  }

  async function keep(kind: EntityKind, entities: readonly Entity[]): Promise<void> {
    const file = join(folder, `${kind}.json`);
    await onDisk(file, async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const mark = `.${randomBytes(4).toString("hex")}`;
      await atomicWrite(file, [JSON.stringify({ schema: SCHEMA, readAt: clock.now(), entities })], mark);
    });
  }

  function isYoung({ readAt }: KeptListing): boolean {
    const ageMs = clock.now() - readAt;
    return ageMs >= 0 && ageMs < MAX_AGE_MS;
  }

  return {
    async read(kinds, signal, fresh = false) {
      const directory: Partial<Record<EntityKind, readonly Entity[]>> = {};
      const keptSince: number[] = [];
      for (const kind of kinds) {
        const kept = await keptListing(kind);
        if (kept && !fresh && isYoung(kept)) {
          directory[kind] = kept.entities;
          keptSince.push(kept.readAt);
        } else {
          const listings = await source.read([kind], signal);
          const entities = withDeparted(listings.directory[kind] ?? [], kept?.entities ?? []);
          await keep(kind, entities);
          directory[kind] = entities;
        }
      }
      return { directory, ...(keptSince.length > 0 ? { keptSince: Math.min(...keptSince) } : {}) };
    },
  };
}

/** The entities of the listing, and those known before that it no longer has. */
function withDeparted(current: readonly Entity[], before: readonly Entity[]): Entity[] {
  const ids = new Set(current.map(({ id }) => id));
  const departed = before.filter(({ id }) => !ids.has(id)).map((entity) => ({ ...entity, departed: true as const }));
  return [...current, ...departed.slice(-MAX_DEPARTED)];
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

/** Undefined for a file that is not there, cut, or of another form: the listing is read anew. */
function parseListing(text: string): KeptListing | undefined {
  const { schema, readAt, entities } = objectOf(text);
  if (schema !== SCHEMA || typeof readAt !== "number" || !Array.isArray(entities)) return undefined;
  const parsed = entities.flatMap(entityOf);
  return parsed.length === entities.length ? { readAt, entities: parsed } : undefined;
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    return {};
  }
}

function entityOf(json: unknown): Entity[] {
  const { id, name, departed } = { ...(json as object) } as Readonly<Record<string, unknown>>;
  if (typeof id !== "string" || typeof name !== "string") return [];
  return [{ id, name, ...(departed === true ? { departed } : {}) }];
}
