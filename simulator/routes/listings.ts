/**
 * The lists that give names to ids: queues, users, wrap-up codes, skills, languages, divisions and flows, page by page,
 * and the calls for one of them. Divisions hide entities without a word, as they hide conversations.
 */
import type { Centre, Entity } from "../conversations/centre.ts";
import type { Switches } from "../switches.ts";
import { type Answer, checkUuid, jsonAnswer, notFound, refuse } from "./answer.ts";
import { pageOfEntities } from "./listing-page.ts";
import type { Route, RouteRequest } from "./route.ts";

const USER_IDS_MAXIMUM = 100;

/** All lists of names, and one entity by id where the API has that. */
export function listingRoutes(centre: Centre, switches: Switches): Route[] {
  const list = (path: string, entities: readonly Entity[], narrow: Narrow = (all) => all): Route => ({
    method: "GET",
    path,
    answer: (request) => {
      const chosen = narrow(choose(entities, request), request);
      return pageOfEntities(
        chosen.map((entity) => shown(entity, path)),
        request,
        switches,
      );
    },
  });
  return [
    list("/api/v2/routing/queues", centre.queues),
    list("/api/v2/routing/queues/divisionviews/all", centre.queues),
    byId("/api/v2/routing/queues/{queueId}", "queueId", centre.queues),
    list("/api/v2/users", centre.users, usersInState),
    byId("/api/v2/users/{userId}", "userId", centre.users),
    list("/api/v2/routing/wrapupcodes", centre.wrapUpCodes),
    byId("/api/v2/routing/wrapupcodes/{codeId}", "codeId", centre.wrapUpCodes),
    list("/api/v2/routing/skills", centre.skills),
    list("/api/v2/routing/languages", centre.languages),
    list("/api/v2/authorization/divisions", centre.divisions),
    list("/api/v2/flows", centre.flows, flowsOfKind),
  ];
}

type Narrow = (entities: readonly Entity[], request: RouteRequest) => readonly Entity[];

function byId(path: string, parameter: string, entities: readonly Entity[]): Route {
  return {
    method: "GET",
    path,
    answer(request): Answer {
      const id = checkUuid(parameter, request.params[parameter] ?? "");
      const found = entities.find((entity) => entity.id === id && isInSight(entity, request));
      return found === undefined ? notFound() : jsonAnswer(shown(found, path.replace(/\/\{\w+\}$/, "")));
    },
  };
}

/** Applies what all lists can be asked for: ids, a name with `*` at its ends, divisions. */
function choose(entities: readonly Entity[], request: RouteRequest): readonly Entity[] {
  const ids = new Set(request.query.getAll("id"));
  const divisionIds = new Set(request.query.getAll("divisionId"));
  const matchesName = nameTest(request.query.get("name"));
  return entities.filter(
    (entity) =>
      isInSight(entity, request) &&
      (ids.size === 0 || ids.has(entity.id)) &&
      (divisionIds.size === 0 || divisionIds.has(divisionOf(entity) ?? "")) &&
      matchesName(entity.name),
  );
}

function usersInState(users: readonly Entity[], { query }: RouteRequest): readonly Entity[] {
  if (query.getAll("id").length > USER_IDS_MAXIMUM) {
    throw refuse(400, "max.user.ids", `Only ${USER_IDS_MAXIMUM} users can be requested at a time.`);
  }
  // Whoever has left is not listed unless asked for: the reason why reports over the past show bare ids.
  const state = query.get("state") ?? "active";
  return state === "any" ? users : users.filter((user) => (user.state ?? "active") === state);
}

function flowsOfKind(flows: readonly Entity[], { query }: RouteRequest): readonly Entity[] {
  const types = new Set(query.getAll("type").map((type) => type.toUpperCase()));
  const withDeleted = query.get("deleted") === "true";
  return flows.filter(
    (flow) => (types.size === 0 || types.has(String(flow.type))) && (withDeleted || flow.deleted !== true),
  );
}

function nameTest(pattern: string | null): (name: string) => boolean {
  if (pattern === null || pattern === "") return () => true;
  const wanted = pattern.replace(/^\*|\*$/g, "").toLowerCase();
  const [openStart, openEnd] = [pattern.startsWith("*"), pattern.length > 1 && pattern.endsWith("*")];
  return (name) => {
    const found = name.toLowerCase();
    if (openStart && openEnd) return found.includes(wanted);
    if (openStart) return found.endsWith(wanted);
    return openEnd ? found.startsWith(wanted) : found === wanted;
  };
}

function isInSight(entity: Entity, { divisionIds }: RouteRequest): boolean {
  const division = divisionOf(entity);
  return divisionIds === undefined || division === undefined || divisionIds.has(division);
}

function divisionOf(entity: Entity): string | undefined {
  const { division } = entity;
  const id: unknown = typeof division === "object" && division !== null ? Reflect.get(division, "id") : undefined;
  return typeof id === "string" ? id : undefined;
}

function shown(entity: Entity, path: string): Entity {
  return { ...entity, selfUri: `${path.replace(/\/divisionviews\/all$/, "")}/${entity.id}` };
}
