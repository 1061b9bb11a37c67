/**
 * The name of an object: report, window, revision and content decide it, so that nothing else can overwrite it
 * and the same bytes get the same key. Only letters, digits, `-`, `_`, `.`, `=` and `/` occur.
 */
import { ReportError } from "../domain/errors.ts";
import type { Interval } from "../domain/interval.ts";

/** Keys have at most 1,024 bytes; what follows the prefix takes less than the other half. */
const MAX_PREFIX = 512;

/** `reports/voice-by-queue/20240131T220000Z_20240201T220000Z/r1-0a1b2c3d4e5f/voice-by-queue.csv` */
export function objectKey(
  prefix: string,
  report: string,
  interval: Interval,
  revision: number,
  file: string,
  sha256: string,
): string {
  const window = `${compact(interval.startAt)}_${compact(interval.endAt)}`;
  return `${keyPrefix(prefix)}${safe(report)}/${window}/r${revision}-${sha256.slice(0, 12)}/${placed(file)}`;
}

/** The key of the object that is made only to be attacked. */
export function canaryKey(prefix: string, runId: string): string {
  return `${keyPrefix(prefix)}.canary/${safe(runId)}`;
}

/** Whether a key is that of such an object: no file of a report has a segment that begins with a dot. */
export function isCanaryKey(key: string): boolean {
  return key.split("/").includes(".canary");
}

/**
 * A destination's prefix as keys begin with it: empty, or with one slash at its end. A prefix of other characters is
 * refused (`config.invalid`) and not mended: rights and lifecycle rules are written for the prefix as it stands.
 */
export function keyPrefix(prefix: string): string {
  const segments = prefix.split("/").filter((segment) => segment !== "");
  if (prefix.length > MAX_PREFIX || segments.some((segment) => !/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(segment))) {
    throw new ReportError("config.invalid", `Cannot use prefix ${JSON.stringify(prefix.slice(0, 80))}`, {
      hint: `Write letters, digits, "-", "_" and "." between slashes, no segment that begins with ".", at most ${MAX_PREFIX} characters, such as reports/.`,
    });
  }
  return segments.map((segment) => `${segment}/`).join("");
}

function compact(at: number): string {
  return new Date(at)
    .toISOString()
    .replaceAll(/[-:]/g, "")
    .replace(/\.000Z$/, "Z");
}

/**
 * One segment, or the three of a file that holds one day: `calls/day=2024-03-01/calls-2024-03-01.parquet`. A share's files
 * have its recipient in front: `team-a/calls.csv` is `team-a-calls.csv`.
 */
function placed(file: string): string {
  const [, dataset, day, part] = /^((?:[\w-]{1,40}\/)?[^/]{1,64})\/day=([\w-]{1,40})\/([^/]+)$/.exec(file) ?? [];
  if (dataset === undefined || day === undefined || part === undefined) return safe(file);
  return `${safe(dataset)}/day=${day}/${safe(part)}`;
}

/** A segment of the safe alphabet; `.` and `..` cannot come out of it. A name that is cut keeps its ending. */
function safe(segment: string): string {
  const plain = segment.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replace(/^\.+/, "");
  if (plain === "") return "-";
  return plain.length <= 120 ? plain : `${plain.slice(0, 100)}-${plain.slice(-19)}`;
}
