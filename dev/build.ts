/**
 * Makes `dist/`, what the published package holds: `simulator/` compiled file by file, `src/` and the small packages that
 * every report needs as a few files, and beside them what a compiler leaves behind (JSON, licences). A few files, because
 * finding, reading and linking hundreds of modules costs more than a small report (`npm run bench:startup`). Run by
 * `npm run build` and before every `npm pack`.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "rolldown";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

/** What stays a package of its own: native, large, or needed by few. */
const STAYS_OUTSIDE =
  /^(?:@aws-sdk|@cj-tech-master|@duckdb|@electric-sql|@opentelemetry)\/|^(?:fastify|pg|pg-boss|pino|prom-client)(?:\/|$)/;

rmSync(dist, { recursive: true, force: true });
compile();
rmSync(join(dist, "src"), { recursive: true });
await bundle();
copyAssets("simulator");
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

/** One file for each command and for what several of them share; `src/cli/main.js` is where it was. */
async function bundle(): Promise<void> {
  const { output } = await build({
    input: join(root, "src/cli/main.ts"),
    platform: "node",
    external: [STAYS_OUTSIDE, /start-simulator/],
    output: {
      dir: join(dist, "src/cli"),
      entryFileNames: "main.js",
      chunkFileNames: "[name]-[hash].js",
      paths: (id) => (id.endsWith("start-simulator.ts") ? "../../simulator/start-simulator.js" : id),
    },
  });
  const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
  writeLicences(new Set(modules.flatMap((id) => /.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? [])));
}

/** The licences ask to be handed on with the code. */
function writeLicences(folders: ReadonlySet<string>): void {
  const texts = [...folders].toSorted().map((folder) => {
    const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
    if (file === undefined) throw new Error(`${folder} has no licence to hand on`);
    const { name, version }: Record<string, unknown> = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return `${String(name)} ${String(version)}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  writeFileSync(join(dist, "THIRD-PARTY.txt"), texts.join(`\n${"-".repeat(80)}\n\n`));
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
  if (!/^#!\/usr\/bin\/env -S node [^\n]+\n/.test(readFileSync(main, "utf8"))) {
    throw new Error(
      "src/cli/main.ts must begin with a line #!/usr/bin/env -S node, else the installed command does not start",
    );
  }
  chmodSync(main, 0o755);
}
