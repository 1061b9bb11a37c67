// Two and five schedulers on a real PostgreSQL server, whose connections are broken now and then, and which is
// restarted as if its machine had lost power. 10,000 instants by hand:
//   CALLSHEET_SCHEDULE_INSTANTS=10000 npx vitest run --config vitest.services.config.ts test/services/exactly-once.test.ts

import { defineExactlyOnceSuite } from "../queue/exactly-once-suite.ts";
import { type Home, openPostgres } from "../queue/homes.ts";
import { restartPostgres } from "./restart-postgres.ts";
import { requireService } from "./services-env.ts";

/** A restart takes seconds; the other times only connections are broken. */
const RESTARTS_AT_MOST = 3;

for (const schedulers of [2, 5]) {
  let restarts = 0;
  const breakConnections = async ({ database }: Home): Promise<void> => {
    restarts += 1;
    if (restarts <= RESTARTS_AT_MOST) return restartPostgres();
    await database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
  };
  defineExactlyOnceSuite(
    "PostgreSQL",
    async () => await openPostgres(requireService("CALLSHEET_TEST_POSTGRES_URL")),
    schedulers,
    1_200,
    { freezes: true, breakConnections },
  );
}
