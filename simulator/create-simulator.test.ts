import { connect as connectSocket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { connect, DETAILS_QUERY, idsOf, member, signIn } from "../test/simulator/connect.ts";
import { conversation, entity, minuteByMinute, participant, smallCentre } from "../test/simulator/small-centre.ts";
import { createSimulator, type Simulator, type SimulatorOptions } from "./create-simulator.ts";

const DAY = { interval: "2024-05-01T00:00:00Z/2024-05-02T00:00:00Z" };
const UUID = /^[0-9a-f-]{36}$/;

const open: Simulator[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

async function start(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await createSimulator({ centre: smallCentre(minuteByMinute(3)), ...options });
  open.push(simulator);
  return simulator;
}

describe("the sign-in", () => {
  test("createSimulator() gives a token for id and secret, with the lifetime that was set", async () => {
    const { status, json } = await signIn(await start({ tokenLifetimeSeconds: 600 }));
    expect(status).toBe(200);
    expect(json).toEqual({ access_token: expect.stringMatching(UUID), token_type: "bearer", expires_in: 600 });
  });

  test.each([400, 401] as const)("a wrong secret is an invalid_client with status %i", async (invalidClientStatus) => {
    const simulator = await start({ switches: { invalidClientStatus } });
    const { status, json } = await signIn(simulator, simulator.clientId, "wrong");
    expect(status).toBe(invalidClientStatus);
    expect(json).toEqual({
      error: "invalid_client",
      description: "authentication failed",
      error_description: "authentication failed",
    });
  });

  test("the sign-in takes a form with the grant and a Basic header, and nothing else", async () => {
    const { loginUrl, clientId, clientSecret } = await start();
    const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
    const form = "application/x-www-form-urlencoded";
    const ask = async (headers: Record<string, string>, body: string): Promise<string> => {
      const answer = await fetch(`${loginUrl}/oauth/token`, { method: "POST", headers, body });
      return `${answer.status} ${String(member(await answer.json(), "error"))}`;
    };
    expect(await ask({ authorization: basic, "content-type": "application/json" }, "{}")).toBe("400 invalid_request");
    expect(await ask({ authorization: basic, "content-type": form }, "grant_type=password")).toBe(
      "400 unsupported_grant_type",
    );
    const inBody = `grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}`;
    expect(await ask({ "content-type": form }, inBody)).toBe("400 invalid_client");
  });

  test("a token asked of the API host is a 404, as is an API call to the login host", async () => {
    const { apiUrl, loginUrl } = await start();
    const wrong = await fetch(`${apiUrl}/oauth/token`, { method: "POST", body: "grant_type=client_credentials" });
    expect([wrong.status, await wrong.json()]).toEqual([
      404,
      {
        message: "HTTP 404 Not Found",
        code: "not found",
        status: 404,
        contextId: expect.stringMatching(UUID),
        details: [],
        errors: [],
      },
    ]);
    expect((await fetch(`${loginUrl}/api/v2/tokens/me`)).status).toBe(404);
  });

  test("the sign-in has a rate limit of its own", async () => {
    const simulator = await start({ switches: { signInsPerMinute: 2 }, now: () => 0 });
    expect([(await signIn(simulator)).status, (await signIn(simulator)).status]).toEqual([200, 200]);
    const third = await signIn(simulator);
    expect([third.status, third.headers.get("retry-after")]).toEqual([429, "60"]);
  });
});

describe("the token", () => {
  test("a call without a token needs one, a call with a bad one is refused", async () => {
    const { apiUrl } = await start();
    const bare = await fetch(`${apiUrl}/api/v2/tokens/me`);
    expect([bare.status, member(await bare.json(), "code")]).toEqual([401, "authentication.required"]);
    const bad = await fetch(`${apiUrl}/api/v2/tokens/me`, { headers: { authorization: "Bearer nonsense" } });
    expect([bad.status, await bad.json()]).toEqual([
      401,
      {
        message: "Invalid login credentials.",
        code: "bad.credentials",
        status: 401,
        contextId: expect.stringMatching(UUID),
        details: [],
        errors: [],
      },
    ]);
  });

  test("a token really expires by the simulator's clock, and another one helps", async () => {
    let clock = 1_000_000;
    const simulator = await start({ tokenLifetimeSeconds: 300, now: () => clock });
    const client = await connect(simulator);
    clock += 299_999;
    expect((await client.get("/api/v2/tokens/me")).status).toBe(200);
    clock += 1;
    expect((await client.get("/api/v2/tokens/me")).status).toBe(401);
    expect((await (await connect(simulator)).get("/api/v2/tokens/me")).status).toBe(200);
  });

  test("tokens can be revoked, all of them by revokeTokens(), one by its holder", async () => {
    const simulator = await start();
    const [first, second] = [await connect(simulator), await connect(simulator)];
    expect((await first.send("/api/v2/tokens/me", { method: "DELETE" })).status).toBe(200);
    expect((await first.get("/api/v2/tokens/me")).status).toBe(401);
    expect((await second.send("/api/v2/tokens/me", { method: "HEAD" })).status).toBe(200);
    simulator.revokeTokens();
    expect((await second.send("/api/v2/tokens/me", { method: "HEAD" })).status).toBe(401);
  });

  test("GET tokens/me describes organisation and client with its divisions", async () => {
    const centre = smallCentre([], { divisions: [entity("North"), entity("South")] });
    const { json } = await (await connect(await start({ centre }))).get("/api/v2/tokens/me");
    expect(member(json, "organization", "name")).toBe("Test organisation");
    expect(member(json, "OAuthClient", "authorizedGrantType")).toBe("CLIENT-CREDENTIALS");
    expect(member(json, "OAuthClient", "roleDivisions")).toMatchObject([
      { divisionId: entity("North").id },
      { divisionId: entity("South").id },
    ]);
  });
});

describe("what a client may see", () => {
  test("a missing permission is a 403 that names what would help", async () => {
    const clients = [{ id: "c", secret: "s", permissions: ["routing:queue:view"] }];
    const client = await connect(await start({ clients }));
    const { status, json } = await client.query(DAY);
    expect(status).toBe(403);
    expect(json).toMatchObject({
      code: "missing.any.permissions",
      message:
        "Unable to perform the requested action. You must have at least one of the following permissions assigned: analytics:conversationDetail:view, analytics:agentConversationDetail:view",
    });
    expect((await client.get("/api/v2/routing/queues")).status).toBe(200);
    expect((await client.get("/api/v2/routing/wrapupcodes")).json).toMatchObject({ code: "missing.permissions" });
    expect((await client.get("/api/v2/users")).status).toBe(200);
  });

  test("one of several permissions is enough", async () => {
    const clients = [{ id: "c", secret: "s", permissions: ["analytics:agentConversationDetail:view"] }];
    expect((await (await connect(await start({ clients }))).query(DAY)).status).toBe(200);
  });

  test("divisions hide conversations and entities without a word", async () => {
    const [north, south] = [entity("North"), entity("South")];
    const inDivision = (division: typeof north) => ({ division: { id: division.id, name: division.name } });
    const [a, b] = ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"];
    const centre = smallCentre(
      [
        conversation({ id: a, start: "2024-05-01T10:00:00.000Z", divisionIds: [north.id] }),
        conversation({ id: b, start: "2024-05-01T11:00:00.000Z", divisionIds: [north.id, south.id] }),
      ],
      {
        divisions: [north, south],
        queues: [entity("Q north", inDivision(north)), entity("Q south", inDivision(south))],
      },
    );
    const clients = [
      { id: "all", secret: "s" },
      { id: "south", secret: "s", divisionIds: [south.id] },
    ];
    const simulator = await start({ centre, clients });
    const limited = await connect(simulator, "south", "s");
    const free = await connect(simulator, "all", "s");
    const ask = `/api/v2/analytics/conversations/details?id=${a}&id=${b}`;
    expect([idsOf(await free.query(DAY)), idsOf(await limited.query(DAY))]).toEqual([[a, b], [b]]);
    expect([idsOf(await free.get(ask)), idsOf(await limited.get(ask))]).toEqual([[a, b], [b]]);
    expect((await limited.get(`/api/v2/analytics/conversations/${a}/details`)).status).toBe(404);
    expect((await free.get(`/api/v2/analytics/conversations/${a}/details`)).json).toMatchObject({ conversationId: a });
    expect(member((await limited.get("/api/v2/routing/queues")).json, "total")).toBe(1);
    expect((await limited.get(`/api/v2/routing/queues/${entity("Q north").id}`)).status).toBe(404);
  });

  test("participants' attributes are not shown", async () => {
    const centre = smallCentre([
      conversation({
        start: "2024-05-01T10:00:00.000Z",
        participants: [participant("customer", {}, { attributes: { ssn: "1" } })],
      }),
    ]);
    const { text } = await (await connect(await start({ centre }))).query(DAY);
    expect(text).toContain('"purpose":"customer"');
    expect(text).not.toContain("attributes");
  });
});

describe("every answer", () => {
  test("bears another correlation id, which an error repeats", async () => {
    const client = await connect(await start());
    const [fine, wrong] = [await client.get("/api/v2/users"), await client.get("/api/v2/nothing")];
    expect(fine.headers.get("inin-correlation-id")).toMatch(UUID);
    expect(member(wrong.json, "contextId")).toBe(wrong.headers.get("inin-correlation-id"));
    expect(wrong.headers.get("inin-correlation-id")).not.toBe(fine.headers.get("inin-correlation-id"));
  });

  test("is compressed for who accepts it, and only then", async () => {
    const simulator = await start({ centre: smallCentre(minuteByMinute(100)) });
    const client = await connect(simulator);
    const body = JSON.stringify({ ...DAY, paging: { pageSize: 100, pageNumber: 1 } });
    const ask = (encoding: string) =>
      client.send(DETAILS_QUERY, { method: "POST", body, headers: { "accept-encoding": encoding } });
    const [packed, plain, declined] = [await ask("br, gzip"), await ask("identity"), await ask("gzip;q=0")];
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(declined.headers.get("content-encoding")).toBeNull();
    expect(packed.text).toBe(plain.text);
  });

  test("counts against the rate limit of its token, and says so", async () => {
    let clock = 0;
    const simulator = await start({ rateLimitPerMinute: 2, now: () => clock });
    const [client, other] = [await connect(simulator), await connect(simulator)];
    const seen = (reply: Awaited<ReturnType<typeof client.get>>) =>
      ["count", "allowed", "reset"].map((name) => reply.headers.get(`inin-ratelimit-${name}`));
    expect(seen(await client.get("/api/v2/users"))).toEqual(["1", "2", "60"]);
    clock = 10_500;
    expect(seen(await client.get("/api/v2/users"))).toEqual(["2", "2", "50"]);
    const over = await client.get("/api/v2/users");
    expect([over.status, over.headers.get("retry-after"), ...seen(over)]).toEqual([429, "50", "2", "2", "50"]);
    expect(over.json).toMatchObject({
      code: "too.many.requests",
      message: "Rate limit exceeded the maximum [2] requests within [60] seconds",
      limit: { namespace: "platform.api", key: "client.credentials.token.rate.per.minute", value: 2 },
    });
    expect((await other.get("/api/v2/users")).status).toBe(200);
    clock = 60_000;
    expect((await client.get("/api/v2/users")).status).toBe(200);
  });

  test("the limit can change while a window runs", async () => {
    const simulator = await start({ rateLimitPerMinute: 100, now: () => 0 });
    const client = await connect(simulator);
    await client.get("/api/v2/users");
    simulator.setRateLimit(1);
    expect((await client.get("/api/v2/users")).status).toBe(429);
  });

  test("a sliding window forgets request by request", async () => {
    let clock = 0;
    const client = await connect(
      await start({
        rateLimitPerMinute: 2,
        now: () => clock,
        switches: { rateWindow: "sliding", limitInRateError: false },
      }),
    );
    const statusAt = async (at: number): Promise<number> => {
      clock = at;
      return (await client.get("/api/v2/users")).status;
    };
    expect(await statusAt(0)).toBe(200);
    expect(await statusAt(30_000)).toBe(200);
    const over = await client.get("/api/v2/users");
    expect([over.status, over.headers.get("retry-after"), member(over.json, "limit")]).toEqual([429, "30", undefined]);
    expect(await statusAt(60_000)).toBe(200);
    expect(await statusAt(60_001)).toBe(429);
    expect(await statusAt(90_000)).toBe(200);
  });
});

describe("what does not fit", () => {
  test("an unknown path, a wrong method, an operation that is not simulated", async () => {
    const client = await connect(await start());
    expect(await client.get("/api/v2/nothing")).toMatchObject({ status: 404, json: { code: "not.found" } });
    const wrongMethod = await client.get(DETAILS_QUERY);
    expect([wrongMethod.status, wrongMethod.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await client.get("/api/v2/analytics/dataretention/settings")).status).toBe(501);
  });

  test("a body of another type, too large, or no JSON", async () => {
    const client = await connect(await start());
    const asText = await client.send(DETAILS_QUERY, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "text/plain" },
    });
    expect(asText).toMatchObject({ status: 415, json: { code: "unsupported.media.type" } });
    expect(await client.post(DETAILS_QUERY, " ".repeat(512_001))).toMatchObject({
      status: 413,
      json: { message: "The request is over the size limit. Maximum bytes: 512000" },
    });
    expect(await client.post(DETAILS_QUERY, "{")).toMatchObject({ status: 400, json: { code: "bad.request" } });
  });

  test("a path that is no URL", async () => {
    const client = await connect(await start());
    expect(await client.get("/api/v2/routing/queues/%zz")).toMatchObject({
      status: 400,
      json: { code: "bad.request" },
    });
  });
});

describe("the handle", () => {
  test("requests tells what came, in order, without any secret", async () => {
    const simulator = await start({ now: () => 77 });
    const client = await connect(simulator);
    await client.get("/api/v2/users?pageSize=3");
    await client.query(DAY);
    expect(simulator.requests).toMatchObject([
      {
        at: 77,
        host: "login",
        method: "POST",
        path: "/oauth/token",
        body: "grant_type=client_credentials",
        status: 200,
        faults: [],
      },
      { at: 77, host: "api", method: "GET", path: "/api/v2/users?pageSize=3", body: undefined, status: 200 },
      { at: 77, host: "api", method: "POST", path: DETAILS_QUERY, body: DAY, status: 200 },
    ]);
    expect(JSON.stringify(simulator.requests)).not.toContain(simulator.clientSecret);
  });

  test("violations tells which requests broke the API description, and how", async () => {
    const simulator = await start();
    const client = await connect(simulator);
    await client.query(DAY);
    await client.get("/api/v2/users?state=any&colour=red");
    await client.get("/api/v2/users?state=gone");
    await client.get("/api/v2/users?pageSize=many");
    await client.query({ ...DAY, order: "up", groupBy: ["queueId"] });
    expect(simulator.violations.map(({ reasons }) => reasons)).toEqual([
      ["query parameter colour: not in the API description"],
      ["query parameter state: gone is none of active, inactive, deleted, any"],
      ["query parameter pageSize: many is no integer"],
      ["body: must NOT have additional properties [groupBy]", "/order: must be equal to one of the allowed values"],
    ]);
  });

  test("close() ends what is under way and frees the ports", async () => {
    const simulator = await createSimulator({ centre: smallCentre([]), latencyMs: 60_000 });
    const waiting = signIn(simulator).catch(() => undefined);
    while (simulator.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await simulator.close();
    await waiting;
    const port = Number(new URL(simulator.apiUrl).port);
    const code = await new Promise((resolve) => {
      connectSocket(port, "127.0.0.1").on("error", (error) => resolve(member(error, "code")));
    });
    expect(code).toBe("ECONNREFUSED");
  });

  test("createSimulator() with a port takes that one and the next, and says when one is taken", async () => {
    const taken = Number(new URL((await start()).apiUrl).port);
    await expect(start({ port: taken })).rejects.toThrow("EADDRINUSE");
  });

  test("limits are those that the simulator keeps", async () => {
    const client = await connect(await start({ rateLimitPerMinute: 42 }));
    const path = "/api/v2/organizations/limits/namespaces";
    const rate = { namespace: "platform.api", key: "client.credentials.token.rate.per.minute" };
    expect(member((await client.get(`${path}/platform.api`)).json, "entities", 0)).toEqual({ ...rate, value: 42 });
    expect(member((await client.get(`${path}/platform.api/defaults`)).json, "entities", 0)).toEqual({
      ...rate,
      value: 300,
    });
    expect((await client.get(`${path}/analytics`)).json).toEqual({
      entities: [
        { namespace: "analytics", key: "details.jobs.concurrent.access.max", value: 25 },
        { namespace: "analytics", key: "details.jobs.rate.per.second", value: 10 },
      ],
    });
    expect((await client.get(`${path}/bots`)).json).toEqual({ entities: [] });
    expect((await client.get(`${path}/nonsense`)).json).toMatchObject({ status: 400, code: "invalid.value" });
  });
});
