/**
 * The API host: finds the operation, checks token, rate, permission, content type and parameters in this order, and
 * lets the route answer. Everything it refuses is refused with the vendor's ErrorBody.
 */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Switches } from "../switches.ts";
import { type Answer, errorAnswer, notFound, refuse } from "./answer.ts";
import { checkParameters } from "./check-parameters.ts";
import type { ClientRegistry, IssuedToken } from "./clients.ts";
import { type Arrival, type Exchange, exchange } from "./exchange.ts";
import { REQUEST_BYTES_MAXIMUM, TOKEN_RATE_KEY } from "./limits.ts";
import type { OpenApi, Operation } from "./openapi.ts";
import type { RateCounter } from "./rate-window.ts";
import type { Route } from "./route.ts";

/** What the API host is put together from. */
export interface ApiHostParts {
  readonly shared: Exchange;
  readonly routes: readonly Route[];
  readonly openApi: OpenApi;
  readonly clients: ClientRegistry;
  readonly countRequest: RateCounter;
  readonly switches: Switches;
}

/** Makes the API host; it does not listen yet. */
export function createApiHost(parts: ApiHostParts): FastifyInstance {
  const host = createHost((request, reply, answer) => exchange(parts.shared, "api", request, reply, () => answer));
  for (const route of parts.routes) {
    const operation = parts.openApi.operation(route.method, route.path);
    host.route({
      method: route.method,
      url: route.path.replace(/\{(\w+)\}/g, ":$1"),
      handler: (request, reply) =>
        exchange(parts.shared, "api", request, reply, (arrival) =>
          answerRoute(parts, route, operation, request, arrival),
        ),
    });
  }
  host.setNotFoundHandler((request, reply) =>
    exchange(parts.shared, "api", request, reply, ({ method, path }) => answerElsewhere(parts.openApi, method, path)),
  );
  return host;
}

/**
 * A server that takes bodies of any kind as bytes, up to the vendor's limit; `fail` sends the answer to a request that
 * came to no handler.
 */
export function createHost(
  fail: (request: FastifyRequest, reply: FastifyReply, answer: Answer) => Promise<void>,
): FastifyInstance {
  const refuseEarly = (error: { readonly statusCode?: number }, request: FastifyRequest, reply: FastifyReply): void => {
    const answer = error.statusCode === 413 ? tooLarge() : malformed();
    void fail(request, reply, answer);
  };
  const host = fastify({
    bodyLimit: REQUEST_BYTES_MAXIMUM,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    frameworkErrors: refuseEarly,
  });
  host.removeAllContentTypeParsers();
  host.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  host.setErrorHandler(refuseEarly);
  return host;
}

function answerRoute(
  parts: ApiHostParts,
  route: Route,
  operation: Operation,
  request: FastifyRequest,
  arrival: Arrival,
): Answer {
  const token = authenticate(parts.clients, request.headers.authorization);
  countAgainstRate(parts, token, arrival);
  checkPermission(operation, token);
  if (route.method === "POST") checkContentType(request.headers["content-type"]);
  const query = new URL(arrival.url, "http://localhost").searchParams;
  checkParameters(operation, query, arrival.report);
  const { divisionIds } = token.client;
  return route.answer({
    params: stringMembers(request.params),
    query,
    url: arrival.url,
    bodyText: arrival.bodyText,
    token,
    divisionIds: divisionIds && new Set(divisionIds),
    moveRows: arrival.moveRows,
    decideFate: arrival.decideFate,
    report: arrival.report,
  });
}

function authenticate(clients: ClientRegistry, header: string | undefined): IssuedToken {
  const text = /^Bearer (.+)$/i.exec(header ?? "")?.[1];
  if (text === undefined) {
    const message = "No authentication bearer token specified in authorization header.";
    throw refuse(401, "authentication.required", message);
  }
  const token = clients.findToken(text);
  if (token === undefined) throw refuse(401, "bad.credentials", "Invalid login credentials.");
  return token;
}

function countAgainstRate({ countRequest, switches }: ApiHostParts, token: IssuedToken, arrival: Arrival): void {
  const { isOver, count, allowed, resetSeconds } = countRequest(token.text);
  arrival.headers["inin-ratelimit-count"] = String(count);
  arrival.headers["inin-ratelimit-allowed"] = String(allowed);
  arrival.headers["inin-ratelimit-reset"] = String(resetSeconds);
  if (!isOver) return;
  const limit = { namespace: "platform.api", key: TOKEN_RATE_KEY, value: allowed };
  throw refuse(429, "too.many.requests", `Rate limit exceeded the maximum [${allowed}] requests within [60] seconds`, {
    headers: { "retry-after": String(resetSeconds) },
    ...(switches.limitInRateError ? { limit } : {}),
  });
}

function checkPermission(operation: Operation, token: IssuedToken): void {
  const { type, permissions } = operation.permissions;
  const held = token.client.permissions;
  if (held === undefined || type === "NO") return;
  const missing = permissions.filter((permission) => !held.includes(permission));
  const isEnough = type === "ALL" ? missing.length === 0 : missing.length < permissions.length;
  if (isEnough) return;
  const names = permissions.join(", ");
  if (type === "ALL") {
    const message = `Unable to perform the requested action. You are missing the following permission(s): ${names}`;
    throw refuse(403, "missing.permissions", message, { messageParams: { permissions: names } });
  }
  const message = `Unable to perform the requested action. You must have at least one of the following permissions assigned: ${names}`;
  throw refuse(403, "missing.any.permissions", message, { messageParams: { permissions: names } });
}

function checkContentType(contentType: string | undefined): void {
  if (/^application\/json\b/i.test(contentType ?? "")) return;
  const message =
    "Unsupported Media Type - Unsupported or incorrect media type, such as an incorrect Content-Type value in the header.";
  throw refuse(415, "unsupported.media.type", message);
}

/** A path or method without a route: a wrong method, an operation that is yet to come, or nothing at all. */
function answerElsewhere(openApi: OpenApi, method: string, path: string): Answer {
  const there = openApi.operations.filter((operation) => templatePattern(operation.path).test(path));
  if (there.some((operation) => operation.method === method)) {
    return errorAnswer(501, "not.implemented", `The simulator does not offer ${method} ${path}`);
  }
  if (there.length > 0) {
    const headers = { allow: there.map((operation) => operation.method).join(", ") };
    return errorAnswer(405, "method.not.allowed", "HTTP 405 Method Not Allowed", { headers });
  }
  return path.startsWith("/api/") ? notFound() : wrongPath();
}

/** What a host answers for a path that belongs to none of its services, for example a sign-in sent to the API host. */
export function wrongPath(): Answer {
  return errorAnswer(404, "not found", "HTTP 404 Not Found");
}

function templatePattern(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}$`);
}

function tooLarge(): Answer {
  const message = `The request is over the size limit. Maximum bytes: ${REQUEST_BYTES_MAXIMUM}`;
  return errorAnswer(413, "request.too.large", message);
}

function malformed(): Answer {
  const message = "The request could not be understood by the server due to malformed syntax.";
  return errorAnswer(400, "bad.request", message);
}

function stringMembers(value: unknown): Record<string, string> {
  const members = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(members.map(([name, member]) => [name, String(member)]));
}
