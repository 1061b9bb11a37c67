/**
 * Puts finished files where the person asked for them: all or none. Everything that can fail is done beside the
 * final names first: copying, syncing, looking for what stands in the way. The renames come last. The last file is the
 * seal: an older one goes before the first rename, so that whoever sees it sees the files that it speaks of.
 */
import { constants, copyFile, lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { syncFolder } from "../support/atomic-write.ts";
import { onDisk } from "./on-disk.ts";

interface Copy {
  readonly file: string;
  readonly temporary: string;
  readonly final: string;
}

/**
 * Copies the files into the folder, which is made if need be. What lies in folders below `root` lies in the same ones
 * there. `mark` keeps several runs out of each other's way.
 */
export async function publishFiles(
  files: readonly string[],
  root: string,
  folder: string,
  mark: string,
): Promise<void> {
  const copies = files.map((file) => {
    const below = relative(root, dirname(file));
    const place = below.startsWith("..") ? folder : join(folder, below);
    return { file, temporary: join(place, `.${basename(file)}.${mark}.part`), final: join(place, basename(file)) };
  });
  const places = [...new Set([folder, ...copies.map(({ final }) => dirname(final))])];
  const seal = copies.at(-1)?.final;
  await onDisk(folder, async () => {
    for (const place of places) await mkdir(place, { recursive: true });
    try {
      for (const copy of copies) await copyDurably(copy);
      for (const { final } of copies) await expectNoFolder(final);
      if (seal !== undefined) await rm(seal, { force: true });
      await syncFolder(folder);
      for (const { temporary, final } of copies) await rename(temporary, final);
      for (const place of places) await syncFolder(place);
    } finally {
      await Promise.all(copies.map(async ({ temporary }) => await rm(temporary, { force: true })));
    }
  });
}

/**
 * Finds out before a run what would stop it behind its last stage: makes the folder, and a file in it that goes again.
 * What a person would have to mend is worth knowing before the first request.
 */
export async function expectPublishable(folder: string, mark: string): Promise<void> {
  const trial = join(folder, `.callsheet.${mark}.part`);
  await onDisk(folder, async () => {
    await mkdir(folder, { recursive: true });
    await (await open(trial, "w")).close();
    await rm(trial);
  });
}

async function copyDurably({ file, temporary }: Copy): Promise<void> {
  // An earlier try of the same run may have been killed here; nobody else makes files of this name.
  await rm(temporary, { force: true });
  await copyFile(file, temporary, constants.COPYFILE_EXCL);
  const handle = await open(temporary, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Fails as the rename would, only before the first one. */
async function expectNoFolder(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found?.isDirectory())
    throw Object.assign(new Error("a folder is in the way"), { code: "EISDIR", syscall: "rename" });
}
