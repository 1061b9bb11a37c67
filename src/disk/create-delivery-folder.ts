/**
 * A folder that reports are delivered to. A file is written beside its name, synced, and then given the name only if
 * nothing has it: a reader sees whole files, and nothing is ever overwritten.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, copyFile, link, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { DeliveryFolder } from "../deliver/delivery-folder.ts";
import type { ObjectBody } from "../deliver/object-store.ts";
import { ReportError } from "../domain/errors.ts";
import { syncFolder } from "../support/atomic-write.ts";
import { onDisk } from "./on-disk.ts";

/** Makes it; `mark` tells apart the unfinished files of processes that write at once. */
export function createDeliveryFolder(name: string, folder: string, prefix: string, mark: string): DeliveryFolder {
  return {
    name,
    prefix,
    async expectWritable() {
      const trial = join(folder, `.callsheet.${mark}.part`);
      await onDisk(folder, async () => {
        await mkdir(folder, { recursive: true });
        await writeFile(trial, "");
        await rm(trial);
      });
    },
    async put(key, body, sha256) {
      const path = join(folder, key);
      let isNew = false;
      await onDisk(path, async () => {
        await mkdir(dirname(path), { recursive: true });
        const temporary = join(dirname(path), `.${basename(path)}.${mark}.part`);
        try {
          await writeDurably(temporary, body);
          // Before it gets its name: what was sent is what the run wrote.
          await expectSame(temporary, sha256, path);
          isNew = await giveName(temporary, path);
          if (!isNew) await expectSame(path, sha256, path);
        } finally {
          await rm(temporary, { force: true });
        }
        await syncFolder(dirname(path));
      });
      return { path, isNew };
    },
    async remove(key) {
      await onDisk(folder, async () => await rm(join(folder, key), { force: true }));
    },
  };
}

async function writeDurably(temporary: string, body: ObjectBody): Promise<void> {
  await rm(temporary, { force: true });
  if ("path" in body) await copyFile(body.path, temporary);
  else await writeFile(temporary, body.text);
  const file = await open(temporary, "r+");
  try {
    // A run's own files are for its owner only; these are for whoever may use the folder.
    await file.chmod(0o666 & ~process.umask());
    await file.sync();
  } finally {
    await file.close();
  }
}

/** False when something has the name. A second name for a file never replaces a first; not every disk can give one. */
async function giveName(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") return false;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw error;
  }
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) await rename(temporary, path);
  return !isThere;
}

async function expectSame(path: string, sha256: string, final: string): Promise<void> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  if (hash.digest("hex") === sha256) return;
  throw new ReportError(
    "disk.unwritable",
    path === final ? `Another file already stands at ${final}` : `The file for ${final} is not what the run wrote`,
    { hint: "Give callsheet a folder of its own, and let no other program write into the run folder." },
  );
}
