/**
 * The smallest report that shows whether anything was lost or doubled: one line for each conversation of four days.
 * Every fault test runs it by command line against a simulator with scripted faults.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Centre, Conversation } from "../../simulator/conversations/centre.ts";
import type { Fault } from "../../simulator/faults/fault.ts";
import { conversation, smallCentre } from "../simulator/small-centre.ts";
import { type Outcome, type Project, type ProjectOptions, startProject } from "./start-project.ts";

export const DETAILS_QUERY = "/api/v2/analytics/conversations/details/query";

const REPORT = `report: every-conversation
timeZone: UTC
interval: 2024-04-01T00:00:00Z/2024-04-25T00:00:00Z
source: details_query
rows: conversation
columns: [conversation.id, conversation.start]
export: [csv, json]
`;

/** Conversations per day of the centre, so that a day has three pages. */
export const PER_DAY = 230;
/** Six days apart, so that each is in a slice of its own. */
export const DAYS = ["2024-04-01", "2024-04-07", "2024-04-13", "2024-04-19"] as const;

/** Four days of conversations, which are four slices; two begin at the same instant each time. */
export function fourDays(perDay = PER_DAY): Centre {
  return smallCentre(DAYS.flatMap((day) => conversationsOf(day, perDay)));
}

function conversationsOf(day: string, count: number): Conversation[] {
  return Array.from({ length: count }, (_, index) => {
    const startAt = Date.parse(`${day}T00:00:00Z`) + Math.floor(index / 2) * 60_000;
    return conversation({
      id: idOf(day, index),
      start: new Date(startAt).toISOString(),
      end: new Date(startAt + 30_000).toISOString(),
    });
  });
}

export function idOf(day: string, index: number): string {
  return `${day.replaceAll("-", "")}-0000-4000-8000-${String(index).padStart(12, "0")}`;
}

export interface ReportRun extends Outcome {
  readonly project: Project;
  /** Rows of the JSON file; undefined when there is none. */
  readonly rows: readonly Record<string, unknown>[] | undefined;
  readonly manifest: Readonly<Record<string, unknown>> | undefined;
}

/** Runs the report once against a simulator with these faults. */
export async function runWith(
  faults: readonly Fault[],
  options: Partial<ProjectOptions> = {},
  signal?: AbortSignal,
): Promise<ReportRun> {
  const project = await openProject({ ...options, faults });
  return await runIn(project, signal);
}

/** A project with the report, not run yet. */
export async function openProject(options: Partial<ProjectOptions> = {}): Promise<Project> {
  const files = { "reports/every-conversation.yaml": REPORT, ...options.files };
  return await startProject({ centre: fourDays(), rateLimitPerMinute: 10_000, ...options, files });
}

/** Runs the report in a project that is there already, and fetches what an earlier run fetched. */
export async function runIn(project: Project, signal?: AbortSignal): Promise<ReportRun> {
  const outcome = await project.run(
    ["run", "every-conversation", "--fresh", "--out", join(project.folder, "out")],
    signal,
  );
  return {
    ...outcome,
    project,
    rows: readJson(join(project.folder, "out/every-conversation.json")) as ReportRun["rows"],
    manifest: readJson(join(project.folder, "out/manifest.json")) as ReportRun["manifest"],
  };
}

function readJson(path: string): unknown {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/** Every conversation is there once, in order, and the run says that it is complete. */
export function expectComplete(run: ReportRun, perDay = PER_DAY): void {
  expect([run.exitCode, run.err.includes("error ")]).toEqual([0, false]);
  expect(run.manifest).toMatchObject({ completeness: "complete" });
  expect(run.rows?.map((row) => row["conversation.id"])).toEqual(
    DAYS.flatMap((day) => Array.from({ length: perDay }, (_, index) => idOf(day, index))),
  );
  expectSoundRequests(run);
}

/** The run ended with this code, said so in these words, and left nothing to be taken for a result. */
export function expectRefused(run: ReportRun, exitCode: number, message: string | RegExp): void {
  expect(run.err).toMatch(message);
  expect([run.exitCode, run.rows, run.manifest, run.out]).toEqual([exitCode, undefined, undefined, ""]);
  expectSoundRequests(run);
}

function expectSoundRequests({ project }: ReportRun): void {
  expect(project.simulator.violations).toEqual([]);
  expect(project.simulator.failures).toEqual([]);
}

/** How many requests came to the sign-in, and how many details queries. */
export function requestCounts({ project }: ReportRun): { readonly signIns: number; readonly queries: number } {
  const paths = project.simulator.requests.map(({ path }) => path);
  return {
    signIns: paths.filter((path) => path === "/oauth/token").length,
    queries: paths.filter((path) => path === DETAILS_QUERY).length,
  };
}
