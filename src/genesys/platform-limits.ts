/** Reads the organisation's own limits: what bounds the requests of one client. */

/** Where the service tells its limits; no permission is needed. */
export const PLATFORM_LIMITS = "/api/v2/organizations/limits/namespaces/platform.api";

/** The limits that bound one client's token; the lower one counts. */
const RATE_KEYS = new Set(["client.credentials.token.rate.per.minute", "token.rate.per.minute"]);

/** Requests a minute for one token; undefined when the answer does not tell. */
export function requestsPerMinuteOf(json: unknown): number | undefined {
  const entities = typeof json === "object" && json !== null && "entities" in json ? json.entities : undefined;
  const rates = (Array.isArray(entities) ? entities : []).flatMap((limit: unknown) => {
    const { key, value } = (limit ?? {}) as { key?: unknown; value?: unknown };
    return typeof key === "string" && RATE_KEYS.has(key) && typeof value === "number" && value > 0 ? [value] : [];
  });
  return rates.length === 0 ? undefined : Math.min(...rates);
}
