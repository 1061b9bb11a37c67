/**
 * The list `deliver` of a report: who gets it, and who gets only some of its rows. A share is cut by values that the
 * rows show, so the path must be a key or a column of the report.
 */
import { type Recipient, type RowsOf, type Shape, fieldsShown } from "../domain/report-definition.ts";
import { suggestion } from "../support/did-you-mean.ts";
import type { ReportSource } from "./definition-schema.ts";
import type { Problem } from "./problems.ts";

/** Types of values that a share can name. */
const NAMEABLE: ReadonlySet<string> = new Set(["uuid", "code", "text", "bucket"]);

/** Reads it; what is wrong is added to the problems. */
export function parseRecipients({ deliver }: ReportSource, shape: Shape, problems: Problem[]): Recipient[] {
  const recipients: Recipient[] = [];
  for (const [index, entry] of deliver.entries()) {
    const to = typeof entry === "string" ? entry : entry.to;
    const only = typeof entry === "string" ? [] : rowsOf(entry.only, shape, index, problems);
    const earlier = recipients.find((recipient) => recipient.to === to);
    if (earlier === undefined) recipients.push({ to, only });
    else if (only.length > 0 || earlier.only.length > 0)
      problems.push({
        path: ["deliver", index],
        message: `"${to}" stands here twice. Give each share a destination of its own; several may use one bucket.`,
      });
  }
  return recipients;
}

function rowsOf(
  only: Readonly<Record<string, readonly (string | null)[]>>,
  shape: Shape,
  index: number,
  problems: Problem[],
): RowsOf[] {
  const shown = fieldsShown(shape);
  return Object.entries(only).flatMap(([path, values]) => {
    const field = shown.find((each) => each.path === path);
    const refuse = (message: string): [] => {
      problems.push({ path: ["deliver", index, "only", path], onKey: true, message });
      return [];
    };
    if (field === undefined)
      return refuse(
        `Cannot share by "${path}": no row shows it.${suggestion(
          path,
          shown.map((each) => each.path),
        )} Rows show ${shown.map((each) => each.path).join(", ") || "no paths"}.`,
      );
    if (field.mask !== undefined)
      return refuse(`Cannot share by "${path}": its values are masked. Share by another path.`);
    if (!NAMEABLE.has(field.type) || (shape.kind === "detail" && field.multiple === true))
      return refuse(`Cannot share by "${path}": a row has no single text there. Share by another path.`);
    return [{ path, values: [...new Set(values)] }];
  });
}
