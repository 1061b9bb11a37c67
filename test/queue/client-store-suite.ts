// The claims about the token and the rate budget that a fleet shares, on any database.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseClientState } from "../../src/disk/parse-client-state.ts";
import type { ClientIdentity, ClientState, ClientStore } from "../../src/domain/client-store.ts";
import { createClientStore } from "../../src/postgres/create-client-store.ts";
import type { Home } from "./homes.ts";

const CLIENT: ClientIdentity = {
  loginUrl: "https://login.example.test",
  apiUrl: "https://api.example.test",
  clientId: "the-client",
  clientSecret: "the-secret",
};

const TOKEN = "a-token-that-opens-everything";

/** Defines the suite; `open` is called once. */
export function defineClientStoreSuite(name: string, open: () => Promise<Home>): void {
  describe(`the state of an OAuth client on ${name}`, () => {
    let home: Home;
    beforeAll(async () => {
      home = await open();
    });
    afterAll(async () => {
      await home.close();
    });

    function storeOf(client: ClientIdentity, database = home.database): ClientStore {
      return createClientStore(database, client, parseClientState);
    }

    test("C4: steps of several machines follow each other, and none is lost", async () => {
      const client = { ...CLIENT, clientId: "counted" };
      const machines = [storeOf(client), storeOf(client, home.another())];
      const steps = Array.from({ length: 40 }, async (_, index) => await use(machines[index % 2] ?? storeOf(client)));
      expect((await Promise.all(steps)).toSorted((left, right) => left - right)).toEqual(
        steps.map((_, index) => index + 1),
      );
    });

    test("the clock is the server's, the same for everybody, and is read when the row is ours", async () => {
      const client = { ...CLIENT, clientId: "timed" };
      const machines = [storeOf(client), storeOf(client, home.another())];
      const seen: number[] = [];
      const steps = Array.from(
        { length: 20 },
        async (_, index) =>
          await machines[index % 2]?.update((state, now) => {
            seen.push(now);
            return { state: counted(state), answer: undefined };
          }),
      );
      await Promise.all(steps);
      expect(seen).toEqual(seen.toSorted((left, right) => left - right));
      expect(Math.abs((seen[0] ?? 0) - Date.now())).toBeLessThan(600_000);
    });

    test("who reads the database reads no token, and who has another secret is another client", async () => {
      await storeOf(CLIENT).update((state) => ({
        state: { ...state, token: { ...NO_TOKEN, text: TOKEN } },
        answer: 0,
      }));
      const rows = JSON.stringify(await home.database.query("SELECT * FROM callsheet.client"));
      const forms = [
        TOKEN,
        Buffer.from(TOKEN).toString("base64"),
        Buffer.from(TOKEN).toString("hex"),
        CLIENT.clientSecret,
      ];
      expect(forms.filter((form) => rows.includes(form))).toEqual([]);
      expect(await tokenOf(storeOf(CLIENT))).toBe(TOKEN);
      expect(await tokenOf(storeOf({ ...CLIENT, clientSecret: "another" }))).toBeUndefined();
    });

    test.each(["", "no state", "AAAA".repeat(40)])("a state that somebody made %j of is begun anew", async (sealed) => {
      const client = { ...CLIENT, clientId: `damaged ${sealed.length}` };
      const store = storeOf(client);
      await use(store);
      await home.database.query("UPDATE callsheet.client SET sealed = $1", [sealed]);
      expect(await use(store)).toBe(1);
    });
  });
}

const NO_TOKEN = { text: "", bornAt: 0, staleAt: 1, replacesRefused: false, isRefused: false };

async function use(store: ClientStore): Promise<number> {
  return await store.update((state) => ({ state: counted(state), answer: state.rate.used + 1 }));
}

function counted(state: ClientState): ClientState {
  return { ...state, rate: { ...state.rate, used: state.rate.used + 1 } };
}

async function tokenOf(store: ClientStore): Promise<string | undefined> {
  return await store.update((state) => ({ state, answer: state.token?.text }));
}
