/** Messages for programs: one POST of JSON, signed, so that the receiver knows who wrote it and when. */
import { createHmac } from "node:crypto";
import { alarmCommand } from "../deliver/alarm-words.ts";
import type { AlarmNotice, Message, Messenger } from "../deliver/messenger.ts";
import type { Clock } from "../domain/clock.ts";
import { guardedPost, type PostTarget } from "./guarded-post.ts";

/** Where it goes, and how it is signed. */
export interface WebhookOptions extends PostTarget {
  /** Shared with the receiver. */
  readonly secret: string;
  readonly clock: Clock;
}

/** Makes the webhook. */
export function createWebhook({ secret, clock, ...target }: WebhookOptions): Messenger {
  async function post(id: string, content: object, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(content);
    const timestamp = String(Math.floor(clock.now() / 1000));
    const headers = {
      "callsheet-id": id,
      "callsheet-timestamp": timestamp,
      "callsheet-signature": `v1=${signatureOf(secret, timestamp, body)}`,
    };
    await guardedPost(target, headers, body, signal);
  }
  return {
    receivers: [new URL(target.url).host],
    send: async (message, signal) => await post(message.id, toBody(message), signal),
    sendAlarms: async (notice, signal) => await post(notice.id, toAlarmBody(notice), signal),
  };
}

/** HMAC-SHA256, hexadecimal, over the timestamp, a point, and the body as it is sent. */
function signatureOf(secret: string, timestamp: string, body: string): string {
  return createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
}

function toBody({ id, runId, report, title, interval, revision, completeness, reasons, files }: Message): object {
  return { schema: "callsheet.message/1", id, runId, report, title, interval, revision, completeness, reasons, files };
}

function toAlarmBody({ id, alarms }: AlarmNotice): object {
  const told = alarms.map((alarm) => ({
    id: alarm.id,
    kind: alarm.kind,
    report: alarm.report,
    instant: new Date(alarm.nominalAt).toISOString(),
    reason: alarm.reason,
    raisedAt: new Date(alarm.raisedAt).toISOString(),
    command: alarmCommand(alarm),
  }));
  return { schema: "callsheet.alarm/1", id, alarms: told };
}
