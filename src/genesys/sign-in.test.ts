import { expect, test } from "vitest";
import type { Clock } from "../domain/clock.ts";
import { ReportError } from "../domain/errors.ts";
import { createOwnClientStore } from "./own-client-store.ts";
import { createTokenSource, type TokenSource } from "./sign-in.ts";
import type { Answer, Exchange } from "./strict-exchange.ts";

const SIGN_IN = {
  loginUrl: "https://login.example.test",
  region: "eu_west_1",
  clientId: "client",
  clientSecret: "s:ä",
};
const NEVER = new AbortController().signal;

interface World {
  readonly clock: ReturnType<typeof createClock>;
  readonly tokens: TokenSource;
  readonly asked: readonly Exchange[];
}

/** A sign-in host that gives out T1, T2, … or whatever `answer` says; several processes may share a store. */
function world(
  answer: (nth: number) => Partial<Answer> | Promise<Partial<Answer>>,
  clock = createClock(),
  store = createOwnClientStore(clock),
): World {
  const asked: Exchange[] = [];
  const exchanger = {
    async exchange(what: Exchange): Promise<Answer> {
      asked.push(what);
      return { status: 200, headers: {}, json: undefined, sizeBytes: 0, ...(await answer(asked.length)) };
    },
    close: async () => undefined,
  };
  return { clock, asked, tokens: createTokenSource(SIGN_IN, exchanger, clock, store) };
}

function token(nth: number, expires_in: unknown): Partial<Answer> {
  return { json: { access_token: `T${nth}`, token_type: "bearer", expires_in } };
}

test("R-01: get() sends the credentials to the login host in a Basic header, in UTF-8, and nothing else", async () => {
  const { tokens, asked } = world((nth) => token(nth, 300));
  expect(await tokens.get(undefined, NEVER)).toBe("T1");
  expect(asked).toEqual([
    {
      method: "POST",
      url: "https://login.example.test/oauth/token",
      headers: {
        authorization: `Basic ${Buffer.from("client:s:ä", "utf8").toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "grant_type=client_credentials",
    },
  ]);
});

test("A4: callers at the same time share one sign-in, for the first token and for a refused one", async () => {
  const { tokens, asked } = world((nth) => token(nth, 300));
  const get = async (refused?: string): Promise<string> => await tokens.get(refused, NEVER);
  expect(await Promise.all([get(), get(), get(), get()])).toEqual(["T1", "T1", "T1", "T1"]);
  expect(await Promise.all([get("T1"), get("T1"), get()])).toEqual(["T2", "T2", "T2"]);
  expect(await get("T1")).toBe("T2");
  expect(asked).toHaveLength(2);
});

test("A sign-in that failed is tried again by the next caller", async () => {
  const { tokens } = world((nth) => (nth === 1 ? { status: 503 } : token(nth, 300)));
  await expect(tokens.get(undefined, NEVER)).rejects.toMatchObject({ code: "genesys.unavailable" });
  expect(await tokens.get(undefined, NEVER)).toBe("T2");
});

test.each<[unknown, number]>([
  [1000, 950],
  [300, 285],
  [86_400, 82_080],
  [31_536_000, 164_160],
  [undefined, 82_080],
  ["1000", 82_080],
  [0, 82_080],
  [-1, 82_080],
  [Number.POSITIVE_INFINITY, 164_160],
  [1, 10],
])("A6, R-16, R-24: expires_in %j makes a token last %i seconds of the monotonic clock", async (expiresIn, seconds) => {
  const { tokens, clock } = world((nth) => token(nth, expiresIn));
  await tokens.get(undefined, NEVER);
  clock.jump(-3_600_000);
  clock.advance(seconds * 1000 - 1);
  expect(await tokens.get(undefined, NEVER)).toBe("T1");
  clock.advance(1);
  expect(await tokens.get(undefined, NEVER)).toBe("T2");
});

test("A7: a wall clock that jumps by an hour either way changes nothing", async () => {
  const { tokens, clock, asked } = world((nth) => token(nth, 300));
  for (const hours of [0, 1, -2, 24]) {
    clock.jump(hours * 3_600_000);
    expect(await tokens.get(undefined, NEVER)).toBe("T1");
  }
  expect(asked).toHaveLength(1);
});

test("A5: a fresh token that is refused within ten seconds is the end; later it is renewed again", async () => {
  const { tokens, clock } = world((nth) => token(nth, 300));
  await tokens.get(undefined, NEVER);
  expect(await tokens.get("T1", NEVER)).toBe("T2");
  clock.advance(9_999);
  await expect(tokens.get("T2", NEVER)).rejects.toMatchObject({ code: "genesys.unauthorized" });
  clock.advance(1);
  expect(await tokens.get("T2", NEVER)).toBe("T3");
});

test.each<[string, Partial<Answer>, object]>([
  ["400", { status: 400, json: { error: "invalid_client" } }, { code: "genesys.unauthorized" }],
  ["401", { status: 401 }, { code: "genesys.unauthorized" }],
  ["404", { status: 404 }, { code: "genesys.not_the_api", message: expect.stringContaining("login.example.test") }],
  ["no token", { json: { access_token: "" } }, { code: "genesys.not_the_api" }],
  ["no JSON", {}, { code: "genesys.not_the_api" }],
  ["408", { status: 408 }, { code: "genesys.unavailable", retryAfterMs: undefined }],
  ["500", { status: 500 }, { code: "genesys.unavailable", retryAfterMs: undefined }],
  ["429", { status: 429, headers: { "retry-after": "17" } }, { code: "genesys.rate_limited", retryAfterMs: 17_000 }],
])(
  "A3, R-23: %s of the sign-in host is an error of its own kind, without the secret",
  async (_name, answer, expected) => {
    const { tokens } = world(() => answer);
    const error: unknown = await tokens.get(undefined, NEVER).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ReportError);
    expect(error).toMatchObject(expected);
    expect(JSON.stringify([String(error), error])).not.toMatch(/s:ä|Basic/);
  },
);

/** Two processes that share what they know. */
function twoWorlds(answer: Parameters<typeof world>[0]): readonly [World, World] {
  const clock = createClock();
  const store = createOwnClientStore(clock);
  return [world(answer, clock, store), world(answer, clock, store)];
}

test("get() takes the token that another process has asked for, as long as it is good", async () => {
  const [here, there] = twoWorlds((nth) => token(nth, 1000));
  expect(await here.tokens.get(undefined, NEVER)).toBe("T1");
  expect(await there.tokens.get(undefined, NEVER)).toBe("T1");
  expect(there.asked).toHaveLength(0);
  here.clock.advance(950_000);
  await there.tokens.get(undefined, NEVER);
  await here.tokens.get(undefined, NEVER);
  expect([here.asked.length, there.asked.length]).toEqual([1, 1]);
});

test("A4: a token that is refused in one process is renewed once for all, and given to nobody again", async () => {
  let given = 0;
  const [here, there] = twoWorlds(() => token(++given, 1000));
  const first = await here.tokens.get(undefined, NEVER);
  expect(await there.tokens.get(undefined, NEVER)).toBe(first);
  const fresh = await there.tokens.get(first, NEVER);
  const [late, early] = await Promise.all([here.tokens.get(first, NEVER), here.tokens.get(first, NEVER)]);
  expect([here.asked.length, there.asked.length]).toEqual([1, 1]);
  expect([late, early]).toEqual([fresh, fresh]);
});

test("a refused token is given to nobody, although the sign-in that was to replace it failed", async () => {
  let given = 0;
  const [here, there] = twoWorlds(() => (++given === 2 ? { status: 503 } : token(given, 1000)));
  const first = await here.tokens.get(undefined, NEVER);
  await expect(here.tokens.get(first, NEVER)).rejects.toMatchObject({ code: "genesys.unavailable" });
  expect(await there.tokens.get(undefined, NEVER)).toBe("T3");
});

test("a process waits while another one signs in, and signs in itself when that one was killed over it", async () => {
  const hanging = Promise.withResolvers<Partial<Answer>>();
  const clock = createClock();
  const store = createOwnClientStore(clock);
  const killed = world(() => hanging.promise, clock, store);
  const alive = world((nth) => token(nth, 1000), clock, store);
  void killed.tokens.get(undefined, NEVER);
  expect(await alive.tokens.get(undefined, NEVER)).toBe("T1");
  expect(clock.elapsed()).toBe(30_000);
});

/** A clock that stands still until it is moved; `jump` moves the wall clock only. */
function createClock(): Clock & { advance(durationMs: number): void; jump(durationMs: number): void } {
  let [elapsedMs, jumpedMs] = [0, 0];
  return {
    now: () => elapsedMs + jumpedMs,
    elapsed: () => elapsedMs,
    advance(durationMs) {
      elapsedMs += durationMs;
    },
    jump(durationMs) {
      jumpedMs += durationMs;
    },
    async sleep(durationMs, signal) {
      const wakeAt = elapsedMs + durationMs;
      await Promise.resolve();
      signal.throwIfAborted();
      elapsedMs = Math.max(elapsedMs, wakeAt);
    },
  };
}
