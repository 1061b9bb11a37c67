// A week of ten hourly reports on a real PostgreSQL server, with workers at once on it.

import { openPostgres } from "../queue/homes.ts";
import { defineYearSuite } from "../queue/year-suite.ts";
import { requireService } from "./services-env.ts";

const open = async (): ReturnType<typeof openPostgres> =>
  await openPostgres(requireService("CALLSHEET_TEST_POSTGRES_URL"));

defineYearSuite("PostgreSQL", open, { reports: 10, days: 7, workers: 4 });
