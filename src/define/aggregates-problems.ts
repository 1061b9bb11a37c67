/**
 * Whether a report that asks for aggregates, or for their clock, can be answered by them: all of it or not at all. What
 * is in the way is told at its line, with the two ways out.
 */
import type { Filter, Shape } from "../domain/report-definition.ts";
import { type Obstacle, obstaclesTo } from "../domain/stated-figures.ts";
import type { ReportSource } from "./definition-schema.ts";
import type { FilterSource } from "./parse-filter.ts";
import type { Problem } from "./problems.ts";
import type { DocumentPath } from "./read-document.ts";

/** What is wrong; nothing for reports that count conversations by their start. */
export function aggregatesProblems(source: ReportSource, shape: Shape, filter: Filter): Problem[] {
  if (source.timeBasis === "conversationStart") return source.source === "aggregates" ? [otherClock()] : [];
  if (source.source !== "auto" && source.source !== "aggregates") return [noConversations(source.source)];
  return [...overSeveralGroups(source), ...obstacles(source, shape, filter)];
}

/** The service states the figures of groups; what several of them are together it is not asked. */
function overSeveralGroups(source: ReportSource): Problem[] {
  return (["subtotals", "top", "compare"] as const).flatMap((key) =>
    source[key] === undefined
      ? []
      : {
          path: [key],
          onKey: true,
          message: `Cannot use "${key}" with "timeBasis: eventTime": aggregates state the figures of single groups in one window. Remove it, or write "timeBasis: conversationStart".`,
        },
  );
}

function obstacles(source: ReportSource, shape: Shape, filter: Filter): Problem[] {
  return obstaclesTo({ shape, filter, filterScope: source.filterScope }).map((obstacle) => ({
    path: placeOf(obstacle, source),
    message: `Cannot answer this report by aggregates, which "timeBasis: eventTime" needs: ${obstacle.why}. ${wayOut(obstacle)}`,
  }));
}

function otherClock(): Problem {
  return {
    path: ["source"],
    message:
      'Cannot use "source: aggregates" with "timeBasis: conversationStart": aggregates count each figure when it was emitted. Add "timeBasis: eventTime", or write "source: auto".',
  };
}

function noConversations(source: string): Problem {
  return {
    path: ["timeBasis"],
    message: `Cannot use "timeBasis: eventTime" with "source: ${source}": conversations are fetched and counted by their start. Write "source: auto" or "source: aggregates", or "timeBasis: conversationStart".`,
  };
}

function wayOut({ at }: Obstacle): string {
  const remove = {
    rows: "",
    filter: "Change it, or",
    filterScope: "Remove it, or",
    groupBy: "Remove it, or",
    measures: "Remove it, or",
  };
  return `${remove[at]} write "timeBasis: conversationStart" (the default) to count conversations by their start.`
    .trim()
    .replace(/^w/, "W");
}

function placeOf({ at, name }: Obstacle, source: ReportSource): DocumentPath {
  if (name === undefined) return [at];
  if (at === "filter") return placeOfPath(source.filter, name, ["filter"]) ?? ["filter"];
  const names: readonly string[] =
    at === "groupBy"
      ? (source.groupBy ?? [])
      : (source.measures ?? []).map((measure) => (typeof measure === "string" ? measure : measure.name));
  const index = names.indexOf(name);
  return index < 0 ? [at] : [at, index];
}

/** The first condition on a path. */
function placeOfPath(filters: readonly FilterSource[], name: string, place: DocumentPath): DocumentPath | undefined {
  for (const [index, filter] of filters.entries()) {
    const here = [...place, index];
    if (filter.type !== "compound") {
      if (filter.path === name) return [...here, "path"];
      continue;
    }
    const inner = placeOfPath(filter.filters, name, [...here, "filters"]);
    if (inner) return inner;
  }
  return undefined;
}
