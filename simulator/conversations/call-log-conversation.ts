/**
 * One call of a call log as the conversation that the vendor would show: who took part, in which sessions and segments,
 * with which metrics. The rules are fixed in `data/README.md`, so that everybody gets the same figures from one log;
 * what they leave open (ids of participants, telephone numbers, the menu's flow) is chosen here.
 */
import type { CallLogRow } from "./call-log-rows.ts";
import type { Conversation, Participant, Segment, SessionMetric } from "./centre.ts";
import { siblingId } from "./stable-id.ts";

/** The ids of the entities that conversations of a call log refer to. */
export interface CallLogNames {
  readonly divisionId: string;
  readonly menuFlowId: string;
  readonly menuFlowName: string;
  queueIdOf(type: string): string;
  userIdOf(server: string): string;
}

/** Builds the whole tree of one call. */
export function callLogConversation(row: CallLogRow, names: CallLogNames): Conversation {
  const phases = phasesOf(row);
  const queueId = wasQueued(row) ? names.queueIdOf(row.type) : undefined;
  const participants = [customer(row, queueId), menu(row, phases, names)];
  if (queueId !== undefined) participants.push(queue(row, phases, queueId, names));
  if (row.outcome === "AGENT" && queueId !== undefined) participants.push(agent(row, phases, queueId, names));
  return {
    conversationId: row.conversationId,
    conversationStart: text(row.startAt),
    conversationEnd: text(row.endAt),
    conversationInitiator: "customer",
    originatingDirection: "inbound",
    divisionIds: [names.divisionId],
    participants,
  };
}

/** Whether the call reached a queue: every answered one did, even those whose queue times are empty. */
function wasQueued(row: CallLogRow): boolean {
  if (row.outcome === "PHANTOM") return false;
  return row.outcome === "AGENT" || row.queueStartAt !== undefined || row.queueEndAt !== undefined;
}

interface Phases {
  readonly menuEndAt: number;
  readonly queueStartAt: number;
  readonly queueEndAt: number;
  readonly serviceStartAt: number;
  readonly serviceEndAt: number;
}

/** Where the log has no clock time, a phase begins where the one before it ended and takes no time. */
function phasesOf(row: CallLogRow): Phases {
  const menuEndAt = Math.max(row.startAt, row.menuEndAt ?? row.startAt);
  const queueStartAt = row.queueStartAt ?? menuEndAt;
  const queueEndAt = Math.max(queueStartAt, row.queueEndAt ?? queueStartAt);
  const serviceStartAt = row.serviceStartAt ?? queueEndAt;
  const serviceEndAt = Math.max(serviceStartAt, row.serviceEndAt ?? serviceStartAt);
  return { menuEndAt, queueStartAt, queueEndAt, serviceStartAt, serviceEndAt };
}

function customer(row: CallLogRow, queueId: string | undefined): Participant {
  const segment = {
    ...segmentOf("interact", row.startAt, row.endAt, row.outcome === "PHANTOM" ? "system" : "client"),
    ...(queueId === undefined ? {} : { queueId }),
  };
  return {
    participantId: siblingId(row.conversationId, 1),
    purpose: "customer",
    attributes: { customerId: row.customerId, priority: row.priority, type: row.type },
    sessions: [
      {
        ...sessionOf(row, 1),
        ani: telephoneOf(row),
        segments: [segment],
        metrics: [metric("nConnected", 1, row.startAt)],
      },
    ],
  };
}

function menu(row: CallLogRow, phases: Phases, names: CallLogNames): Participant {
  const left = wasQueued(row) ? "transfer" : row.outcome === "PHANTOM" ? "system" : "peer";
  return {
    participantId: siblingId(row.conversationId, 2),
    participantName: names.menuFlowName,
    purpose: "ivr",
    sessions: [
      {
        ...sessionOf(row, 2),
        peerId: siblingId(row.conversationId, 17),
        flow: { flowId: names.menuFlowId, flowName: names.menuFlowName, flowType: "INBOUNDCALL", entryType: "dnis" },
        segments: [segmentOf("ivr", row.startAt, phases.menuEndAt, left)],
        metrics: row.menuMs === undefined ? [] : [metric("tIvr", row.menuMs, phases.menuEndAt)],
      },
    ],
  };
}

function queue(row: CallLogRow, phases: Phases, queueId: string, names: CallLogNames): Participant {
  const abandoned = row.outcome === "HANG";
  const metrics = [metric("nOffered", 1, phases.queueStartAt), metric("tAcd", row.queueMs, phases.queueEndAt)];
  if (abandoned) metrics.push(metric("tAbandon", row.queueMs, phases.queueEndAt));
  const selected = !abandoned && row.server !== "NO_SERVER" ? { selectedAgentId: names.userIdOf(row.server) } : {};
  return {
    participantId: siblingId(row.conversationId, 3),
    purpose: "acd",
    sessions: [
      {
        ...sessionOf(row, 3),
        peerId: siblingId(row.conversationId, 17),
        requestedRoutings: ["Standard"],
        ...(abandoned ? {} : { usedRouting: "Standard" }),
        ...selected,
        segments: [
          {
            ...segmentOf("interact", phases.queueStartAt, phases.queueEndAt, abandoned ? "peer" : "transfer"),
            queueId,
          },
        ],
        metrics,
      },
    ],
  };
}

function agent(row: CallLogRow, phases: Phases, queueId: string, names: CallLogNames): Participant {
  return {
    participantId: siblingId(row.conversationId, 4),
    purpose: "agent",
    ...(row.server === "NO_SERVER" ? {} : { userId: names.userIdOf(row.server), participantName: row.server }),
    sessions: [
      {
        ...sessionOf(row, 4),
        peerId: siblingId(row.conversationId, 17),
        segments: [{ ...segmentOf("interact", phases.serviceStartAt, phases.serviceEndAt, "peer"), queueId }],
        metrics: [
          metric("tAnswered", row.queueMs, phases.queueEndAt),
          metric("tTalk", row.serviceMs, phases.serviceEndAt),
          metric("tTalkComplete", row.serviceMs, phases.serviceEndAt),
          metric("tHandle", row.serviceMs, phases.serviceEndAt),
        ],
      },
    ],
  };
}

function sessionOf(row: CallLogRow, ordinal: number): { sessionId: string; mediaType: string; direction: string } {
  return { sessionId: siblingId(row.conversationId, 16 + ordinal), mediaType: "voice", direction: "inbound" };
}

function segmentOf(segmentType: string, startAt: number, endAt: number, disconnectType: string): Segment {
  return { segmentStart: text(startAt), segmentEnd: text(endAt), disconnectType, segmentType, conference: false };
}

function metric(name: string, value: number, at: number): SessionMetric {
  return { name, value, emitDate: text(at) };
}

/** The log has no telephone numbers; the reserved country code 999 makes sure that nobody's is met. */
function telephoneOf(row: CallLogRow): string {
  return `tel:+999${Number.parseInt(row.conversationId.slice(0, 8), 16).toString().padStart(10, "0")}`;
}

function text(instant: number): string {
  return new Date(instant).toISOString();
}
