/**
 * Pages of conversations from the details query. Page numbers are all that the service offers, so what comes is
 * checked: an answer of another shape is no empty page, and a page that came before is no further page.
 */
import { createHash } from "node:crypto";
import { ReportError } from "../domain/errors.ts";
import type { Page } from "../domain/page.ts";
import { DETAILS_PATHS, type DetailsQueryBody, detailsQueryBody, type QueryPlan } from "../domain/query-plan.ts";
import { SERVICE_LIMITS } from "../domain/service-limits.ts";
import type { PageSource } from "../extract/page-source.ts";
import type { ApiClient } from "./api-client.ts";
import { createPageDecoder, DecodedPage } from "./decode-page.ts";
import { OverwhelmedError } from "./overwhelmed-error.ts";
import type { Answer, Decode } from "./strict-exchange.ts";

const PATH = DETAILS_PATHS.details_query;

/** The service refuses to page further than this. */
const MAX_HITS = SERVICE_LIMITS.detailsQueryHits.value;

/** What an answer of the details query may hold; an answer with other members and none of these is another thing. */
const KNOWN_MEMBERS = new Set(["conversations", "totalHits", "aggregations"]);

/** Makes the details query's part of the page source on an API client. */
export function createDetailsSource(client: ApiClient): Pick<PageSource, "pages"> {
  return {
    async *pages(plan, slice, { after }, signal) {
      const seen = new Set<string>(after?.cursor === undefined ? [] : [after.cursor]);
      const decode = createPageDecoder(plan.needs);
      const fetchPage = async (number: number): Promise<Page & { readonly cursor: string }> => {
        const page = parsePage(await ask(client, detailsQueryBody(plan, slice, number), signal, decode), number);
        // The conversations of a page are what a page that is served for another one is known by.
        return { ...page, cursor: fingerprint(page) };
      };

      if (after !== undefined) expectMore(after.number, plan);
      for (let number = (after?.number ?? 0) + 1; ; number++) {
        let page = await fetchPage(number);
        // The service may have been between two states: once more, then it is going round.
        if (seen.has(page.cursor)) page = await fetchPage(number);
        if (seen.has(page.cursor)) throw goingRound(number);
        if (page.records.length > 0) seen.add(page.cursor);

        if (number === 1 && (page.totalHits ?? 0) > MAX_HITS) throw tooMany(`${page.totalHits}`);
        const last = isLast(page, plan);
        if (countOf(page) > 0 || number === 1) yield { ...page, isLast: last };
        if (last) return;
        expectMore(number, plan);
      }
    },
  };
}

/** Asks for a page; a question that the service fails over again and again is too large. */
async function ask(client: ApiClient, body: DetailsQueryBody, signal: AbortSignal, decode: Decode): Promise<Answer> {
  try {
    return await client.post(PATH, body, signal, decode);
  } catch (error) {
    if (!(error instanceof OverwhelmedError)) throw error;
    throw new ReportError("genesys.query_too_large", error.message, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.correlationId === undefined ? {} : { correlationId: error.correlationId }),
      cause: error,
    });
  }
}

/** Absent, null and empty `conversations` all mean that there are no more. */
function parsePage({ json, sizeBytes, headers }: Answer, number: number): Page {
  const correlationId = headers["inin-correlation-id"];
  if (!(json instanceof DecodedPage)) throw otherShape("a list", correlationId);
  const { members, entries = [] } = json;
  const keys = Object.keys(members);
  const conversations = members["conversations"] ?? [];
  if (!Array.isArray(conversations) || (keys.length > 0 && !keys.some((key) => KNOWN_MEMBERS.has(key))))
    throw otherShape(keys.slice(0, 5).join(", "), correlationId);
  const records = entries.filter((entry) => "id" in entry);
  const rejects = entries.filter((entry) => "reason" in entry);
  const { totalHits } = members;
  if (typeof totalHits === "number") return { number, totalHits, records, rejects, sizeBytes };
  // Nothing would bound the paging through such answers.
  if (records.length === 0 && rejects.length > 0) throw otherShape("a list of something else", correlationId);
  return { number, records, rejects, sizeBytes };
}

function otherShape(shape: string, correlationId: string | undefined): ReportError {
  return new ReportError(
    "genesys.unexpected_answer",
    `The details query answered with ${shape} instead of conversations`,
    {
      hint: "Check genesys.apiUrl; an answer of another shape is never an empty report.",
      ...(correlationId === undefined ? {} : { correlationId }),
    },
  );
}

/**
 * The last page is empty, or covers what the service says there is. Its count is approximate and may be too low, so
 * a full page is not taken for the last one where a further one can be asked for. A short page proves nothing.
 */
function isLast(page: Page, { pageSize }: QueryPlan): boolean {
  if (countOf(page) === 0) return true;
  if (page.totalHits === undefined || page.number * pageSize < page.totalHits) return false;
  return countOf(page) < pageSize || page.number * pageSize === MAX_HITS;
}

/** Behind the last page that the service serves there are more only in narrower slices. */
function expectMore(number: number, { pageSize }: QueryPlan): void {
  if (number * pageSize >= MAX_HITS) throw tooMany(`more than ${MAX_HITS}`);
}

function countOf({ records, rejects }: Page): number {
  return records.length + rejects.length;
}

/** The same for pages of the same conversations in whatever order. */
function fingerprint({ records }: Page): string {
  const ids = records.map(({ id }) => id).sort();
  return createHash("sha256").update(JSON.stringify(ids)).digest("base64");
}

function goingRound(number: number): ReportError {
  return new ReportError(
    "genesys.unexpected_answer",
    `Page ${number} of the details query brings the conversations of an earlier page, twice in a row`,
    { hint: "Run again. Nothing is called complete that was not." },
  );
}

function tooMany(count: string): ReportError {
  return new ReportError(
    "genesys.query_too_large",
    `${count} conversations in one slice; the service pages through ${MAX_HITS}`,
  );
}
