/** The login host: the sign-in, and nothing else. */
import type { FastifyInstance } from "fastify";
import { createHost, wrongPath } from "./api-host.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { type SignInRules, signIn } from "./sign-in.ts";

/** Makes the login host; it does not listen yet. */
export function createLoginHost(shared: Exchange, rules: SignInRules): FastifyInstance {
  const host = createHost((request, reply, answer) => exchange(shared, "login", request, reply, () => answer));
  host.post("/oauth/token", (request, reply) =>
    exchange(shared, "login", request, reply, ({ bodyText }) =>
      signIn(
        { authorization: request.headers.authorization, contentType: request.headers["content-type"], bodyText },
        rules,
      ),
    ),
  );
  host.setNotFoundHandler((request, reply) => exchange(shared, "login", request, reply, wrongPath));
  return host;
}
