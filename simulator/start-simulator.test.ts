import { expect, test } from "vitest";
import { connect, member } from "../test/simulator/connect.ts";
import { startSimulator } from "./start-simulator.ts";

const MONTH = new URL("../data/anonymous-bank-1999-02.tsv.gz", import.meta.url).pathname;

test("startSimulator() serves a call log and a generated centre as one, beside an object store", async () => {
  const started = await startSimulator({
    callsFile: MONTH,
    generate: { count: 50, seed: 1 },
    objectStore: true,
    bucket: "reports",
  });
  try {
    expect(started.centre.conversations.size).toBe(33_344 + 50);
    const client = await connect(started.simulator);
    const count = async (interval: string): Promise<unknown> =>
      member((await client.query({ interval })).json, "totalHits");
    expect(await count("1999-02-01T00:00:00Z/1999-02-08T00:00:00Z")).toBe(9_005);
    expect(await count("2024-03-01T00:00:00Z/2024-03-08T00:00:00Z")).toBeGreaterThan(0);
    expect(started.objectStore?.buckets.names()).toEqual(["reports"]);
  } finally {
    await started.close();
  }
});

test("startSimulator() gives the lines for .env, the store's only when there is one", async () => {
  const bare = await startSimulator({ generate: { count: 1, seed: 1 } });
  const stored = await startSimulator({ generate: { count: 1, seed: 1 }, objectStore: true });
  await Promise.all([bare.close(), stored.close()]);
  const { simulator } = bare;
  expect(bare.envLines).toEqual([
    `GENESYSCLOUD_OAUTHCLIENT_ID=${simulator.clientId}`,
    `GENESYSCLOUD_OAUTHCLIENT_SECRET=${simulator.clientSecret}`,
    `CALLSHEET_GENESYS_LOGIN_URL=${simulator.loginUrl}`,
    `CALLSHEET_GENESYS_API_URL=${simulator.apiUrl}`,
  ]);
  expect(bare.bucket).toBeUndefined();
  expect(stored.bucket).toBe("genesys-analytics-reports");
  expect(Object.keys(stored.env).slice(4)).toEqual([
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_REGION",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_S3_CONTROL",
  ]);
});

test("startSimulator() asks for conversations, and names a log that is not there", async () => {
  await expect(startSimulator({})).rejects.toThrow("name a call log, or say how many to generate");
  await expect(startSimulator({ callsFile: "/nowhere/calls.tsv" })).rejects.toThrow("/nowhere/calls.tsv");
});
