/**
 * The vendor's limits that callsheet keeps, each with where its figure comes from. Where the service tells its own
 * figure at run time, that one leads; what stands here is what holds until then, or when it does not tell.
 */

/** One limit. */
export interface ServiceLimit {
  readonly value: number;
  readonly unit: string;
  /** Where the figure comes from, in words. */
  readonly source: string;
}

/** All limits; the table of docs/sources.md is made of it. */
export const SERVICE_LIMITS = {
  requestsPerMinute: {
    value: 300,
    unit: "requests a minute for one client-credentials token",
    source:
      "the vendor's limits page; the organisation's limits (`client.credentials.token.rate.per.minute`) and the headers of its answers lead",
  },
  requestBytes: {
    value: 512_000,
    unit: "bytes of a request body",
    source: "the vendor's limits page (`request.bytes.max`); a 413 leads",
  },
  detailsPageSize: {
    value: 100,
    unit: "conversations a page of the details query",
    source: "the vendor's own data exporter",
  },
  detailsQueryHits: {
    value: 100_000,
    unit: "conversations a details query pages through",
    source: 'error text of the service: "Pagination may not exceed 100000 results."',
  },
  unfilteredQueryDays: {
    value: 7,
    unit: "days a details query without a filter may span",
    source: "the vendor's developer documentation, and its error text",
  },
  filteredQueryDays: {
    value: 31,
    unit: "days a details query with a filter may span",
    source: "the vendor's developer documentation, and its error text",
  },
  jobDays: {
    value: 31,
    unit: "days of one details job",
    source: "not documented; a month is what a query may span",
  },
  jobPageSize: {
    value: 1000,
    unit: "conversations a page of job results",
    source: "independent connectors in production read pages of this size; the maximum is not documented",
  },
  idsAtOnce: {
    value: 50,
    unit: "conversations asked for by id in one request",
    source: "our choice; the service's maximum is not documented",
  },
  listingPageSize: {
    value: 500,
    unit: "entities a page of a listing",
    source:
      "named by the vendor for one listing, used by independent connectors for others; the page size of the answer leads",
  },
  tokenSeconds: {
    value: 86_400,
    unit: "seconds a token lives",
    source: "the vendor's default for an OAuth client; `expires_in` of the answer leads",
  },
  tokenSecondsMost: {
    value: 172_800,
    unit: "seconds a token may live",
    source: "the vendor's description of an OAuth client",
  },
  retryAfterSecondsMost: {
    value: 180,
    unit: "seconds of Retry-After that are waited for",
    source: "the vendor's own clients do not wait longer: such a limit is one of days",
  },
} as const satisfies Record<string, ServiceLimit>;
