/**
 * The lock file names the package for every platform, also those that were not to be had when it was written: where one
 * is missing, `npm ci` of npm 11 refuses the whole file, on every machine. `npm install` leaves out what the registry in
 * use does not hold, so `dev/complete-lock.ts` puts it back; such an entry has no checksum until npm sees the package.
 */
import { z } from "zod";
import type { Finding, SourceTree } from "./source-tree.ts";

const LOCK = "package-lock.json";

const Entry = z.looseObject({
  dev: z.boolean().optional(),
  license: z.string().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const Lock = z.looseObject({ packages: z.record(z.string(), Entry) });

/** Reports optional dependencies that have no entry. */
export function lockFile(tree: SourceTree): Finding[] {
  const text = tree.get(LOCK);
  const names = text === undefined ? [] : missingIn(Lock.parse(JSON.parse(text)).packages).map(({ name }) => name);
  if (names.length === 0) return [];
  const message = `${names.length} packages for other platforms have no entry (${names[0]}, …) and npm ci refuses the file; run node dev/complete-lock.ts`;
  return [{ file: LOCK, line: 1, rule: "lock-file", message }];
}

/** The text of the lock file with an entry for each optional dependency; what was there stays as it is. */
export function completeLock(text: string): string {
  // Zod's copy has another order of keys; what is written is the file itself, once it is known to be a lock file.
  const lock: z.infer<typeof Lock> = JSON.parse(text);
  const added = missingIn(Lock.parse(lock).packages).map(
    ({ name, version, parent }) => [`node_modules/${name}`, entryFor(name, version, parent)] as const,
  );
  const packages = [...Object.entries(lock.packages), ...added].sort(([left], [right]) =>
    left.localeCompare(right, "en"),
  );
  return `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, undefined, 2)}\n`;
}

interface Missing {
  readonly name: string;
  readonly version: string;
  readonly parent: z.infer<typeof Entry>;
}

function missingIn(packages: Record<string, z.infer<typeof Entry>>): Missing[] {
  return Object.entries(packages).flatMap(([path, parent]) =>
    Object.entries(parent.optionalDependencies ?? {})
      .filter(
        ([name]) =>
          packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
      )
      .map(([name, version]) => ({ name, version, parent })),
  );
}

/** Names of such packages end with what they are for: `@oxlint/binding-linux-arm64-musl`. */
function entryFor(name: string, version: string, parent: z.infer<typeof Entry>): Record<string, unknown> {
  const words = name.split(/[-/]/);
  const os = words.find((word) => OPERATING_SYSTEMS.has(word));
  const cpu = words.find((word) => PROCESSORS.has(word));
  if (os === undefined)
    throw new Error(`Cannot tell for which system ${name} is; write its entry into ${LOCK} by hand`);
  return {
    version,
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(parent.dev === undefined ? {} : { dev: parent.dev }),
    ...(words.at(-1)?.startsWith("musl") ? { libc: ["musl"] } : {}),
    ...(words.at(-1)?.startsWith("gnu") ? { libc: ["glibc"] } : {}),
    ...(parent.license === undefined ? {} : { license: parent.license }),
    optional: true,
    os: [os],
  };
}

const OPERATING_SYSTEMS = new Set([
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
]);
const PROCESSORS = new Set(["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"]);
