/**
 * The body of a details query after it was validated against the OpenAPI file: schema `ConversationQuery` with only
 * what the evaluation reads. One predicate type serves all five kinds of filters; the schema has seen to it that each
 * kind carries its own words.
 */
export interface DetailsQuery {
  readonly interval: string;
  readonly order?: "asc" | "desc" | "unordered";
  readonly orderBy?: "conversationStart" | "conversationEnd" | "segmentStart" | "segmentEnd";
  readonly paging?: { readonly pageSize: number; readonly pageNumber: number };
  readonly conversationFilters?: readonly QueryFilter[];
  readonly segmentFilters?: readonly QueryFilter[];
  readonly evaluationFilters?: readonly QueryFilter[];
  readonly surveyFilters?: readonly QueryFilter[];
  readonly resolutionFilters?: readonly QueryFilter[];
  readonly aggregations?: readonly QueryFacet[];
}

/** One entry of a filter array: clauses and predicates, joined by `type`. */
export interface QueryFilter {
  readonly type: "and" | "or";
  readonly clauses?: readonly QueryClause[];
  readonly predicates?: readonly QueryPredicate[];
}

/** The second and last level of a filter. */
interface QueryClause {
  readonly type: "and" | "or";
  readonly predicates: readonly QueryPredicate[];
}

/** One condition on a dimension, a metric or a property. */
export interface QueryPredicate {
  readonly type?: "dimension" | "metric" | "property";
  readonly dimension?: string;
  readonly metric?: string;
  readonly property?: string;
  readonly propertyType?: "bool" | "integer" | "real" | "date" | "string" | "uuid";
  readonly operator?: "matches" | "exists" | "notExists";
  readonly value?: string;
  readonly range?: QueryRange;
}

/** Milliseconds for `t…` metrics, counts for `n…`, epoch milliseconds for dates. */
export interface QueryRange {
  readonly gt?: number;
  readonly gte?: number;
  readonly lt?: number;
  readonly lte?: number;
}

/** A count over all matches that comes with the rows. */
export interface QueryFacet {
  readonly type?: "termFrequency" | "numericRange";
  readonly dimension?: string;
  readonly metric?: string;
  readonly size?: number;
  readonly ranges?: readonly { readonly gte?: number; readonly lt?: number }[];
}

/** What is wrong with a query although its shape is right; the routes answer it with status 400. */
export class QueryRefused extends Error {
  /** The `code` of the vendor's ErrorBody. */
  readonly code: string;

  constructor(message: string, code = "bad.request") {
    super(message);
    this.code = code;
  }
}
