/** Reads where `serve` listens: `127.0.0.1:9464`, `:9464` for this machine alone, `[::1]:9464`. */
import { ReportError } from "../domain/errors.ts";

/** A host and a port. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = "127.0.0.1";

/** `config.invalid` for other words. `key` is the option or setting. */
export function parseListen(text: string, key: string): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s/]*)):(\d{1,5})$/i.exec(text.trim()) ?? [];
  const port = Number(digits ?? Number.NaN);
  if (port <= 65_535) return { host: bracketed ?? (plain ? plain : LOOPBACK), port };
  throw new ReportError("config.invalid", `Cannot use ${key} "${text}"`, {
    hint: "Write HOST:PORT, such as 127.0.0.1:9464; without a host it is this machine alone.",
  });
}
