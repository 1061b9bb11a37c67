/**
 * The database spills to the run's folder, and a full disk is its failure too. It tells of it in words only; here they
 * become the codes that the rest of callsheet knows, so that what was fetched is kept.
 */
import type { FactColumn, FactTable, TableEngine } from "../aggregate/table-engine.ts";
import { ReportError } from "../domain/errors.ts";
import type { ParquetWriter } from "../export/parquet-writer.ts";
import type { DayFiles, DayFileWriter } from "../runs/day-files.ts";

/** The system's words for a full disk, a used up share of it, and a file that may not grow. */
const FULL = /No space left on device|Disk quota exceeded|File too large|failed to offload|max_temp_directory_size/i;

/** The system's words for a folder that cannot be used, and for a failing disk. */
const UNWRITABLE = /Permission denied|Read-only file system|Too many open files|Input\/output error/i;

/** The same engine; errors of the disk below `path` are named `disk.full` and `disk.unwritable`. */
export function nameDiskErrors<E extends Pick<TableEngine, "createTable">>(engine: E, path: string): E & TableEngine {
  const createTable = async (columns: readonly FactColumn[]): Promise<FactTable> =>
    namedTable(await named(path, async () => await engine.createTable(columns)), path);
  // It keeps all rows, whatever is asked.
  return { ...engine, createTable, createGroups: createTable };
}

/** The same writer of Parquet; errors of the disk below `path` are named likewise. */
export function nameWriterErrors(writer: ParquetWriter, path: string): ParquetWriter {
  return { writeParquet: (...args) => namedStream(path, () => writer.writeParquet(...args)) };
}

/** Opens files of conversations; errors of the disk below `path`, in opening them too, are named likewise. */
export async function openNamed(path: string, open: () => Promise<DayFiles>): Promise<DayFiles> {
  const files = await named(path, open);
  return {
    create: async () => namedWriter(await named(path, async () => await files.create()), path),
    read: (file, interval) => namedStream(path, () => files.read(file, interval)),
    compare: async (...args) => await named(path, async () => await files.compare(...args)),
    copyWithout: async (...args) => await named(path, async () => await files.copyWithout(...args)),
    close: () => files.close(),
  };
}

function namedWriter(writer: DayFileWriter, path: string): DayFileWriter {
  return {
    append(records) {
      try {
        writer.append(records);
      } catch (error) {
        throw translated(error, path);
      }
    },
    finish: async (file) => await named(path, async () => await writer.finish(file)),
  };
}

function namedTable(table: FactTable, path: string): FactTable {
  return {
    get rowCount() {
      return table.rowCount;
    },
    append: async (rows) => await named(path, async () => await table.append(rows)),
    group: (keys, figures) => namedStream(path, () => table.group(keys, figures)),
    fold: async (keys, kept, mark) =>
      namedTable(await named(path, async () => await table.fold(keys, kept, mark)), path),
    scan: () => namedStream(path, () => table.scan()),
    close: async () => await named(path, async () => await table.close()),
  };
}

async function named<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translated(error, path);
  }
}

async function* namedStream<T>(path: string, open: () => AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  try {
    yield* open();
  } catch (error) {
    throw translated(error, path);
  }
}

function translated(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof ReportError) return error;
  if (FULL.test(error.message)) {
    return new ReportError("disk.full", `No space left while writing to ${path}`, {
      hint: "Free some space, or set CALLSHEET_STATE to another disk.",
      cause: error,
    });
  }
  if (!UNWRITABLE.test(error.message)) return error;
  return new ReportError("disk.unwritable", `Cannot use ${path} for what does not fit into memory`, {
    hint: "Make the folder writable for this user, or choose another with CALLSHEET_STATE.",
    cause: error,
  });
}
