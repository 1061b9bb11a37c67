/**
 * GET /api/v2/organizations/limits/namespaces/{namespaceName} and its defaults: the limits that the simulator really
 * keeps, and no invented ones.
 */
import { jsonAnswer, refuse } from "./answer.ts";
import { DETAILS_JOB_LIMITS } from "./details-jobs.ts";
import { DEFAULT_JOB_SETTINGS, type JobSettings } from "./job-registry.ts";
import type { OpenApi } from "./openapi.ts";
import type { Route } from "./route.ts";

/** The limit that counts for a token of client credentials, as errors and this listing name it. */
export const TOKEN_RATE_KEY = "client.credentials.token.rate.per.minute";
/** The largest request body, the vendor's `request.bytes.max`. */
export const REQUEST_BYTES_MAXIMUM = 512_000;
const DEFAULT_RATE = 300;

/** The limits in force and the default ones. */
export function limitRoutes(ratePerMinute: () => number, jobs: JobSettings, openApi: OpenApi): Route[] {
  const path = "/api/v2/organizations/limits/namespaces/{namespaceName}";
  const namespaces = openApi.enumOf("Limit", "namespace");
  const route = (suffix: string, rate: () => number, settings: JobSettings): Route => ({
    method: "GET",
    path: path + suffix,
    answer({ params: { namespaceName = "" } }) {
      if (!namespaces.includes(namespaceName)) throw unknownNamespace(namespaceName, namespaces);
      if (namespaceName === "platform.api") return jsonAnswer({ entities: platformLimits(rate()) });
      return jsonAnswer({ entities: namespaceName === DETAILS_JOB_LIMITS.namespace ? jobLimits(settings) : [] });
    },
  });
  return [route("", ratePerMinute, jobs), route("/defaults", () => DEFAULT_RATE, DEFAULT_JOB_SETTINGS)];
}

function platformLimits(rate: number): object[] {
  const limits = { [TOKEN_RATE_KEY]: rate, "token.rate.per.minute": rate, "request.bytes.max": REQUEST_BYTES_MAXIMUM };
  return Object.entries(limits).map(([key, value]) => ({ namespace: "platform.api", key, value }));
}

function jobLimits({ concurrentMaximum, ratePerSecond }: JobSettings): object[] {
  const { namespace, concurrentKey, rateKey } = DETAILS_JOB_LIMITS;
  return [
    { namespace, key: concurrentKey, value: concurrentMaximum },
    { namespace, key: rateKey, value: ratePerSecond },
  ];
}

function unknownNamespace(name: string, namespaces: readonly string[]): Error {
  const message = `Value [${name}] is not valid for field type [LimitNamespace]. Allowable values are: ${namespaces.join(", ")}`;
  return refuse(400, "invalid.value", message);
}
