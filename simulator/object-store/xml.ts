// In: a tree of plain values, or the text of an XML body. Out: XML text, or a tree of elements. S3 speaks a small part
// of XML: elements, text, the five named entities and a few attributes. Everything else (document types, processing
// instructions inside the body, unknown entities) is refused, because no S3 request needs it.

import { S3Error } from "./s3-error.ts";

/** What can be written: a list repeats its element, `undefined` leaves it out, `@name` is an attribute. */
export type XmlValue =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue };

/** One element that was read; `text` is the character data directly inside it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const maximumDepth = 32; // deepest S3 document: lifecycle rules, 6 levels

/** Writes one root element with the S3 namespace unless `namespace` says otherwise ("" for none). */
export function writeXml(root: string, value: XmlValue, namespace = "http://s3.amazonaws.com/doc/2006-03-01/"): string {
  const attribute = namespace === "" ? "" : ` xmlns="${escapeXml(namespace)}"`;
  return `${declaration}<${root}${attribute}>${writeContent(value)}</${root}>`;
}

function writeContent(value: XmlValue): string {
  if (value === undefined) return "";
  if (typeof value !== "object") return escapeXml(String(value));
  if (isList(value)) return value.map(writeContent).join("");
  return Object.entries(value)
    .filter(([name]) => !name.startsWith("@"))
    .map(([name, child]) => writeElement(name, child))
    .join("");
}

function writeElement(name: string, value: XmlValue): string {
  if (value === undefined) return "";
  if (isList(value)) return value.map((item) => writeElement(name, item)).join("");
  return `<${name}${writeAttributes(value)}>${writeContent(value)}</${name}>`;
}

function writeAttributes(value: XmlValue): string {
  if (value === undefined || typeof value !== "object" || isList(value)) return "";
  return Object.entries(value)
    .filter(([name]) => name.startsWith("@"))
    .map(([name, text]) => ` ${name.slice(1)}="${writeContent(text)}"`)
    .join("");
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => `&#${character.codePointAt(0)};`);
}

/** Reads a document and returns its root; anything but a well-formed document is `MalformedXML`. */
export function parseXml(text: string): XmlElement {
  const token =
    /<\?xml[^?]*\?>|<!--[\s\S]*?-->|<(\/?)([A-Za-z_][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[^<]+/y;
  const open: { name: string; attributes: Map<string, string>; children: XmlElement[]; text: string }[] = [];
  let root: XmlElement | undefined;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (match === null) throw malformed();
    const [whole, closing, name, attributes, selfClosing] = match;
    const parent = open.at(-1);
    if (name === undefined) {
      if (!whole.startsWith("<") && parent !== undefined) parent.text += readText(whole);
      else if (!whole.startsWith("<") && whole.trim() !== "") throw malformed();
      continue;
    }
    if (closing === "/") {
      const done = open.pop();
      if (done?.name !== name || attributes !== "") throw malformed();
      root = attach(done, open.at(-1), root);
      continue;
    }
    const element = { name, attributes: readAttributes(attributes ?? ""), children: [], text: "" };
    if (selfClosing === "/") root = attach(element, parent, root);
    else if (open.push(element) > maximumDepth) throw malformed();
  }
  if (root === undefined || open.length > 0) throw malformed();
  return root;
}

function attach(done: XmlElement, parent: { children: XmlElement[] } | undefined, root: XmlElement | undefined) {
  if (parent !== undefined) {
    parent.children.push(done);
    return root;
  }
  if (root !== undefined) throw malformed();
  return done;
}

function readAttributes(text: string): Map<string, string> {
  const pairs = text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g);
  return new Map(Array.from(pairs, ([, name = "", double, single]) => [name, readText(double ?? single ?? "")]));
}

function readText(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&([^;]*);?/g, (_whole, entity: string) => {
    const code = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(entity);
    if (code === null) return named[entity] ?? refuse();
    const point = code[1] === undefined ? Number(code[2]) : Number.parseInt(code[1], 16);
    return point > 0x10ffff ? refuse() : String.fromCodePoint(point);
  });
}

function refuse(): never {
  throw malformed();
}

function malformed(): S3Error {
  return new S3Error(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}

/** The first child of that name, if any. */
export function findChild(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

/** The text of the first child of that name, if any. */
export function findText(element: XmlElement, name: string): string | undefined {
  return findChild(element, name)?.text;
}

/** All children of that name, in order. */
export function findChildren(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name);
}
