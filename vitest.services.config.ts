import { defineConfig } from "vitest/config";
import { reportersFor } from "./dev/test-report.ts";

/** What needs servers that `dev/services` starts: an S3 server, a browser, spreadsheet programs. */
export default defineConfig({
  test: {
    reporters: reportersFor("services"),
    include: ["test/services/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
