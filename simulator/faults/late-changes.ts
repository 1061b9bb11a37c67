/**
 * Conversations that the service changes long after they ended: an agent picks the wrap-up code two days later, a
 * conversation turns up that was not there, another is gone. Each answer is right for its own moment.
 */
import type { Fault, FaultRequest, Selection } from "./fault.ts";
import { member, on } from "./fault.ts";
import { changeRows, recordOf } from "./moving-rows.ts";

/** Which conversations, and when they become what they are in the centre. */
export interface LateChange extends Selection {
  /** Default: all. */
  readonly conversationIds?: readonly string[];
  /** Until this instant, epoch milliseconds by the simulator's clock, they are told as they were before. */
  readonly until: number;
}

/** Until the instant the conversations have no wrap-up codes yet. */
export function lateWrapUpCodes(change: LateChange): Fault {
  return beforeChange("lateWrapUpCodes", change, (row) => ({
    ...row,
    participants: listOf(row["participants"]).map((participant) => ({
      ...recordOf(participant),
      sessions: listOf(member(participant, "sessions")).map((session) => ({
        ...recordOf(session),
        segments: listOf(member(session, "segments")).map((segment) => {
          const { wrapUpCode: _late, ...rest } = recordOf(segment);
          return rest;
        }),
      })),
    })),
  }));
}

/** Until the instant the conversations are not told at all; the count of the page that would hold them is less by them. */
export function lateConversations(change: LateChange): Fault {
  return beforeChange("lateConversations", change, () => undefined);
}

/** From the instant on the conversations are not told any more. */
export function goneConversations(change: LateChange): Fault {
  return changing(
    "goneConversations",
    change,
    (now) => now >= change.until,
    () => undefined,
  );
}

type Row = Readonly<Record<string, unknown>>;

function beforeChange(name: string, change: LateChange, earlier: (row: Row) => Row | undefined): Fault {
  return changing(name, change, (now) => now < change.until, earlier);
}

/** Rows of queries and of jobs' results, when the clock says so. */
function changing(
  name: string,
  { conversationIds, until: _until, ...selection }: LateChange,
  isTime: (now: number) => boolean,
  told: (row: Row) => Row | undefined,
): Fault {
  const ids = conversationIds && new Set<unknown>(conversationIds);
  const nowOf = new WeakMap<FaultRequest, number>();
  return {
    name,
    ...on({ path: /\/details\/(?:query|jobs\/[^/]+\/results)$/, times: Number.POSITIVE_INFINITY, ...selection }),
    before: (request, controls) => void nowOf.set(request, controls.now()),
    alter(answer, request) {
      if (!isTime(nowOf.get(request) ?? 0)) return answer;
      const rowsBefore = listOf(member(answer.json, "conversations")).length;
      const changed = changeRows(answer, (rows) =>
        rows.flatMap((row) => {
          if (ids && !ids.has(member(row, "conversationId"))) return [row];
          return told(recordOf(row)) ?? [];
        }),
      );
      const missing = rowsBefore - listOf(member(changed.json, "conversations")).length;
      const totalHits = member(changed.json, "totalHits");
      if (missing === 0 || typeof totalHits !== "number") return changed;
      return { ...changed, json: { ...recordOf(changed.json), totalHits: totalHits - missing } };
    },
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
