/**
 * Rows that do not hold still while a client pages through them: they come twice, slip from one page to the next, come
 * late, come in another order, or their count changes. Page after page each answer is right for its own moment.
 */
import type { Answer } from "../routes/answer.ts";
import { type Fault, type FaultRequest, member, on, pageNumberOf, type Selection } from "./fault.ts";

/** These faults strike every query unless told otherwise: what matters is the page, not the attempt. */
function onQueries(selection: Selection): Pick<Fault, "concerns" | "applies"> {
  return on({ path: /\/details\/query$/, times: Number.POSITIVE_INFINITY, ...selection });
}

/** Which queries, and which rows come twice. */
export interface DuplicatesAcrossPages extends Selection {
  /** How many rows of the page before each page begins with. Default 1; less than the page size. */
  readonly rows?: number;
  /** The repeated rows have changed meanwhile: their `externalTag` says so. Default false. */
  readonly updated?: boolean;
}

/** Each page begins with the last rows of the page before. Nothing is lost; `totalHits` counts the repeated rows too. */
export function duplicatesAcrossPages(options: DuplicatesAcrossPages = {}): Fault {
  const { rows = 1, updated = false } = options;
  return {
    name: "duplicatesAcrossPages",
    ...onQueries(options),
    rows(window) {
      const { indices, size } = window;
      const page = window.from / size;
      const pages = Math.max(1, Math.ceil((indices.length - rows) / (size - rows)));
      return {
        ...window,
        from: page * (size - rows),
        size: page < pages ? size : 0,
        totalHits: indices.length + rows * (pages - 1),
      };
    },
    alter: (answer, request) => (updated && pageNumberOf(request) > 1 ? withUpdatedRows(answer, rows) : answer),
  };
}

/** Which queries, from which page, and how far. */
export interface RowsShiftBetweenPages extends Selection {
  /** From this page on. Default 2. */
  readonly fromPage?: number;
  /**
   * How many places the rows have moved: 1 means that a row came in before them, so the last row of the page before comes
   * again; -1 that one went away, so a row is missed. Default 1.
   */
  readonly by?: number;
}

/** Between two pages rows came or went ahead of them. */
export function rowsShiftBetweenPages(options: RowsShiftBetweenPages = {}): Fault {
  const { fromPage = 2, by = 1 } = options;
  return {
    name: "rowsShiftBetweenPages",
    ...onQueries(options),
    rows: (window, request) =>
      pageNumberOf(request) < fromPage
        ? window
        : { ...window, from: Math.max(0, window.from - by), totalHits: window.totalHits + by },
  };
}

/** Which queries, and the page that they get. */
export interface RepeatPage extends Selection {
  /** Which page is served instead. */
  readonly serves: number;
}

/** The chosen requests get another page than they asked for; with `times: Infinity`, paging that never ends. */
export function repeatPage(options: RepeatPage): Fault {
  return {
    name: "repeatPage",
    ...on({ path: /\/details\/query$/, ...options }),
    rows: (window) => ({ ...window, from: (options.serves - 1) * window.size }),
  };
}

/** Which queries, and by how much the count is wrong. */
export interface HitsChange extends Selection {
  /** What is added to `totalHits`. */
  readonly by: number;
}

/** `totalHits` differs from the rows that there are. */
export function hitsChange(options: HitsChange): Fault {
  return {
    name: "hitsChange",
    ...onQueries(options),
    rows: (window) => ({ ...window, totalHits: window.totalHits + options.by }),
  };
}

/** Which queries, and how many rows they miss. */
export interface LateRows extends Selection {
  /** Every how manieth row is late. Default 10. */
  readonly every?: number;
}

/** The chosen queries do not see some rows yet; those after them do. By default the first query. */
export function lateRows(options: LateRows = {}): Fault {
  const { every = 10 } = options;
  return {
    name: "lateRows",
    ...on({ path: /\/details\/query$/, ...options }),
    rows(window) {
      const indices = window.indices.filter((index) => index % every !== 0);
      return { ...window, indices, totalHits: indices.length };
    },
  };
}

/** The rows of each page come in reverse order. */
export function rowsOutOfOrder(selection: Selection = {}): Fault {
  return {
    name: "rowsOutOfOrder",
    ...onQueries(selection),
    alter: (answer) => changeRows(answer, (rows) => rows.toReversed()),
  };
}

/** Which queries, and what becomes of their rows. */
export interface ChangedRows extends Selection {
  /** Makes the row that is sent out of the right one; a row that becomes undefined is left out. */
  readonly change: (row: Readonly<Record<string, unknown>>, request: FaultRequest) => unknown;
}

/** Rows with members missing, unknown or odd. */
export function changedRows(options: ChangedRows): Fault {
  return {
    name: "changedRows",
    ...onQueries(options),
    alter: (answer, request) =>
      changeRows(answer, (rows) =>
        rows.map((row) => options.change(recordOf(row), request)).filter((row) => row !== undefined),
      ),
  };
}

function withUpdatedRows(answer: Answer, count: number): Answer {
  return changeRows(answer, (rows) =>
    rows.map((row, index) => (index < count ? { ...recordOf(row), externalTag: "updated" } : row)),
  );
}

/** The answer with other rows in the place of its own. */
export function changeRows(answer: Answer, change: (rows: readonly unknown[]) => readonly unknown[]): Answer {
  const rows = member(answer.json, "conversations");
  if (!Array.isArray(rows)) return answer;
  return { ...answer, json: { ...recordOf(answer.json), conversations: change(rows) } };
}

/** A copy of an object; empty for anything else. */
export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
