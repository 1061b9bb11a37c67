/**
 * A contact centre out of a call log: the file of `data/README.md` goes in, a `Centre` comes out. Rows stay in memory
 * in their short form; the tree of a conversation is built when somebody asks for it.
 */
import { callLogConversation, type CallLogNames } from "./call-log-conversation.ts";
import { type CallLogRow, QUEUE_NAMES, readCallLogRows } from "./call-log-rows.ts";
import type { Centre, ConversationStore, Entity } from "./centre.ts";
import { stableId } from "./stable-id.ts";

const DIVISION: Entity = {
  id: stableId("division", "bank"),
  name: "Bank",
  description: "The whole bank",
  homeDivision: true,
};
const MENU_FLOW_NAME = "Voice menu";

/**
 * Reads a call log, gzip or plain, and converts it by the fixed rules.
 *
 * @throws Error that names the file and the line, when the file is not a call log or a line does not fit
 */
export async function readCallLog(file: string): Promise<Centre> {
  const rows: CallLogRow[] = [];
  for await (const row of readCallLogRows(file)) rows.push(row);
  rows.sort((left, right) => left.startAt - right.startAt);
  return {
    organization: { id: stableId("organization", "anonymous bank"), name: "Anonymous bank" },
    divisions: [DIVISION],
    queues: queuesOf(rows),
    users: usersOf(rows),
    wrapUpCodes: [],
    skills: [],
    languages: [],
    flows: [{ id: names.menuFlowId, name: MENU_FLOW_NAME, type: "INBOUNDCALL", active: true, ...inDivision() }],
    conversations: storeOf(rows),
  };
}

const names: CallLogNames = {
  divisionId: DIVISION.id,
  menuFlowId: stableId("flow", MENU_FLOW_NAME),
  menuFlowName: MENU_FLOW_NAME,
  queueIdOf: remember((type) => stableId("queue", type)),
  userIdOf: remember((server) => stableId("user", server)),
};

function queuesOf(rows: readonly CallLogRow[]): Entity[] {
  const types = new Set(rows.map((row) => row.type));
  const known = Object.entries(QUEUE_NAMES).filter(([type]) => types.has(type));
  return known.map(([type, name]) => ({
    id: names.queueIdOf(type),
    name,
    ...inDivision(),
    mediaSettings: { call: { alertingTimeoutSeconds: 8, serviceLevel: { percentage: 0.8, durationMs: 20_000 } } },
  }));
}

function usersOf(rows: readonly CallLogRow[]): Entity[] {
  const servers = new Set(rows.map((row) => row.server));
  servers.delete("NO_SERVER");
  return [...servers].sort().map((server) => ({
    id: names.userIdOf(server),
    name: server,
    ...inDivision(),
    state: "active",
    title: "Agent",
    version: 1,
  }));
}

function inDivision(): { division: { id: string; name: string } } {
  return { division: { id: DIVISION.id, name: DIVISION.name } };
}

function storeOf(rows: readonly CallLogRow[]): ConversationStore {
  function rowAt(index: number): CallLogRow {
    const row = rows[index];
    if (row === undefined) throw new RangeError(`No conversation ${index}: the store holds ${rows.length}`);
    return row;
  }
  return {
    size: rows.length,
    startAt: (index) => rowAt(index).startAt,
    endAt: (index) => rowAt(index).endAt,
    idAt: (index) => rowAt(index).conversationId,
    get: (index) => callLogConversation(rowAt(index), names),
  };
}

function remember(make: (word: string) => string): (word: string) => string {
  const made = new Map<string, string>();
  return (word) => {
    const known = made.get(word) ?? make(word);
    made.set(word, known);
    return known;
  };
}
