/**
 * How long things take and how they end, per media type. All figures are made up, in proportions that an operations
 * manager would believe: calls are answered within a minute and last minutes, e-mails wait for hours.
 */
import type { QueueMedia } from "./entities.ts";

/** Times and shares of one media type. Times are milliseconds, shares are probabilities. */
export interface MediaProfile {
  readonly media: QueueMedia;
  readonly provider: string;
  readonly waitMeanMs: number;
  readonly abandonShare: number;
  readonly flowOutShare: number;
  readonly ringMs: number;
  readonly talkMedianMs: number;
  readonly holdShare: number;
  readonly holdMeanMs: number;
  readonly acwMedianMs: number;
  readonly blindTransferShare: number;
  readonly consultShare: number;
  readonly flowType: string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The pace of each media type that has queues. */
export const MEDIA_PROFILES: Readonly<Record<QueueMedia, MediaProfile>> = {
  voice: {
    media: "voice",
    provider: "Edge",
    waitMeanMs: 24 * SECOND,
    abandonShare: 0.1,
    flowOutShare: 0.04,
    ringMs: 9 * SECOND,
    talkMedianMs: 190 * SECOND,
    holdShare: 0.28,
    holdMeanMs: 45 * SECOND,
    acwMedianMs: 28 * SECOND,
    blindTransferShare: 0.09,
    consultShare: 0.05,
    flowType: "INBOUNDCALL",
  },
  callback: {
    media: "callback",
    provider: "PureCloud Voice",
    waitMeanMs: 25 * MINUTE,
    abandonShare: 0.03,
    flowOutShare: 0.02,
    ringMs: 15 * SECOND,
    talkMedianMs: 220 * SECOND,
    holdShare: 0.1,
    holdMeanMs: 40 * SECOND,
    acwMedianMs: 30 * SECOND,
    blindTransferShare: 0.03,
    consultShare: 0,
    flowType: "INBOUNDCALL",
  },
  chat: {
    media: "chat",
    provider: "Webchat Provider",
    waitMeanMs: 32 * SECOND,
    abandonShare: 0.09,
    flowOutShare: 0.02,
    ringMs: 11 * SECOND,
    talkMedianMs: 9 * MINUTE,
    holdShare: 0.08,
    holdMeanMs: 90 * SECOND,
    acwMedianMs: 25 * SECOND,
    blindTransferShare: 0.08,
    consultShare: 0,
    flowType: "INBOUNDCHAT",
  },
  email: {
    media: "email",
    provider: "PureCloud Email",
    waitMeanMs: 5 * HOUR,
    abandonShare: 0.01,
    flowOutShare: 0.03,
    ringMs: 60 * SECOND,
    talkMedianMs: 14 * MINUTE,
    holdShare: 0.05,
    holdMeanMs: 50 * MINUTE,
    acwMedianMs: 40 * SECOND,
    blindTransferShare: 0.14,
    consultShare: 0,
    flowType: "INBOUNDEMAIL",
  },
  message: {
    media: "message",
    provider: "PureCloud Messaging",
    waitMeanMs: 3 * MINUTE,
    abandonShare: 0.05,
    flowOutShare: 0.03,
    ringMs: 12 * SECOND,
    talkMedianMs: 35 * MINUTE,
    holdShare: 0.06,
    holdMeanMs: 6 * MINUTE,
    acwMedianMs: 35 * SECOND,
    blindTransferShare: 0.1,
    consultShare: 0,
    flowType: "INBOUNDSHORTMESSAGE",
  },
};
