/**
 * OAuth clients and their tokens: who may sign in, which permissions and divisions come with it, and whether a token
 * still holds. Tokens end by their lifetime and can be revoked at any time.
 */
import { randomUUID } from "node:crypto";

/** A client of the client-credentials grant. */
export interface SimulatedClient {
  readonly id: string;
  readonly secret: string;
  readonly name?: string;
  /** Names such as `analytics:conversationDetail:view`; all of them when left out. */
  readonly permissions?: readonly string[];
  /** The divisions whose rows the client sees; all of them when left out. */
  readonly divisionIds?: readonly string[];
}

/** An access token and whose it is. */
export interface IssuedToken {
  readonly text: string;
  readonly client: SimulatedClient;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** All clients of a simulator and the tokens that hold. */
export interface ClientRegistry {
  /** The client with this id and secret. */
  find(id: string, secret: string): SimulatedClient | undefined;
  issue(client: SimulatedClient): IssuedToken;
  /** The token, when it was issued, is not revoked and has not expired. */
  findToken(text: string): IssuedToken | undefined;
  revoke(text: string): void;
  readonly revokeAll: () => void;
}

/** @param lifetimeSeconds how long each token holds, by `now` (epoch ms) */
export function createClientRegistry(
  clients: readonly SimulatedClient[],
  lifetimeSeconds: number,
  now: () => number,
): ClientRegistry {
  const tokens = new Map<string, IssuedToken>();
  return {
    find: (id, secret) => clients.find((client) => client.id === id && client.secret === secret),
    issue(client) {
      const token = { text: randomUUID(), client, expiresAt: now() + lifetimeSeconds * 1000 };
      tokens.set(token.text, token);
      return token;
    },
    findToken(text) {
      const token = tokens.get(text);
      if (token === undefined || token.expiresAt > now()) return token;
      tokens.delete(text);
      return undefined;
    },
    revoke: (text) => void tokens.delete(text),
    revokeAll: () => tokens.clear(),
  };
}
