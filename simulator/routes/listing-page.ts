/**
 * One page of a listing with the links around it. The page size asked for is lowered to the maximum without a word:
 * a client goes by the `pageSize` of the answer.
 */
import type { Entity } from "../conversations/centre.ts";
import type { Switches } from "../switches.ts";
import { type Answer, jsonAnswer, refuse } from "./answer.ts";
import type { RouteRequest } from "./route.ts";

const DEFAULT_PAGE_SIZE = 25;

/** Sorts by name, cuts the page that `request` asks for and adds the links. */
export function pageOfEntities(entities: readonly Entity[], request: RouteRequest, switches: Switches): Answer {
  const asked = wholeNumber(request.query, "pageSize", DEFAULT_PAGE_SIZE);
  const pageSize = Math.min(asked, switches.listingPageSizeMaximum);
  const pageNumber = wholeNumber(request.query, "pageNumber", 1);
  const pageCount = Math.ceil(entities.length / pageSize);
  const linkTo = (page: number): string => linkOf(request, pageSize, page);
  return jsonAnswer({
    entities: sorted(entities, request.query).slice((pageNumber - 1) * pageSize, pageNumber * pageSize),
    pageSize,
    pageNumber,
    total: entities.length,
    ...(pageNumber < pageCount ? { nextUri: linkTo(pageNumber + 1) } : {}),
    ...(pageNumber > 1 ? { previousUri: linkTo(pageNumber - 1) } : {}),
    lastUri: linkTo(Math.max(1, pageCount)),
    firstUri: linkTo(1),
    selfUri: linkTo(pageNumber),
    pageCount,
  });
}

function sorted(entities: readonly Entity[], query: URLSearchParams): readonly Entity[] {
  const ascending = entities.toSorted((left, right) =>
    left.name === right.name ? compare(left.id, right.id) : compare(left.name, right.name),
  );
  return /^desc/i.test(query.get("sortOrder") ?? "") ? ascending.reverse() : ascending;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

function wholeNumber(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  const number = text === null ? otherwise : Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw refuse(400, "bad.request", `Query parameter [${name}] must be at least 1`);
}

function linkOf({ url }: RouteRequest, pageSize: number, pageNumber: number): string {
  const link = new URL(url, "http://localhost");
  link.searchParams.set("pageSize", String(pageSize));
  link.searchParams.set("pageNumber", String(pageNumber));
  return link.pathname + link.search;
}
