import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { OverwhelmedError } from "./overwhelmed-error.ts";
import { refusal } from "./refusal.ts";

const PATH = "/api/v2/analytics/conversations/details/query";

function answer(status: number, json?: unknown, headers: Readonly<Record<string, string>> = {}) {
  return { status, json, headers, sizeBytes: 0 };
}

function genuine(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../test/genuine/${name}.json`, import.meta.url), "utf8"));
}

test.each<[number, string, string]>([
  [200, "genesys.not_the_api", "fix_access"],
  [302, "genesys.not_the_api", "fix_access"],
  [400, "genesys.query_rejected", "fix_definition"],
  [401, "genesys.unauthorized", "fix_access"],
  [403, "genesys.forbidden", "fix_access"],
  [404, "genesys.query_rejected", "fix_definition"],
  [408, "genesys.unavailable", "retry"],
  [413, "genesys.request_too_large", "narrow"],
  [415, "genesys.query_rejected", "fix_definition"],
  [429, "genesys.rate_limited", "retry"],
  [500, "genesys.unavailable", "retry"],
  [502, "genesys.unavailable", "retry"],
  [503, "genesys.unavailable", "retry"],
  [504, "genesys.unavailable", "retry"],
  [204, "genesys.unexpected_answer", "report_bug"],
])("R-20: refusal() makes of status %i %s, to %s", (status, code, recourse) => {
  expect(refusal(answer(status), PATH, undefined)).toMatchObject({ code, recourse });
});

test("B2: refusal() passes on what the service says is wrong, its code and the correlation id", () => {
  const rejected = answer(400, genuine("error.400.invalid-value-filter-type"), { "inin-correlation-id": "c-1" });
  expect(refusal(rejected, PATH, undefined)).toMatchObject({
    message: `Genesys Cloud rejected a request to ${PATH} with 400: Value [] is not valid for field type [QueryFilterType]. Allowable values are: and, or (invalid.value)`,
    correlationId: "c-1",
  });
});

test("refusal() knows the cap of 100,000 by its words", () => {
  const words = { message: "Pagination may not exceed 100000 results. Tip: …", code: "bad.request" };
  expect(refusal(answer(400, words), PATH, undefined).code).toBe("genesys.query_too_large");
});

test.each([
  [500, false],
  [502, false],
  [504, true],
  [408, true],
])("refusal() takes %i for a service that failed over the question", (status, ranOutOfTime) => {
  expect(refusal(answer(status), PATH, undefined)).toMatchObject({ ranOutOfTime });
});

test("refusal() takes 503 for a service that is away", () => {
  expect(refusal(answer(503), PATH, undefined)).not.toBeInstanceOf(OverwhelmedError);
});

test.each<[Record<string, string>, number | undefined, number | undefined]>([
  [{}, undefined, undefined],
  [{ "inin-ratelimit-reset": "12" }, undefined, 13_000],
  [{ "inin-ratelimit-reset": "12" }, 7_000, 7_000],
  [{ "inin-ratelimit-reset": "soon" }, undefined, undefined],
])("C3: refusal() of a 429 with %j and Retry-After %j waits %j ms", (headers, retryAfterMs, expected) => {
  expect(refusal(answer(429, undefined, headers), PATH, retryAfterMs).retryAfterMs).toBe(expected);
});

test("refusal() shows no query string, no HTML, and no more than 500 characters of a message", () => {
  const error = refusal(answer(400, { message: "x".repeat(5_000), code: 7 }), "/api/v2/users?id=secret", undefined);
  expect(error.message).toBe(`Genesys Cloud rejected a request to /api/v2/users with 400: ${"x".repeat(500)}`);
});
