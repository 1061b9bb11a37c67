/**
 * A report that is run by a process of its own, to be killed and resumed until it is done. The simulator lives in the
 * test's process and sees every request; the files are compared with those of a run that nobody disturbed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSimulator, type Simulator } from "../../simulator/create-simulator.ts";
import { fourDays } from "../faults/details-report.ts";
import type { Strike } from "./strike.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const STRIKE = fileURLToPath(new URL("strike.ts", import.meta.url));

/** Four days are four slices of the query, three pages each; a job has them all on two pages. */
const PER_DAY = 260;

/** Where the report's conversations come from. */
export type Source = "details_query" | "details_job";

/** Pages that a run fetches which nobody disturbs, and slices that it has in flight at once. */
export const PAGES: Readonly<Record<Source, number>> = { details_query: 12, details_job: 2 };
export const IN_FLIGHT: Readonly<Record<Source, number>> = { details_query: 4, details_job: 1 };

/** How a process ended. */
export interface Ended {
  /** Null when it was killed. */
  readonly exitCode: number | null;
  readonly err: string;
}

/** A state folder and what is done in it. */
export interface Lane {
  readonly folder: string;
  /** Starts the report, or goes on with the run that is there; `limits` are commands of bash before it. */
  start(strike?: Strike, limits?: string): { readonly child: ChildProcess; readonly ended: Promise<Ended> };
  /** Removes the folders of all runs, and what was published: the next start is a new run. */
  forgetRuns(): void;
  /** The files of the report; undefined before they were published. */
  artifacts(): Readonly<Record<string, string>> | undefined;
}

/** A simulator and reports on it. */
export interface CrashProject {
  readonly simulator: Simulator;
  /** A folder of its own for each. */
  lane(source: Source): Lane;
  /** Pages that were fetched so far. */
  pagesFetched(source: Source): number;
  close(): Promise<void>;
}

/** Starts a simulator that is in no hurry, so that processes can be struck between its answers. */
export async function openCrashProject(): Promise<CrashProject> {
  const simulator = await createSimulator({
    centre: fourDays(PER_DAY),
    rateLimitPerMinute: 1_000_000,
    latencyMs: 5,
    jobs: { pace: { queuedPolls: 0, pendingPolls: 0 }, ratePerSecond: 100_000, concurrentMaximum: 100_000 },
  });
  const root = mkdtempSync(join(tmpdir(), "callsheet-crash-"));
  const env = {
    PATH: process.env.PATH,
    GENESYSCLOUD_REGION: "eu_west_1",
    GENESYSCLOUD_OAUTHCLIENT_ID: simulator.clientId,
    GENESYSCLOUD_OAUTHCLIENT_SECRET: simulator.clientSecret,
    CALLSHEET_GENESYS_LOGIN_URL: simulator.loginUrl,
    CALLSHEET_GENESYS_API_URL: simulator.apiUrl,
    // Half of such a short life is reading the program.
    NODE_COMPILE_CACHE: join(root, "compiled"),
  };
  let lanes = 0;
  return {
    simulator,
    lane(source) {
      const folder = join(root, String(++lanes));
      mkdirSync(join(folder, "reports"), { recursive: true });
      writeFileSync(join(folder, "reports/calls.yaml"), reportOn(source));
      return {
        folder,
        start(strike, limits) {
          const runId = runIdIn(folder);
          const resume = runId === undefined ? [] : ["--resume", runId];
          const preload = strike === undefined ? [] : ["--import", STRIKE];
          const command = [process.execPath, ...preload, MAIN, "run", "calls", "--out", "out", ...resume];
          const [program = "", ...args] =
            limits === undefined ? command : ["bash", "-c", `${limits}; exec "$@"`, "bash", ...command];
          const child = spawn(program, args, {
            cwd: folder,
            env: { ...env, ...(strike === undefined ? {} : { STRIKE: JSON.stringify(strike) }) },
            stdio: ["ignore", "ignore", "pipe"],
          });
          const err: Buffer[] = [];
          child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
          const ended = once(child, "close").then(() => ({
            exitCode: child.exitCode,
            err: Buffer.concat(err).toString("utf8"),
          }));
          return { child, ended };
        },
        forgetRuns() {
          for (const name of [".callsheet/runs", "out"]) rmSync(join(folder, name), { recursive: true });
        },
        artifacts() {
          const out = join(folder, "out");
          const names = namesIn(out);
          if (!names.includes("manifest.json")) return undefined;
          return Object.fromEntries(
            ["calls.csv", "calls.json", "calls.xlsx"].map((name) => [name, readFileSync(join(out, name), "latin1")]),
          );
        },
      };
    },
    pagesFetched: (source) =>
      simulator.requests.filter(
        ({ path, status }) =>
          status === 200 && (source === "details_query" ? path.endsWith("/details/query") : path.includes("/results")),
      ).length,
    async close() {
      await simulator.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function reportOn(source: Source): string {
  return `report: calls
timeZone: UTC
interval: 2024-04-01T00:00:00Z/2024-04-25T00:00:00Z
source: ${source}
rows: conversation
columns: [conversation.id, conversation.start]
export: [csv, json, xlsx]
`;
}

/** The run that can be gone on with: a killed one that has a plan. */
function runIdIn(folder: string): string | undefined {
  const runs = join(folder, ".callsheet/runs");
  return namesIn(runs).findLast((name) => namesIn(join(runs, name)).includes("plan.json"));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
