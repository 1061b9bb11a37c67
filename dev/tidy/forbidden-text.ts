/**
 * Text that must not stand in the repository: paths and download hosts of one machine, tests that are switched off,
 * notes to do something later, and reading of clock, chance or terminal where they are to be handed in.
 */
import { scanSource } from "./scan-source.ts";
import { type Finding, isTest, lineAt, type SourceTree } from "./source-tree.ts";

interface Ban {
  readonly pattern: RegExp;
  /** What is wrong and how to mend it. */
  readonly message: string;
  readonly applies: (path: string) => boolean;
  /** Judge code only: comments and the insides of strings do not count. */
  readonly codeOnly: boolean;
}

/** Reports each forbidden text. */
export function forbiddenText(tree: SourceTree): Finding[] {
  const findings: Finding[] = [];
  for (const [file, text] of tree) {
    const bans = BANS.filter((ban) => ban.applies(file));
    if (bans.length === 0) continue;
    const code = file.endsWith(".ts") ? scanSource(text).code : text;
    for (const { pattern, message, codeOnly } of bans) {
      for (const match of (codeOnly ? code : text).matchAll(pattern)) {
        findings.push({
          file,
          line: lineAt(text, match.index),
          rule: "forbidden-text",
          message: `${match[0].trim()}: ${message}`,
        });
      }
    }
  }
  return findings;
}

const CLOCK = new Set(["src/domain/clock.ts", "src/support/system-clock.ts"]);

/** Files that speak of forbidden text because they forbid it, and documents of others. */
const SPEAKS_OF_IT = new Set([
  "dev/tidy/forbidden-text.ts",
  "dev/tidy/forbidden-text.test.ts",
  "test/tidy.test.ts",
  "simulator/openapi-analytics.json",
]);

const BANS: readonly Ban[] = [
  {
    pattern:
      /https?:\/\/[^\s"'`)/]*\b(?:registry|artifactory|nexus|verdaccio|npmmirror)\b[^\s"'`)/]*|\bregistry\.[a-z0-9.-]+\.[a-z]{2,}|_authToken/g,
    message: "names where packages are downloaded; leave that to the person's own npm settings",
    applies: (path) => !SPEAKS_OF_IT.has(path),
    codeOnly: false,
  },
  {
    pattern: /"resolved": *"(?!file:)[^"]*"/g,
    message: "the lock file names a download address; run npm with omit-lockfile-registry-resolved=true (.npmrc) again",
    applies: (path) => path === "package-lock.json",
    codeOnly: false,
  },
  {
    pattern: /(?<![\w.~-])\/(?:work|root|home)\/[\w.-]*/g,
    message: "a path of one machine; use a path relative to the file, or the system's temporary folder",
    applies: (path) => !SPEAKS_OF_IT.has(path),
    codeOnly: false,
  },
  {
    pattern: /(?<![\w.~-])\/tmp\/[\w.-]+/g,
    message: "a path of one machine; make a folder with mkdtemp below os.tmpdir()",
    applies: (path) => !SPEAKS_OF_IT.has(path) && !path.startsWith("dev/") && !path.startsWith("docs/"),
    codeOnly: false,
  },
  {
    pattern: /\b(?:it|test|describe|suite|bench)(?:\.\w+)*\.(?:only|skip|todo|skipIf|runIf)\b/g,
    message: "a test is switched off or hides the others; mend it or delete it",
    applies: isTest,
    codeOnly: true,
  },
  {
    pattern: /\b(?:TODO|FIXME|XXX)\b/g,
    message: "a note for later; do it now, or file an issue and delete the note",
    applies: (path) => isProgram(path) && !SPEAKS_OF_IT.has(path),
    codeOnly: false,
  },
  {
    pattern: /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\s*\)|\bTemporal\.Now\b/g,
    message: "reads the clock or chance; take it as an argument (src/domain/clock.ts), so that a test can set it",
    applies: (path) => isProduct(path) && !CLOCK.has(path) && !path.startsWith("src/cli/"),
    codeOnly: true,
  },
  {
    pattern: /\bconsole\.(?:log|info|warn|error|debug)\b|\bprocess\.(?:stdout|stderr)\.write\b/g,
    message: "writes to the terminal; report a typed event and let src/cli print it",
    applies: (path) =>
      (isProduct(path) && !path.startsWith("src/cli/")) || (path.startsWith("simulator/") && !isTest(path)),
    codeOnly: true,
  },
];

function isProduct(path: string): boolean {
  return path.startsWith("src/") && path.endsWith(".ts") && !isTest(path);
}

/** What people of this project wrote to be run: not data, not documents. */
function isProgram(path: string): boolean {
  return /\.(?:ts|tsx|js|mjs|css|sh|sql|py|yaml|yml)$/.test(path) || path === ".ci/run" || /^dev\/[^.]+$/.test(path);
}
