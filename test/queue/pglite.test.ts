// The suites of the queue on the embedded database; test/services runs the same ones on PostgreSQL.

import { defineAlarmSuite } from "./alarm-suite.ts";
import { defineBackfillSuite } from "./backfill-suite.ts";
import { defineClientStoreSuite } from "./client-store-suite.ts";
import { expect, test } from "vitest";
import { createScheduleBook } from "../../src/postgres/create-schedule-book.ts";
import { openPglite } from "./homes.ts";
import { defineQueueSuite } from "./queue-suite.ts";
import { defineSchedulerSuite } from "./scheduler-suite.ts";
import { defineWorkerSuite } from "./worker-suite.ts";

// One engine serves all suites: opening it takes seconds.
const opened = openPglite();

async function shared(): ReturnType<typeof openPglite> {
  return { ...(await opened), close: () => Promise.resolve() };
}

defineAlarmSuite("PGlite", shared);
defineClientStoreSuite("PGlite", shared);
test("changes of many hours do not make the embedded tables grow: there is nobody else to make room", async () => {
  const { database } = await opened;
  const book = createScheduleBook(database, "client");
  const hour = async (): Promise<unknown> => {
    await database.query(
      "INSERT INTO callsheet.definition SELECT 'hash' || n, 'gone', 'file', repeat('x', 1000) FROM generate_series(1, 500) n",
    );
    await book.forget(0);
    return (await database.query("SELECT pg_relation_size('callsheet.definition')::int AS size"))[0];
  };
  const first = await hour();
  await hour();
  expect(await hour()).toEqual(first);
});

defineSchedulerSuite("PGlite", shared);
defineWorkerSuite("PGlite", shared);
defineBackfillSuite("PGlite", shared);
defineQueueSuite("PGlite", async () => await opened);
