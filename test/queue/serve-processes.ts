// In: a simulator with four days of conversations, and a database. Out: a project whose report is scheduled once, some
// seconds from now, and real `callsheet serve` processes at work on it, to be killed, frozen and stopped.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { createSimulator, type Simulator } from "../../simulator/create-simulator.ts";
import { fourDays } from "../faults/details-report.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** Four days are four slices, three pages each, fetched side by side. */
const PER_DAY = 260;
export const PAGES = 12;
export const IN_FLIGHT = 4;

export interface Served {
  readonly child: ChildProcess;
  /** Everything that it logged so far. */
  log(): string;
  /** Resolves when the log matches; rejects when the process ends before. */
  until(pattern: RegExp): Promise<void>;
  readonly ended: Promise<number | null>;
}

export interface ServeProject {
  readonly simulator: Simulator;
  readonly folder: string;
  pagesFetched(): number;
  /** Schedules the report once, so many seconds from now; the answer is the instant, `2026-03-01T02:00:00Z`. */
  schedule(seconds: number): string;
  serve(...args: string[]): Served;
  /** Runs one command line to its end; the answer is what it printed. */
  command(...args: string[]): Promise<string>;
  /** The files of a run, by name. */
  artifacts(runId: string): Readonly<Record<string, string>>;
  /** Rows of the ledger, as `runs list --scheduled --json` tells them. */
  ledger(): Promise<readonly LedgerLine[]>;
}

export interface LedgerLine {
  readonly run: string;
  readonly state: string;
  readonly attempts: number;
  readonly runId?: string;
}

/** Opens a project; `env` leads to its database. Everything ends with the test. */
export async function openServeProject(
  env: Readonly<Record<string, string>>,
  latencyMs: number,
): Promise<ServeProject> {
  const simulator = await createSimulator({ centre: fourDays(PER_DAY), rateLimitPerMinute: 1_000_000, latencyMs });
  const folder = mkdtempSync(join(tmpdir(), "callsheet-serve-"));
  mkdirSync(join(folder, "reports"));
  const children: ChildProcess[] = [];
  onTestFinished(async () => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await simulator.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const variables = {
    PATH: process.env["PATH"],
    GENESYSCLOUD_REGION: "eu_west_1",
    GENESYSCLOUD_OAUTHCLIENT_ID: simulator.clientId,
    GENESYSCLOUD_OAUTHCLIENT_SECRET: simulator.clientSecret,
    CALLSHEET_GENESYS_LOGIN_URL: simulator.loginUrl,
    CALLSHEET_GENESYS_API_URL: simulator.apiUrl,
    NODE_COMPILE_CACHE: join(folder, "compiled"),
    ...env,
  };
  function start(args: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: variables,
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.push(child);
    return child;
  }

  const project: ServeProject = {
    simulator,
    folder,
    pagesFetched: () =>
      simulator.requests.filter(({ path, status }) => status === 200 && path.endsWith("/details/query")).length,
    schedule(seconds) {
      const at = new Date(Math.ceil(Date.now() / 1000 + seconds) * 1000);
      const cron = `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()} ${at.getUTCDate()} ${at.getUTCMonth() + 1} *`;
      writeFileSync(join(folder, "reports/calls.yaml"), reportAt(cron));
      return at.toISOString().replace(".000Z", "Z");
    },
    serve: (...args) => watch(start(["serve", ...args])),
    async command(...args) {
      const child = start(args);
      const out: Buffer[] = [];
      child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
      const said: Buffer[] = [];
      child.stderr?.on("data", (chunk: Buffer) => said.push(chunk));
      await once(child, "close");
      if (child.exitCode !== 0) throw new Error(`${args.join(" ")}: ${Buffer.concat(said).toString("utf8")}`);
      return Buffer.concat(out).toString("utf8");
    },
    artifacts(runId) {
      const path = join(folder, ".callsheet/runs", runId, "artifacts");
      return Object.fromEntries(
        readdirSync(path)
          .sort()
          .map((name) => [name, readFileSync(join(path, name), "latin1")]),
      );
    },
    ledger: async () => JSON.parse(await project.command("runs", "list", "--scheduled", "--json")) as LedgerLine[],
  };
  return project;
}

function watch(child: ChildProcess): Served {
  let text = "";
  const ended = once(child, "close").then(() => child.exitCode);
  child.stderr?.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  return {
    child,
    ended,
    log: () => text,
    async until(pattern) {
      const seen = Promise.withResolvers<void>();
      const look = (): void => {
        if (pattern.test(text)) seen.resolve();
      };
      child.stderr?.on("data", look);
      child.once("close", () => seen.reject(new Error(`the process ended before it said ${pattern}:\n${text}`)));
      look();
      await seen.promise;
    },
  };
}

function reportAt(cron: string): string {
  return `report: calls
timeZone: UTC
interval: 2024-04-01T00:00:00Z/2024-04-25T00:00:00Z
source: details_query
rows: conversation
columns: [conversation.id, conversation.start]
export: [csv, json, xlsx]
schedule: { cron: "${cron}" }
`;
}
