/**
 * Reads YAML or JSON text into plain data and remembers where each value stands, so that an error can name the
 * line. Aliases, odd tags, odd keys and duplicate keys are refused; the size and the depth are bounded.
 */
import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  type Document,
} from "yaml";
import { ReportError } from "../domain/errors.ts";

/** A step into a document: a key or an index. */
export type DocumentPath = readonly (string | number)[];

/** Plain data and the way back to its lines. */
export interface SourceDocument {
  readonly file: string;
  readonly value: unknown;
  /** `file:line:column` of a value, of its key when `onKey`, else of the nearest parent. */
  locate(path: DocumentPath, onKey?: boolean): string;
  /** The same place as a number of characters, which sorts in the order of the file. */
  offsetOf(path: DocumentPath, onKey?: boolean): number;
}

/** A report is written by a person; what is larger is not a report. */
const MAX_BYTES = 256 * 1024;
const MAX_DEPTH = 32;

/** Tags that only repeat what plain YAML says without them. */
const PLAIN_TAGS = new Set(
  ["str", "int", "float", "bool", "null", "map", "seq"].map((name) => `tag:yaml.org,2002:${name}`),
);

/** Parses the text; `definition.invalid` with the place when it is not YAML, has aliases, or is too large. */
export function readDocument(text: string, file: string): SourceDocument {
  if (Buffer.byteLength(text) > MAX_BYTES)
    throw refused(`${file}: larger than ${MAX_BYTES} bytes`, "Split it: one report a file.");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, strict: true });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw refused(`${place(problem.pos[0])}: ${reasonOf(problem)}`, "Mend the YAML at this place.");
  checkNode(document.contents, 0, place);
  return {
    file,
    value: document.toJS({ maxAliasCount: 0 }),
    locate: (path, onKey = false) => place(offsetOf(document, path, onKey)),
    offsetOf: (path, onKey = false) => offsetOf(document, path, onKey),
  };
}

function reasonOf({ code, message }: { readonly code: string; readonly message: string }): string {
  if (code === "MULTIPLE_DOCS") return "a second document begins; write one report a file";
  // The parser descends with the text and says so when the stack ends.
  if (message.includes("call stack")) return `nested deeper than ${MAX_DEPTH} levels`;
  return message.split("\n", 1)[0] ?? message;
}

function checkNode(node: unknown, depth: number, place: (offset: number) => string): void {
  if (!isNode(node)) return;
  const here = place(node.range?.[0] ?? 0);
  if (depth > MAX_DEPTH) throw refused(`${here}: nested deeper than ${MAX_DEPTH} levels`, "Nest it less deeply.");
  if (isAlias(node)) throw refused(`${here}: aliases are not allowed`, "Write the value out.");
  if (node.tag !== undefined && !PLAIN_TAGS.has(node.tag))
    throw refused(`${here}: the tag ${node.tag} is not allowed`, "Write plain text, numbers, lists and maps.");
  if (!isCollection(node)) return;
  const keys = new Set<string>();
  for (const item of node.items) {
    if (isPair(item)) checkKey(item.key, keys, here, place);
    checkNode(isPair(item) ? item.value : item, depth + 1, place);
  }
}

function checkKey(key: unknown, keys: Set<string>, mapPlace: string, place: (offset: number) => string): void {
  const here = isNode(key) && key.range ? place(key.range[0]) : mapPlace;
  if (!isScalar(key) || typeof key.value !== "string")
    throw refused(`${here}: a key must be a plain word`, "Write KEY: VALUE; put the key in quotes if it is a number.");
  if (keys.has(key.value))
    throw refused(`${here}: the key ${JSON.stringify(key.value)} stands twice`, "Remove one of them.");
  keys.add(key.value);
}

function offsetOf(document: Document, path: DocumentPath, onKey: boolean): number {
  for (let length = path.length; length >= 0; length--) {
    const parent = length === 0 ? undefined : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    if (onKey && length === path.length && isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0];
    }
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function refused(message: string, hint: string): ReportError {
  return new ReportError("definition.invalid", message, { hint });
}
