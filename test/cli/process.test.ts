// The command as a process of its own: pipes that close, signals that arrive. Nothing here is timed except that it ends
// soon; each test waits until the simulator has seen the request at which it strikes.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { slowAnswer } from "../../simulator/faults/slow-answer.ts";
import { CALLS_REPORT, configWithArchive, openProject, type Project } from "../support/run-report.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const DETAILS_QUERY = "/api/v2/analytics/conversations/details/query";

/** Far below every deadline of ours, far above what a process needs to end. */
const SOON_MS = 5000;

let project: Project;
beforeEach(async () => {
  project = await openProject({
    objectStore: true,
    files: {
      "callsheet.yaml": configWithArchive(),
      "reports/calls.yaml": CALLS_REPORT,
      "reports/sent.yaml": `${CALLS_REPORT.replace("calls", "sent")}deliver: [archive]\n`,
    },
  });
});
afterEach(async () => await project.close());

interface Ended {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

/** A child in the project's folder, and what it has said when it ends. */
function start(command: string, args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(command, args, {
    cwd: project.folder,
    env: { PATH: process.env.PATH, ...project.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const ended = once(child, "close").then(() => ({
    exitCode: child.exitCode,
    out: Buffer.concat(out).toString("utf8"),
    err: Buffer.concat(err).toString("utf8"),
  }));
  return { child, ended };
}

function callsheet(...args: readonly string[]): ReturnType<typeof start> {
  return start(process.execPath, [MAIN, ...args]);
}

/** Runs a line of bash in which `callsheet` stands for the command. */
async function bash(line: string): Promise<Ended> {
  const call = `callsheet() { '${process.execPath}' '${MAIN}' "$@"; }`;
  return await start("bash", ["-c", `${call}; ${line}`]).ended;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

describe("H6: a reader that has seen enough", () => {
  test.each([["fields"], ["fields --json"], ["run calls --json"], ["--help"]])(
    "%s into a closed pipe ends quietly with exit code 0",
    async (args) => {
      const { out, err } = await bash(`callsheet ${args} | true; echo "exit \${PIPESTATUS[0]}"`);
      expect(out).toBe("exit 0\n");
      expect(err).not.toMatch(/EPIPE|error|at /);
    },
  );

  test("a reader that is slow gets everything", async () => {
    const whole = await project.callsheet(["fields", "--json"]);
    const { out } = await bash("callsheet fields --json | { sleep 0.5; cat; }");
    expect(out).toBe(whole.out);
  });
});

describe("stopped by a signal", () => {
  test.each([
    { signal: "SIGINT", code: 130 },
    { signal: "SIGTERM", code: 143 },
  ] as const)(
    "$signal while fetching ends soon with $code, says how to go on, and publishes nothing",
    async ({ signal, code }) => {
      const { exitCode, out, err } = await stopWith(signal, 2);
      expect(exitCode).toBe(code);
      expect(out).toBe("");
      expect(err).toContain("error process.stopping: Stopped before the end. Nothing was published");
      expect(project.files().filter((name) => /\.csv|calls\.json$|manifest|^out/.test(name))).toEqual([]);
      const told =
        /Go on where it stopped: (callsheet run calls --out out --format 'csv, json' --resume calls-\d{8}T\d{6}Z-[0-9a-f]{6})\n/.exec(
          err,
        );
      project.simulator.faults.clear();
      const resumed = await bash(told?.[1] ?? "false");
      expect(resumed.err).toBe("");
      expect(resumed.exitCode).toBe(0);
      expect(project.files().filter((name) => name.startsWith("out/"))).toEqual([
        "out/calls.csv",
        "out/calls.json",
        "out/manifest.json",
      ]);
    },
  );

  test("a run that had fetched nothing leaves nothing, and says to run it again", async () => {
    const { exitCode, err } = await stopWith("SIGINT", 1);
    expect(exitCode).toBe(130);
    expect(err).toContain("Run the same command again: callsheet run calls --out out --format 'csv, json'\n");
    expect(project.files().filter((name) => name.startsWith(".callsheet/runs"))).toEqual([]);
  });

  /** Runs the report until this page of a slice is asked for, which never comes, and sends the signal then. */
  async function stopWith(signal: "SIGINT" | "SIGTERM", page: number): Promise<Ended> {
    const isAsked = (): boolean =>
      project.simulator.requests.some(({ faults }) => faults.includes("slowAnswer firstByte"));
    project.simulator.faults.add(
      slowAnswer({ path: DETAILS_QUERY, page, ms: 60_000, times: Number.POSITIVE_INFINITY }),
    );
    const { child, ended } = callsheet("run", "calls", "--out", "out", "--format", "csv, json");
    await until(isAsked);
    const sentAt = performance.now();
    child.kill(signal);
    const outcome = await ended;
    expect(performance.now() - sentAt).toBeLessThan(SOON_MS);
    return outcome;
  }

  test("a second Ctrl-C does not wait for anything", async () => {
    let isSilent = false;
    project.objectStore?.misbehave({
      name: "falls silent at the first report",
      replace: ({ operation, request }) => {
        isSilent ||= operation === "PutObject" && request.key?.includes("/.canary/") === false;
        return isSilent ? new Promise(() => {}) : undefined;
      },
    });
    const { child, ended } = callsheet("run", "sent");
    await until(() => isSilent);
    child.kill("SIGINT");
    await sleep(200);
    const sentAt = performance.now();
    child.kill("SIGINT");
    const { exitCode, out } = await ended;
    expect(performance.now() - sentAt).toBeLessThan(1000);
    expect(exitCode).toBe(130);
    expect(out).toBe("");
  });
});
