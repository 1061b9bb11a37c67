/** The words of an alarm, the same in a mail, in a chat and for programs. */
import type { Alarm, AlarmKind } from "../domain/alarm.ts";
import { formatKey } from "../domain/scheduled-run.ts";

const WORDS: Readonly<Record<AlarmKind, string>> = {
  failed: "failed",
  late: "is late",
  missed: "was missed",
  paused: "is paused after failures",
  recovered: "is good again",
};

/** One line that says what it is about: `voice-by-queue failed`, or `3 alarms: voice-by-queue, chats`. */
export function alarmTitle(alarms: readonly Alarm[]): string {
  const [first] = alarms;
  if (first !== undefined && alarms.length === 1) return `${first.report} ${WORDS[first.kind]}`;
  const reports = [...new Set(alarms.map(({ report }) => report))];
  return `${alarms.length} alarms: ${reports.slice(0, 5).join(", ")}${reports.length > 5 ? " and others" : ""}`;
}

/** What is the matter, in one sentence. */
export function alarmSentence(alarm: Alarm): string {
  return `${formatKey(alarm)} ${WORDS[alarm.kind]}: ${alarm.reason}`;
}

/** The command that shows more. */
export function alarmCommand(alarm: Alarm): string {
  return `callsheet runs show ${formatKey(alarm)}`;
}
