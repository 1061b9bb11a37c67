/** A message as a mail: subject, plain text, and the same as HTML without anything that is loaded from elsewhere. */
import { alarmCommand, alarmSentence, alarmTitle } from "../deliver/alarm-words.ts";
import { ABOUT_LINKS, describeFile, notesOf } from "../deliver/message-words.ts";
import type { AlarmNotice, Message } from "../deliver/messenger.ts";

/** The parts of a mail that a message decides. */
export interface ComposedMail {
  readonly subject: string;
  readonly messageId: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Composes it; `from` gives the domain of its id. */
export function composeMail(message: Message, from: string): ComposedMail {
  const { title, window, files, id, runId } = message;
  const notes = notesOf(message);
  const text = [
    `${title}\n${window}\n`,
    ...notes.map((note) => `${note}\n`),
    ...files.map((file) => `${file.name} (${describeFile(file)})\n${file.url}\n`),
    `${ABOUT_LINKS}\n`,
    `Sent by callsheet, run ${runId}\n`,
  ].join("\n");
  const html = [
    `<p><strong>${escapeHtml(title)}</strong><br>${escapeHtml(window)}</p>`,
    ...notes.map((note) => `<p>${escapeHtml(note)}</p>`),
    `<ul>${files.map((file) => `<li><a href="${escapeHtml(file.url)}" rel="noreferrer">${escapeHtml(file.name)}</a> (${escapeHtml(describeFile(file))})</li>`).join("")}</ul>`,
    `<p>${escapeHtml(ABOUT_LINKS)}</p>`,
    `<p><small>Sent by callsheet, run ${escapeHtml(runId)}</small></p>`,
  ].join("\n");
  return {
    subject: `${title}, ${window}${notes.length > 0 && message.completeness === "provisional" ? " (provisional)" : ""}`,
    messageId: messageIdOf(id, from),
    text,
    html,
    headers: NO_REPLIES,
  };
}

/** Composes a mail of alarms. */
export function composeAlarmMail({ id, alarms }: AlarmNotice, from: string): ComposedMail {
  const parts = alarms.map((alarm) => ({ sentence: alarmSentence(alarm), command: alarmCommand(alarm) }));
  return {
    subject: `callsheet: ${alarmTitle(alarms)}`,
    messageId: messageIdOf(id, from),
    text: parts.map(({ sentence, command }) => `${sentence}\n\n    ${command}\n`).join("\n"),
    html: parts
      .map(({ sentence, command }) => `<p>${escapeHtml(sentence)}<br><code>${escapeHtml(command)}</code></p>`)
      .join("\n"),
    headers: NO_REPLIES,
  };
}

/** Nobody's holiday reply is of use to a program. */
const NO_REPLIES = { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" } as const;

function messageIdOf(id: string, from: string): string {
  return `<${id}@${/@([\w.-]+)>?$/.exec(from)?.[1] ?? "callsheet.invalid"}>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
