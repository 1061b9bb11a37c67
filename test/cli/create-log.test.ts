// The log of serve, as a person and as a program read it.

import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import type { Notify } from "../../src/domain/log-facts.ts";
import { createTestClock } from "../support/test-clock.ts";
import { createLog } from "../../src/cli/create-log.ts";

const RUN = { report: "calls", nominalAt: Date.parse("2024-03-04T02:00:00Z") };

async function opened(
  level: string | undefined,
  terminal = false,
  secrets: readonly string[] = [],
): Promise<{ log: Notify; lines: string[] }> {
  const lines: string[] = [];
  const world = {
    env: {},
    cwd: tmpdir(),
    clock: createTestClock(),
    out: () => undefined,
    err: (text: string) => void lines.push(text),
    animated: false,
    terminal,
    signal: new AbortController().signal,
  };
  return { log: await createLog(world, level, secrets), lines };
}

test("createLog() writes a JSON object a line for programs, with the run, its attempt and the vendor's correlation id", async () => {
  const { log, lines } = await opened(undefined);
  log("calls: failed\n", {
    level: "error",
    run: RUN,
    attempt: 2,
    runId: "calls-20240304T020000Z-0a1b2c",
    code: "genesys.forbidden",
    correlationId: "0b7a",
  });
  log("not shown", { level: "debug" });
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    {
      level: "error",
      time: "2024-05-20T12:00:00.000Z",
      pid: process.pid,
      hostname: expect.any(String),
      report: "calls",
      instant: "2024-03-04T02:00:00.000Z",
      attempt: 2,
      runId: "calls-20240304T020000Z-0a1b2c",
      code: "genesys.forbidden",
      correlationId: "0b7a",
      msg: "calls: failed",
    },
  ]);
  expect(lines[0]?.endsWith("}\n")).toBe(true);
});

test("createLog() writes words on a terminal, with the level where it is not info", async () => {
  const { log, lines } = await opened("debug", true);
  log("serving");
  log("a page", { level: "debug", run: RUN });
  expect(lines).toEqual(["2024-05-20T12:00:00.000Z serving\n", "2024-05-20T12:00:00.000Z debug: a page\n"]);
});

test("createLog() shows from the level of CALLSHEET_LOG on, and refuses one that is none", async () => {
  for (const terminal of [true, false]) {
    const { log, lines } = await opened(" WARN ", terminal);
    log("info");
    log("warn", { level: "warn" });
    expect(lines).toHaveLength(1);
  }
  await expect(opened("warning")).rejects.toMatchObject({
    code: "config.invalid",
    message: 'Cannot use CALLSHEET_LOG "warning".',
    hint: "Write one of debug, info, warn, error.",
  });
});

test("createLog() blots out secrets that it knows, tokens, the signatures of links and passwords in addresses", async () => {
  for (const terminal of [true, false]) {
    const { log, lines } = await opened(undefined, terminal, ["CANARY-secret", "abc"]);
    log(
      'Bearer CANARY.token-x "https://b.s3.amazonaws.com/k.csv?X-Amz-Signature=CANARY&a=1" postgres://u:CANARY@db/x abc',
      {
        code: "CANARY-secret",
      },
    );
    log("it said CANARY-secret twice: CANARY-secret");
    expect(lines.join("")).not.toContain("CANARY");
    expect(lines.join("")).toContain("https://b.s3.amazonaws.com/k.csv?[redacted]");
    expect(lines.join("")).toContain("postgres://[redacted]@db/x abc");
  }
});
