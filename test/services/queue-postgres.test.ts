// The suites of the queue on a real PostgreSQL server, where schedulers and workers have connections of their own.

import { expect, test } from "vitest";
import { SYSTEM_CLOCK } from "../../src/cli/world.ts";
import { openServer } from "../../src/postgres/open-server.ts";
import { defineAlarmSuite } from "../queue/alarm-suite.ts";
import { defineBackfillSuite } from "../queue/backfill-suite.ts";
import { defineClientStoreSuite } from "../queue/client-store-suite.ts";
import { openPostgres } from "../queue/homes.ts";
import { defineQueueSuite } from "../queue/queue-suite.ts";
import { defineSchedulerSuite } from "../queue/scheduler-suite.ts";
import { defineWorkerSuite } from "../queue/worker-suite.ts";
import { requireService } from "./services-env.ts";

const open = async (): ReturnType<typeof openPostgres> =>
  await openPostgres(requireService("CALLSHEET_TEST_POSTGRES_URL"));

defineAlarmSuite("PostgreSQL", open);
defineClientStoreSuite("PostgreSQL", open);
defineSchedulerSuite("PostgreSQL", open);
defineWorkerSuite("PostgreSQL", open);
defineBackfillSuite("PostgreSQL", open);
defineQueueSuite("PostgreSQL", open);

test("J4: what the server refuses is told with what to do, and without the password", async () => {
  const url = new URL(requireService("CALLSHEET_TEST_POSTGRES_URL"));
  url.pathname = "/there-is-none";
  const database = openServer(url.href, SYSTEM_CLOCK, new AbortController().signal);
  await expect(database.query("SELECT 1")).rejects.toMatchObject({
    code: "database.refused",
    hint: "Make the database, or name another one in CALLSHEET_DATABASE_URL.",
  });
  await database.close();
});
