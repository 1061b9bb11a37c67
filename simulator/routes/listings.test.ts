import { afterEach, expect, test } from "vitest";
import { connect, type Connection, member } from "../../test/simulator/connect.ts";
import { entity, smallCentre } from "../../test/simulator/small-centre.ts";
import type { Centre } from "../conversations/centre.ts";
import { createSimulator, type Simulator } from "../create-simulator.ts";
import type { Switches } from "../switches.ts";

const open: Simulator[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

async function start(
  entities: Partial<Omit<Centre, "conversations">>,
  switches: Partial<Switches> = {},
): Promise<Connection> {
  const simulator = await createSimulator({ centre: smallCentre([], entities), switches });
  open.push(simulator);
  return connect(simulator);
}

async function names(client: Connection, path: string): Promise<unknown[]> {
  const entities = member((await client.get(path)).json, "entities");
  return Array.isArray(entities) ? entities.map((it) => member(it, "name")) : [entities];
}

const LETTERS = ["Echo", "Alpha", "Delta", "Bravo", "Charlie"].map((name) => entity(name));

test("a listing comes by name, page by page, with links that lead from one to the next", async () => {
  const client = await start({ queues: LETTERS });
  const first = (await client.get("/api/v2/routing/queues?pageSize=2&name=*")).json;
  expect(first).toMatchObject({
    pageSize: 2,
    pageNumber: 1,
    total: 5,
    pageCount: 3,
    selfUri: "/api/v2/routing/queues?pageSize=2&name=*&pageNumber=1",
    firstUri: "/api/v2/routing/queues?pageSize=2&name=*&pageNumber=1",
    nextUri: "/api/v2/routing/queues?pageSize=2&name=*&pageNumber=2",
    lastUri: "/api/v2/routing/queues?pageSize=2&name=*&pageNumber=3",
  });
  expect(first).not.toHaveProperty("previousUri");
  const seen: unknown[] = [];
  for (let path: unknown = "/api/v2/routing/queues?pageSize=2"; typeof path === "string"; ) {
    seen.push(...(await names(client, path)));
    path = member((await client.get(path)).json, "nextUri");
  }
  expect(seen).toEqual(["Alpha", "Bravo", "Charlie", "Delta", "Echo"]);
});

test("a page past the end is empty, one below the first is refused", async () => {
  const client = await start({ queues: LETTERS });
  expect((await client.get("/api/v2/routing/queues?pageNumber=9")).json).toMatchObject({ entities: [], total: 5 });
  expect((await client.get("/api/v2/routing/queues?pageNumber=0")).status).toBe(400);
  expect((await client.get("/api/v2/routing/queues?pageSize=-1")).status).toBe(400);
});

test("a larger page than the maximum is lowered, and the answer says so", async () => {
  const client = await start({ queues: LETTERS }, { listingPageSizeMaximum: 3 });
  const { json } = await client.get("/api/v2/routing/queues?pageSize=1000");
  expect([member(json, "pageSize"), member(json, "pageCount"), member(json, "entities", "length")]).toEqual([3, 2, 3]);
});

test.each([
  ["*a", ["Alpha", "Delta"]],
  ["D*", ["Delta"]],
  ["*LI*", ["Charlie"]],
  ["echo", ["Echo"]],
  ["ech", []],
])("a name with %s finds %j", async (pattern, expected) => {
  const client = await start({ queues: LETTERS });
  expect(await names(client, `/api/v2/routing/queues?name=${encodeURIComponent(pattern)}`)).toEqual(expected);
});

test("ids and divisions choose, and repeat their parameter", async () => {
  const [home, away] = [entity("Home"), entity("Away")];
  const client = await start({
    divisions: [home, away],
    queues: [
      entity("One", { division: { id: home.id } }),
      entity("Two", { division: { id: away.id } }),
      entity("Three"),
    ],
  });
  expect(await names(client, `/api/v2/routing/queues?id=${entity("One").id}&id=${entity("Three").id}`)).toEqual([
    "One",
    "Three",
  ]);
  expect(await names(client, `/api/v2/routing/queues?divisionId=${away.id}`)).toEqual(["Two"]);
});

test("users are the active ones unless asked otherwise, and at most 100 by id", async () => {
  const client = await start({
    users: [
      entity("Ann", { state: "active" }),
      entity("Bob", { state: "inactive" }),
      entity("Cid", { state: "deleted" }),
    ],
  });
  expect(await names(client, "/api/v2/users")).toEqual(["Ann"]);
  expect(await names(client, "/api/v2/users?state=any")).toEqual(["Ann", "Bob", "Cid"]);
  expect(await names(client, "/api/v2/users?state=deleted")).toEqual(["Cid"]);
  expect(await names(client, `/api/v2/users?id=${entity("Bob").id}`)).toEqual([]);
  const ids = Array.from({ length: 101 }, () => `id=${entity("Ann").id}`).join("&");
  expect(await client.get(`/api/v2/users?${ids}`)).toMatchObject({
    status: 400,
    json: { code: "max.user.ids", message: "Only 100 users can be requested at a time." },
  });
});

test("flows are chosen by type, deleted ones only on request", async () => {
  const client = await start({
    flows: [
      entity("In", { type: "INBOUNDCALL" }),
      entity("Bot", { type: "DIGITALBOT" }),
      entity("Old", { type: "DIGITALBOT", deleted: true }),
    ],
  });
  expect(await names(client, "/api/v2/flows?type=digitalbot")).toEqual(["Bot"]);
  expect(await names(client, "/api/v2/flows?deleted=true")).toEqual(["Bot", "In", "Old"]);
});

test("every list of names is there", async () => {
  const client = await start({
    queues: [entity("Q")],
    users: [entity("U")],
    wrapUpCodes: [entity("W")],
    skills: [entity("S")],
    languages: [entity("L")],
    divisions: [entity("D")],
    flows: [entity("F")],
  });
  const paths = [
    "routing/queues",
    "routing/queues/divisionviews/all",
    "users",
    "routing/wrapupcodes",
    "routing/skills",
    "routing/languages",
    "authorization/divisions",
    "flows",
  ];
  const seen = await Promise.all(paths.map((path) => names(client, `/api/v2/${path}`)));
  expect(seen).toEqual([["Q"], ["Q"], ["U"], ["W"], ["S"], ["L"], ["D"], ["F"]]);
  expect(open[0]?.violations).toEqual([]);
});

test.each([
  ["routing/queues", "queueId"],
  ["users", "userId"],
  ["routing/wrapupcodes", "codeId"],
])("one of %s comes by its id", async (path, parameter) => {
  const one = entity("One");
  const client = await start({ queues: [one], users: [one], wrapUpCodes: [one] });
  expect((await client.get(`/api/v2/${path}/${one.id}`)).json).toMatchObject({
    name: "One",
    selfUri: `/api/v2/${path}/${one.id}`,
  });
  expect((await client.get(`/api/v2/${path}/${entity("Other").id}`)).json).toMatchObject({ code: "not.found" });
  const bad = await client.get(`/api/v2/${path}/8a2b3c4d-5e6f-7g8h-9i0j-k1l2m3n4o5p6`);
  expect(bad.json).toMatchObject({
    status: 400,
    message: `${parameter} 8a2b3c4d-5e6f-7g8h-9i0j-k1l2m3n4o5p6 is not a valid UUID.`,
  });
});
