/** `callsheet check`: what is wrong with the definitions, before anything is asked of anybody. */
import { reportJsonSchema } from "../../define/definition-schema.ts";
import { isEitherDay } from "../../domain/cron-pattern.ts";
import type { AccessVerdict } from "../../domain/delivery.ts";
import type { Entity } from "../../domain/directory.ts";
import { ReportError } from "../../domain/errors.ts";
import { ENTITY_KINDS, ENTITY_WORDS } from "../../domain/field.ts";
import { fieldsShown, type ReportDefinition } from "../../domain/report-definition.ts";
import { createInterval } from "../../domain/interval.ts";
import { createNameSource } from "../../genesys/create-name-source.ts";
import { createProbe } from "../../genesys/create-probe.ts";
import { upcomingRuns } from "../../schedule/upcoming-runs.ts";
import { findReport, reportNames } from "../find-report.ts";
import { type Config, destinationNames, linkingNames, readConfig } from "../read-config.ts";
import { instantText, windowText } from "../render-schedule.ts";
import { renderVerdict } from "../render-verdict.ts";
import type { World } from "../world.ts";

/** Options as the command line gives them. */
export interface CheckOptions {
  readonly config?: string;
  readonly online?: boolean;
  readonly schema?: boolean;
  readonly json?: boolean;
}

/** Checks the named reports, or all; throws one error that holds everything wrong. */
export async function check(reports: readonly string[], options: CheckOptions, world: World): Promise<void> {
  if (options.schema) return world.out(`${JSON.stringify(reportJsonSchema(), undefined, 2)}\n`);
  const config = readConfig(options.config, world);
  const names = reports.length > 0 ? reports : reportNames(config.folder);
  if (names.length === 0)
    throw new ReportError("config.missing", "There are no reports to check", {
      hint: "Make a first one with `callsheet init`, or name a file.",
    });
  const wrong: ReportError[] = [];
  const asked = new Set<"details" | "aggregates">();
  for (const name of names) {
    try {
      const definition = await findReport(name, config.folder, world);
      asked.add(definition.source === "aggregates" ? "aggregates" : "details");
      const masks = fieldsShown(definition.shape).map(({ mask }) => mask);
      requireDestinations(definition.name, definition.destinations, destinationNames(config));
      if (masks.some((mask) => mask === "hash")) config.pseudonymKey();
      const next = nextInWords(definition, world.clock.now());
      if (!options.json) world.out(`ok  ${name}\n${next}${unmaskedInWords(definition)}`);
    } catch (error) {
      if (!(error instanceof ReportError)) throw error;
      wrong.push(error);
    }
  }
  const [first] = wrong;
  if (first)
    throw new ReportError(
      first.code,
      wrong.map(({ message }) => message).join("\n"),
      first.hint === undefined ? {} : { hint: first.hint },
    );
  if (options.online) await checkOnline(config, world, asked, options.json ?? false);
  const verdicts = options.online ? await judgeDestinations(config, world, options.json ?? false) : [];
  const unproved = verdicts.filter(({ verdict }) => !verdict.proved).map(({ destination }) => destination);
  const told = { ok: unproved.length === 0, reports: names, ...(options.online && { destinations: verdicts }) };
  if (options.json) world.out(`${JSON.stringify(told)}\n`);
  if (unproved.length > 0)
    throw new ReportError("delivery.access_unproved", `Access to ${unproved.join(", ")} is not proved`, {
      hint: "A delivery there would hand out nothing. docs/access-verdict.md explains each check; what may be lived without can be waived.",
    });
}

/** The verdict on each destination, with a canary in place of a report. */
async function judgeDestinations(
  config: Config,
  world: World,
  quiet: boolean,
): Promise<{ readonly destination: string; readonly verdict: AccessVerdict }[]> {
  const { rehearseDelivery } = await import("../../deliver/rehearse-delivery.ts");
  const { wireDestination } = await import("../wire.ts");
  const verdicts = [];
  for (const name of linkingNames(config)) {
    const destination = await wireDestination(name, config, world);
    try {
      const verdict = await rehearseDelivery(destination, world.clock);
      verdicts.push({ destination: name, verdict });
      if (!quiet) world.out(renderVerdict(name, verdict));
    } finally {
      destination.close();
    }
  }
  return verdicts;
}

/** When it runs by itself; throws when its window cannot be had at that instant. */
function nextInWords(definition: ReportDefinition, nowAt: number): string {
  const { schedule, timeZone } = definition;
  if (schedule === undefined) return "";
  const [next] = upcomingRuns(definition, schedule, nowAt, 1);
  const either = isEitherDay(schedule.cron) ? ", days of the month or of the week: either is enough" : "";
  return next === undefined
    ? ""
    : `    runs ${schedule.cron.text} on the clock of ${schedule.timeZone}${either}; next ${instantText(next.at, schedule.timeZone)}, of ${windowText(next.window, timeZone)}\n`;
}

/** Customers' data that everybody who gets the report will see: the author may have forgotten it. */
function unmaskedInWords({ shape }: ReportDefinition): string {
  const open = fieldsShown(shape).filter(({ personal, mask }) => personal && personal !== "agent" && !mask);
  return open.length === 0
    ? ""
    : `    shows personal data as they are: ${open.map(({ path, personal }) => `${path} (${personal})`).join(", ")}; \`mask\` in the report hides them\n`;
}

function requireDestinations(report: string, wanted: readonly string[], known: readonly string[]): void {
  const missing = wanted.find((name) => !known.includes(name));
  if (missing === undefined) return;
  throw new ReportError("config.missing", `Report ${report} delivers to "${missing}", which is no destination`, {
    hint: `Add it under destinations in callsheet.yaml${known.length > 0 ? `, or use one of ${known.join(", ")}` : ""}.`,
  });
}

const HOUR_MS = 3_600_000;

/** The service leaves out the conversations of other divisions without a word, so it is said here. */
function visibilityInWords(divisions: readonly Entity[], visible: ReadonlySet<string> | undefined): string {
  const hidden = visible === undefined ? [] : divisions.filter(({ id }) => !visible.has(id));
  if (hidden.length === 0) return "ok  the OAuth client has a role in every division\n";
  return `!   the OAuth client has no role in ${hidden.length} of ${divisions.length} divisions: conversations of ${hidden.map(({ name }) => name).join("; ")} are missing from every report\n`;
}

/** Signs in, reads the listings, asks a tiny question of each source: a missing permission shows here, not at night. */
async function checkOnline(
  config: ReturnType<typeof readConfig>,
  world: World,
  sources: ReadonlySet<"details" | "aggregates">,
  quiet: boolean,
): Promise<void> {
  const { wireClient } = await import("../wire.ts");
  const client = wireClient(config, world, () => {});
  try {
    const { directory } = await createNameSource(client).read(
      ["queue", "user", "wrapUpCode", "division"],
      world.signal,
    );
    const counts = ENTITY_KINDS.flatMap((kind) => {
      const entities = directory[kind];
      return entities ? [`${entities.length} ${ENTITY_WORDS[kind]}s`] : [];
    });
    const now = world.clock.now();
    const interval = createInterval(now - 2 * HOUR_MS, now - HOUR_MS);
    const probe = createProbe(client);
    if (sources.has("details")) {
      await probe.mayAskDetails(interval, world.signal);
      await probe.mayUseJobs(world.signal);
    }
    if (sources.has("aggregates")) await probe.mayAskAggregates(interval, world.signal);
    const visible = await probe.divisionIds(world.signal);
    if (!quiet) {
      world.out(`ok  signed in to ${config.genesys().region}: ${counts.join(", ")}\n`);
      if (sources.has("details")) world.out("ok  conversation details may be asked, details jobs too\n");
      if (sources.has("aggregates")) world.out("ok  conversation aggregates may be asked\n");
      world.out(visibilityInWords(directory.division ?? [], visible));
    }
  } finally {
    await client.close();
  }
}
