/** Reads the proxies of this network from the variables that other programs use too. */
import { ReportError } from "../domain/errors.ts";
import type { Proxies } from "../genesys/strict-exchange.ts";
import type { World } from "./world.ts";

/** From `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; the lower-case names win, as they do in curl. */
export function readProxies(env: World["env"]): Proxies {
  return {
    httpProxy: proxyUrl(env, "http_proxy") ?? proxyUrl(env, "HTTP_PROXY"),
    httpsProxy: proxyUrl(env, "https_proxy") ?? proxyUrl(env, "HTTPS_PROXY"),
    noProxy: env.no_proxy ?? env.NO_PROXY,
  };
}

/** The value is not quoted in the message: it may hold a password. */
function proxyUrl(env: World["env"], name: string): string | undefined {
  const text = env[name]?.trim();
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === "http:" || url.protocol === "https:")) return text;
  throw new ReportError("config.invalid", `Cannot use the proxy in ${name}`, {
    hint: "Write a URL: http://host:port, or http://user:password@host:port.",
  });
}
