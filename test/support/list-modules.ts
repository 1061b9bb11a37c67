// Loaded with `--import` before a program: writes the URL of each module that the program loads, one a line, into the
// file that MODULES_FILE names.

import { writeFileSync } from "node:fs";
import { registerHooks } from "node:module";

const file = process.env["MODULES_FILE"];
if (file === undefined) throw new Error("MODULES_FILE is not set");
const urls: string[] = [];
registerHooks({
  load(url, context, nextLoad) {
    urls.push(url);
    return nextLoad(url, context);
  },
});
process.on("exit", () => writeFileSync(file, urls.map((url) => `${url}\n`).join("")));
