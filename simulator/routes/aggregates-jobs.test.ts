import { afterEach, expect, test } from "vitest";
import { connect, type Connection, member } from "../../test/simulator/connect.ts";
import { AGGREGATE_JOBS, finish, page, pages, submit } from "../../test/simulator/jobs.ts";
import { generateCentre } from "../conversations/generate-centre.ts";
import { createSimulator, type Simulator } from "../create-simulator.ts";
import { jobFails } from "../faults/job-faults.ts";

const QUERY = {
  interval: "2024-05-01T00:00:00.000Z/2024-05-02T00:00:00.000Z",
  metrics: ["nOffered", "tHandle"],
  groupBy: ["queueId", "userId"],
};

const open: Simulator[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

async function start(): Promise<{ client: Connection; simulator: Simulator }> {
  const centre = generateCentre({ count: 200, seed: 9, start: "2024-05-01", days: 1 });
  const simulator = await createSimulator({ centre, rateLimitPerMinute: 10_000 });
  open.push(simulator);
  return { client: await connect(simulator), simulator };
}

test("the pages of an aggregate job are the groups of the query", async () => {
  const { client, simulator } = await start();
  const { json } = await client.post("/api/v2/analytics/conversations/aggregates/query", QUERY);
  const expected = [member(json, "results")].flat();
  const job = await submit(client, { ...QUERY, pageSize: 40 }, AGGREGATE_JOBS);
  expect(await finish(client, job)).toBe("FULFILLED");
  const replies = await pages(client, job);
  const sizes = replies.map((reply) => [member(reply.json, "results")].flat().length);
  expect([sizes.at(0), sizes.length]).toEqual([40, Math.ceil(expected.length / 40)]);
  expect(replies.flatMap((reply) => member(reply.json, "results"))).toEqual(expected);
  const whole = await submit(client, { ...QUERY, pageSize: expected.length }, AGGREGATE_JOBS);
  await finish(client, whole);
  expect(member((await page(client, whole)).json, "cursor")).toBeUndefined();
  expect((await client.send(whole, { method: "DELETE" })).status).toBe(204);
  expect((await client.send(job, { method: "DELETE" })).status).toBe(204);
  expect((await page(client, job)).status).toBe(404);
  expect([simulator.violations, simulator.failures, simulator.jobs()]).toEqual([[], [], []]);
});

test("an aggregate job without groups has one page, and nonsense is refused when it is submitted", async () => {
  const { client } = await start();
  const nothing = { ...QUERY, interval: "2020-05-01T00Z/2020-05-02T00Z" };
  const job = await submit(client, nothing, AGGREGATE_JOBS);
  await finish(client, job);
  expect((await page(client, job)).json).toEqual({ results: [] });
  for (const wrong of [{ granularity: "x" }, { metrics: [] }, { pageSize: 0 }, { pageSize: 10_001 }]) {
    expect((await client.post(AGGREGATE_JOBS, { ...QUERY, ...wrong })).status).toBe(400);
  }
});

test("faults of jobs strike aggregate jobs when their path is named", async () => {
  const { client, simulator } = await start();
  simulator.faults.add(jobFails({ path: AGGREGATE_JOBS }));
  const job = await submit(client, QUERY, AGGREGATE_JOBS);
  expect(simulator.jobs()).toMatchObject([{ kind: "aggregates", state: "QUEUED" }]);
  expect(await finish(client, job)).toBe("FAILED");
  expect(await finish(client, await submit(client, QUERY, AGGREGATE_JOBS))).toBe("FULFILLED");
});
