/**
 * The vendor's API description as the simulator uses it: which operations there are, which permissions each needs, and
 * validators for request bodies and query parameters. Objects of a request are closed: a key that the schema does not
 * know is a violation, for whoever sends `groupBy` to a details query has not read the description.
 */
import { readFileSync } from "node:fs";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

/** One method on one path. */
export interface Operation {
  readonly method: string;
  /** With placeholders in braces, as in the file. */
  readonly path: string;
  readonly permissions: { readonly type: "ANY" | "ALL" | "NO"; readonly permissions: readonly string[] };
  readonly parameters: readonly Parameter[];
}

/** A parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly type: string;
  readonly allowed: readonly string[] | undefined;
}

/** The description, ready for use. */
export interface OpenApi {
  readonly operations: readonly Operation[];
  /** The operation, by method and path template. */
  operation(method: string, path: string): Operation;
  /** A validator of a named schema, closed against unknown keys. */
  validator<T>(schemaName: string): ValidateFunction<T>;
  /** The values of an enumeration member of a named schema, or of its items when it is a list. */
  enumOf(schemaName: string, member: string): readonly string[];
}

export type { ErrorObject };

/** Where a property's schema carries the name of the schema around it. */
export const OWNER = "x-owner";

let read: OpenApi | undefined;

/** The description that lies beside the simulator. It is read once: compiling it takes longer than all else at a start. */
export function readOpenApi(): OpenApi {
  read ??= compileOpenApi();
  return read;
}

function compileOpenApi(): OpenApi {
  const document: unknown = JSON.parse(readFileSync(new URL("../openapi-analytics.json", import.meta.url), "utf8"));
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false });
  addFormats.default(ajv);
  ajv.addSchema(named(closed(document)), "openapi");
  const operations = operationsOf(document);

  return {
    operations,
    operation(method, path) {
      const found = operations.find((operation) => operation.method === method && operation.path === path);
      if (found === undefined) throw new Error(`The API description has no operation ${method} ${path}`);
      return found;
    },
    validator: <T>(schemaName: string) => ajv.compile<T>({ $ref: `openapi#/components/schemas/${schemaName}` }),
    enumOf: (schemaName, member) => allowedBy(at(document, "components", "schemas", schemaName, "properties", member)),
  };
}

function operationsOf(document: unknown): Operation[] {
  return Object.entries(record(at(document, "paths"))).flatMap(([path, methods]) =>
    Object.entries(record(methods)).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      permissions: permissionsOf(at(operation, "x-genesys-permissions")),
      parameters: list(at(operation, "parameters")).map(parameterOf),
    })),
  );
}

function permissionsOf(value: unknown): Operation["permissions"] {
  const type = at(value, "type");
  return { type: type === "ANY" || type === "ALL" ? type : "NO", permissions: strings(at(value, "permissions")) };
}

function allowedBy(schema: unknown): readonly string[] {
  return strings(at(schema, "enum") ?? at(schema, "items", "enum"));
}

function parameterOf(value: unknown): Parameter {
  const schema = at(value, "schema");
  const allowed = at(schema, "enum") ?? at(schema, "items", "enum");
  return {
    name: String(at(value, "name")),
    in: String(at(value, "in")),
    required: at(value, "required") === true,
    type: String(at(schema, "type")),
    allowed: allowed === undefined ? undefined : strings(allowed),
  };
}

/** A copy in which every object schema that lists its properties allows no others. */
function closed(value: unknown): object {
  return record(
    JSON.parse(JSON.stringify(value), (_key, member: unknown) => {
      if (at(member, "type") !== "object" || typeof at(member, "properties") !== "object") return member;
      return at(member, "additionalProperties") === undefined
        ? { ...record(member), additionalProperties: false }
        : member;
    }),
  );
}

/** Tells each property which schema it belongs to, so that an error can name the field's type. */
function named(document: object): object {
  for (const [schemaName, schema] of Object.entries(record(at(document, "components", "schemas")))) {
    for (const property of Object.values(record(at(schema, "properties")))) {
      if (typeof property === "object" && property !== null) Reflect.set(property, OWNER, schemaName);
    }
  }
  return document;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) found = typeof found === "object" && found !== null ? Reflect.get(found, key) : undefined;
  return found;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: unknown): readonly string[] {
  return list(value).filter((item) => typeof item === "string");
}
