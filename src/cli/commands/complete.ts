/** `callsheet complete -- WORDS`: what may stand for the last of the words, a line each. Called by shells. */
import { fieldRows, measureRows } from "../../define/field-rows.ts";
import { reportNames } from "../find-report.ts";
import { readConfig } from "../read-config.ts";
import type { World } from "../world.ts";
import { SHELLS } from "./completion.ts";

/** A command that people type, with its long options. */
export interface KnownCommand {
  readonly name: string;
  readonly options: readonly string[];
}

/** Prints the words that begin as the last one does; `words` are those behind `callsheet`. */
export function complete(words: readonly string[], commands: readonly KnownCommand[], world: World): void {
  const last = words.at(-1) ?? "";
  const found = candidatesFor(words, last, commands, world).filter((word) => word.startsWith(last));
  world.out(found.map((word) => `${word}\n`).join(""));
}

function candidatesFor(
  words: readonly string[],
  last: string,
  commands: readonly KnownCommand[],
  world: World,
): readonly string[] {
  if (words.length < 2) return commands.map(({ name }) => name);
  const [name] = words;
  if (last.startsWith("-")) return commands.find((command) => command.name === name)?.options ?? [];
  switch (name) {
    case "backfill":
    case "check":
    case "explain":
    case "run":
      return reportsHere(world);
    case "fields":
      // A shell would take the brackets of `<key>` for its own.
      return [...fieldRows().map(({ path }) => path.replace("<key>", "")), ...measureRows().map((row) => row.name)];
    case "completion":
      return SHELLS;
    default:
      return [];
  }
}

/** Somebody is typing: a configuration that cannot be read is told when the command runs. */
function reportsHere(world: World): readonly string[] {
  try {
    return reportNames(readConfig(undefined, world).folder);
  } catch {
    return [];
  }
}
