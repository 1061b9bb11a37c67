/**
 * Holds the query parameters of a request against the API description. A value of the wrong type or outside its
 * enumeration is refused; a parameter that the operation does not have is ignored, as services do, but recorded.
 */
import { refuse } from "./answer.ts";
import type { Operation, Parameter } from "./openapi.ts";

/** @throws Refusal with status 400 for a value that does not fit */
export function checkParameters(
  operation: Operation,
  query: URLSearchParams,
  report: (reasons: readonly string[]) => void,
): void {
  const known = new Map(operation.parameters.filter((it) => it.in === "query").map((it) => [it.name, it]));
  for (const [name, value] of query) {
    const parameter = known.get(name);
    if (parameter === undefined) report([`query parameter ${name}: not in the API description`]);
    else checkValue(parameter, value, report);
  }
}

function checkValue(parameter: Parameter, value: string, report: (reasons: readonly string[]) => void): void {
  const { name, type, allowed } = parameter;
  if (allowed !== undefined && !allowed.includes(value)) {
    report([`query parameter ${name}: ${value} is none of ${allowed.join(", ")}`]);
    const message = `Value [${value}] is not valid for field type [${name}]. Allowable values are: ${allowed.join(", ")}`;
    throw refuse(400, "invalid.value", message);
  }
  const fits = type === "integer" ? /^-?\d{1,10}$/.test(value) : type !== "boolean" || /^(true|false)$/.test(value);
  if (fits) return;
  report([`query parameter ${name}: ${value} is no ${type}`]);
  throw refuse(400, "bad.request", `Query parameter [${name}] must be of type ${type}`);
}
