/**
 * Makes `dist/`, what the published package holds: compiled `src/` and `simulator/`, and beside them the files that
 * the compiler leaves behind (JSON, styles, pages). Run by `npm run build` and before every `npm pack`.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
compile();
for (const folder of ["src", "simulator"]) copyAssets(folder);
writePackageFacts();
makeExecutable(join(dist, "src/cli/main.js"));

function compile(): void {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

function copyAssets(folder: string): void {
  const isAsset = (path: string): boolean => statSync(path).isDirectory() || !path.endsWith(".ts");
  cpSync(join(root, folder), join(dist, folder), { recursive: true, filter: isAsset });
}

/** `../../package.json`, seen from a module of `src/`, is the project's in a checkout and this one in the package. */
function writePackageFacts(): void {
  const { name, version, type }: Record<string, unknown> = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  writeFileSync(join(dist, "package.json"), `${JSON.stringify({ name, version, type }, undefined, 2)}\n`);
}

function makeExecutable(main: string): void {
  if (!readFileSync(main, "utf8").startsWith("#!/usr/bin/env node\n")) {
    throw new Error(
      "src/cli/main.ts must begin with the line #!/usr/bin/env node, else the installed command does not start",
    );
  }
  chmodSync(main, 0o755);
}
