/**
 * POST /oauth/token on the login host: the client-credentials grant with a Basic header and a form body, and nothing
 * else. A client of another region looks exactly like a wrong secret.
 */
import type { Switches } from "../switches.ts";
import { type Answer, errorAnswer, jsonAnswer } from "./answer.ts";
import type { ClientRegistry } from "./clients.ts";
import type { RateCounter } from "./rate-window.ts";

/** What the sign-in looks at. */
export interface SignInRequest {
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly bodyText: string;
}

/** What the sign-in decides by. */
export interface SignInRules {
  readonly clients: ClientRegistry;
  readonly countSignIn: RateCounter;
  readonly lifetimeSeconds: number;
  readonly switches: Switches;
}

/** Answers one request for a token. */
export function signIn(request: SignInRequest, rules: SignInRules): Answer {
  const credentials = basicCredentials(request.authorization);
  const rate = rules.countSignIn(credentials?.id ?? "");
  if (rate.isOver) return tooManySignIns(rate.resetSeconds);
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.contentType ?? "")) {
    return oauthError(400, "invalid_request", "content type must be application/x-www-form-urlencoded");
  }
  const client = credentials && rules.clients.find(credentials.id, credentials.secret);
  if (client === undefined) {
    return oauthError(rules.switches.invalidClientStatus, "invalid_client", "authentication failed");
  }
  const grantType = new URLSearchParams(request.bodyText).get("grant_type");
  if (grantType !== "client_credentials") {
    return oauthError(400, "unsupported_grant_type", "grant_type must be client_credentials");
  }
  const token = rules.clients.issue(client);
  return jsonAnswer({ access_token: token.text, token_type: "bearer", expires_in: rules.lifetimeSeconds });
}

function basicCredentials(header: string | undefined): { id: string; secret: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon === -1 ? undefined : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}

function oauthError(status: number, error: string, description: string): Answer {
  return jsonAnswer({ error, description, error_description: description }, status);
}

function tooManySignIns(seconds: number): Answer {
  const message = `Rate limit exceeded the maximum. Retry the request in [${seconds}] seconds`;
  return errorAnswer(429, "too.many.requests.retry.after", message, { headers: { "retry-after": String(seconds) } });
}
