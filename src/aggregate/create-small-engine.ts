/**
 * A table engine for what is small. Rows are grouped as they come where that can be, else they stay in memory until there
 * are too many; what does not fit goes to the large engine, which is opened only then. Most reports are small, and to load
 * a database, make its file and plan its statements costs more than to group a few thousand rows (`npm run bench:startup`).
 */
import { canGroupAsTheyCome, groupAsTheyCome } from "./group-as-they-come.ts";
import { foldInMemory, groupInMemory } from "./group-in-memory.ts";
import type { FactColumn, FactRow, FactTable, TableEngine } from "./table-engine.ts";

/** An engine that must be closed. */
export interface OpenEngine extends TableEngine {
  close(): void;
}

/** Rows of a table that stay in memory: some 10 MB of a wide report, grouped in some hundredths of a second. */
const MAX_ROWS = 10_000;

/** Makes an engine; `openLarge` is called once, by the first table that outgrows `maxRows`. */
export function createSmallEngine(openLarge: () => Promise<OpenEngine>, maxRows = MAX_ROWS): OpenEngine {
  let opened: Promise<OpenEngine> | undefined;
  let large: OpenEngine | undefined;
  const createLarge = async (columns: readonly FactColumn[]): Promise<FactTable> => {
    opened ??= openLarge();
    large = await opened;
    return await large.createTable(columns);
  };
  const createTable = (columns: readonly FactColumn[]): FactTable => createSmallTable(columns, maxRows, createLarge);
  return {
    createTable: (columns) => Promise.resolve(createTable(columns)),
    createGroups: (columns, asked) =>
      Promise.resolve(
        canGroupAsTheyCome(asked)
          ? groupAsTheyCome(columns, asked, async () => await createLarge(columns))
          : createTable(columns),
      ),
    close: () => large?.close(),
  };
}

/** Small until it has been moved; then everything is asked of the large table. */
function createSmallTable(
  columns: readonly FactColumn[],
  maxRows: number,
  createLarge: (columns: readonly FactColumn[]) => Promise<FactTable>,
): FactTable {
  let rows: FactRow[] = [];
  let large: FactTable | undefined;
  return {
    get rowCount() {
      return large?.rowCount ?? rows.length;
    },
    async append(more) {
      if (large === undefined && rows.length + more.length > maxRows) {
        large = await createLarge(columns);
        await large.append(rows);
        rows = [];
      }
      if (large) await large.append(more);
      else rows.push(...more.map(wellFormed));
    },
    async *group(keys, figures) {
      yield* large?.group(keys, figures) ?? groupInMemory(columns, rows, keys, figures);
    },
    async fold(keys, kept, mark) {
      if (large) return await large.fold(keys, kept, mark);
      const folded = createSmallTable([...columns, { name: mark, type: "integer" }], maxRows, createLarge);
      await folded.append(foldInMemory(columns, rows, keys, kept));
      return folded;
    },
    async *scan() {
      yield* large?.scan() ?? rows;
    },
    async close() {
      rows = [];
      await large?.close();
    },
  };
}

/** As a text is when it has been on disk: half of a pair that stands alone becomes U+FFFD. */
function wellFormed(row: FactRow): FactRow {
  return row.map((value) => (typeof value === "string" ? value.toWellFormed() : value));
}
