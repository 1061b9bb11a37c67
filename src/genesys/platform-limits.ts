/** Reads the organisation's own limits, where the service tells them; no permission is needed. */

const NAMESPACES = "/api/v2/organizations/limits/namespaces";

/** Where the limits of requests stand. */
export const PLATFORM_LIMITS = `${NAMESPACES}/platform.api`;

/** Where the limits of analytics stand. */
export const ANALYTICS_LIMITS = `${NAMESPACES}/analytics`;

/** Requests a minute for one token: of the limits that bound it the lowest; undefined when the answer does not tell. */
export function requestsPerMinuteOf(json: unknown): number | undefined {
  return lowestOf(json, ["client.credentials.token.rate.per.minute", "token.rate.per.minute"]);
}

/** Details jobs that may run at once; undefined when the answer does not tell. */
export function jobsAtOnceOf(json: unknown): number | undefined {
  return lowestOf(json, ["details.jobs.concurrent.access.max"]);
}

function lowestOf(json: unknown, keys: readonly string[]): number | undefined {
  const entities = typeof json === "object" && json !== null && "entities" in json ? json.entities : undefined;
  const values = (Array.isArray(entities) ? entities : []).flatMap((limit: unknown) => {
    const { key, value } = (limit ?? {}) as { key?: unknown; value?: unknown };
    return typeof key === "string" && keys.includes(key) && typeof value === "number" && value > 0 ? [value] : [];
  });
  return values.length === 0 ? undefined : Math.min(...values);
}
