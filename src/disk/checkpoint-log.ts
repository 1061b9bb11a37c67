/**
 * A slice's checkpoint on disk: a text that only grows, a line for each thing that became safe. Each line begins with
 * a checksum over itself and over all lines before it, so that no byte can change, and no line be missing or stand
 * elsewhere, unnoticed. A line that was being written when the process died has no end, and never counted.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { KeptPage, SliceEnd, SliceProgress } from "../domain/checkpoint.ts";
import type { StoredPage } from "../domain/page.ts";

/** A page as its checkpoint knows it: where it stands follows from the pages before it, so that no other place can be named. */
export interface LoggedPage extends Omit<KeptPage, "stored"> {
  readonly stored?: Omit<StoredPage, "file" | "offset" | "sliceId" | "number">;
}

/** The progress as it is written down. */
export interface LoggedProgress extends Omit<SliceProgress, "pages"> {
  readonly pages: readonly LoggedPage[];
}

/** What stands on one line behind its checksum. */
export type CheckpointLine =
  | { readonly kind: "page"; readonly page: LoggedPage }
  | { readonly kind: "pass" }
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "end"; readonly end: SliceEnd };

/** What was read: the progress and where the next line goes, or why nothing of it can be relied on. */
export type ReadLog =
  | { readonly progress: LoggedProgress; readonly digest: string; readonly sizeBytes: number }
  | { readonly damage: string };

const SCHEMA = "callsheet.checkpoint/1";

const COUNT = z.int().nonnegative();
const PLACE = z.strictObject({ startedAt: z.int(), id: z.string() });
const STORED = z.strictObject({
  sequence: COUNT,
  sha256: z.string(),
  bytes: COUNT,
  rowCount: COUNT,
  first: PLACE,
  last: PLACE,
});
const PAGE = z.strictObject({
  mark: z.strictObject({
    number: COUNT,
    cursor: z.string().exactOptional(),
    isLast: z.boolean().exactOptional(),
  }),
  received: COUNT,
  totalHits: COUNT.exactOptional(),
  rejects: z.array(z.strictObject({ reason: z.string(), conversationId: z.string().exactOptional() })),
  sizeBytes: COUNT,
  stored: STORED.exactOptional(),
});
const END = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("done"), distinct: COUNT }),
  z.strictObject({ kind: z.literal("halved"), by: z.enum(["time", "list"]) }),
  z.strictObject({ kind: z.literal("cut"), totalHits: z.int() }),
]);
const LINE = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("page"), page: PAGE }),
  z.strictObject({ kind: z.literal("pass") }),
  z.strictObject({ kind: z.literal("note"), text: z.string() }),
  z.strictObject({ kind: z.literal("end"), end: END }),
]);

/** The first line: what the checkpoint belongs to. */
export function openingLine(runId: string, sliceId: string): { readonly text: string; readonly digest: string } {
  return sealed("", JSON.stringify({ schema: SCHEMA, runId, sliceId }));
}

/** A line behind those that `digest` stands for. */
export function checkpointLine(
  digest: string,
  line: CheckpointLine,
): { readonly text: string; readonly digest: string } {
  return sealed(digest, JSON.stringify(line));
}

/** Reads a checkpoint that should belong to this slice of this run. */
export function readLog(text: string, runId: string, sliceId: string): ReadLog {
  const lines = text.split("\n").slice(0, -1);
  const opening = openingLine(runId, sliceId);
  const [first, ...rest] = lines;
  if (first === undefined) return { progress: { pages: [], passes: 0 }, digest: "", sizeBytes: 0 };
  if (`${first}\n` !== opening.text) return { damage: strangeOpening(first) };
  let { digest } = opening;
  let sizeBytes = Buffer.byteLength(opening.text);
  let progress: LoggedProgress = { pages: [], passes: 0 };
  for (const [index, line] of rest.entries()) {
    const json = line.slice(line.indexOf(" ") + 1);
    const expected = sealed(digest, json);
    if (expected.text !== `${line}\n`) return { damage: `line ${index + 2} of its checkpoint is damaged` };
    const parsed = LINE.safeParse(JSON.parse(json));
    const next = parsed.success ? advance(progress, parsed.data) : undefined;
    if (next === undefined) return { damage: `line ${index + 2} of its checkpoint cannot be: it is ahead of its data` };
    progress = next;
    digest = expected.digest;
    sizeBytes += Buffer.byteLength(expected.text);
  }
  return { progress, digest, sizeBytes };
}

/** The progress behind one more line; undefined when it does not follow from what was there. */
function advance(progress: LoggedProgress, line: CheckpointLine): LoggedProgress | undefined {
  if (progress.end !== undefined) return undefined;
  const { after, ...before } = progress;
  switch (line.kind) {
    case "page": {
      const { mark } = line.page;
      if (after?.isLast || mark.number !== (after?.number ?? 0) + 1) return undefined;
      return { ...progress, pages: [...progress.pages, line.page], after: mark };
    }
    case "pass":
      return after === undefined ? undefined : { ...before, passes: progress.passes + 1 };
    case "note":
      return { ...progress, note: line.text };
    case "end":
      return { ...progress, end: line.end };
  }
}

function sealed(digest: string, json: string): { readonly text: string; readonly digest: string } {
  const own = createHash("sha256").update(digest).update(json).digest("hex");
  return { text: `${own} ${json}\n`, digest: own };
}

/** A first line that is whole says whose it is. */
function strangeOpening(line: string): string {
  const json = line.slice(line.indexOf(" ") + 1);
  if (sealed("", json).text !== `${line}\n`) return "the first line of its checkpoint is damaged";
  return json.includes(`"${SCHEMA}"`)
    ? "its checkpoint belongs to another run or slice"
    : "its checkpoint is of another version of callsheet";
}
