/** Makes a folder that survives a power loss: its name is synced in the folder above, and so on up to what was there. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "./atomic-write.ts";

/** Makes the folder and those above it, for their owner only; one that is there already stays as it is. */
export async function makeFolder(path: string): Promise<void> {
  const highest = await mkdir(path, { recursive: true, mode: 0o700 });
  if (highest === undefined) return;
  for (let made = path; ; made = dirname(made)) {
    await syncFolder(dirname(made));
    if (made === highest || made === dirname(made)) return;
  }
}
