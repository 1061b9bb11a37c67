/**
 * The local store on disk. A file is written in the run's own folder, synced and moved to its place in one step; its
 * name holds its checksum, so two processes never write the same name with other bytes, and a damaged file shows. A
 * run that uses a file links it into its own folder first: pruning and erasing cannot take it away half-way.
 */
import { mkdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Clock } from "../domain/clock.ts";
import { answers, type RecordChanges, type StoredDay } from "../domain/stored-day.ts";
import type { ConversationStore, StoreSession } from "../runs/conversation-store.ts";
import type { DayFiles } from "../runs/day-files.ts";
import { syncFolder } from "../support/atomic-write.ts";
import { onDisk } from "./on-disk.ts";
import { isSound, linkOrCopy, openQuestion, ownerPath, publishDay, readDays, readQuestions } from "./store-folder.ts";
import { pruneStore } from "./tend-store.ts";

/** Whose conversations are kept where, and how long. */
export interface StoreOptions {
  readonly statePath: string;
  readonly apiUrl: string;
  readonly clientId: string;
  /** Milliseconds after the end of a day in which the service may still change it. */
  readonly settlingMs: number;
  /** Milliseconds after which a file is removed, counted from the moment at which it was fetched. */
  readonly retentionMs: number;
}

/** Opens the store; `openFiles` opens a folder's Parquet files. */
export function createConversationStore(
  { statePath, apiUrl, clientId, settlingMs, retentionMs }: StoreOptions,
  openFiles: (folder: string) => Promise<DayFiles>,
  clock: Clock,
): ConversationStore {
  const owner = ownerPath(statePath, apiUrl, clientId);
  const isKept = ({ fetchedAt }: StoredDay): boolean => clock.now() - fetchedAt < retentionMs;
  return {
    settlingMs,
    async find(question, exactly = false) {
      const folders = await onDisk(owner, async () => await readQuestions(owner));
      const fitting = folders.filter(
        (folder) => answers(folder.question, question) && (!exactly || answers(question, folder.question)),
      );
      return fitting.flatMap(({ days }) => days).filter(isKept);
    },
    open: async (scratchPath) => await openSession(owner, join(scratchPath, "store"), openFiles),
    async prune() {
      return await pruneStore(statePath, retentionMs, clock);
    },
  };
}

async function openSession(
  owner: string,
  scratch: string,
  openFiles: (folder: string) => Promise<DayFiles>,
): Promise<StoreSession> {
  await onDisk(scratch, async () => await mkdir(scratch, { recursive: true, mode: 0o700 }));
  // Opened when it is needed: a run whose fetch fails leaves nothing open.
  let opened: Promise<DayFiles> | undefined;
  async function files(): Promise<DayFiles> {
    opened ??= openFiles(scratch);
    return await opened;
  }
  const own = ({ path }: StoredDay): string => join(scratch, basename(path));
  let written = 0;
  return {
    async take(day) {
      return await onDisk(day.path, async () => {
        if (!(await linkOrCopy(day.path, own(day)))) return "gone";
        return (await isSound(own(day))) ? "taken" : "damaged";
      });
    },
    async *read({ day, interval }) {
      yield* (await files()).read(own(day), interval);
    },
    async write(question, interval, fetchedAt) {
      const file = join(scratch, `new-${++written}.parquet`);
      const writer = await (await files()).create();
      let [rowCount, openCount] = [0, 0];
      return {
        append(records) {
          writer.append(records);
          rowCount += records.length;
          for (const { endedAt } of records) if (endedAt === undefined) openCount += 1;
        },
        async finish(before) {
          await writer.finish(file);
          const changes: RecordChanges[] = [];
          for (const older of before) changes.push(await (await files()).compare(own(older.day), file, older.interval));
          await onDisk(owner, async () => {
            const folder = await openQuestion(owner, question);
            const path = await publishDay(file, folder, { interval, fetchedAt, rowCount, openCount });
            await removeReplaced(path, folder, { interval, fetchedAt });
          });
          return sumOf(changes);
        },
      };
    },
    async close() {
      (await opened)?.close();
    },
  };
}

/** Older versions of what the new file holds; of two processes at once the one that asked last stays. */
async function removeReplaced(
  path: string,
  folder: string,
  { interval, fetchedAt }: Pick<StoredDay, "interval" | "fetchedAt">,
): Promise<void> {
  for (const older of await readDays(folder)) {
    const isInside = interval.startAt <= older.interval.startAt && older.interval.endAt <= interval.endAt;
    if (older.path !== path && isInside && older.fetchedAt <= fetchedAt) await rm(older.path, { force: true });
  }
  await syncFolder(dirname(path));
}

function sumOf(changes: readonly RecordChanges[]): RecordChanges {
  return changes.reduce(
    (sum, { added, removed, changed }) => ({
      added: sum.added + added,
      removed: sum.removed + removed,
      changed: sum.changed + changed,
    }),
    { added: 0, removed: 0, changed: 0 },
  );
}
