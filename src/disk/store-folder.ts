/**
 * The folder of stored conversations: `<state>/conversations/<owner>/<question>/<day>.parquet`. Names of owners and
 * questions are checksums; `question.json` says what its folder's files were asked and what they keep.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, copyFile, link, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { StoredDay, StoredQuestion } from "../domain/stored-day.ts";
import { atomicWrite, syncFolder } from "../support/atomic-write.ts";
import { parseStoredDayName, storedDayName } from "./stored-day-name.ts";

/** The form of files and records; what was stored in another form is not read, only removed when its time is over. */
const SCHEMA = "callsheet.conversations/1";

/** One question, with its files. */
export interface QuestionFolder {
  readonly path: string;
  readonly question: StoredQuestion;
  readonly days: readonly StoredDay[];
}

/** Where all conversations are kept. */
export function storePath(statePath: string): string {
  return join(statePath, "conversations");
}

/** The folder of one OAuth client at one organisation: clients see the conversations of their own divisions only. */
export function ownerPath(statePath: string, apiUrl: string, clientId: string): string {
  return join(storePath(statePath), digestOf([apiUrl, clientId]));
}

/** The folders of all owners' questions, whatever the form of what lies there. */
export async function allFolders(statePath: string): Promise<string[]> {
  const folders: string[] = [];
  for (const owner of await namesIn(storePath(statePath)))
    for (const name of await namesIn(join(storePath(statePath), owner)))
      folders.push(join(storePath(statePath), owner, name));
  return folders;
}

/** The folders of an owner's questions; those of another form, and what is no question's, are left out. */
export async function readQuestions(owner: string): Promise<QuestionFolder[]> {
  const folders: QuestionFolder[] = [];
  for (const name of await namesIn(owner)) {
    const path = join(owner, name);
    const question = await readQuestion(path);
    if (question) folders.push({ path, question, days: await readDays(path) });
  }
  return folders;
}

/** Every file of a folder that has the name of a stored day, in order of time. */
export async function readDays(path: string): Promise<StoredDay[]> {
  return (await namesIn(path)).sort().flatMap((name) => {
    const { sha256: _checksum, ...day } = parseStoredDayName(name) ?? {};
    return "interval" in day ? [{ ...day, path: join(path, name) }] : [];
  });
}

/** Makes the folder of a question, once. */
export async function openQuestion(owner: string, question: StoredQuestion): Promise<string> {
  const text = questionText(question);
  const path = join(owner, digestOf(text));
  await mkdir(path, { recursive: true, mode: 0o700 });
  if ((await readQuestion(path)) === undefined)
    await atomicWrite(join(path, "question.json"), [text], `.${randomBytes(4).toString("hex")}`);
  return path;
}

/** Makes a finished file durable under its name in the folder: whoever reads the folder sees all of it or nothing. */
export async function publishDay(file: string, folder: string, day: Omit<StoredDay, "path">): Promise<string> {
  await chmod(file, 0o600);
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  const path = join(folder, storedDayName(day, await checksumOf(file)));
  await rename(file, path);
  await syncFolder(dirname(path));
  return path;
}

/** Whether the bytes of a file are those that its name states. */
export async function isSound(file: string): Promise<boolean> {
  const { sha256 } = parseStoredDayName(basename(file)) ?? {};
  return sha256 !== undefined && (await checksumOf(file)).startsWith(sha256);
}

/** A link costs nothing and keeps the bytes; some file systems have none. False when the file is not there. */
export async function linkOrCopy(from: string, to: string): Promise<boolean> {
  await rm(to, { force: true });
  try {
    await link(from, to).catch(async () => await copyFile(from, to));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

/** The names in a folder; none when there is no folder. */
export async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return [];
    throw error;
  }
}

/** The folder's name is the checksum of these very bytes, so they need no further checks. */
export async function readQuestion(path: string): Promise<StoredQuestion | undefined> {
  const text = await readFile(join(path, "question.json"), "utf8").catch(() => "");
  if (digestOf(text) !== basename(path)) return undefined;
  const { schema, ...question } = JSON.parse(text) as StoredQuestion & { readonly schema: string };
  return schema === SCHEMA ? question : undefined;
}

async function checksumOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}

function questionText({ conversationFilters, segmentFilters, needs }: StoredQuestion): string {
  return `${JSON.stringify({ schema: SCHEMA, conversationFilters, segmentFilters, needs })}\n`;
}

function digestOf(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
