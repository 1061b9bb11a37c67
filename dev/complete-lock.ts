/**
 * Adds the packages of other platforms to `package-lock.json` (why: dev/tidy/lock-file.ts). To be run after every
 * `npm install` that changes a dependency; `npm run check` says when it was forgotten.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { completeLock } from "./tidy/lock-file.ts";

const path = new URL("../package-lock.json", import.meta.url);
writeFileSync(path, completeLock(readFileSync(path, "utf8")));
