// Four processes with a state folder each, as on four machines, one OAuth client, one PostgreSQL: one token, one budget.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { startSimulator } from "../../simulator/start-simulator.ts";
import { createEmptyDatabase } from "../queue/homes.ts";
import { requireService } from "./services-env.ts";

const MACHINES = 4;
const LIMIT = 60;

/** A request for each week; the service has nothing for any of them. Together more than a window holds. */
const REPORT = `report: empty-days
interval: 2005-01-01/2005-05-15
source: details_query
rows: conversation
columns: [conversation.id]
export: [csv]
`;

test("C4: workers on several machines use one limit up, exceed it in no window, and sign in once", {
  timeout: 180_000,
}, async () => {
  const database = await createEmptyDatabase(requireService("CALLSHEET_TEST_POSTGRES_URL"));
  const started = await startSimulator({
    generate: { count: 10, seed: 1 },
    rateLimitPerMinute: LIMIT,
    latencyMs: { from: 50, to: 150 },
  });
  const folder = mkdtempSync(join(tmpdir(), "callsheet-fleet-"));
  onTestFinished(async () => {
    await started.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  mkdirSync(join(folder, "reports"));
  writeFileSync(join(folder, "reports", "empty-days.yaml"), REPORT);

  const machines = Array.from({ length: MACHINES }, (_, index) => `machine-${index}`);
  const ended = await Promise.all(
    machines.map(async (state) => {
      const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
      const run = spawn(process.execPath, [main, "run", "empty-days", "--out", join(folder, state, "out")], {
        cwd: folder,
        env: {
          ...process.env,
          ...started.env,
          CALLSHEET_STATE: join(folder, state),
          CALLSHEET_DATABASE_URL: database.url,
        },
        stdio: ["ignore", "ignore", "pipe"],
      });
      const [said, [code]] = await Promise.all([text(run.stderr), once(run, "exit")]);
      return code === 0 && !said.includes("Note:") ? "done" : said;
    }),
  );

  expect(ended).toEqual(machines.map(() => "done"));
  const [first, ...others] = started.simulator.rateWindows;
  expect(first).toMatchObject({ allowed: LIMIT, counted: LIMIT, refused: 0 });
  expect(others.length).toBeGreaterThan(0);
  expect(others.filter(({ counted, refused }) => counted > LIMIT || refused > 0)).toEqual([]);
  expect(started.simulator.requests.filter(({ path }) => path === "/oauth/token")).toHaveLength(1);
});
