// One scheduler on the embedded database; test/services runs two and five on PostgreSQL.

import { defineExactlyOnceSuite } from "./exactly-once-suite.ts";
import { openPglite } from "./homes.ts";

defineExactlyOnceSuite("PGlite", openPglite, 1, 600, { freezes: false });
