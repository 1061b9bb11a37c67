import { defineConfig } from "vitest/config";
import { reportersFor } from "./dev/test-report.ts";

/** Everything that needs nothing but npm. What needs real servers is in `vitest.services.config.ts`. */
export default defineConfig({
  test: {
    reporters: reportersFor("unit"),
    include: ["src/**/*.test.ts", "simulator/**/*.test.ts", "test/**/*.test.ts", "dev/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/services/**"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
