// In: a report or other files, and how the simulator is to behave. Out: a project folder with a simulator behind it, in
// which command lines run in this process, with everything they print in hand. Closing it fails the test when any
// request broke the API description, so that no test can forget to look.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { type StartedSimulator, type StartOptions, startSimulator } from "../../simulator/start-simulator.ts";
import { main } from "../../src/cli/main.ts";
import { SYSTEM_CLOCK, type World } from "../../src/cli/world.ts";

/** What one command line did. */
export interface Outcome {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** A folder with a configuration and reports, and the simulator that its environment leads to. */
export interface Project extends StartedSimulator {
  readonly folder: string;
  /** Runs one command line in the folder. `world` replaces parts of it; its `env` is added to the simulator's. */
  callsheet(args: readonly string[], world?: Partial<World> & { readonly debug?: boolean }): Promise<Outcome>;
  /** Writes a file of the project. */
  write(name: string, text: string): void;
  /** Reads a file of the project. */
  read(name: string): string;
  /** All files of the project, sorted, by their path in it. */
  files(): string[];
  /** Ends the simulator, removes the folder, and expects that every request fitted the API description. */
  close(): Promise<void>;
}

/** How a project begins. */
export interface ProjectOptions extends StartOptions {
  /** Text by path, such as `reports/calls.yaml`. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A report on the month of a generated centre (the simulator's default period). */
export const CALLS_REPORT = `report: calls
timeZone: UTC
interval: 2024-03-01/2024-04-01
filter:
  - { path: conversation.media.type, operator: eq, value: voice }
groupBy: [routing.queue.id]
measures: [conversation_count, offered, answered]
export: [csv, json]
source: details_query
`;

/** Opens a project; without options: 200 generated conversations, `reports/calls.yaml`, a high rate limit. */
export async function openProject({ files, ...options }: ProjectOptions = {}): Promise<Project> {
  const conversations =
    options.callsFile === undefined && options.generate === undefined ? { generate: { count: 200, seed: 7 } } : {};
  const started = await startSimulator({ rateLimitPerMinute: 100_000, ...conversations, ...options });
  const folder = mkdtempSync(join(tmpdir(), "callsheet-project-"));
  const project: Project = {
    ...started,
    folder,
    async callsheet(args, { debug, env, ...world } = {}) {
      const [out, err]: [string[], string[]] = [[], []];
      const exitCode = await main(
        args,
        {
          env: { ...started.env, ...env },
          cwd: folder,
          clock: SYSTEM_CLOCK,
          out: (text) => void out.push(text),
          err: (text) => void err.push(text),
          animated: false,
          signal: new AbortController().signal,
          ...world,
        },
        debug,
      );
      return { exitCode, out: out.join(""), err: err.join("") };
    },
    write(name, text) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    },
    read: (name) => readFileSync(join(folder, name), "utf8"),
    files: () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort(),
    async close() {
      await started.close();
      rmSync(folder, { recursive: true });
      expect(started.simulator.violations).toEqual([]);
      expect(started.simulator.failures).toEqual([]);
    },
  };
  for (const [name, text] of Object.entries(files ?? { "reports/calls.yaml": CALLS_REPORT })) project.write(name, text);
  return project;
}

/** `callsheet.yaml` with one destination on the object store that the simulator starts. */
export function configWithArchive(settings: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({
    type: "s3",
    bucket: "genesys-analytics-reports",
    prefix: "reports/",
    region: "us-east-1",
    pathStyle: "true",
    linkLifetime: "1h",
    access: "probed",
    ...settings,
  }).map(([key, value]) => `    ${key}: ${value}\n`);
  return `destinations:\n  archive:\n${lines.join("")}`;
}
