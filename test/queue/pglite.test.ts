// The suites of the queue on the embedded database; test/services runs the same ones on PostgreSQL.

import { defineAlarmSuite } from "./alarm-suite.ts";
import { defineClientStoreSuite } from "./client-store-suite.ts";
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
defineSchedulerSuite("PGlite", shared);
defineWorkerSuite("PGlite", shared);
defineQueueSuite("PGlite", async () => await opened);
