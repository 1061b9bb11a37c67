// In: the JSON of a bucket policy, and later one access with its facts. Out: a frozen policy, or the reason why S3
// would refuse it; and whether the policy allows, denies or leaves open that access. The language is the part of IAM's
// that bucket policies for exports need: principals, actions, resources and the condition operators below.

import { type Conditions, isConditionOperator, matchesConditions } from "./policy-conditions.ts";
import { S3Error } from "./s3-error.ts";
import { accountOf, type Principal, userArn } from "./users.ts";
import { fits } from "./wildcard.ts";

/** A policy that was accepted; `text` is what was put, byte for byte. */
export interface Policy {
  readonly text: string;
  readonly statements: readonly Statement[];
}

/** One statement of a policy. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly principals: PrincipalPattern;
  readonly actions: Pattern;
  readonly resources: Pattern;
  readonly conditions: Conditions;
}

/** Matches when a pattern fits, or, negated, when none does. */
interface Pattern {
  readonly negated: boolean;
  readonly patterns: readonly string[];
}

/** "*" is everybody, also those without credentials. */
interface PrincipalPattern {
  readonly negated: boolean;
  readonly names: readonly string[];
}

/** One access: who does what to what, and the facts that conditions ask for, by lower-case key. */
export interface Access {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly facts: ReadonlyMap<string, string>;
}

/** Reads a policy for a bucket; throws `MalformedPolicy` with the reason. */
export function parsePolicy(text: string, bucketName: string): Policy {
  const document = asRecord(parseJson(text), "Policies must be valid JSON and the first byte must be '{'");
  if (document.Version !== undefined && document.Version !== "2012-10-17" && document.Version !== "2008-10-17") {
    throw malformed("The policy must contain a valid version string");
  }
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  if (statements.length === 0) throw malformed("Could not parse the policy: Statement is empty!");
  return Object.freeze({ text, statements: statements.map((statement) => parseStatement(statement, bucketName)) });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseStatement(value: unknown, bucketName: string): Statement {
  const statement = asRecord(value, "Missing required field Statement");
  const known = new Set([
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
  ]);
  const unknown = Object.keys(statement).find((name) => !known.has(name));
  if (unknown !== undefined) throw malformed(`Unknown field ${unknown}`);
  const effect = statement.Effect;
  if (effect !== "Allow" && effect !== "Deny") throw malformed(`Invalid effect: ${String(effect)}`);
  const actions = parsePattern(statement, "Action");
  if (!actions.patterns.every((action) => /^(\*|s3:[A-Za-z*?]+)$/i.test(action)))
    throw malformed("Policy has invalid action");
  const resources = parsePattern(statement, "Resource");
  const arn = `arn:aws:s3:::${bucketName}`;
  if (
    !resources.patterns.every((resource) => resource === arn || resource.startsWith(`${arn}/`) || fits(resource, arn))
  ) {
    throw malformed("Policy has invalid resource");
  }
  return Object.freeze({
    effect,
    principals: parsePrincipals(statement),
    actions,
    resources,
    conditions: parseConditions(statement.Condition),
  });
}

function parsePattern(statement: Readonly<Record<string, unknown>>, name: "Action" | "Resource"): Pattern {
  const [plain, negated] = [statement[name], statement[`Not${name}`]];
  if ((plain === undefined) === (negated === undefined)) throw malformed(`Missing required field ${name}`);
  return {
    negated: plain === undefined,
    patterns: asTexts(plain ?? negated, `Policy has invalid ${name.toLowerCase()}`),
  };
}

function parsePrincipals(statement: Readonly<Record<string, unknown>>): PrincipalPattern {
  const [plain, negated] = [statement.Principal, statement.NotPrincipal];
  if ((plain === undefined) === (negated === undefined)) throw malformed("Missing required field Principal");
  const value = plain ?? negated;
  if (value === "*") return { negated: plain === undefined, names: ["*"] };
  const names = Object.entries(asRecord(value, "Invalid principal in policy")).flatMap(([kind, texts]) => {
    if (!["AWS", "CanonicalUser", "Service", "Federated"].includes(kind))
      throw malformed("Invalid principal in policy");
    return asTexts(texts, "Invalid principal in policy").map((text) => (kind === "AWS" ? text : `${kind}:${text}`));
  });
  const isValid = (name: string): boolean =>
    /^(\*|\d{12}|arn:aws:(iam|sts)::\d{12}:[^*?]+|(Service|CanonicalUser|Federated):[^*?]+)$/.test(name);
  if (names.length === 0 || !names.every(isValid)) throw malformed("Invalid principal in policy");
  return { negated: plain === undefined, names };
}

function parseConditions(value: unknown): Conditions {
  if (value === undefined) return [];
  return Object.entries(asRecord(value, "Conditions must be an object")).flatMap(([operator, keys]) => {
    if (!isConditionOperator(operator)) throw malformed(`Invalid Condition type : ${operator}`);
    return Object.entries(asRecord(keys, "Conditions must be an object")).map(([key, values]) => ({
      operator,
      key: key.toLowerCase(),
      values: asTexts(values, "Policy has an invalid condition value"),
    }));
  });
}

function asRecord(value: unknown, complaint: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw malformed(complaint);
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asTexts(value: unknown, complaint: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item === "boolean" || typeof item === "number") return String(item);
    if (typeof item !== "string") throw malformed(complaint);
    return item;
  });
}

function malformed(message: string): S3Error {
  return new S3Error("MalformedPolicy", message);
}

/** What the policy says; a Deny wins over every Allow. */
export function evaluatePolicy(policy: Policy | undefined, access: Access): "allow" | "deny" | "silent" {
  const matching = (policy?.statements ?? []).filter((statement) => matches(statement, access));
  if (matching.some(({ effect }) => effect === "Deny")) return "deny";
  return matching.length > 0 ? "allow" : "silent";
}

function matches(statement: Statement, access: Access): boolean {
  return (
    matchesPrincipal(statement.principals, access.principal) &&
    statement.actions.patterns.some((pattern) => fits(pattern.toLowerCase(), access.action.toLowerCase())) !==
      statement.actions.negated &&
    statement.resources.patterns.some((pattern) => fits(pattern, access.resource)) !== statement.resources.negated &&
    matchesConditions(statement.conditions, access.facts)
  );
}

function matchesPrincipal({ names, negated }: PrincipalPattern, principal: Principal): boolean {
  const accountId = accountOf(principal);
  const own = principal.kind === "user" ? [userArn(principal.user), accountId, `arn:aws:iam::${accountId}:root`] : [];
  return names.some((name) => name === "*" || own.includes(name)) !== negated;
}
