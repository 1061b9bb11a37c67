// Some days on the embedded database, in the gate; `npm run bench:year` lets a year of fifty reports pass.

import { openPglite } from "./homes.ts";
import { defineYearSuite } from "./year-suite.ts";

defineYearSuite("PGlite", openPglite, { reports: 5, days: 4, workers: 1 });
