/**
 * Parses a command line and calls its command. Commands are loaded when they are used, so that `--help` answers at once
 * and a report waits for nothing that it does not need.
 */
import { Argument, Command, CommanderError, Option } from "commander";
import { EXPORT_FORMATS } from "../domain/report-definition.ts";
import { completion, SHELLS } from "./commands/completion.ts";
import { ROLES } from "./serve-roles.ts";
import { parseKey } from "../domain/scheduled-run.ts";
import { EXIT_USAGE } from "./exit-codes.ts";
import { VERSION } from "./version.ts";
import type { World } from "./world.ts";

const EXIT_HELP = `
Exit codes: 0 done · 1 our defect · 2 usage · 3 configuration or report invalid · 4 sign-in failed · 5 permission
missing · 6 query rejected · 7 Genesys Cloud unavailable · 8 data incomplete · 9 local storage · 10 object storage ·
11 access not proved, nothing handed out · 12 another process is at work on the run · 13 files are
safe, a message failed · 14 deadline · 130/143 interrupted (docs/error-codes.md)

Examples:
  callsheet init && callsheet check
  callsheet explain voice-by-queue --requests
  callsheet run voice-by-queue --interval "last 7 days" --format csv,html --out reports-out
  callsheet simulate --generate 10000`;

/** Does what the words say; the answer is the exit code. What a command throws is the caller's to tell. */
export async function runCommandLine(args: readonly string[], world: World): Promise<number> {
  try {
    await createProgram(world).parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    throw error;
  }
}

function createProgram(world: World): Command {
  const program = new Command("callsheet");
  program
    .description(
      "Custom analytics reports from Genesys Cloud: one file says what you want to know, one command makes it.",
    )
    .version(`callsheet ${VERSION} · Node ${process.versions.node}`, "--version")
    .option("--debug", "show what lies below an error")
    // `link` has options and commands: what stands behind `link list` is for `list`.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => world.out(text), writeErr: (text) => world.err(text) })
    .addHelpText("after", EXIT_HELP);
  const config = ["--config <file>", "configuration (CALLSHEET_CONFIG, else callsheet.yaml)"] as const;

  program
    .command("init")
    .argument("[dir]")
    .argument("[destination]", "of `init aws`")
    .description(
      "make callsheet.yaml, a first report and .env.example; `init aws` prints the rights a destination needs",
    )
    .option(...config)
    .option("--json", "print JSON (init aws)")
    .action(async (dir: string | undefined, destination: string | undefined, options) => {
      if (dir === "aws") return (await import("./commands/init-aws.ts")).initAws(destination, options, world);
      (await import("./commands/init.ts")).init(dir, world);
    });
  program
    .command("check")
    .argument("[report...]")
    .description("validate reports and configuration offline")
    .option(...config)
    .option("--online", "sign in, read the listings and ask one tiny question too")
    .option("--schema", "print the JSON Schema of a report file")
    .option("--json", "print JSON")
    .action(async (reports: string[], options) => {
      await (await import("./commands/check.ts")).check(reports, options, world);
    });
  program
    .command("explain")
    .argument("<report>")
    .description("the plan, without a request unless --online")
    .option(...config)
    .option("--interval <words>", "another window")
    .option("--at <instant>", "mean the words of the window as of then, such as 2026-03-29T02:00:00Z")
    .option("--requests", "show the exact request bodies")
    .option("--fresh", "as if the local store held nothing")
    .option("--online", "sign in and count what each request would bring")
    .option("--json", "print JSON")
    .action(async (report: string, options) => {
      await (await import("./commands/explain.ts")).explain(report, options, world);
    });
  program
    .command("run")
    .argument("<report>")
    .description("one run now; REPORT is a name in reports/ or a file")
    .option(...config)
    .option("--interval <words>", "another window")
    .option("--at <instant>", "mean the words of the window as of then, such as 2026-03-29T02:00:00Z")
    .option("--out <dir>", "put the files here too, all or none")
    .option("--format <list>", EXPORT_FORMATS.join(", "))
    .option("--json", "print JSON")
    .option("--resume <run>", "go on with a run that stopped, where it stopped")
    .option("--deadline <time>", "stop after this time, such as 45m or 2h; the run can be resumed")
    .option("--reconcile", "compare the figures with the service's own aggregates")
    .option("--fresh", "ask the service for every day, whatever the local store holds")
    .option("--dry-run", "show the plan and the requests, send nothing")
    .action(async (report: string, options) => {
      await (await import("./commands/run.ts")).run(report, options, world);
    });
  program
    .command("serve")
    .description("run reports at the instants of their schedules, until it is stopped")
    .option(...config)
    .addOption(new Option("--role <role>", "one part of the work, on PostgreSQL").choices(ROLES))
    .option("--listen <address>", "show /health, /ready and /metrics at HOST:PORT, such as 127.0.0.1:9464")
    .action(async (options) => {
      await (await import("./commands/serve.ts")).serve(options, world);
    });
  program
    .command("backfill")
    .argument("<report>")
    .description("a run for each window of the past, shown before it starts")
    .option(...config)
    .requiredOption("--from <day>", "where the first window begins: a local day or an instant")
    .requiredOption("--to <day>", "where the last one ends: the day behind it")
    .option("--every <duration>", "how long each is: P1D, P1W, P1M, PT1H; as the report's own when left out")
    .option("--concurrency <number>", "runs at a time; 2 when left out, 1 with --queue")
    .option("--queue", "leave the runs to `callsheet serve`, behind its schedules")
    .option("--yes", "begin without a question")
    .option("--dry-run", "show the windows, run nothing")
    .option("--json", "print JSON")
    .action(async (report: string, options) => {
      await (await import("./commands/backfill.ts")).backfill(report, options, world);
    });
  const schedule = program.command("schedule").description("when reports run by themselves");
  schedule
    .command("list")
    .description("every report that has a schedule, and its next run")
    .option(...config)
    .option("--json", "print JSON")
    .action(async (options) => {
      await (await import("./commands/schedule.ts")).scheduleList(options, world);
    });
  schedule
    .command("next")
    .argument("<report>")
    .description("its next instants, in its zone and in UTC, each with its window")
    .option(...config)
    .option("--count <number>", "so many; 10 when left out")
    .option("--from <instant>", "the first one after it, such as 2026-03-29T00:00:00Z; after now when left out")
    .option("--json", "print JSON")
    .action(async (report: string, options) => {
      await (await import("./commands/schedule.ts")).scheduleNext(report, options, world);
    });
  schedule
    .command("pause")
    .argument("<report>")
    .description("run nothing at its instants until it is resumed; each is noted as skipped")
    .option(...config)
    .action(async (report: string, options) => {
      await (await import("./commands/schedule-pause.ts")).pauseSchedule(report, options, world);
    });
  schedule
    .command("resume")
    .argument("<report>")
    .description("go on with the next instant")
    .option(...config)
    .action(async (report: string, options) => {
      await (await import("./commands/schedule-pause.ts")).resumeSchedule(report, options, world);
    });
  const runs = program.command("runs").description("the runs of this project, how each one stands, what it changed");
  runs
    .command("list")
    .argument("[report]")
    .description("the newest first")
    .option(...config)
    .option("--scheduled", "a line for each instant of the schedules, run or not, and why")
    .option("--json", "print JSON")
    .action(async (report: string | undefined, options) => {
      if (options.scheduled) await (await import("./commands/runs-scheduled.ts")).listScheduled(report, options, world);
      else await (await import("./commands/runs.ts")).listRuns(report, options, world);
    });
  runs
    .command("cancel")
    .argument("<run>")
    .description("cancel a scheduled run that is not over: REPORT@INSTANT, or the name of its folder")
    .option(...config)
    .action(async (run: string, options) => {
      await (await import("./commands/runs-scheduled.ts")).cancelRun(run, options, world);
    });
  runs
    .command("show")
    .argument("<run>")
    .description(
      "one run: its window, its slices, its files, and how to go on with it; of a scheduled one, REPORT@INSTANT, its attempts",
    )
    .option(...config)
    .option("--json", "print JSON")
    .action(async (run: string, options) => {
      const key = parseKey(run);
      if (key) await (await import("./commands/runs-scheduled.ts")).showScheduled(key, options, world);
      else await (await import("./commands/runs.ts")).showRun(run, options, world);
    });
  runs
    .command("diff")
    .argument("<run>")
    .argument("[other]")
    .description("what changed in a report since the revision before, or between two runs of one window")
    .option(...config)
    .option("--json", "print JSON")
    .action(async (run: string, other: string | undefined, options) => {
      await (await import("./commands/runs-diff.ts")).runsDiff(run, other, options, world);
    });
  program
    .command("deliver")
    .argument("<run>")
    .description("deliver the files of a run again, with fresh links")
    .option(...config)
    .option("--to <list>", "only to these destinations")
    .option("--json", "print JSON")
    .action(async (run: string, options) => {
      await (await import("./commands/deliver.ts")).deliver(run, options, world);
    });
  const link = program
    .command("link")
    .argument("<run>")
    .argument("<file>")
    .description("a fresh link to a file that a run delivered, proved anew")
    .option(...config)
    .option("--for <time>", "how long it lives, such as 24h; seven days at most")
    .option("--at <destination>", "where a run delivered to several")
    .option("--json", "print JSON")
    .action(async (run: string, file: string, options) => {
      await (await import("./commands/link.ts")).link(run, file, options, world);
    });
  link
    .command("revoke")
    .argument("<run>")
    .argument("<file>")
    .description("remove the object behind all links to a file; says what that cannot do")
    .option(...config)
    .option("--at <destination>", "where a run delivered to several")
    .option("--json", "print JSON")
    .action(async (run: string, file: string, options) => {
      await (await import("./commands/link.ts")).revoke(run, file, options, world);
    });
  link
    .command("list")
    .argument("[run]")
    .description("the access record: which links were handed out, when, by whom, until when")
    .option(...config)
    .option("--json", "print JSON")
    .action(async (run: string | undefined, options) => {
      await (await import("./commands/link.ts")).listLinks(run, options, world);
    });
  program
    .command("prune")
    .description("remove the runs, delivered files and stored days that `retention` does not keep")
    .option(...config)
    .option("--dry-run", "show what would be removed, remove nothing")
    .option("--json", "print JSON")
    .action(async (options) => {
      await (await import("./commands/prune.ts")).prune(options, world);
    });
  const store = program.command("store").description("the conversations that are kept on this machine");
  store
    .command("list")
    .description("what is stored, by question")
    .option(...config)
    .option("--json", "print JSON")
    .action(async (options) => {
      await (await import("./commands/store.ts")).storeList(options, world);
    });
  store
    .command("erase")
    .argument("<conversation id...>")
    .description("remove conversations from every stored day and from the pages of stopped runs")
    .option(...config)
    .option("--json", "print JSON")
    .action(async (ids: string[], options) => {
      await (await import("./commands/store.ts")).storeErase(ids, options, world);
    });
  store
    .command("prune")
    .description("remove what is older than store.retention; runs do so too")
    .option(...config)
    .option("--json", "print JSON")
    .action(async (options) => {
      await (await import("./commands/store.ts")).storePrune(options, world);
    });
  program
    .command("fields")
    .argument("[word]")
    .description("every path and measure")
    .option("--coverage", "the service's own names instead: where each one is, or why not")
    .option("--json", "print JSON")
    .action(async (word: string | undefined, options) => {
      (await import("./commands/fields.ts")).fields(word, options, world);
    });
  program
    .command("simulate")
    .description("a Genesys Cloud on this machine, to try reports on")
    .option("--calls <file>", "a call log, .tsv or .tsv.gz")
    .option("--generate <count>", "make a whole contact centre of so many conversations")
    .option("--seed <number>", "of the generated centre", "1")
    .option("--port <number>", "of the API; sign-in is on the next one")
    .option("--rate-limit <number>", "requests a minute", "300")
    .option("--object-store", "start an S3 store too")
    .action(async (options) => {
      await (await import("./commands/simulate.ts")).simulate(options, world);
    });
  program
    .command("completion")
    .addArgument(new Argument("<shell>", "whose script to print").choices(SHELLS))
    .description("a script that completes commands, report names and fields")
    .action((shell: (typeof SHELLS)[number]) => completion(shell, world));
  program
    .command("complete", { hidden: true })
    .argument("[words...]")
    .description("what may stand for the last word; asked by the scripts of `completion`")
    .action(async (words: string[]) => {
      const known = program.createHelp().visibleCommands(program);
      const commands = known.map((command) => ({
        name: command.name(),
        options: command.options.flatMap(({ long }) => long ?? []),
      }));
      (await import("./commands/complete.ts")).complete(words, commands, world);
    });
  // Options and exit handling are inherited by name only: every command refuses what it does not know.
  for (const command of program.commands.flatMap((each) => [each, ...each.commands]))
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => world.out(text), writeErr: (text) => world.err(text) })
      .allowExcessArguments(false);
  return program;
}
