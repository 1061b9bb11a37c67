/** Prints a plan for people: what will be asked, what is evaluated here, and what it costs at least. */
import { additivityOf } from "../domain/additivity.ts";
import type { StoreReport } from "../domain/artifact.ts";
import { formatInterval, type Interval } from "../domain/interval.ts";
import type { Periods } from "../domain/periods.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { Filter, Shape } from "../domain/report-definition.ts";
import { SERVICE_LIMITS } from "../domain/service-limits.ts";
import { createLocalTime } from "../support/local-time.ts";
import { describeArrangement } from "./describe-arrangement.ts";
import { describeFilter } from "./describe-filter.ts";
import { LEAST_REQUESTS, type Piece, piecesOf, type PlannedRequest } from "./pieces-of-plan.ts";

/** A plan in plain data, for `--json`. */
export interface Explanation {
  readonly source: string;
  readonly why: string;
  readonly interval: string;
  readonly localInterval: string;
  /** The period before, in local time, where the report compares. */
  readonly comparedWith?: string;
  readonly slices: readonly { readonly id: string; readonly source: string; readonly interval: string }[];
  readonly pushedDown: readonly string[];
  readonly local: readonly string[];
  /** Of `local`, what stays here only because one long list is shared out over requests and this is another. */
  readonly tooLong?: readonly string[];
  /** Present when the longest list does not fit one request: each interval is asked for once for each part. */
  readonly sharedOut?: { readonly values: number; readonly parts: number };
  /** Days that the local store serves, and what they save. */
  readonly fromStore?: StoreReport;
  readonly requests: {
    readonly atLeast: number;
    readonly perMinute: number;
    /** From here on only with `--online`: where `perMinute` comes from. */
    readonly perMinuteFrom?: "default" | "service";
    /** All requests of the run but the sign-in, by the service's counts. */
    readonly expected?: number;
    readonly conversations?: number;
    readonly minutesAtLeast: number;
    readonly pageSize: number;
  };
  /** What rows there are besides the groups; absent when there are none. */
  readonly rows?: readonly string[];
  /** Columns whose rows do not add up to their total. */
  readonly notAdditive: readonly string[];
  /** The first request of each slice; all of aggregates. */
  readonly bodies: readonly PlannedRequest[];
}

/** What the service told. */
export interface OnlineFacts {
  /** Conversations of each slice, in the order of the plan. */
  readonly hits: readonly number[];
  /** Requests before the first slice: the limits, listings, and where jobs' data end. */
  readonly requestsBefore: number;
  /** Undefined when the service did not tell. */
  readonly perMinute: number | undefined;
}

/** The plan as data, for what a run of it is about; `nameListings` is the number of listings that are read first. */
export function explainPlan(
  plan: QueryPlan,
  { window, previous }: Periods,
  shape: Shape,
  nameListings: number,
  online?: OnlineFacts,
): Explanation {
  const pieces = piecesOf(plan);
  const localTime = createLocalTime(plan.timeZone);
  const inLocalTime = ({ startAt, endAt }: Interval): string =>
    `${localTime.format(startAt)}/${localTime.format(endAt)}`;
  const atLeast = pieces.reduce((sum, { source }) => sum + LEAST_REQUESTS[source], nameListings);
  const sharedOut = sharedOutOf(plan);
  const perMinute = online?.perMinute ?? SERVICE_LIMITS.requestsPerMinute.value;
  const expected = online && expectedRequests(plan, pieces, online);
  return {
    source: plan.source,
    why: plan.sourceReason,
    interval: formatInterval(window),
    localInterval: inLocalTime(window),
    ...(previous && { comparedWith: inLocalTime(previous.interval) }),
    slices: pieces.map(({ id, source, interval }) => ({ id, source, interval: formatInterval(interval) })),
    pushedDown: plan.pushedDown.map(describeFilter),
    local: plan.local.map(describeFilter),
    ...(plan.tooLong.length === 0 ? {} : { tooLong: plan.tooLong.map(describeFilter) }),
    ...(sharedOut === undefined ? {} : { sharedOut }),
    requests: {
      atLeast,
      perMinute,
      minutesAtLeast: Math.ceil(((expected ?? atLeast) / perMinute) * 100) / 100,
      ...(online === undefined || expected === undefined
        ? {}
        : {
            perMinuteFrom: online.perMinute === undefined ? "default" : "service",
            expected,
            ...(plan.aggregates ? {} : { conversations: online.hits.reduce((sum, hits) => sum + hits, 0) }),
          }),
      pageSize: plan.pageSize,
    },
    ...rowsOf(shape),
    notAdditive: notAdditive(shape),
    bodies: pieces.map(({ request }) => request),
  };
}

function rowsOf(shape: Shape): Pick<Explanation, "rows"> {
  const rows = shape.kind === "grouped" ? describeArrangement(shape) : [];
  return rows.length === 0 ? {} : { rows };
}

function notAdditive(shape: Shape): string[] {
  if (shape.kind === "detail") return [];
  return shape.measures
    .filter((measure) => additivityOf(measure, shape.groupBy) === "overlapping")
    .map(({ name }) => name);
}

/** A full last page does not prove that it is the last: one more is asked for. A job is submitted, looked at and read. */
function expectedRequests(
  { pageSize }: QueryPlan,
  pieces: readonly Piece[],
  { hits, requestsBefore }: OnlineFacts,
): number {
  return pieces.reduce((sum, { source }, index) => {
    if (source === "aggregates_query" || source === "aggregates_job") return sum + LEAST_REQUESTS[source];
    const found = hits[index] ?? 0;
    if (source === "details_job") return sum + 2 + Math.max(1, Math.ceil(found / SERVICE_LIMITS.jobPageSize.value));
    return sum + Math.floor(found / pageSize) + 1;
  }, requestsBefore);
}

function sharedOutOf({ slices, longestList }: QueryPlan): Explanation["sharedOut"] {
  const [first] = slices;
  if (first?.part === undefined || longestList === undefined) return undefined;
  const parts = slices.filter(({ interval }) => interval.startAt === first.interval.startAt).length;
  return { values: longestList.size, parts };
}

/** The explanation in lines; the exact bodies only when asked for. */
export function formatExplanation(explanation: Explanation, timeZone: string, withBodies: boolean): string {
  const { requests, slices } = explanation;
  const lines = [
    `source       ${explanation.source}: ${explanation.why}`,
    `window       ${explanation.interval}`,
    `             ${explanation.localInterval} (${timeZone})`,
    ...(explanation.comparedWith === undefined ? [] : [`compared     with ${explanation.comparedWith}`]),
    ...(explanation.fromStore ? [`from store   ${storeInWords(explanation.fromStore)}`] : []),
    `slices       ${slicesInWords(slices)}`,
    `asked        ${explanation.pushedDown.join("; ") || "everything in the window"}`,
    `done here    ${doneHere(explanation)}`,
    ...(explanation.sharedOut
      ? [
          `shared out   the longest list, ${explanation.sharedOut.values.toLocaleString("en-US")} values: ${explanation.sharedOut.parts} requests for each interval, copies are dropped`,
        ]
      : []),
    ...(explanation.tooLong
      ? [`too long     only done here, since only one long list is shared out: ${explanation.tooLong.join("; ")}`]
      : []),
    `requests     ${requestsInWords(explanation)}`,
    `time         at least ${requests.minutesAtLeast} minutes at ${requests.perMinute} requests a minute${perMinuteNote(requests)}`,
  ];
  if (explanation.rows) lines.push(`rows         ${explanation.rows.join("; ")}`);
  if (explanation.notAdditive.length > 0)
    lines.push(
      `not additive ${explanation.notAdditive.join(", ")} (something counts once in each row that it touched)`,
    );
  if (withBodies)
    for (const { path, body } of explanation.bodies) lines.push("", `POST ${path}`, JSON.stringify(body, undefined, 2));
  return `${lines.join("\n")}\n`;
}

function doneHere({ source, local }: Explanation): string {
  if (source === "aggregates") return "nothing: the service evaluates the whole filter and states the figures";
  return `${local.join("; ") || "nothing more"} (the whole filter is checked again on every row)`;
}

function requestsInWords({ source, requests }: Explanation): string {
  const { atLeast, expected = atLeast, conversations, pageSize } = requests;
  if (source === "aggregates")
    return `${expected} expected: one for each query and listing, three for each job, and one for each further page of it`;
  return conversations === undefined
    ? `at least ${atLeast}: one for each slice and listing, and one for each further ${pageSize} conversations`
    : `${expected} expected: the service counts ${conversations.toLocaleString("en-US")} conversations`;
}

/** Only where the service was asked. */
function perMinuteNote({ expected, perMinuteFrom }: Explanation["requests"]): string {
  if (expected === undefined) return "";
  return perMinuteFrom === "service"
    ? ", this organisation's limit"
    : ", the usual limit: the service did not tell its own";
}

/** `4 days, fetched at 2024-05-20T12:00:00.000Z: 16 conversations, 4 requests saved; --fresh asks anew` */
function storeInWords({ days, conversations, requestsSaved }: StoreReport): string {
  const fetched = [...new Set(days.map(({ fetchedAt }) => fetchedAt))].sort();
  const when = fetched.length === 1 ? fetched[0] : `${fetched[0]} to ${fetched.at(-1)}`;
  const counted = (count: number, word: string): string =>
    `${count.toLocaleString("en-US")} ${word}${count === 1 ? "" : "s"}`;
  return `${counted(days.length, "day")}, fetched at ${when}: ${counted(conversations, "conversation")}, ${counted(requestsSaved, "request")} saved; --fresh asks anew`;
}

/** `2 jobs; 3 queries, cut at UTC midnights, …` */
function slicesInWords(slices: Explanation["slices"]): string {
  if (slices.length === 0) return "none: nothing will be asked for";
  const totals = slices.at(-1)?.id === "totals" ? ", the last for the totals, to which the rows do not add up" : "";
  const jobs = slices.filter(({ source }) => source.endsWith("_job")).length;
  const queries = slices.length - jobs;
  const counted = (count: number, one: string, more: string): string[] =>
    count === 0 ? [] : [`${count} ${count === 1 ? one : more}`];
  const why =
    queries < 2 || slices.some(({ source }) => source === "aggregates_query")
      ? ""
      : ", cut at UTC midnights, because the service picks conversations by the day on which they began";
  return `${[...counted(jobs, "job", "jobs"), ...counted(queries, "query", "queries")].join("; ")}${why}${totals}`;
}

/** Replaces names by a mark, for printing a plan without asking the service for ids. */
export function markNames(filter: Filter): Filter {
  if (filter.kind !== "predicate") return { kind: filter.kind, filters: filter.filters.map(markNames) };
  const { condition } = filter;
  if (filter.field.nameOf === undefined || condition.kind === "exists" || condition.kind === "range") return filter;
  if (condition.kind === "part") {
    const words = condition.operator === "contains" ? "contains" : "starts with";
    return {
      ...filter,
      condition: { kind: "is_one_of", values: [`<each id whose name ${words} ${condition.text}>`] },
    };
  }
  return {
    ...filter,
    condition: { kind: "is_one_of", values: condition.values.map((name) => `<id of ${name}>`) },
  };
}
