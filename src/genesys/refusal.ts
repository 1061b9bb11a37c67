/** An answer that is not what was asked for becomes an error that says who must act. */
import { ReportError } from "../domain/errors.ts";
import { OverwhelmedError } from "./overwhelmed-error.ts";
import type { Answer } from "./strict-exchange.ts";

/** Translates by status; `retryAfterMs` as the answer's headers say. The vendor's message is passed on, its code too. */
export function refusal(answer: Answer, path: string, retryAfterMs: number | undefined): ReportError {
  const { status, headers } = answer;
  const correlationId = headers["inin-correlation-id"];
  const facts = correlationId === undefined ? {} : { correlationId };
  const said = messageOf(answer);
  const endpoint = path.split("?", 1)[0];
  switch (true) {
    case status === 200:
      return new ReportError(
        "genesys.not_the_api",
        `${endpoint} was answered with something that is not JSON: it is not the API of Genesys Cloud`,
        { ...facts, hint: "Check genesys.apiUrl; a proxy's sign-in page can answer like this." },
      );
    case status >= 300 && status < 400:
      return new ReportError(
        "genesys.not_the_api",
        `${endpoint} was answered with a redirect (${status}), which is not followed`,
        { ...facts, hint: "Check genesys.apiUrl: name the API host itself." },
      );
    case status === 401:
      return new ReportError("genesys.unauthorized", `Genesys Cloud refused a fresh token on ${endpoint}${said}`, {
        ...facts,
        hint: "The OAuth client may have been disabled: look at it under Admin, Integrations, OAuth.",
      });
    case status === 403:
      return new ReportError("genesys.forbidden", `Not allowed to use ${endpoint}${said}`, {
        ...facts,
        hint: "Give the OAuth client a role with this permission, in every division that the report covers.",
      });
    case status === 413:
      return new ReportError("genesys.request_too_large", `Too large a request for ${endpoint}${said}`, facts);
    case status === 400 && /pagination may not exceed/i.test(said):
      return new ReportError("genesys.query_too_large", `Too much for one query on ${endpoint}${said}`, facts);
    case status === 429: {
      const resetSeconds = Number(headers["inin-ratelimit-reset"] ?? Number.NaN);
      const waitMs =
        retryAfterMs ?? (Number.isFinite(resetSeconds) && resetSeconds >= 0 ? resetSeconds * 1000 + 1000 : undefined);
      return new ReportError("genesys.rate_limited", "Genesys Cloud answered 429: the rate limit is used up", {
        ...facts,
        ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
        hint: "Another program may use the same OAuth client; give callsheet its own.",
      });
    }
    case status === 408 || status === 500 || status === 502 || status === 504:
      return new OverwhelmedError(`Genesys Cloud answered ${status}${said}`, status === 408 || status === 504, {
        ...facts,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        hint: "Run again later, or narrow the interval.",
      });
    case status >= 500:
      return new ReportError("genesys.unavailable", `Genesys Cloud answered ${status}${said}`, {
        ...facts,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        hint: "Run again later.",
      });
    case status >= 400:
      return new ReportError(
        "genesys.query_rejected",
        `Genesys Cloud rejected a request to ${endpoint} with ${status}${said}`,
        { ...facts, hint: "If the report file looks right, send us this message with the correlation id." },
      );
    default:
      return new ReportError("genesys.unexpected_answer", `${endpoint} was answered with status ${status}`, facts);
  }
}

/** `: message (code)` of the vendor's error body, shortened; nothing when it sent none. */
function messageOf({ json }: Answer): string {
  if (typeof json !== "object" || json === null) return "";
  const { message, code } = json as { message?: unknown; code?: unknown };
  if (typeof message !== "string") return "";
  return `: ${message.slice(0, 500)}${typeof code === "string" ? ` (${code})` : ""}`;
}
