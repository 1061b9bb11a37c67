import { expect, test } from "vitest";
import { packageOf, readImports } from "./read-imports.ts";

test("readImports() finds every form of import and re-export", () => {
  const text = `
import "./a.ts";
import b from './b.ts';
import { c1, type c2 } from "../c.ts";
import {
  d1, // from "./not.ts"
  d2,
} from "./deep/d.ts";
import * as e from "e/part";
import type { F } from "./f.ts";
export { g } from "./g.ts";
export * from "./h.ts";
export type { I } from "./i.ts";
const j = await import("./j.ts");
type K = import("./k.ts").K;
`;
  const targets = readImports("src/plan/x.ts", text).map((found) => found.target);
  expect(targets).toEqual([
    "src/plan/a.ts",
    "src/plan/b.ts",
    "src/c.ts",
    "src/plan/deep/d.ts",
    "e/part",
    "src/plan/f.ts",
    "src/plan/g.ts",
    "src/plan/h.ts",
    "src/plan/i.ts",
    "src/plan/j.ts",
    "src/plan/k.ts",
  ]);
});

test("readImports() takes nothing out of comments, strings, properties or exported values", () => {
  const text = `
// import a from "./a.ts";
/* export * from "./b.ts"; */
const c = 'import d from "./d.ts"';
export const from = "./e.ts";
export function f(from = "./f.ts") {}
const g = import.meta.url;
`;
  expect(readImports("src/plan/x.ts", text)).toEqual([]);
});

test("readImports() says so when the name of a dynamic import is computed", () => {
  const found = readImports("src/plan/x.ts", "await import(name);\nawait import(`./$" + "{name}.ts`);");
  expect(found.map(({ kind, target }) => [kind, target])).toEqual([
    ["dynamic", undefined],
    ["dynamic", undefined],
  ]);
});

test("packageOf() cuts a specifier behind the package's name", () => {
  expect(["node:fs/promises", "@aws-sdk/client-s3/dist", "yaml"].map(packageOf)).toEqual([
    "node:fs",
    "@aws-sdk/client-s3",
    "yaml",
  ]);
});
