/** A client for tests of the simulator: signs in and asks, and shows status, headers and body of the answer. */
import type { Simulator } from "../../simulator/create-simulator.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

export interface Connection {
  /** Asks with the token; `path` may hold a query. */
  get(path: string): Promise<Reply>;
  post(path: string, body: unknown): Promise<Reply>;
  /** Sends a details query. */
  query(body: unknown): Promise<Reply>;
  /** Asks with the token and whatever else. */
  send(path: string, init: Request): Promise<Reply>;
}

/** What a test may say about a request beside its path. */
interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const DETAILS_QUERY = "/api/v2/analytics/conversations/details/query";

/** Asks the login host for a token. */
export async function signIn(
  simulator: Simulator,
  id = simulator.clientId,
  secret = simulator.clientSecret,
): Promise<Reply> {
  return read(
    await fetch(`${simulator.loginUrl}/oauth/token`, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "grant_type=client_credentials",
    }),
  );
}

/** Signs in and gives a client that uses the token. */
export async function connect(simulator: Simulator, id?: string, secret?: string): Promise<Connection> {
  const token = String(member((await signIn(simulator, id, secret)).json, "access_token"));
  const send = async (path: string, { headers, ...init }: Request): Promise<Reply> =>
    read(
      await fetch(simulator.apiUrl + path, {
        ...init,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      }),
    );
  const post = (path: string, body: unknown): Promise<Reply> =>
    send(path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });
  return { get: (path) => send(path, {}), post, query: (body) => post(DETAILS_QUERY, body), send };
}

/** A member, by a path of keys, of a body that may be anything. */
export function member(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of path) found = typeof found === "object" && found !== null ? Reflect.get(found, key) : undefined;
  return found;
}

/** The ids of the conversations in the answer to a details query. */
export function idsOf(reply: Reply): string[] {
  const rows = member(reply.json, "conversations");
  return Array.isArray(rows) ? rows.map((row) => String(member(row, "conversationId"))) : [];
}

async function read(response: Response): Promise<Reply> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
