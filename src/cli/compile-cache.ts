/**
 * Keeps compiled code between processes: compiling the same modules anew is a good part of what a small report costs
 * (docs/benchmarks.md). Whoever can write into the folder can make us run their code, so it lies in the user's own cache
 * and never below the shared temporary folder, which is what Node takes when it is not told.
 */
import { mkdirSync, statSync } from "node:fs";
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { World } from "./world.ts";

/**
 * Turns the cache on, for modules that are loaded from here on. Where no folder is to be had, all goes on without it.
 * Node's own NODE_COMPILE_CACHE puts it elsewhere; NODE_DISABLE_COMPILE_CACHE=1 turns it off.
 */
export function keepCompiledCode(env: World["env"]): void {
  if (env.NODE_DISABLE_COMPILE_CACHE === "1" || getCompileCacheDir() !== undefined) return;
  const folder = ownFolder(cacheFolder(env));
  if (folder !== undefined) enableCompileCache(folder);
}

/** Where the XDG base directories put it, `~/.cache` by default; a relative one is to be ignored. */
function cacheFolder({ XDG_CACHE_HOME: named }: World["env"]): string {
  return join(named && isAbsolute(named) ? named : join(homedir(), ".cache"), "callsheet", "compiled");
}

/** The folder, made if need be; undefined when it cannot be made, is another user's, or others may write into it. */
function ownFolder(path: string): string | undefined {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(path);
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0) ? path : undefined;
  } catch {
    return undefined;
  }
}
