/** Makes the way of a message from its configuration. Secrets are read here, and addresses that cannot be meant are refused. */
import type { Messenger } from "../deliver/messenger.ts";
import { ReportError } from "../domain/errors.ts";
import type { MessageConfig } from "./message-config.ts";
import type { Config } from "./read-config.ts";
import type { World } from "./world.ts";

/** The messenger of a destination; `config.invalid` or `config.missing` for what is wrong with it. */
export async function wireMessenger(
  name: string,
  settings: MessageConfig,
  config: Config,
  world: World,
): Promise<Messenger> {
  const key = `destinations.${name}`;
  if (settings.type === "mail") {
    const { createMailer } = await import("../smtp/create-mailer.ts");
    const { from, to, user, password } = settings;
    for (const address of [from, ...to]) expectAddress(address, key);
    const auth =
      user === undefined
        ? {}
        : { auth: { user: config.plainOrSecret(user, `${key}.user`), pass: passwordOf(password, key, config) } };
    return createMailer({ ...mailServer(settings.server, key), from, to, ...auth });
  }
  const { privateAddresses } = settings;
  if (settings.type === "webhook") {
    const { createWebhook } = await import("../webhook/create-webhook.ts");
    const url = webUrl(config.plainOrSecret(settings.url, `${key}.url`), key, privateAddresses);
    return createWebhook({
      url,
      privateAddresses,
      secret: config.secret(settings.secret, `${key}.secret`),
      clock: world.clock,
    });
  }
  const { createChat } = await import("../webhook/create-chat.ts");
  // The address of a channel lets everybody write there.
  return createChat(settings.type, {
    url: webUrl(config.secret(settings.url, `${key}.url`), key, privateAddresses),
    privateAddresses,
  });
}

function passwordOf(reference: string | undefined, key: string, config: Config): string {
  if (reference !== undefined) return config.secret(reference, `${key}.password`);
  throw new ReportError("config.missing", `${key} has a user and no password`, {
    hint: "Write `password: env:NAME` or `password: file:PATH`.",
  });
}

const LOCAL = ["127.0.0.1", "localhost", "[::1]"];

function mailServer(
  text: string,
  key: string,
): { readonly host: string; readonly port: number; readonly secure: boolean; readonly isLocal: boolean } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isServer = url !== undefined && ["smtp:", "smtps:"].includes(url.protocol) && url.hostname !== "";
  if (!isServer || url.username !== "" || url.password !== "")
    throw new ReportError("config.invalid", `Cannot use ${key}.server`, {
      hint: "Write smtps://HOST:465, or smtp://HOST:587 for a server that begins encryption on request; user and password have keys of their own.",
    });
  const secure = url.protocol === "smtps:";
  const port = url.port === "" ? (secure ? 465 : 587) : Number(url.port);
  return { host: url.hostname, port, secure, isLocal: LOCAL.includes(url.hostname) };
}

/** An address that may be posted to; `config.invalid` for others. */
export function webUrl(text: string, key: string, privateAddresses: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.protocol === "http:" && LOCAL.includes(url.hostname) && privateAddresses;
  if (url !== undefined && (url.protocol === "https:" || isLocal) && url.username === "" && url.password === "")
    return url.href;
  // The address may be a secret: it is not repeated.
  throw new ReportError("config.invalid", `Cannot use ${key}.url`, {
    hint: "Write an address that begins with https://, without user and password (http:// only for this machine, with `privateAddresses: true`).",
  });
}

function expectAddress(address: string, key: string): void {
  if (/^[^\s<>@,;"]+@[^\s<>@,;"]+$/.test(address) || /^[^<>\r\n"]{0,100}<[^\s<>@,;"]+@[^\s<>@,;"]+>$/.test(address))
    return;
  throw new ReportError("config.invalid", `Cannot use the address ${JSON.stringify(address.slice(0, 80))} (${key})`, {
    hint: "Write one address for each entry, such as reports@example.com or Reports <reports@example.com>.",
  });
}
