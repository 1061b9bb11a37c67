/** Looks at every conversation for what a reader should know before trusting a figure. Changes nothing. */
import type { ConversationRecord } from "../domain/conversation-record.ts";
import type { MemberValues } from "../domain/member.ts";
import type { Finding } from "../domain/report-table.ts";
import { durationOf } from "./touch-rows.ts";

/** Counts what it sees; `findings` says it in words. */
export interface DataCheck {
  see(record: ConversationRecord): void;
  findings(): Finding[];
}

/** Makes a check for one table. */
export function createDataCheck(): DataCheck {
  let [open, negative, broken] = [0, 0, 0];
  return {
    see(record) {
      const durationMs = durationOf(record);
      if (durationMs === undefined) open += 1;
      else if (durationMs < 0) negative += 1;
      if (isBroken(record)) broken += 1;
    },
    findings: () => [
      ...finding(
        "open_conversations",
        open,
        "conversations are still in progress: they are counted, their duration and handle time are not in yet.",
      ),
      ...finding(
        "negative_duration",
        negative,
        "conversations end before they start; their durations are added as they are.",
      ),
      ...finding(
        "broken_text",
        broken,
        "conversations hold a text with bytes or halves of characters that mean nothing: U+FFFD (\ufffd) stands for each.",
      ),
    ],
  };
}

/** Decoding has made U+FFFD of bytes that are no UTF-8; half of a pair becomes one when it is written. */
function isBroken({ parts, members }: ConversationRecord): boolean {
  return isBrokenIn(members) || parts.some((part) => isBrokenIn(part.members));
}

function isBrokenIn(members: MemberValues = {}): boolean {
  return Object.values(members).some((values) =>
    values.some((text) => !text.isWellFormed() || text.includes("\ufffd")),
  );
}

function finding(code: string, count: number, words: string): Finding[] {
  return count === 0 ? [] : [{ code, count, message: `${count} ${words}` }];
}
