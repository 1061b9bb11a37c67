// A bucket whose links serve opens: a click looks whether the bucket is still private, is on record, and leads on for a minute.

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { BucketHandle } from "../../simulator/object-store/bucket-handle.ts";
import {
  acceptsAnySignature,
  ignoresKey,
  neverExpires,
  servesAnybody,
} from "../../simulator/object-store/misbehaviour.ts";
import { CALLS_REPORT, configWithArchive, openProject, type Outcome, type Project } from "../support/run-report.ts";
import { LINK_KEY, openDoors, type OpenDoors } from "./open-doors.ts";

const TOLD = z.object({
  runId: z.string(),
  deliveries: z.array(
    z.object({
      artifact: z.string(),
      key: z.string(),
      url: z.string(),
      expiresAt: z.string(),
      verdict: z.object({ checks: z.array(z.object({ id: z.string(), result: z.string(), fact: z.string() })) }),
    }),
  ),
});
type Told = z.infer<typeof TOLD>;

const PUBLIC = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::genesys-analytics-reports/*" },
  ],
};

let project: Project;
let doors: OpenDoors;
let aheadMs: number;
beforeEach(async () => {
  aheadMs = 0;
  project = await openProject({
    objectStore: {},
    files: { "reports/calls.yaml": `${CALLS_REPORT}deliver: [archive]\n` },
  });
  const configOf = (base: string): string => configWithArchive({ links: `{ at: click, base: "${base}" }` });
  doors = await openDoors(project, configOf, () => Date.now() + aheadMs);
});
afterEach(async () => {
  await doors.close();
  await project.close();
});

const callsheet = async (...args: string[]): Promise<Outcome> =>
  await project.callsheet(args, { env: { CALLSHEET_LINK_KEY: LINK_KEY } });

async function run(): Promise<Told> {
  const { out, err } = await callsheet("run", "calls", "--json");
  expect(err).not.toContain("error");
  return TOLD.parse(JSON.parse(out));
}

function csvOf({ deliveries }: Told): Told["deliveries"][number] {
  const found = deliveries.find(({ artifact }) => artifact === "calls.csv");
  if (found === undefined) throw new Error("There is no link to calls.csv");
  return found;
}

const bucket = (): BucketHandle => {
  if (project.objectStore === undefined) throw new Error("The store was not started");
  return project.objectStore.buckets.get("genesys-analytics-reports");
};
const click = async (url: string): Promise<Response> => await fetch(url, { redirect: "manual" });
const openings = (): Record<string, unknown>[] =>
  project
    .read(".callsheet/links.ndjson")
    .trim()
    .split("\n")
    .map((line): Record<string, unknown> => JSON.parse(line))
    .filter(({ event }) => event === "opened");

describe("a link that is signed at the click", () => {
  test("T6: leads on to a link of the bucket that lives a minute, kept and told nowhere, and gives the delivered bytes", async () => {
    const told = await run();
    const { url, key } = csvOf(told);
    expect(url).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/open\/archive\/-\/reports\/calls\/\S+\?expires=\d+&signature=[0-9a-f]{64}$/,
    );
    const answer = await click(url);
    expect([answer.status, answer.headers.get("cache-control"), answer.headers.get("referrer-policy")]).toEqual([
      302,
      "no-store",
      "no-referrer",
    ]);
    const there = new URL(answer.headers.get("location") ?? "");
    expect([there.searchParams.get("X-Amz-Expires"), there.pathname.endsWith(key)]).toEqual(["60", true]);
    const file = await fetch(there);
    expect(await file.text()).toBe(project.read(`.callsheet/runs/${told.runId}/artifacts/calls.csv`));
    expect(file.headers.get("content-disposition")).toMatch(/^attachment; filename="calls.csv"/);
    expect(openings().at(-1)).toMatchObject({ destination: "archive", key, address: "127.0.0.1", answer: "led_on" });
    expect(project.read(".callsheet/links.ndjson")).not.toMatch(/ignature=|[0-9a-f]{64}/);
  });

  test("is proved at both doors: its own, and the bucket's behind it", async () => {
    const { verdict } = csvOf(await run());
    const factOf = (id: string): string | undefined => verdict.checks.find((check) => check.id === id)?.fact;
    expect(factOf("V17")).toBe("status 403; status 403");
    expect(factOf("V19")).toBe("status 403; status 403");
    expect(factOf("V22")).toBe("PUT 403, DELETE 403, object unchanged; PUT 403, DELETE 403, object unchanged");
    expect(factOf("V24")).toMatch(/^3600 seconds signed, .*; 60 seconds signed, /);
  });

  test("is refused unsigned, tampered, for another object and version, by other methods, and when it is over", async () => {
    const told = await run();
    const { url, expiresAt } = csvOf(told);
    const other = told.deliveries.find(({ artifact }) => artifact === "calls.json")?.url ?? "";
    for (const forged of [
      url.slice(0, url.indexOf("?")),
      url.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")),
      `${other.slice(0, other.indexOf("?"))}${url.slice(url.indexOf("?"))}`,
      url.replace("/-/", "/v1/"),
      url.replace("/open/", "/files/"),
    ])
      expect((await click(forged)).status).toBeGreaterThanOrEqual(403);
    expect((await fetch(url, { method: "HEAD" })).status).toBe(403);
    aheadMs = Date.parse(expiresAt) - Date.now();
    expect((await click(url)).status).toBe(403);
  });

  test("V27: leads nowhere once the bucket is not private any more, a quarter of an hour later at the latest", async () => {
    const { url } = csvOf(await run());
    expect((await click(url)).status).toBe(302);
    bucket().set({ policy: PUBLIC });
    aheadMs = 14 * 60_000;
    expect((await click(url)).status).toBe(302);
    aheadMs = 15 * 60_000;
    const answer = await click(url);
    expect([answer.status, answer.headers.get("location"), await answer.text()]).toEqual([
      403,
      null,
      "This file is withheld: who could read it is not certain. Its owner has been told.\n",
    ]);
    expect(doors.said).toEqual(["archive opens no link: it is not known to be private any more (V06)"]);
    expect(openings().at(-1)).toMatchObject({ answer: "refused" });
    bucket().set({ policy: undefined });
    expect((await click(url)).status).toBe(302);
  });

  test.each([
    { name: "serves anybody", misbehaviour: servesAnybody(), check: "V17" },
    { name: "accepts any signature", misbehaviour: acceptsAnySignature(), check: "V19" },
    { name: "takes a signature for any key", misbehaviour: ignoresKey(), check: "V20" },
    { name: "never ends a link", misbehaviour: neverExpires(), check: "V23" },
  ])("is not handed out where the store behind $name, whatever serve refuses", async ({ misbehaviour, check }) => {
    project.objectStore?.misbehave(misbehaviour);
    const { exitCode, err } = await callsheet("run", "calls");
    expect([exitCode, err]).toEqual([11, expect.stringMatching(new RegExp(`^ *${check} .* fail: `, "m"))]);
  });

  test("leads nowhere when the click cannot be put on record", async () => {
    const { url } = csvOf(await run());
    rmSync(join(project.folder, ".callsheet", "links.ndjson"));
    mkdirSync(join(project.folder, ".callsheet", "links.ndjson"));
    const answer = await click(url);
    expect([answer.status, answer.headers.get("location")]).toEqual([503, null]);
  });

  test("revoke removes the object, and the link leads to nothing", async () => {
    const told = await run();
    const { exitCode, out } = await callsheet("link", "revoke", told.runId, "calls.csv");
    expect([exitCode, out]).toEqual([0, expect.stringContaining("a link to it is refused (tried: 404)")]);
    expect((await fetch(csvOf(told).url)).status).toBe(404);
  });

  test("check --online says that the base is not reached", async () => {
    expect((await callsheet("check", "--online")).exitCode).toBe(0);
    await doors.close();
    const { exitCode, err } = await callsheet("check", "--online");
    expect([exitCode, err]).toEqual([
      10,
      expect.stringContaining("error delivery.unreachable: Cannot reach 127.0.0.1:"),
    ]);
  });
});
