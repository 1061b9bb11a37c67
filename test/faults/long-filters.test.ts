/**
 * Filters with thousands of ids: shared out over requests that each fit, with every conversation once. The oracle
 * is the same report with a filter that nothing can be sent of, so that all of it is evaluated on all rows.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { Centre } from "../../simulator/conversations/centre.ts";
import { stableId } from "../../simulator/conversations/stable-id.ts";
import { refuseLargeBodies } from "../../simulator/faults/server-error.ts";
import { conversation, participant, segment, smallCentre } from "../simulator/small-centre.ts";
import { DETAILS_QUERY } from "./details-report.ts";
import { type Outcome, type Project, type ProjectOptions, startProject } from "./start-project.ts";

const ASKED = 2500;
const QUEUES = Array.from({ length: 2 * ASKED }, (_, nth) => stableId("queue", String(nth)));
const USERS = Array.from({ length: 2 * ASKED }, (_, nth) => stableId("user", String(nth)));
const [ASKED_QUEUES, ASKED_USERS] = [QUEUES.slice(0, ASKED), USERS.slice(0, ASKED - 1)];

test("B3: 2,500 queues are asked in parts, and the report is the one that local evaluation gives", async () => {
  const project = await open({ queues: [list("routing.queue.id", ASKED_QUEUES)] });
  const { rows, manifest } = await outcomeOf(project, "queues");

  expect(rows).toEqual(await localRows(project, [list("routing.queue.id", ASKED_QUEUES)]));
  expect(rows.length).toBeGreaterThan(200);
  // Five parts of 500 each; many conversations were on queues of two parts.
  expect(manifest).toMatchObject({ completeness: "complete", counts: { unique: rows.length } });
  expect(manifest.slices.map(({ slice }) => slice.slice(-11))).toEqual([
    "00001-00500",
    "00501-01000",
    "01001-01500",
    "01501-02000",
    "02001-02500",
  ]);
  expect(manifest.counts.duplicates).toBeGreaterThan(50);
  expect(project.simulator.violations).toEqual([]);
});

test("B3: of two long lists the longer one is asked in parts, the other is evaluated here, and explain says so", async () => {
  const filters = [list("agent.id", ASKED_USERS), list("routing.queue.id", ASKED_QUEUES)];
  const project = await open({ both: filters });
  const { out } = await project.run(["explain", "both"]);
  expect(out).toContain("shared out   the longest list, 2,500 values: 5 requests for each interval");
  expect(out).toMatch(/too long {5}only done here, .*: agent\.id is one of .* and 2,494 more\n/);
  expect(out).toContain("requests     at least 5:");
  expect(project.simulator.requests).toEqual([]);

  const { rows } = await outcomeOf(project, "both");
  expect(rows).toEqual(await localRows(project, filters));
  expect(rows.length).toBeGreaterThan(20);
  const sent = JSON.stringify(project.simulator.requests.map(({ body }) => body));
  expect([sent.includes("queueId"), sent.includes("userId")]).toEqual([true, false]);
  expect(project.simulator.violations).toEqual([]);
});

test("B3: a gateway that answers 413 gets shorter filters, not shorter intervals", async () => {
  const project = await open(
    { queues: [list("routing.queue.id", ASKED_QUEUES)] },
    { faults: [refuseLargeBodies(20_000)] },
  );
  const { rows, manifest } = await outcomeOf(project, "queues");

  expect(rows).toEqual(await localRows(project, [list("routing.queue.id", ASKED_QUEUES)]));
  expect(manifest).toMatchObject({ completeness: "complete" });
  const wholeWindow = manifest.slices.every(({ slice }) => /^(\d{8}T000000Z-?){2}-values-/.test(slice));
  expect([manifest.slices.length, wholeWindow]).toEqual([5 * 4, true]);
});

test("B3: genesys.request_too_large is the end when one value alone is too much", async () => {
  const project = await open(
    { queues: [list("routing.queue.id", ASKED_QUEUES.slice(0, 3))] },
    { faults: [refuseLargeBodies(100)] },
  );
  const { exitCode, err, out } = await project.run(["run", "queues"]);

  expect([exitCode, out]).toEqual([6, ""]);
  expect(err).toContain("genesys.request_too_large");
  expect(err).toContain("even with one value of the longest list of the filter");
});

interface Finished {
  readonly rows: readonly string[];
  readonly manifest: {
    readonly slices: readonly { readonly slice: string }[];
    readonly counts: Readonly<Record<string, number>>;
  };
}

/** Reports by name, with their filters, and a simulator of two days. */
async function open(
  reports: Readonly<Record<string, readonly string[]>>,
  options: Partial<ProjectOptions> = {},
): Promise<Project> {
  const files = Object.fromEntries(
    Object.entries(reports).map(([name, filters]) => [`reports/${name}.yaml`, reportText(name, filters)]),
  );
  return await startProject({ centre: twoDays(), rateLimitPerMinute: 100_000, ...options, files });
}

function reportText(name: string, filters: readonly string[]): string {
  return `report: ${name}
timeZone: UTC
interval: 2024-05-01T00:00:00Z/2024-05-03T00:00:00Z
filter:
${filters.map((filter) => `  - ${filter}\n`).join("")}rows: conversation
columns: [conversation.id, conversation.start]
export: [csv]
`;
}

function list(path: string, ids: readonly string[]): string {
  return JSON.stringify({ path, operator: "in", value: ids });
}

async function outcomeOf(project: Project, report: string): Promise<Finished> {
  const outcome = await project.run(["run", report, "--json"]);
  expect([outcome.exitCode, outcome.err.includes("error ")]).toEqual([0, false]);
  return finished(outcome);
}

/** The ids that remain when no condition is sent: an alternative that the service cannot evaluate keeps each here. */
async function localRows(project: Project, filters: readonly string[]): Promise<readonly string[]> {
  const never = `{ path: agent.talk.seconds, operator: gt, value: 1000000 }`;
  const local = filters.map((filter) => `{ type: compound, operator: or, filters: [${never}, ${filter}] }`);
  const before = project.simulator.requests.length;
  const other = await open({ here: local });
  const { rows } = await outcomeOf(other, "here");
  expect(project.simulator.requests).toHaveLength(before);
  const queries = other.simulator.requests.filter(({ path }) => path === DETAILS_QUERY);
  expect(queries.some(({ body }) => JSON.stringify(body).includes("Filters"))).toBe(false);
  return rows;
}

function finished({ out }: Outcome): Finished {
  const { artifacts } = JSON.parse(out) as { readonly artifacts: readonly { readonly path: string }[] };
  const [artifact] = artifacts;
  if (!artifact) throw new Error("no artifact");
  const manifest = JSON.parse(
    readFileSync(join(dirname(artifact.path), "../manifest.json"), "utf8"),
  ) as Finished["manifest"];
  return { rows: readFileSync(artifact.path, "utf8").trimEnd().split("\r\n").slice(1), manifest };
}

/** 600 conversations, each with two agents on two queues somewhere among all of them. */
function twoDays(): Centre {
  return smallCentre(
    Array.from({ length: 600 }, (_, nth) => {
      const startAt = Date.UTC(2024, 4, 1) + nth * 280_000;
      return conversation({
        id: stableId("long-filters", String(nth)),
        start: new Date(startAt).toISOString(),
        end: new Date(startAt + 60_000).toISOString(),
        participants: [nth * 7, nth * 13 + 100].map((place) =>
          participant(
            "agent",
            { segments: [segment({ queueId: QUEUES[place % QUEUES.length] ?? "" })] },
            { userId: USERS[(place * 3) % USERS.length] },
          ),
        ),
      });
    }),
  );
}
