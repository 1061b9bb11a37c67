// The same report twice over the whole life of a generated centre, where nothing crosses an edge of the window: counted
// here from conversations, and stated by the service. The files must be the same to the byte, but for rows of zeros, and
// so must the totals; then what a person sees of a run that aggregates answered.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startProject } from "../faults/start-project.ts";
import { conversation, participant, segment, smallCentre } from "../simulator/small-centre.ts";
import { openProject, type Project } from "../support/run-report.ts";
import { createTestClock } from "../support/test-clock.ts";

const LEGS =
  "answered, asa_seconds, talk_seconds, hold_seconds, acw_seconds, handle_seconds, aht_seconds, avg_hold_seconds";
const VISITS = "offered, abandoned, abandon_rate";
const QUEUED = "{ path: routing.queue.id, operator: exists }";
const SERVED = "{ path: agent.id, operator: exists }";
const VOICE = "{ path: conversation.media.type, operator: eq, value: voice }";

let project: Project;

beforeAll(async () => {
  project = await openProject({ generate: { count: 1200, seed: 7 }, files: {} });
});

afterAll(async () => await project.close());

interface Asked {
  readonly groupBy: string;
  readonly measures: string;
  readonly filter?: string;
  readonly interval?: string;
}

describe("aggregates and conversations give the same bytes where no figure changes its bucket", () => {
  test.each<Asked & { readonly totals?: Record<string, null> }>([
    { groupBy: "routing.queue.name", measures: `${VISITS}, ${LEGS}`, filter: QUEUED },
    { groupBy: "agent.id", measures: LEGS, filter: SERVED },
    { groupBy: "agent.id, wrapup.name", measures: LEGS, filter: `${SERVED}, { path: wrapup.code, operator: exists }` },
    { groupBy: "conversation.division.name", measures: LEGS, filter: SERVED },
    {
      groupBy: "routing.queue.name, agent.name",
      measures: `conversation_count, ${LEGS}`,
      filter: `${VOICE}, ${QUEUED}, ${SERVED}`,
    },
    {
      groupBy: "routing.queue.id, conversation.media.type, conversation.direction",
      measures: `conversation_count, ${VISITS}`,
      filter: QUEUED,
      totals: { conversation_count: null },
    },
  ])("by $groupBy with $filter", async ({ totals = {}, ...asked }) => {
    const counted = await run(asked, "conversationStart");
    const stated = await run(asked, "eventTime");

    expect(counted.csv.split("\r\n").length).toBeGreaterThan(4);
    expect(stated.csv).toBe(asked.groupBy === "agent.id" ? withoutIdleRows(counted.csv) : counted.csv);
    expect(stated.manifest.totals).toEqual({ ...counted.manifest.totals, ...totals });
    expect([counted.manifest.source, stated.manifest.source]).toEqual([
      expect.stringContaining("details"),
      "aggregates",
    ]);
    expect(stated.requests).toBeLessThan(counted.requests);
    expect(stated.manifest.findings.map(({ code }) => code)).toEqual(
      "conversation_count" in totals ? ["total_not_stated"] : [],
    );
  });
});

test("the terminal and the page say whose figures they are, and by which clock", async () => {
  const { out, html } = await run({ groupBy: "routing.queue.name", measures: "offered" }, "eventTime", ["--reconcile"]);
  expect(out).toContain("\nthe service's own figures (aggregates), each counted when it was emitted · complete\n");
  expect(out).toContain("not reconciled with the server's aggregates: its figures are the server's own aggregates\n");
  expect(html).toContain("each counts when it was emitted, not when its conversation began");
});

test("R-51: the hour that clocks repeat is two buckets, each with its offset, and a day has 25 hours", async () => {
  const metrics = ["00:30", "01:30", "02:30"].map((time) => ({
    name: "nOffered",
    value: 1,
    emitDate: `2024-10-27T${time}:00.000Z`,
  }));
  const segments = [segment({ queueId: "3f2c5c3e-52f4-4f0e-8f0a-0d6a6f6f7d11" })];
  const call = conversation({
    start: "2024-10-27T00:00:00.000Z",
    participants: [participant("acd", { segments, metrics })],
  });
  const files = {
    "hours.yaml": reportOf(
      { groupBy: "time.hour", measures: "offered", interval: "2024-10-27/2024-10-28" },
      "eventTime",
    ),
    "days.yaml": reportOf({ groupBy: "time.day", measures: "offered", interval: "2024-10-26/2024-10-29" }, "eventTime"),
  };
  const small = await startProject({
    centre: smallCentre([call]),
    files,
    clock: createTestClock(Date.UTC(2024, 11, 1)),
  });
  const csvOf = async (name: string): Promise<string> => {
    expect(await small.run(["run", `${name}.yaml`, "--out", "out"])).toMatchObject({ exitCode: 0 });
    return readFileSync(join(small.folder, "out/stated.csv"), "utf8");
  };
  expect(await csvOf("hours")).toBe(
    "time.hour,offered\r\n2024-10-27T02:00+02:00,1\r\n2024-10-27T02:00+01:00,1\r\n2024-10-27T03:00+01:00,1\r\n",
  );
  expect(await csvOf("days")).toBe("time.day,offered\r\n2024-10-27,3\r\n");
});

test("a window that is not over makes figures of aggregates provisional", async () => {
  const { manifest } = await run(
    { groupBy: "routing.queue.name", measures: "offered", interval: "2024-05-01/2024-06-01" },
    "eventTime",
  );
  expect(manifest).toMatchObject({ completeness: "provisional", dataUntil: "2024-05-20T12:00:00.000Z" });
});

test("a filter on a name that nobody has asks for no figure and says so", async () => {
  const filter = "{ path: routing.queue.name, operator: contains, value: no such queue }";
  const { csv, manifest } = await run({ groupBy: "routing.queue.name", measures: "offered", filter }, "eventTime");
  expect(csv).toBe("routing.queue.name,offered\r\n");
  expect(manifest).toMatchObject({ questions: [], totals: { offered: 0 }, findings: [{ code: "name_unmatched" }] });
});

test("a client that may not ask for aggregates is told the permission", async () => {
  const poor = await openProject({
    generate: { count: 5, seed: 7 },
    clients: [{ id: "poor", secret: "s", permissions: ["analytics:conversationDetail:view"] }],
    files: { "stated.yaml": reportOf({ groupBy: "", measures: "offered" }, "eventTime") },
  });
  const env = { GENESYSCLOUD_OAUTHCLIENT_ID: "poor", GENESYSCLOUD_OAUTHCLIENT_SECRET: "s" };
  const { exitCode, err } = await poor.callsheet(["run", "stated.yaml"], { clock: createTestClock(), env });
  expect([exitCode, err]).toEqual([5, expect.stringContaining("analytics:conversationAggregate:view")]);
  await poor.close();
});

test("explain says the questions and what is not additive, also as JSON, before anything is asked", async () => {
  const asked = {
    groupBy: "routing.queue.name, time.hour",
    measures: "conversation_count, offered",
    filter: `${VOICE}, ${QUEUED}`,
  };
  const before = project.simulator.requests.length;
  project.write("stated.yaml", reportOf(asked, "eventTime"));
  const { out } = await project.callsheet(["explain", "stated.yaml", "--json"], { clock: createTestClock() });
  expect(JSON.parse(out)).toMatchObject({
    source: "aggregates",
    slices: [
      { id: "groups-1", source: "aggregates_job" },
      { id: "totals", source: "aggregates_query" },
    ],
    notAdditive: ["conversation_count"],
    requests: { atLeast: 5 },
    bodies: [
      { path: "/api/v2/analytics/conversations/aggregates/jobs", body: { granularity: "PT1H", pageSize: 25 } },
      { path: "/api/v2/analytics/conversations/aggregates/query", body: { timeZone: "Europe/Berlin" } },
    ],
  });
  expect(project.simulator.requests.length).toBe(before);

  project.write("stated.yaml", reportOf({ ...asked, interval: "2024-03-01/2024-03-08" }, "eventTime"));
  const online = await project.callsheet(["explain", "stated.yaml", "--online"], { clock: createTestClock() });
  expect(online.out).toContain("\nrequests     4 expected: ");
  expect(online.out).toContain("\nnot additive conversation_count (");
  const { requests } = await run({ ...asked, interval: "2024-03-01/2024-03-08" }, "eventTime");
  // The sign-in is not among the expected; an earlier run of this file keeps the limits and the listing.
  expect(requests).toBe(4 + 1 - 2);
});

interface Ran {
  readonly out: string;
  readonly csv: string;
  readonly html: string;
  readonly requests: number;
  readonly manifest: {
    readonly source: string;
    readonly totals: Record<string, unknown>;
    readonly findings: readonly { readonly code: string }[];
  };
}

async function run(asked: Asked, timeBasis: string, options: readonly string[] = []): Promise<Ran> {
  project.write("stated.yaml", reportOf(asked, timeBasis));
  const before = project.simulator.requests.length;
  const { exitCode, out, err } = await project.callsheet(
    ["run", "stated.yaml", "--fresh", "--out", "out", ...options],
    {
      clock: createTestClock(),
    },
  );
  expect([exitCode, err]).toEqual([0, expect.not.stringContaining("error")]);
  return {
    out,
    csv: project.read("out/stated.csv"),
    html: project.read("out/stated.html"),
    requests: project.simulator.requests.length - before,
    manifest: JSON.parse(project.read("out/manifest.json")) as Ran["manifest"],
  };
}

/** An agent who was only called has a row of zeros in our count; the service states what occurred, and has no group. */
function withoutIdleRows(csv: string): string {
  return csv.replaceAll(/(?<=\n)[^,\n]+,0,,0,0,0,0,,\r\n/g, "");
}

function reportOf(
  { groupBy, measures, filter = "", interval = "2024-02-28/2024-05-20" }: Asked,
  timeBasis: string,
): string {
  return `report: stated
timeZone: Europe/Berlin
interval: ${interval}
timeBasis: ${timeBasis}
filter: [${filter}]
groupBy: [${groupBy}]
measures: [${measures}]
export: [csv, html]
`;
}
