// In: the server that dev/services started. Out: the same server, restarted as if its machine had lost power.

import { execFileSync } from "node:child_process";
import { requireService } from "./services-env.ts";

/** Without a word to anybody: what was committed is read back from the log. */
export function restartPostgres(): void {
  const [program, data] = [
    requireService("CALLSHEET_TEST_POSTGRES_CTL"),
    requireService("CALLSHEET_TEST_POSTGRES_DATA"),
  ];
  const command = [program, "--pgdata", data, "--mode", "immediate", "--wait", "--log", `${data}/../log`, "restart"];
  const [first = "", ...rest] = process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--", ...command] : command;
  execFileSync(first, rest, { cwd: "/", stdio: "ignore" });
}
