/** `callsheet store list | erase ID… | prune`: the conversations that are kept on this machine. */
import type { DetailsFilter } from "../../domain/query-plan.ts";
import type { StoredQuestion } from "../../domain/stored-day.ts";
import { ReportError } from "../../domain/errors.ts";
import { eraseConversations } from "../../disk/erase-conversations.ts";
import { listStore, pruneStore, type StoredQuestionReport } from "../../disk/tend-store.ts";
import { type Config, readConfig } from "../read-config.ts";
import { renderTable } from "../render-table.ts";
import type { World } from "../world.ts";

/** Options as the command line gives them. */
export interface StoreOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** Ids that are erased at once; each file is searched for all of them. */
const MAX_IDS = 1000;

/** Prints what is stored, a line for each question that was asked. */
export async function storeList({ config, json }: StoreOptions, world: World): Promise<void> {
  const entries = (await listStore(readConfig(config, world).statePath)).map(describeEntry);
  if (json) return world.out(`${JSON.stringify(entries, undefined, 2)}\n`);
  if (entries.length === 0) return world.out("nothing is stored\n");
  const columns = (["filter", "keeps", "from", "to", "days", "conversations", "bytes", "fetched"] as const).map(
    (name) => ({
      name,
      type: ["days", "conversations", "bytes"].includes(name) ? ("integer" as const) : ("text" as const),
      role: "detail" as const,
    }),
  );
  world.out(
    renderTable(
      columns,
      entries.map((entry) => columns.map(({ name }) => entry[name])),
    ),
  );
}

/** Erases conversations and says from how many files; what it cannot erase is named. */
export async function storeErase(ids: readonly string[], { config, json }: StoreOptions, world: World): Promise<void> {
  const { statePath } = readConfig(config, world);
  expectIds(ids);
  const erasure = await eraseConversations(statePath, ids, async (folder) => {
    const { openDayFiles } = await import("../../duckdb/open-day-files.ts");
    return await openDayFiles(folder);
  });
  if (json) return world.out(`${JSON.stringify(erasure, undefined, 2)}\n`);
  const { found, days, damaged, pages, stillNamed, running } = erasure;
  world.out(`${found.length} of ${ids.length} conversations erased: ${days} stored days written anew`);
  world.out(`, ${pages} pages of stopped runs removed${damaged > 0 ? `, ${damaged} damaged files removed` : ""}\n`);
  for (const file of stillNamed) world.out(`still named in ${file}\n`);
  for (const folder of running)
    world.out(`not erased from ${folder}, whose run is at work: erase again when it has ended\n`);
}

/** Removes what is older than it may be kept; with `retention: off`, everything. */
export async function storePrune({ config, json }: StoreOptions, world: World): Promise<void> {
  const { statePath, store, retention }: Config = readConfig(config, world);
  if (retention.hold?.store === true) world.err("Note: the store is held (retention.hold); nothing is removed\n");
  const keptMs = retention.hold?.store === true ? Number.POSITIVE_INFINITY : (store?.retentionMs ?? 0);
  const pruned = await pruneStore(statePath, keptMs, world.clock);
  const conversations = pruned.reduce((sum, { rowCount }) => sum + rowCount, 0);
  if (json) world.out(`${JSON.stringify({ days: pruned.length, conversations }, undefined, 2)}\n`);
  else world.out(`${pruned.length} stored days removed, ${conversations.toLocaleString("en")} conversations\n`);
}

function expectIds(ids: readonly string[]): void {
  if (ids.length > MAX_IDS)
    throw new ReportError("config.invalid", `Cannot erase ${ids.length} conversations at once`, {
      hint: `Give at most ${MAX_IDS} ids, and the others in another command.`,
    });
  const wrong = ids.find((id) => !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id));
  if (wrong !== undefined)
    throw new ReportError("config.invalid", `Cannot erase "${wrong.slice(0, 80)}": it is no conversation id`, {
      hint: "Give ids as Genesys Cloud writes them, such as 0a1b2c3d-0000-4000-8000-000000000001.",
    });
}

type Entry = Readonly<
  Record<"folder" | "filter" | "keeps" | "from" | "to" | "fetched", string> &
    Record<"days" | "conversations" | "bytes", number>
>;

function describeEntry({ folder, question, days, sizeBytes }: StoredQuestionReport): Entry {
  const iso = (at: number): string => new Date(at).toISOString();
  const least = (instants: readonly number[]): string => iso(Math.min(...instants));
  return {
    folder,
    filter: question ? filterWords(question) : "of another version",
    keeps: question ? needWords(question) : "of another version",
    from: least(days.map(({ interval }) => interval.startAt)),
    to: iso(Math.max(...days.map(({ interval }) => interval.endAt))),
    days: days.length,
    conversations: days.reduce((sum, { rowCount }) => sum + rowCount, 0),
    bytes: sizeBytes,
    fetched: least(days.map(({ fetchedAt }) => fetchedAt)),
  };
}

function filterWords({ conversationFilters, segmentFilters }: StoredQuestion): string {
  const words = [...conversationFilters, ...segmentFilters].map(filterText);
  return words.length === 0 ? "none" : words.join(" and ");
}

function filterText({ type, clauses = [], predicates = [] }: DetailsFilter): string {
  const parts = [{ type, predicates }, ...clauses].filter((clause) => clause.predicates.length > 0);
  return parts
    .map((clause) =>
      clause.predicates
        .map(
          ({ dimension, metric, value, operator }) => `${dimension ?? metric ?? ""} ${value ?? operator ?? "in range"}`,
        )
        .join(` ${clause.type} `),
    )
    .join(` ${type} `);
}

function needWords({ needs: { metrics, segments, members = [] } }: StoredQuestion): string {
  const extra = [...(segments ? ["segments"] : []), ...(members.length > 0 ? [`${members.length} members`] : [])];
  return [`${metrics.length} metrics`, ...extra].join(", ");
}
