/** Reads one conversation as the product does: as the bytes of a page. */
import type { ConversationRecord } from "../../src/domain/conversation-record.ts";
import type { Reject } from "../../src/domain/page.ts";
import type { RecordNeeds } from "../../src/domain/query-plan.ts";
import { createPageDecoder, DecodedPage } from "../../src/genesys/decode-page.ts";

/** The record of a conversation given as JSON text. */
export function decodeConversation(text: string, needs: RecordNeeds): ConversationRecord | Reject {
  const page = createPageDecoder(needs)(Buffer.from(`{"conversations":[${text}]}`));
  const entry = page instanceof DecodedPage ? page.entries?.[0] : undefined;
  if (entry === undefined) throw new Error("the page holds no conversation");
  return entry;
}
