/** What a person types to go on with a run that stopped. */
import { ReportError } from "../domain/errors.ts";
import type { RunOptions } from "./commands/run.ts";
import { shellWords } from "./shell-words.ts";

/** The command line that goes on with the run, with the options of this one. */
export function resumeCommand(report: string, runId: string, options: RunOptions): string {
  const given = (["config", "interval", "out", "format", "deadline"] as const).flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [`--${name}`, value];
  });
  const switches = (["json", "reconcile", "fresh"] as const).flatMap((name) => (options[name] ? [`--${name}`] : []));
  return shellWords(["callsheet", "run", report, ...given, ...switches, "--resume", runId]);
}

/** The same error, or the one that `stop` was aborted for, with the command that goes on where the run stopped. */
export function withResumeCommand(error: unknown, stop: AbortSignal, command: string): unknown {
  const shown: unknown = stop.aborted && stop.reason instanceof ReportError ? stop.reason : error;
  if (!(shown instanceof ReportError)) return shown;
  const goOn = `Go on where it stopped: ${command}`;
  return new ReportError(shown.code, shown.message, {
    hint: shown.hint === undefined || shown.recourse === "stop" ? goOn : `${shown.hint}\n  ${goOn}`,
    ...(shown.correlationId === undefined ? {} : { correlationId: shown.correlationId }),
    cause: shown.cause ?? shown,
  });
}
