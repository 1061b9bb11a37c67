/**
 * A report on four days in May 2024, one call every six hours, and what each run of it asked of the service and told in
 * its manifest. The clock of the test decides which days are settled.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Conversation } from "../../simulator/conversations/centre.ts";
import type { Manifest } from "../../src/domain/artifact.ts";
import { type Outcome, type Project, type ProjectOptions, startProject } from "../faults/start-project.ts";
import { conversation, entity, participant, segment, smallCentre } from "../simulator/small-centre.ts";
import { createTestClock } from "../support/test-clock.ts";

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Where all calls wait. */
export const QUEUE = entity("Support");
export const CODE = "0a1b2c3d-0000-4000-8000-000000000001";

/** The report on wrap-up codes. */
const CODES_REPORT = `report: codes
timeZone: UTC
interval: 2024-05-01T00:00:00Z/2024-05-05T00:00:00Z
groupBy: [time.day]
measures: [conversation_count, unique_wrapup_codes, handle_seconds]
export: [csv]
`;

/** Another question about the same conversations. */
export const ANSWERS_REPORT = `report: answers
timeZone: UTC
interval: 2024-05-02T00:00:00Z/2024-05-04T00:00:00Z
filter:
  - { path: conversation.media.type, operator: eq, value: voice }
groupBy: [routing.queue.id]
measures: [offered, answered, asa_seconds]
export: [csv]
`;

/** The nth call of the four days, from 0. */
export function idOf(nth: number): string {
  return `0c000000-0000-4000-8000-${String(nth).padStart(12, "0")}`;
}

const START = Date.UTC(2024, 4, 1);

function call(nth: number): Conversation {
  const at = (minutes: number): string => new Date(START + nth * 6 * HOUR_MS + minutes * 60_000).toISOString();
  const metric = (name: string, value: number): { name: string; value: number; emitDate: string } => ({
    name,
    value,
    emitDate: at(5),
  });
  return conversation({
    id: idOf(nth),
    start: at(0),
    end: at(10),
    participants: [
      participant("acd", {
        metrics: [metric("nOffered", 1)],
        segments: [segment({ queueId: QUEUE.id, segmentStart: at(0), segmentEnd: at(1) })],
      }),
      participant(
        "agent",
        {
          metrics: [metric("tAnswered", 60_000), metric("tHandle", 540_000)],
          segments: [
            segment({ queueId: QUEUE.id, segmentStart: at(1), segmentEnd: at(9) }),
            segment({
              segmentType: "wrapup",
              queueId: QUEUE.id,
              segmentStart: at(9),
              segmentEnd: at(10),
              wrapUpCode: CODE,
            }),
          ],
        },
        { userId: entity("Agent").id },
      ),
    ],
  });
}

/** A project at noon of the day, with both reports. */
export async function openStoredProject(
  day: string,
  options: Partial<ProjectOptions> = {},
  more: readonly Conversation[] = [],
): Promise<Project> {
  const calls = Array.from({ length: 16 }, (_, nth) => call(nth));
  return await startProject({
    centre: smallCentre([...calls, ...more], { queues: [QUEUE] }),
    clock: createTestClock(Date.parse(`${day}T12:00:00Z`)),
    ...options,
    files: { "reports/codes.yaml": CODES_REPORT, "reports/answers.yaml": ANSWERS_REPORT, ...options.files },
  });
}

export interface StoredRun extends Outcome {
  /** Requests of any kind, the sign-in too. */
  readonly requests: number;
  /** Days that were asked for, each once: `01`, `02`. */
  readonly asked: readonly string[];
  readonly manifest: Manifest;
  readonly csv: string;
}

/** Runs a report, which must succeed. */
export async function runReport(project: Project, report: string, ...options: readonly string[]): Promise<StoredRun> {
  const before = project.simulator.requests.length;
  const out = join(project.folder, "out");
  const outcome = await project.run(["run", report, "--out", out, ...options]);
  expect([outcome.exitCode, outcome.err]).toEqual([0, expect.not.stringContaining("error")]);
  expect([project.simulator.violations, project.simulator.failures]).toEqual([[], []]);
  const requests = project.simulator.requests.slice(before);
  return {
    ...outcome,
    requests: requests.length,
    asked: [...new Set(requests.flatMap(({ body }) => daysOf(intervalOf(body))))].sort(),
    manifest: JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) as Manifest,
    csv: readFileSync(join(out, `${report}.csv`), "utf8"),
  };
}

function intervalOf(body: unknown): string | undefined {
  const interval: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "interval") : undefined;
  return typeof interval === "string" ? interval : undefined;
}

/** The days of the month that an interval in ISO text touches. */
function daysOf(interval: string | undefined): string[] {
  const [startAt = Number.NaN, endAt = Number.NaN] = (interval ?? "").split("/").map((instant) => Date.parse(instant));
  const days: string[] = [];
  for (let at = Math.floor(startAt / DAY_MS) * DAY_MS; at < endAt; at += DAY_MS)
    days.push(new Date(at).toISOString().slice(8, 10));
  return days;
}

/** The Parquet files of the store, by their path in the project. */
export function storedFiles({ folder }: Project): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.startsWith(".callsheet/conversations/") && name.endsWith(".parquet"))
    .sort();
}
