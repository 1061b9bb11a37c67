// More conversations in a window, and in a day, than the details query pages through: by narrowing, by jobs, and by
// jobs with the query behind the end of their data. The centre is computed by index, so that it takes no memory.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Centre, Conversation } from "../../simulator/conversations/centre.ts";
import { stableId } from "../../simulator/conversations/stable-id.ts";
import { conversation, participant, segment, smallCentre } from "../simulator/small-centre.ts";
import { createTestClock } from "../support/test-clock.ts";
import { type Project, startProject } from "../faults/start-project.ts";

const COUNT = 350_000;
const START = Date.UTC(2024, 3, 1);
const DAY_MS = 86_400_000;
/** Two days; 175,000 conversations each. */
const STEP_MS = (2 * DAY_MS) / COUNT;
const QUEUES = ["sales", "billing", "help"].map((name) => stableId("queue", name));

const REPORT = (source: string): string => `report: cap
timeZone: UTC
interval: 2024-04-01/2024-04-03
groupBy: [routing.queue.id, time.hour]
measures: [conversation_count, offered, total_duration_seconds]
source: ${source}
export: [csv]
`;

test.each([
  ["R-28: the query, narrowed below the cap", "details_query", {}],
  ["R-28: a job", "details_job", {}],
  [
    "R-28: a job up to the end of its data, and the query behind it",
    "details_job",
    { dataAvailability: { at: START + 2.5 * DAY_MS } },
  ],
])(
  "%s brings 350,000 conversations of two days, complete",
  async (_name, source, options) => {
    const project = await startProject({
      centre: centreByIndex(),
      rateLimitPerMinute: 1_000_000,
      clock: createTestClock(Date.UTC(2024, 4, 20)),
      files: { "reports/cap.yaml": REPORT(source) },
      ...options,
    });
    const { csv, manifest } = await runIn(project);
    expect(manifest).toMatchObject({ completeness: "complete", counts: { unique: COUNT, rejected: 0 } });
    expect(csv).toBe(expectedCsv());
  },
  300_000,
);

interface RunOutcome {
  readonly csv: string;
  readonly manifest: unknown;
}

async function runIn(project: Project): Promise<RunOutcome> {
  const { exitCode, err } = await project.run(["run", "cap", "--out", join(project.folder, "out")]);
  expect([exitCode, err.includes("error ")], err).toEqual([0, false]);
  const read = (name: string): string => readFileSync(join(project.folder, "out", name), "utf8");
  return { csv: read("cap.csv"), manifest: JSON.parse(read("manifest.json")) };
}

function startOf(index: number): number {
  return START + Math.floor(index * STEP_MS);
}

/** Thirty seconds and up to a minute more. */
function lengthMsOf(index: number): number {
  return 30_000 + (index % 60) * 1_000;
}

function centreByIndex(): Centre {
  const endOf = (index: number): number => startOf(index) + lengthMsOf(index);
  return {
    ...smallCentre([]),
    conversations: { size: COUNT, startAt: startOf, endAt: endOf, get: conversationAt },
  };
}

function conversationAt(index: number): Conversation {
  const start = new Date(startOf(index)).toISOString();
  const end = new Date(startOf(index) + lengthMsOf(index)).toISOString();
  return conversation({
    id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    start,
    end,
    participants: [
      participant("acd", {
        segments: [segment({ queueId: QUEUES[index % 3] ?? "", segmentStart: start, segmentEnd: end })],
        metrics: [{ name: "nOffered", value: 1, emitDate: end }],
      }),
    ],
  });
}

/** The report in plain arithmetic: one line for each queue and hour. */
function expectedCsv(): string {
  const groups = new Map<string, { count: number; seconds: number }>();
  for (let index = 0; index < COUNT; index++) {
    const hour = new Date(Math.floor(startOf(index) / 3_600_000) * 3_600_000).toISOString().slice(0, 16);
    const key = `${QUEUES[index % 3]},${hour}+00:00`;
    const group = groups.get(key) ?? { count: 0, seconds: 0 };
    groups.set(key, { count: group.count + 1, seconds: group.seconds + lengthMsOf(index) / 1_000 });
  }
  const rows = [...groups].sort(([left], [right]) => (left < right ? -1 : 1));
  const lines = rows.map(([key, { count, seconds }]) => `${key},${count},${count},${seconds}`);
  return ["routing.queue.id,time.hour,conversation_count,offered,total_duration_seconds", ...lines, ""].join("\r\n");
}
