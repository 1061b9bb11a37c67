/**
 * The least that any program must do with saved pages: `read-pages.mjs gunzip FOLDER` unpacks each, `parse` gives each
 * to JSON.parse too. JavaScript and without an import of ours, so that nothing but this is measured.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const [, , what, folder] = process.argv;
for (const file of readdirSync(folder)) {
  const bytes = gunzipSync(readFileSync(join(folder, file)));
  if (what === "parse") JSON.parse(bytes.toString("utf8"));
}
