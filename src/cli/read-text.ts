/** Reads a file that a person named. */
import { readFileSync } from "node:fs";
import { ReportError } from "../domain/errors.ts";

/** The file's text; `config.invalid` when it is a folder or cannot be read. `shown` is the name as the person wrote it. */
export function readText(path: string, shown: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : "unreadable";
    const why = code === "EISDIR" ? "it is a folder" : code === "EACCES" ? "this user may not read it" : String(code);
    throw new ReportError("config.invalid", `Cannot read ${shown}: ${why}`, {
      hint: "Name a file that this user can read.",
      cause,
    });
  }
}
