/**
 * Automatic parts before a queue: the voice menu, the bot and the sorting flow. Each is a participant with a flow
 * object on its session, outcomes now and then, and the flow's times; no queue is on its segments.
 */
import type { Facts, SessionDraft } from "./draft.ts";
import type { FlowProfile, QueueProfile } from "./entities.ts";
import { formatInstant } from "./iso-instant.ts";
import type { Story } from "./story.ts";

const OUTCOME_SHARE = 0.35;
const OUTCOME_FAILED_SHARE = 0.2;

/** A flow that was run through. */
export interface FlowPassage {
  readonly session: SessionDraft;
  readonly endAt: number;
}

/** Tells a flow from its start; `nextQueue` is where it sends the customer, undefined when it ends there. */
export function runFlow(
  story: Story,
  purpose: "ivr" | "botflow" | "workflow",
  startAt: number,
  lengthMs: number,
  nextQueue: QueueProfile | undefined,
): FlowPassage {
  const { random, world, media } = story;
  const type = purpose === "botflow" ? "DIGITALBOT" : media.flowType;
  const flow = random.pick(world.flowProfiles.filter((profile) => profile.type === type));
  const endAt = startAt + lengthMs;
  const disconnectType = nextQueue === undefined ? random.pick(["peer", "peer", "system"]) : "transfer";
  const hasOutcome = random.chance(OUTCOME_SHARE);
  const failed = hasOutcome && random.chance(OUTCOME_FAILED_SHARE);
  const session = story.join(
    purpose,
    { participantName: flow.name },
    {
      remote: story.customerName,
      flow: describeFlow(flow, nextQueue, hasOutcome ? describeOutcome(flow, startAt, endAt, failed) : undefined),
    },
  );
  session.segments.push({ type: "ivr", startAt, endAt, queue: undefined, facts: { disconnectType } });
  const measure = (name: string, value: number, emitAt: number) => session.metrics.push({ name, value, emitAt });
  measure("nFlow", 1, startAt);
  measure("tFlow", lengthMs, endAt);
  measure(nextQueue === undefined ? "tFlowDisconnect" : "tFlowExit", lengthMs, endAt);
  if (purpose === "ivr") measure("tIvr", lengthMs, endAt);
  if (purpose === "botflow") measure("nBotInteractions", 1, endAt);
  if (hasOutcome) measure("nFlowOutcome", 1, endAt);
  if (hasOutcome) measure("tFlowOutcome", lengthMs, endAt);
  if (failed) measure("nFlowOutcomeFailed", 1, endAt);
  return { session, endAt };
}

function describeFlow(flow: FlowProfile, nextQueue: QueueProfile | undefined, outcome: Facts | undefined): Facts {
  return {
    flowId: flow.id,
    flowName: flow.name,
    flowType: flow.type,
    flowVersion: "12.0",
    entryType: flow.type === "INBOUNDCALL" ? "dnis" : "direct",
    entryReason: flow.type === "INBOUNDCALL" ? "tel:+12025550100" : "entry",
    exitReason: nextQueue === undefined ? "DISCONNECT" : "TRANSFER",
    startingLanguage: "en-us",
    endingLanguage: "en-us",
    ...(nextQueue === undefined ? {} : { transferType: "ACD", transferTargetName: nextQueue.name }),
    ...(outcome === undefined ? {} : { outcomes: [outcome] }),
  };
}

function describeOutcome(flow: FlowProfile, startAt: number, endAt: number, failed: boolean): Facts {
  return {
    flowOutcomeId: flow.id.replace(/^.{8}/, "0f0f0f0f"),
    flowOutcome: "Identified",
    flowOutcomeValue: failed ? "FAILURE" : "SUCCESS",
    flowOutcomeStartTimestamp: formatInstant(startAt),
    flowOutcomeEndTimestamp: formatInstant(endAt),
  };
}
