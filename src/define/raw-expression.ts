/** The JSON that the parser makes, held against what one expression looks like. */
import { RefusedExpression } from "./refused-expression.ts";

/** A node as the parser wrote it, and the byte of the expression at which it stands. */
export interface RawNode {
  readonly json: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/** Keys that every node has. */
const COMMON = new Set(["class", "type", "alias", "query_location"]);

/** A statement of one bare expression, but for the expression. Whatever else a statement can have makes it another. */
const BARE =
  '{"type":"SELECT_NODE","modifiers":[],"cte_map":{"map":[]},"select_list":[],"from_table":{"type":"EMPTY","alias":"","sample":null,"query_location":0},"where_clause":null,"group_expressions":[],"group_sets":[],"aggregate_handling":"STANDARD_HANDLING","having":null,"sample":null,"qualify":null}';

/** The one expression of the one statement; throws what the parser found wrong. */
export function requireExpressionOnly(json: unknown, prefixBytes: number): unknown {
  const parsed = objectAt(json, 0, prefixBytes).json;
  if (parsed.error === true) throw syntaxError(parsed, prefixBytes);
  const [statement, ...others] = Array.isArray(parsed.statements) ? parsed.statements : [];
  const { node } = objectAt(statement, 0, prefixBytes).json;
  const { json: select } = objectAt(node, 0, prefixBytes);
  const [expression, ...more]: readonly unknown[] = Array.isArray(select.select_list) ? select.select_list : [];
  const table = objectAt(select.from_table, 0, prefixBytes).json;
  const bare = JSON.stringify({ ...select, select_list: [], from_table: { ...table, query_location: 0 } });
  if (others.length > 0 || more.length > 0 || bare !== BARE)
    throw new RefusedExpression("Write one expression, such as hold_ratio * 100, and no statement around it.", 0);
  return expression;
}

function syntaxError({ error_message: message, position }: RawNode["json"], prefixBytes: number): RefusedExpression {
  const at = Number(position ?? prefixBytes) - prefixBytes;
  const words = String(message).split("\n", 1)[0] ?? "";
  return new RefusedExpression(`Cannot read the expression: ${words}.`, Math.max(0, at));
}

/** The object, and its place: its own where it has one, else that of what is around it. */
export function objectAt(value: unknown, near: number, prefixBytes: number): RawNode {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new RefusedExpression("Cannot use this in an expression.", near);
  const json = value as Readonly<Record<string, unknown>>;
  const location = json.query_location;
  const isPlace = typeof location === "number" && Number.isSafeInteger(location) && location >= prefixBytes;
  return { json, at: isPlace && prefixBytes > 0 ? location - prefixBytes : near };
}

/** Refuses a node that has anything beside these keys and those that every node has. */
export function requireKeys({ json, at }: RawNode, ...keys: readonly string[]): void {
  if (Object.keys(json).some((key) => !COMMON.has(key) && !keys.includes(key)))
    throw new RefusedExpression("Cannot use this in an expression.", at);
}
