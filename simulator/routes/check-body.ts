/**
 * Reads a request body as one schema of the API description. Text that is no JSON, a wrong type, a missing member, an
 * unknown word of an enumeration: each becomes the 400 that the service gives, and each is recorded as a violation.
 */
import type { ValidateFunction } from "ajv";
import { refuse } from "./answer.ts";
import { type ErrorObject, OWNER } from "./openapi.ts";

/** How strictly a body is held to its schema. */
export interface BodyRules {
  readonly unknownKeys: "refuse" | "tolerate";
  /** Told everything that is wrong with the body, tolerated or not. */
  readonly report: (reasons: readonly string[]) => void;
}

/** @throws Refusal with status 400 for a body that does not fit */
export function checkBody<T>(text: string, validate: ValidateFunction<T>, rules: BodyRules): T {
  const body = parseJson(text, rules);
  if (validate(body)) return body;
  const errors = (validate.errors ?? []).filter((error) => error.keyword !== "$ref");
  rules.report(errors.map(sentenceOf));
  const grave = errors.find((error) => rules.unknownKeys === "refuse" || error.keyword !== "additionalProperties");
  if (grave !== undefined) throw refusalOf(grave);
  return withoutUnknownKeys(body, validate);
}

function parseJson(text: string, rules: BodyRules): unknown {
  try {
    return JSON.parse(text);
  } catch {
    rules.report(["body: not JSON"]);
    throw refuse(400, "bad.request", "The request could not be understood by the server due to malformed syntax.");
  }
}

/** Only unknown keys are wrong: the body is what it claims to be once they are gone. */
function withoutUnknownKeys<T>(body: unknown, validate: ValidateFunction<T>): T {
  const copy: unknown = JSON.parse(JSON.stringify(body));
  validate(copy);
  for (const error of validate.errors ?? []) {
    const owner = error.instancePath.split("/").slice(1).reduce<unknown>(memberOf, copy);
    if (typeof owner === "object" && owner !== null)
      Reflect.deleteProperty(owner, String(error.params.additionalProperty));
  }
  if (validate(copy)) return copy;
  throw new Error("A body that was valid but for unknown keys is not valid without them");
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function sentenceOf(error: ErrorObject): string {
  const where = error.instancePath === "" ? "body" : error.instancePath;
  const detail = error.keyword === "additionalProperties" ? ` [${error.params.additionalProperty}]` : "";
  return `${where}: ${error.message ?? error.keyword}${detail}`;
}

function refusalOf(error: ErrorObject): Error {
  const field = error.instancePath.split("/").at(-1) ?? "";
  if (error.keyword === "enum")
    return invalidValue(error.data, memberOf(error.parentSchema, OWNER), field, error.schema);
  if (error.keyword === "additionalProperties") {
    return refuse(400, "bad.request", `Unrecognized field [${error.params.additionalProperty}]`);
  }
  if (error.keyword === "required") return missing(error, String(error.params.missingProperty));
  return refuse(400, "bad.request", `Field [${field}] ${error.message ?? "is not valid"}`);
}

/** A missing word of an enumeration is answered like an empty one. */
function missing(error: ErrorObject, member: string): Error {
  const schema = memberOf(memberOf(error.parentSchema, "properties"), member);
  const allowed = memberOf(schema, "enum");
  if (Array.isArray(allowed)) return invalidValue(undefined, memberOf(schema, OWNER), member, allowed);
  return refuse(400, "bad.request", `Field [${member}] is required`);
}

function invalidValue(value: unknown, owner: unknown, field: string, allowed: unknown): Error {
  const words = Array.isArray(allowed) ? allowed.join(", ") : "";
  const found = typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
  const message = `Value [${found}] is not valid for field type [${fieldType(String(owner), field)}]. Allowable values are: ${words}`;
  return refuse(400, "invalid.value", message);
}

/** The service names its types, not its fields: `QueryFilterType` is known, the others are named in its manner. */
function fieldType(owner: string, field: string): string {
  if (field === "type") return /Filter$|Clause$/.test(owner) ? "QueryFilterType" : "QueryPredicateType";
  if (field === "operator") return "QueryOperator";
  const kind = field.charAt(0).toUpperCase() + field.slice(1);
  return owner.endsWith("QueryPredicate") ? owner.replace(/QueryPredicate$/, kind) : `Query${kind}`;
}
