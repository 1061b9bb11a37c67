/** Names of queues, users, wrap-up codes, divisions, skills, languages and flows from the vendor's listings. */
import type { Directory, Entity } from "../domain/directory.ts";
import { ReportError } from "../domain/errors.ts";
import { ENTITY_WORDS, type EntityKind } from "../domain/field.ts";
import { SERVICE_LIMITS } from "../domain/service-limits.ts";
import type { NameSource } from "../runs/name-source.ts";
import type { ApiClient } from "./api-client.ts";

/** Inactive users and deleted flows answer only when asked for; history has them. */
const LISTINGS: Readonly<Record<EntityKind, string>> = {
  queue: "/api/v2/routing/queues?",
  user: "/api/v2/users?state=any&",
  wrapUpCode: "/api/v2/routing/wrapupcodes?",
  division: "/api/v2/authorization/divisions?",
  skill: "/api/v2/routing/skills?",
  language: "/api/v2/routing/languages?",
  flow: "/api/v2/flows?deleted=true&",
};

/** The service may use smaller pages than asked for; it says so in its answer. */
const PAGE_SIZE = SERVICE_LIMITS.listingPageSize.value;

/** More pages than any organisation has. A page that brings nothing new ends the reading sooner. */
const MAX_PAGES = 2000;

/** Makes the name source on an API client. */
export function createNameSource(client: ApiClient): NameSource {
  return {
    async read(kinds, signal) {
      const directory: Partial<Record<EntityKind, readonly Entity[]>> = {};
      for (const kind of kinds) directory[kind] = await readListing(client, kind, signal);
      return { directory: directory satisfies Directory };
    },
  };
}

async function readListing(client: ApiClient, kind: EntityKind, signal: AbortSignal): Promise<Entity[]> {
  const byId = new Map<string, Entity>();
  for (let number = 1; number <= MAX_PAGES; number++) {
    const { json } = await client.get(`${LISTINGS[kind]}pageSize=${PAGE_SIZE}&pageNumber=${number}`, signal);
    const { entities, pageCount } = parseListing(json, kind);
    const before = byId.size;
    for (const entity of entities) byId.set(entity.id, entity);
    if (entities.length === 0 || number >= pageCount) return [...byId.values()];
    if (byId.size === before) break;
  }
  throw new ReportError(
    "genesys.unexpected_answer",
    `The listing of ${ENTITY_WORDS[kind]} names repeats itself and does not end`,
    {
      hint: "Run again; a list that is cut short would show ids where names belong.",
    },
  );
}

function parseListing(json: unknown, kind: EntityKind): { entities: Entity[]; pageCount: number } {
  const { entities, pageCount } = json as { entities?: unknown; pageCount?: unknown };
  if (!Array.isArray(entities))
    throw new ReportError("genesys.unexpected_answer", `The listing of ${ENTITY_WORDS[kind]} names has no entities`);
  return {
    entities: entities.flatMap((entity: unknown) => {
      const { id, name } = (entity ?? {}) as { id?: unknown; name?: unknown };
      return typeof id === "string" && typeof name === "string" ? [{ id, name }] : [];
    }),
    pageCount: typeof pageCount === "number" ? pageCount : Number.POSITIVE_INFINITY,
  };
}
