/** Writes the pages of docs/ that are made from tables. Run by `npm run docs`; tests hold the pages against the tables. */
import { writeFileSync } from "node:fs";
import { fieldsPage } from "./docs/fields-page.ts";

writeFileSync(new URL("../docs/fields.md", import.meta.url), fieldsPage());
