/**
 * A project folder beside a simulator of any centre, and the command line run in it as people run it, only in this
 * process: what it prints is caught, its clock is ours, and everything is closed when the test ends.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { createSimulator, type Simulator, type SimulatorOptions } from "../../simulator/create-simulator.ts";
import { main } from "../../src/cli/main.ts";
import { createTestClock, type TestClock } from "../support/test-clock.ts";

export interface ProjectOptions extends SimulatorOptions {
  /** Files of the project: path in its folder → content. */
  readonly files: Readonly<Record<string, string>>;
  /** Variables besides those that lead to the simulator. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: a new one. */
  readonly clock?: TestClock;
}

export interface Project {
  readonly simulator: Simulator;
  readonly folder: string;
  /** The clock of the command line and of the simulator. */
  readonly clock: TestClock;
  /** Runs one command line; `signal` stands for Ctrl-C. */
  run(args: readonly string[], signal?: AbortSignal, debug?: boolean): Promise<Outcome>;
}

/** What one command line left behind. */
export interface Outcome {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Starts a simulator, writes the files, and closes and removes both at the end of the test. */
export async function startProject(options: ProjectOptions): Promise<Project> {
  const { files, env = {}, clock = createTestClock(), ...simulatorOptions } = options;
  const simulator = await createSimulator({ now: () => clock.now(), ...simulatorOptions });
  const folder = mkdtempSync(join(tmpdir(), "callsheet-faults-"));
  onTestFinished(async () => {
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const variables = {
    GENESYSCLOUD_REGION: "eu_west_1",
    GENESYSCLOUD_OAUTHCLIENT_ID: simulator.clientId,
    GENESYSCLOUD_OAUTHCLIENT_SECRET: simulator.clientSecret,
    CALLSHEET_GENESYS_LOGIN_URL: simulator.loginUrl,
    CALLSHEET_GENESYS_API_URL: simulator.apiUrl,
    ...env,
  };
  return {
    simulator,
    folder,
    clock,
    async run(args, signal = new AbortController().signal, debug = false) {
      let [out, err] = ["", ""];
      const world = { env: variables, cwd: folder, clock, animated: false, signal };
      const outputs = {
        out(text: string) {
          out += text;
        },
        err(text: string) {
          err += text;
        },
      };
      const exitCode = await main(args, { ...world, ...outputs }, debug);
      return { exitCode, out, err };
    },
  };
}
