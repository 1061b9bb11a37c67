// In: the conditions of one statement and the facts of one access. Out: whether all of them hold. A key that the
// access has no value for fails a positive operator and passes a negated one, as in IAM; "…IfExists" passes it.

import { BlockList, isIP } from "node:net";
import { fits } from "./wildcard.ts";

/** One operator on one key; several values are alternatives. */
export interface Condition {
  readonly operator: string;
  /** In lower case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** All conditions of a statement; all must hold. */
export type Conditions = readonly Condition[];

type Test = (fact: string, value: string) => boolean;

const same: Test = (fact, value) => fact === value;
const sameFolded: Test = (fact, value) => fact.toLowerCase() === value.toLowerCase();
const like: Test = (fact, value) => fits(value, fact);
const numeric =
  (holds: (left: number, right: number) => boolean): Test =>
  (fact, value) =>
    holds(Number(fact), Number(value));
const dated =
  (holds: (left: number, right: number) => boolean): Test =>
  (fact, value) =>
    holds(asInstant(fact), asInstant(value));

const positive: Readonly<Record<string, Test>> = {
  StringEquals: same,
  StringEqualsIgnoreCase: sameFolded,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  Bool: sameFolded,
  IpAddress: isInRange,
  NumericEquals: numeric((left, right) => left === right),
  NumericLessThan: numeric((left, right) => left < right),
  NumericLessThanEquals: numeric((left, right) => left <= right),
  NumericGreaterThan: numeric((left, right) => left > right),
  NumericGreaterThanEquals: numeric((left, right) => left >= right),
  DateEquals: dated((left, right) => left === right),
  DateLessThan: dated((left, right) => left < right),
  DateLessThanEquals: dated((left, right) => left <= right),
  DateGreaterThan: dated((left, right) => left > right),
  DateGreaterThanEquals: dated((left, right) => left >= right),
};

const negative: Readonly<Record<string, Test>> = {
  StringNotEquals: same,
  StringNotEqualsIgnoreCase: sameFolded,
  StringNotLike: like,
  ArnNotEquals: like,
  ArnNotLike: like,
  NotIpAddress: isInRange,
  NumericNotEquals: numeric((left, right) => left === right),
  DateNotEquals: dated((left, right) => left === right),
};

/** Whether a word is an operator that this store evaluates. */
export function isConditionOperator(word: string): boolean {
  return word === "Null" || findTest(word) !== undefined;
}

/** Whether an operator narrows an access to the listed values (and not, say, to everything but them). */
export function isPositive(operator: string): boolean {
  return Object.hasOwn(positive, operator);
}

/** Whether all conditions hold. */
export function matchesConditions(conditions: Conditions, facts: ReadonlyMap<string, string>): boolean {
  return conditions.every(({ operator, key, values }) => {
    const fact = facts.get(key);
    if (operator === "Null") return values.some((value) => (value.toLowerCase() === "true") === (fact === undefined));
    const { test, negated, passesAbsent } = findTest(operator) ?? {
      test: () => false,
      negated: false,
      passesAbsent: false,
    };
    if (fact === undefined) return passesAbsent || negated;
    return values.some((value) => test(fact, value)) !== negated;
  });
}

function findTest(operator: string): { test: Test; negated: boolean; passesAbsent: boolean } | undefined {
  const passesAbsent = operator.endsWith("IfExists");
  const plain = passesAbsent ? operator.slice(0, -"IfExists".length) : operator;
  const negated = Object.hasOwn(negative, plain);
  const test = negated ? negative[plain] : Object.hasOwn(positive, plain) ? positive[plain] : undefined;
  return test === undefined ? undefined : { test, negated, passesAbsent };
}

function asInstant(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function isInRange(address: string, range: string): boolean {
  const [network = "", prefix] = range.split("/");
  const version = isIP(network);
  if (version === 0 || isIP(address) === 0) return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(network, prefix === undefined ? (version === 4 ? 32 : 128) : Number(prefix), family);
  return list.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
}
