// Scripts read exit codes and option names: the table is frozen here, and what is not an option is an error.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXIT_CODES, EXIT_USAGE } from "../../src/cli/exit-codes.ts";
import { ERROR_RECOURSE } from "../../src/domain/errors.ts";
import { openProject, type Project } from "../support/run-report.ts";

let project: Project;
beforeAll(async () => {
  project = await openProject();
});
afterAll(async () => await project.close());

/** As text, so that a code counts as tested only where something provokes it. */
const FROZEN = `3 definition.invalid
3 definition.unknown_word
3 definition.interval_invalid
3 config.invalid
3 config.missing
4 genesys.unauthorized
5 genesys.forbidden
6 genesys.query_rejected
6 genesys.query_too_large
6 genesys.request_too_large
7 genesys.rate_limited
7 genesys.unavailable
7 genesys.broken_answer
7 genesys.not_the_api
8 genesys.unexpected_answer
7 genesys.results_expired
7 genesys.job_failed
14 genesys.job_unfinished
8 record.too_many_rejects
3 run.not_resumable
9 run.damaged
12 run.locked
14 run.deadline
8 run.check_failed
14 run.cancelled
12 task.lease_lost
9 database.unavailable
9 database.refused
3 database.newer_schema
12 database.locked
9 disk.full
9 disk.unwritable
10 s3.unavailable
10 s3.access_denied
10 s3.checksum_mismatch
11 delivery.access_unproved
10 delivery.unreachable
13 message.unavailable
13 message.refused
130 process.stopping
1 internal`;

test("R-89: every error has its exit code, and none of them ever changes", () => {
  const table = Object.entries(EXIT_CODES).map(([code, exit]) => `${exit} ${code}`);
  expect(table.join("\n")).toBe(FROZEN);
  expect(Object.keys(EXIT_CODES).sort()).toEqual(Object.keys(ERROR_RECOURSE).sort());
  expect(EXIT_USAGE).toBe(2);
});

describe("what the command line does not know", () => {
  test.each([
    { args: ["run", "calls", "--formats", "csv"], meant: "--format" },
    { args: ["run", "calls", "--jsn"], meant: "--json" },
    { args: ["explain", "calls", "--request"], meant: "--requests" },
    { args: ["check", "--scheme"], meant: "--schema" },
    { args: ["--hepl"], meant: "--help" },
    { args: ["rnu", "calls"], meant: "run" },
  ])("$args is an error of usage that suggests $meant", async ({ args, meant }) => {
    const { exitCode, out, err } = await project.callsheet(args);
    expect(err).toContain(`(Did you mean ${meant}?)`);
    expect(out).toBe("");
    expect(exitCode).toBe(2);
  });

  test.each([[["run"]], [["run", "calls", "another"]], [["run", "calls", "--out"]], [["run", "calls", "--j"]], [[]]])(
    "%j is an error of usage, and nothing is guessed",
    async (args) => {
      const { exitCode, out } = await project.callsheet(args);
      expect(out).toBe("");
      expect(exitCode).toBe(2);
    },
  );

  test("a report that is not there is no error of usage: its neighbours are named", async () => {
    const { exitCode, err } = await project.callsheet(["run", "cals"]);
    expect(err).toContain('error config.missing: There is no report "cals". Did you mean "calls"?');
    expect(exitCode).toBe(3);
  });
});

describe("R-90: help and version", () => {
  test.each([[["--help"]], [["-h"]], [["help"]]])(
    "%j lists commands, exit codes and examples on stdout",
    async (args) => {
      const { exitCode, out, err } = await project.callsheet(args);
      for (const command of ["init", "check", "explain", "run", "fields", "simulate"])
        expect(out).toContain(`\n  ${command} `);
      expect(out).toContain("Exit codes: 0 done · 1 our defect · 2 usage · 3 configuration or report invalid");
      for (const code of new Set(Object.values(EXIT_CODES))) expect(out).toMatch(new RegExp(`\\b${code}\\b`));
      expect(out).toContain("Examples:");
      expect(err).toBe("");
      expect(exitCode).toBe(0);
    },
  );

  test("every command explains its options", async () => {
    const { exitCode, out } = await project.callsheet(["run", "--help"]);
    for (const option of ["--interval", "--out", "--format", "--json", "--dry-run", "--config"])
      expect(out).toContain(option);
    expect(exitCode).toBe(0);
  });

  test("--version prints version and Node", async () => {
    const { exitCode, out } = await project.callsheet(["--version"]);
    expect(out).toMatch(/^callsheet \d+\.\d+\.\d+ · Node 24\.\d+\.\d+\n$/);
    expect(exitCode).toBe(0);
  });
});
