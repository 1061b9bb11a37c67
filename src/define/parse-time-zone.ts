/** The name of a time zone, held against the list of the runtime. */
import { suggestion } from "../support/did-you-mean.ts";
import type { Problem } from "./problems.ts";
import type { DocumentPath } from "./read-document.ts";

/** The name, or UTC when it is none, which is added to the problems with the name that was probably meant. */
export function parseTimeZone(name: string, path: DocumentPath, problems: Problem[]): string {
  if (isTimeZone(name)) return name;
  const near = suggestion(name, Intl.supportedValuesOf("timeZone"));
  problems.push({
    path,
    message: `Unknown time zone "${name}".${near} Use a name of the IANA list, such as Europe/Berlin.`,
    code: "definition.unknown_word",
  });
  return "UTC";
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
