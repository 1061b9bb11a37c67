/** The vendor's own SDK as a client of the simulator: whoever built it has never seen our code. */
import platformClient from "purecloud-platform-client-v2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCallLog } from "../../simulator/conversations/call-log.ts";
import { createSimulator, type Simulator } from "../../simulator/create-simulator.ts";

const MONTH = new URL("../../data/anonymous-bank-1999-02.tsv.gz", import.meta.url).pathname;
const DAY = { interval: "1999-02-01T00:00:00.000Z/1999-02-02T00:00:00.000Z" };

let simulator: Simulator;
const client = platformClient.ApiClient.instance;
beforeAll(async () => {
  simulator = await createSimulator({ centre: await readCallLog(MONTH) });
  // The SDK knows one gateway for both hosts, so each is set when it is needed.
  useHost(simulator.loginUrl);
  await client.loginClientCredentialsGrant(simulator.clientId, simulator.clientSecret);
  useHost(simulator.apiUrl);
});
afterAll(() => simulator.close());

function useHost(url: string): void {
  const { protocol, hostname, port } = new URL(url);
  client.setGateway({ host: hostname, protocol: protocol.replace(":", ""), port: Number(port) });
}

test("the official SDK pages through a whole day", async () => {
  const analytics = new platformClient.AnalyticsApi();
  const ids = new Set<string | undefined>();
  let totalHits: number | undefined;
  for (let pageNumber = 1; ; pageNumber += 1) {
    const answer = await analytics.postAnalyticsConversationsDetailsQuery({
      ...DAY,
      paging: { pageSize: 100, pageNumber },
    });
    totalHits = answer.totalHits;
    if (answer.conversations === undefined) break;
    for (const { conversationId } of answer.conversations) ids.add(conversationId);
  }
  expect(ids.size).toBe(totalHits);
  expect(ids.size).toBeGreaterThan(1_000);
  expect(simulator.violations).toEqual([]);
});

test("the official SDK asks with filters, and for one conversation", async () => {
  const analytics = new platformClient.AnalyticsApi();
  const { conversations = [] } = await analytics.postAnalyticsConversationsDetailsQuery({
    ...DAY,
    segmentFilters: [
      {
        type: "and",
        predicates: [
          { dimension: "purpose", value: "acd" },
          { dimension: "disconnectType", value: "peer" },
        ],
      },
    ],
  });
  expect(conversations).toHaveLength(25);
  const [first] = conversations;
  expect(await analytics.getAnalyticsConversationDetails(first?.conversationId ?? "")).toEqual(first);
});

test("the official SDK runs a details job to its end, and deletes it", async () => {
  const analytics = new platformClient.AnalyticsApi();
  const { dataAvailabilityDate = "" } = await analytics.getAnalyticsConversationsDetailsJobsAvailability();
  expect(Date.parse(dataAvailabilityDate)).toBeGreaterThan(Date.parse("1999-03-01"));
  const { jobId = "" } = await analytics.postAnalyticsConversationsDetailsJobs(DAY);
  const states: unknown[] = [];
  while (states.at(-1) !== "FULFILLED") {
    states.push((await analytics.getAnalyticsConversationsDetailsJob(jobId)).state);
    expect(states.length).toBeLessThan(9);
  }
  expect(states).toEqual(["QUEUED", "PENDING", "FULFILLED"]);
  const ids = new Set<string | undefined>();
  for (let cursor: string | undefined; ; ) {
    const options = { pageSize: 300, ...(cursor === undefined ? {} : { cursor }) };
    const answer = await analytics.getAnalyticsConversationsDetailsJobResults(jobId, options);
    for (const { conversationId } of answer.conversations ?? []) ids.add(conversationId);
    expect(answer.conversations?.[0]?.participants?.[0]?.attributes).toHaveProperty("customerId");
    cursor = answer.cursor;
    if (cursor === undefined) break;
  }
  expect(ids.size).toBeGreaterThan(1_000);
  await analytics.deleteAnalyticsConversationsDetailsJob(jobId);
  await expect(analytics.getAnalyticsConversationsDetailsJob(jobId)).rejects.toMatchObject({ status: 404 });
  expect(simulator.violations).toEqual([]);
});

test("the official SDK asks for aggregates", async () => {
  const analytics = new platformClient.AnalyticsApi();
  const { results = [] } = await analytics.postAnalyticsConversationsAggregatesQuery({
    ...DAY,
    granularity: "PT1H",
    timeZone: "Asia/Jerusalem",
    groupBy: ["queueId"],
    metrics: ["nOffered", "oServiceLevel", "tWait"],
  });
  expect(results).toHaveLength(6);
  expect(results.flatMap(({ data = [] }) => data).every(({ metrics = [] }) => metrics.length === 3)).toBe(true);
  expect(simulator.violations).toEqual([]);
});

test("the official SDK lists queues, users and divisions", async () => {
  const { entities: queues } = await new platformClient.RoutingApi().getRoutingQueues({ pageSize: 500 });
  expect(queues?.map(({ name }) => name)).toContain("Stock exchange");
  const users = await new platformClient.UsersApi().getUsers({ state: "any", pageSize: 10 });
  expect([users.total, users.pageCount, users.entities?.length]).toEqual([24, 3, 10]);
  const divisions = await new platformClient.AuthorizationApi().getAuthorizationDivisions();
  expect(divisions.entities?.map(({ name }) => name)).toEqual(["Bank"]);
});
