/** The port to a parser of SQL. */

/** What `json_serialize_sql` made of a text behind so many bytes of ours: the tree of its statement, or an error. */
export interface ParsedSql {
  readonly json: unknown;
  readonly prefixBytes: number;
}

/** Parses texts, each on its own, by text; runs nothing of them. It is given only texts that `admit-expression` lets through. */
export type ExpressionParser = (texts: readonly string[]) => Promise<ReadonlyMap<string, ParsedSql>>;
