/**
 * A whole contact centre from a seed: what comes in is how many conversations to make and a number, what goes out is a
 * `Centre` like one read from call logs. Nothing is stored: conversation i is made when it is asked for, from the
 * options and i alone, so that there may be millions and any of them can be had without the others.
 * What is in it, and how often, is written in docs/simulator-centre.md.
 */
import type { Centre } from "./centre.ts";
import { planArrivals } from "./generate/arrivals.ts";
import { makeWorld } from "./generate/entities.ts";
import { Random } from "./generate/random.ts";
import { renderConversation } from "./generate/render.ts";
import { tellConversation } from "./generate/tell-conversation.ts";
import { createToldConversations } from "./generate/told-conversations.ts";

/** What to generate. */
export interface GenerateOptions {
  /** How many conversations; 0 makes a centre that nobody calls. */
  readonly count: number;
  /** A whole number; the same seed and options give the same centre, byte for byte. */
  readonly seed: number;
  /** First instant of the period, ISO-8601 with offset or a bare date in UTC. Default 2024-03-01. */
  readonly start?: string;
  /** Length of the period in days of 24 hours. Default 31, which with the default start crosses two clock changes. */
  readonly days?: number;
  /** Whether enum values that no documentation lists occur (in 2 of 1000 conversations). Default true. */
  readonly unknownValues?: boolean;
  /** Whether callbacks carry tAnswered and tAbandon; the vendor is reported both ways. Default true. */
  readonly callbackAnswered?: boolean;
}

const DAY_MS = 86_400_000;
const DEFAULT_START = "2024-03-01";
const DEFAULT_DAYS = 31;
/** Far more than anyone simulates; a larger number is a slip of the keyboard. */
const MOST_CONVERSATIONS = 1_000_000_000;
/** Makes the centre; throws RangeError when an option is out of range, saying which and what would do. */
export function generateCentre(options: GenerateOptions): Centre {
  const { count, seed } = options;
  requireWhole("count", count, 0, MOST_CONVERSATIONS);
  requireWhole("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  const days = options.days ?? DEFAULT_DAYS;
  requireWhole("days", days, 1, 3660);
  const startAt = parseStart(options.start ?? DEFAULT_START);
  const world = makeWorld(seed);
  const startOf = planArrivals({ count, seed, startAt, days });
  const storyOptions = {
    asOf: startAt + days * DAY_MS,
    unknownValues: options.unknownValues ?? true,
    callbackAnswered: options.callbackAnswered ?? true,
  };
  return {
    organization: world.organization,
    divisions: world.divisions,
    queues: world.queues,
    users: world.users,
    wrapUpCodes: world.wrapUpCodes,
    skills: world.skills,
    languages: world.languages,
    flows: world.flows,
    conversations: createToldConversations({
      size: count,
      startAt: startOf,
      tell: (index) => tellConversation(world, new Random(seed, "story", index), startOf(index), storyOptions),
      render: (index, draft) => renderConversation(draft, new Random(seed, "ids", index), world.homeDivisionId),
    }),
  };
}

function requireWhole(option: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`Cannot generate with ${option} ${value}: give a whole number from ${least} to ${most}`);
}

function parseStart(start: string): number {
  const isInstant = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(start);
  const startAt = isInstant ? Date.parse(start) : Number.NaN;
  if (!Number.isNaN(startAt)) return startAt;
  throw new RangeError(
    `Cannot generate from start "${start}": give a date like 2024-03-01 or an instant with Z or an offset`,
  );
}
