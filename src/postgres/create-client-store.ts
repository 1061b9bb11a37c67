/**
 * The state of an OAuth client in the database, for all machines that work with it: one rate budget and one token for the
 * fleet. A step is one transaction on the client's row; the clock is the server's, the same for everybody. It waits for no
 * disk: what a crash of the server takes was worth a minute at most.
 *
 * The state holds an access token, and a database has more readers than a file of one user: it is sealed with a key that
 * is made from the client's secret, which the database does not know.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { z } from "zod";
import {
  type ClientIdentity,
  clientKey,
  type ClientState,
  type ClientStore,
  UNKNOWN_CLIENT,
} from "../domain/client-store.ts";
import type { Database } from "./database.ts";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const ROWS = z.array(z.object({ sealed: z.string().nullable() }));
const NOW_ROWS = z.tuple([z.object({ now: z.coerce.number() })]);

/** Makes the store of one client; `parse` reads a state from JSON, undefined when it is none. The database stays open. */
export function createClientStore(
  database: Database,
  client: ClientIdentity,
  parse: (text: string) => ClientState | undefined,
): ClientStore {
  const name = clientKey(client);
  const seal = createSeal(client.clientSecret, name);
  return {
    update: async (step) =>
      await database.transaction(async (sql) => {
        await sql.query("INSERT INTO callsheet.client (name) VALUES ($1) ON CONFLICT DO NOTHING", [name]);
        const [row] = ROWS.parse(
          await sql.query(
            "SELECT sealed, set_config('synchronous_commit', 'off', true) FROM callsheet.client WHERE name = $1 FOR UPDATE",
            [name],
          ),
        );
        // Asked behind the lock: while it was waited for, time went on.
        const [{ now }] = NOW_ROWS.parse(await sql.query("SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now"));
        const before = parse(seal.open(row?.sealed ?? "")) ?? UNKNOWN_CLIENT;
        const { state, answer } = step(before, now);
        if (state !== before)
          await sql.query("UPDATE callsheet.client SET sealed = $2 WHERE name = $1", [
            name,
            seal.close(JSON.stringify(state)),
          ]);
        return answer;
      }),
    close: () => undefined,
  };
}

interface Seal {
  close(text: string): string;
  /** Empty when it was not closed with this seal. */
  open(sealed: string): string;
}

function createSeal(secret: string, name: string): Seal {
  const key = Buffer.from(hkdfSync("sha256", secret, name, "callsheet client state", KEY_BYTES));
  return {
    close(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce);
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64");
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, "base64");
      if (bytes.length <= NONCE_BYTES + TAG_BYTES) return "";
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
      } catch {
        return "";
      }
    },
  };
}
