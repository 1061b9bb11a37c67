/**
 * The bytes of an answer become its conversations, as our records, without becoming the vendor's tree first: a report
 * reads a tenth of it. Anything that is no JSON is refused as JSON.parse would refuse it.
 */
import type { ConversationRecord } from "../domain/conversation-record.ts";
import type { Reject } from "../domain/page.ts";
import type { RecordNeeds } from "../domain/query-plan.ts";
import { createConversationReader } from "./read-conversation.ts";
import { JsonReader } from "./json-reader.ts";
import { TextCache } from "./text-cache.ts";

/** An answer that is an object. */
export class DecodedPage {
  /** What stands beside the conversations; under `conversations` only what is no list of them. */
  readonly members: Readonly<Record<string, unknown>>;
  /** Undefined when `conversations` is no list. */
  readonly entries: readonly (ConversationRecord | Reject)[] | undefined;

  constructor(members: Readonly<Record<string, unknown>>, entries: DecodedPage["entries"]) {
    this.members = members;
    this.entries = entries;
  }
}

/** Makes the decoder of the answers to one question: a DecodedPage, or the value of an answer that is no object. */
export function createPageDecoder(needs: RecordNeeds): (bytes: Buffer) => unknown {
  const texts = new TextCache();
  const readConversation = createConversationReader(needs);
  return (bytes) => {
    const reader = new JsonReader(bytes, texts);
    const answer = reader.isObject() ? readPage(reader, readConversation) : reader.readValue();
    reader.expectEnd();
    return answer;
  };
}

function readPage(reader: JsonReader, readConversation: ReturnType<typeof createConversationReader>): DecodedPage {
  const members: Record<string, unknown> = {};
  let entries: (ConversationRecord | Reject)[] | undefined;
  for (let more = reader.openObject(); more; more = reader.nextMember()) {
    const name = reader.readAnyName();
    const isConversations = name === "conversations";
    if (isConversations && reader.isList()) {
      members[name] = [];
      entries = [];
      for (let another = reader.openList(); another; another = reader.nextItem())
        entries.push(readConversation(reader));
    } else {
      setMember(members, name, reader.readValue());
      if (isConversations) entries = undefined;
    }
  }
  return new DecodedPage(members, entries);
}

/** An assignment to `__proto__` would make no member. */
function setMember(members: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") members[name] = value;
  else Object.defineProperty(members, name, { value, writable: true, enumerable: true, configurable: true });
}
