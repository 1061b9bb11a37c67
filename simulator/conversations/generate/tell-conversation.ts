/**
 * Tells the whole of one conversation as a draft: chooses what kind it is, tells its course, then adds what was found
 * out afterwards and the blemishes of real data. The same seed, index and start give the same draft.
 */
import { addAftermath } from "./aftermath.ts";
import { addBlemishes, type BlemishOptions } from "./blemishes.ts";
import { tellCallback } from "./callbacks.ts";
import { tellInbound } from "./calls-in.ts";
import { tellCampaignCall, tellInternalCall, tellManualCall } from "./calls-out.ts";
import type { ConversationDraft } from "./draft.ts";
import type { World } from "./entities.ts";
import { type Random, WeightedChoice } from "./random.ts";
import type { StoryOptions } from "./story.ts";

type Kind = "voice" | "chat" | "message" | "email" | "callback" | "manual" | "campaign" | "internal";

const KINDS = new WeightedChoice<Kind>([
  ["voice", 50],
  ["chat", 11],
  ["message", 11],
  ["email", 7],
  ["callback", 4],
  ["manual", 9],
  ["campaign", 5],
  ["internal", 3],
]);

/** Tells one conversation that starts at the instant, drawing everything from `random`. */
export function tellConversation(
  world: World,
  random: Random,
  startAt: number,
  options: StoryOptions & BlemishOptions,
): ConversationDraft {
  const draft = tellCourse(world, random, startAt, options);
  addAftermath(draft, world, random);
  addBlemishes(draft, random, options);
  return draft;
}

function tellCourse(world: World, random: Random, startAt: number, options: StoryOptions): ConversationDraft {
  const kind = KINDS.draw(random);
  switch (kind) {
    case "manual":
      return tellManualCall(world, random, options, startAt);
    case "campaign":
      return tellCampaignCall(world, random, options, startAt);
    case "internal":
      return tellInternalCall(world, random, options, startAt);
    case "callback":
      return tellCallback(world, random, options, startAt);
    default:
      return tellInbound(world, random, options, kind, startAt);
  }
}
