/**
 * The parser's tree of an expression becomes ours, node by node. Only what stands in the lists below gets through:
 * numbers, texts, measures, fields inside aggregates, arithmetic, comparison, CASE and a few functions. Everything else
 * (a subquery, a table, a cast, a window, another function) is refused where it stands.
 */
import type { Expression, Operation } from "../domain/expression.ts";
import { exact } from "../domain/exact.ts";
import { suggestion } from "../support/did-you-mean.ts";
import type { ParsedSql } from "./expression-parser.ts";
import { kindOf } from "./expression-units.ts";
import { RefusedExpression } from "./refused-expression.ts";
import { objectAt, type RawNode, requireExpressionOnly, requireKeys } from "./raw-expression.ts";

/** What names mean, and how an aggregate becomes a measure. */
export interface Names {
  readonly measureOf: (name: string) => Expression | string;
  readonly fieldOf: (path: string) => Expression | string;
  readonly aggregateOf: (name: Aggregate, of: Expression, where: Expression | undefined) => Expression | string;
}

/** Functions that look at every unit of a group. */
export type Aggregate = "sum" | "avg" | "min" | "max" | "count";

const AGGREGATES: ReadonlySet<string> = new Set<Aggregate>(["sum", "avg", "min", "max", "count"]);

/** Functions by their name in SQL, with how many values they take. */
const FUNCTIONS: ReadonlyMap<string, readonly [operation: Operation, least: number, most: number]> = new Map([
  ["+", ["+", 1, 2]],
  ["-", ["-", 1, 2]],
  ["*", ["*", 2, 2]],
  ["/", ["/", 2, 2]],
  ["%", ["%", 2, 2]],
  ["abs", ["abs", 1, 1]],
  ["sign", ["sign", 1, 1]],
  ["floor", ["floor", 1, 1]],
  ["ceil", ["ceil", 1, 1]],
  ["ceiling", ["ceil", 1, 1]],
  ["round", ["round", 1, 2]],
  ["greatest", ["greatest", 1, 50]],
  ["least", ["least", 1, 50]],
  ["nullif", ["nullif", 2, 2]],
]);

const COMPARISONS: ReadonlyMap<string, Operation> = new Map([
  ["COMPARE_EQUAL", "="],
  ["COMPARE_NOTEQUAL", "<>"],
  ["COMPARE_LESSTHAN", "<"],
  ["COMPARE_LESSTHANOREQUALTO", "<="],
  ["COMPARE_GREATERTHAN", ">"],
  ["COMPARE_GREATERTHANOREQUALTO", ">="],
]);

const FUNCTION_KEYS = "function_name schema catalog children filter order_bys distinct is_operator export_state".split(
  " ",
);

const MOST_NODES = 200;
const MOST_DEPTH = 32;
const MOST_DECIMALS = 9;

/** The expression; throws `RefusedExpression` with the byte at which it is wrong. */
export function checkExpression({ json, prefixBytes }: ParsedSql, names: Names): Expression {
  const root = requireExpressionOnly(json, prefixBytes);
  let nodes = 0;

  /** What is wrong inside is told first, at its own place. */
  function read(raw: unknown, depth: number, within: Aggregate | undefined, near: number): Expression {
    const node = objectAt(raw, near, prefixBytes);
    const expression = readNode(node, depth, within);
    const kind = kindOf(expression);
    if (typeof kind === "object" && "wrong" in kind) throw new RefusedExpression(kind.wrong, node.at);
    return expression;
  }

  function readNode(node: RawNode, depth: number, within: Aggregate | undefined): Expression {
    nodes += 1;
    if (nodes > MOST_NODES) throw new RefusedExpression(`Cannot use more than ${MOST_NODES} parts.`, node.at);
    if (depth > MOST_DEPTH)
      throw new RefusedExpression(`Cannot use parts within parts more than ${MOST_DEPTH} times.`, node.at);
    const below = (child: unknown): Expression => read(child, depth + 1, within, node.at);
    if (node.json.alias !== "") throw new RefusedExpression("Cannot name a part of an expression.", node.at);
    switch (node.json.class) {
      case "CONSTANT":
        return constantOf(node);
      case "COLUMN_REF":
        return leafOf(node, within);
      case "FUNCTION":
        return functionOf(node, depth, within, below);
      case "COMPARISON": {
        requireKeys(node, "left", "right");
        const operation = COMPARISONS.get(String(node.json.type));
        return operation ? call(operation, [node.json.left, node.json.right].map(below)) : refuse(node);
      }
      case "CONJUNCTION":
        requireKeys(node, "children");
        return call(node.json.type === "CONJUNCTION_OR" ? "or" : "and", listOf(node.json.children).map(below));
      case "BETWEEN":
        requireKeys(node, "input", "lower", "upper");
        return call("between", [node.json.input, node.json.lower, node.json.upper].map(below));
      case "OPERATOR":
        requireKeys(node, "children");
        return operatorOf(node, listOf(node.json.children).map(below));
      case "CASE":
        return caseOf(node, below);
      default:
        return refuse(node);
    }
  }

  function functionOf(
    node: RawNode,
    depth: number,
    within: Aggregate | undefined,
    below: (child: unknown) => Expression,
  ): Expression {
    requireKeys(node, ...FUNCTION_KEYS);
    const { function_name: name, schema, catalog, children, filter, order_bys: order, distinct } = node.json;
    const plain = distinct === false && schema === "" && catalog === "" && node.json.export_state === false;
    const unordered = JSON.stringify(order) === '{"type":"ORDER_MODIFIER","orders":[]}';
    if (typeof name !== "string" || !plain || !unordered) return refuse(node);
    if (AGGREGATES.has(name)) return aggregateOf(node, name as Aggregate, depth, within);
    const known = FUNCTIONS.get(name);
    const values = listOf(children);
    if (known === undefined || filter !== null)
      throw new RefusedExpression(`Cannot use ${shownName(name)}.${nearFunction(name)}`, node.at);
    const [operation, least, most] = known;
    if (values.length < least || values.length > most)
      throw new RefusedExpression(`"${name}" takes ${least === most ? least : `${least} to ${most}`} values.`, node.at);
    const of = values.map(below);
    if (operation === "round" && of[1] !== undefined) requireDecimals(of[1], node);
    return call(operation, of);
  }

  function aggregateOf(node: RawNode, name: Aggregate, depth: number, within: Aggregate | undefined): Expression {
    if (within !== undefined)
      throw new RefusedExpression(`Cannot use "${name}" inside "${within}": each looks at every unit.`, node.at);
    const [value, ...others] = listOf(node.json.children);
    if (value === undefined || others.length > 0) throw new RefusedExpression(`"${name}" takes one value.`, node.at);
    const of = read(value, depth + 1, name, node.at);
    const where = node.json.filter === null ? undefined : read(node.json.filter, depth + 1, name, node.at);
    return orRefuse(names.aggregateOf(name, of, where), node);
  }

  function leafOf(node: RawNode, within: Aggregate | undefined): Expression {
    requireKeys(node, "column_names");
    const words = listOf(node.json.column_names).map(String);
    return orRefuse(within === undefined ? names.measureOf(words.join(".")) : names.fieldOf(words.join(".")), node);
  }

  return read(root, 1, undefined, 0);
}

function constantOf(node: RawNode): Expression {
  requireKeys(node, "value");
  const { type, is_null: missing, value } = objectAt(node.json.value, node.at, 0).json;
  const { id, type_info: info } = objectAt(type, node.at, 0).json;
  if (id === "VARCHAR" && missing === false && typeof value === "string") return { kind: "text", value };
  const isWhole = id === "INTEGER" || id === "BIGINT";
  const scale = id === "DECIMAL" ? Number(objectAt(info, node.at, 0).json.scale) : 0;
  if (
    missing !== false ||
    !(isWhole || id === "DECIMAL") ||
    !Number.isSafeInteger(value) ||
    !(scale >= 0 && scale <= 15)
  )
    throw new RefusedExpression(
      "Cannot use this constant. Write a number such as 100 or 0.5, or a text such as 'voice'.",
      node.at,
    );
  const number = exact(BigInt(Number(value)), 10n ** BigInt(scale));
  return number ? { kind: "number", value: number } : refuse(node);
}

function operatorOf(node: RawNode, of: readonly Expression[]): Expression {
  switch (node.json.type) {
    case "OPERATOR_NOT":
      return call("not", of);
    case "OPERATOR_IS_NULL":
      return call("is_null", of);
    case "OPERATOR_IS_NOT_NULL":
      return call("not", [call("is_null", of)]);
    case "OPERATOR_COALESCE":
      return call("coalesce", of);
    case "COMPARE_IN":
      return call("in", of);
    case "COMPARE_NOT_IN":
      return call("not", [call("in", of)]);
    default:
      return refuse(node);
  }
}

function caseOf(node: RawNode, below: (child: unknown) => Expression): Expression {
  requireKeys(node, "case_checks", "else_expr");
  const branches = listOf(node.json.case_checks).map((raw) => {
    const { when_expr: when, then_expr: result } = objectAt(raw, node.at, 0).json;
    return { when: below(when), result: below(result) };
  });
  return { kind: "case", branches, ...(isNull(node.json.else_expr) ? {} : { otherwise: below(node.json.else_expr) }) };
}

/** Without ELSE the parser writes a constant null. */
function isNull(raw: unknown): boolean {
  const { json } = objectAt(raw, 0, 0);
  return json.class === "CONSTANT" && objectAt(json.value, 0, 0).json.is_null === true;
}

function requireDecimals(decimals: Expression, node: RawNode): void {
  const isFit =
    decimals.kind === "number" &&
    decimals.value.denominator === 1n &&
    decimals.value.numerator >= 0n &&
    decimals.value.numerator <= BigInt(MOST_DECIMALS);
  if (!isFit) throw new RefusedExpression(`"round" takes decimals from 0 to ${MOST_DECIMALS}, as a number.`, node.at);
}

function call(operation: Operation, of: readonly Expression[]): Expression {
  return { kind: "call", operation, of };
}

function orRefuse(found: Expression | string, node: RawNode): Expression {
  if (typeof found === "string") throw new RefusedExpression(found, node.at);
  return found;
}

function refuse(node: RawNode): never {
  const words: Readonly<Record<string, string>> = {
    SUBQUERY: "a query within an expression",
    CAST: "true, false or a change of type",
    STAR: "*",
    WINDOW: "a window",
    LAMBDA: "a function of one's own",
    PARAMETER: "a parameter",
  };
  const what = words[String(node.json.class)] ?? "this";
  throw new RefusedExpression(
    `Cannot use ${what} in an expression. It is made of measures, numbers, + - * / %, comparisons, CASE and ${[...FUNCTIONS.keys()].filter((name) => /\w/.test(name)).join(", ")}, coalesce; ${[...AGGREGATES].join(", ")} take fields.`,
    node.at,
  );
}

function shownName(name: string): string {
  return name === "count_star" ? "count(*)" : `the function "${name}"`;
}

function nearFunction(name: string): string {
  if (name === "count_star") return " Use conversation_count, offered or handled.";
  return suggestion(name, [...FUNCTIONS.keys(), ...AGGREGATES, "coalesce"]);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
