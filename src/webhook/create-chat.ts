/** Messages for a channel of Slack or Teams, by an incoming webhook. Its address is the secret, so nothing is signed. */
import { ABOUT_LINKS, describeFile, notesOf } from "../deliver/message-words.ts";
import { alarmCommand, alarmSentence, alarmTitle } from "../deliver/alarm-words.ts";
import type { AlarmNotice, Message, Messenger } from "../deliver/messenger.ts";
import { guardedPost, type PostTarget } from "./guarded-post.ts";

/** Which program the channel is of. */
export type ChatKind = "slack" | "teams";

/** Makes the way to the channel. */
export function createChat(kind: ChatKind, target: PostTarget): Messenger {
  const [shape, alarmShape] = kind === "slack" ? [toSlack, toSlackAlarm] : [toTeams, toTeamsAlarm];
  const post = async (content: object, signal: AbortSignal): Promise<void> =>
    await guardedPost(target, {}, JSON.stringify(content), signal);
  return {
    receivers: [new URL(target.url).host],
    send: async (message, signal) => await post(shape(message), signal),
    sendAlarms: async (notice, signal) => await post(alarmShape(notice), signal),
  };
}

/** Previews are off: to make one, Slack's servers would open the link. */
function toSlack(message: Message): object {
  const { title, window, files } = message;
  const parts = [
    `*${escapeSlack(title)}*\n${escapeSlack(window)}`,
    ...notesOf(message).map(escapeSlack),
    files.map((file) => `• <${file.url}|${escapeSlack(file.name)}> (${escapeSlack(describeFile(file))})`).join("\n"),
    escapeSlack(ABOUT_LINKS),
  ];
  return slackMessage(`${title}, ${window}`, parts);
}

function toSlackAlarm({ alarms }: AlarmNotice): object {
  const parts = alarms.map((alarm) => `${escapeSlack(alarmSentence(alarm))}\n\`${escapeSlack(alarmCommand(alarm))}\``);
  return slackMessage(alarmTitle(alarms), [`*${escapeSlack(alarmTitle(alarms))}*`, ...parts].slice(0, MOST_BLOCKS));
}

/** Slack refuses more. */
const MOST_BLOCKS = 50;

function slackMessage(title: string, parts: readonly string[]): object {
  return {
    text: escapeSlack(title),
    blocks: parts.map((text) => ({ type: "section", text: { type: "mrkdwn", text } })),
    unfurl_links: false,
    unfurl_media: false,
  };
}

function toTeams(message: Message): object {
  const { title, window, files } = message;
  const body = [
    block(title, { weight: "Bolder", size: "Medium" }),
    block(window),
    ...notesOf(message).map((note) => block(note)),
    ...files.map((file) => block(`${file.name} (${describeFile(file)})`)),
    block(ABOUT_LINKS, { isSubtle: true }),
  ];
  return teamsCard(
    body,
    files.map(({ name, url }) => ({ type: "Action.OpenUrl", title: name, url })),
  );
}

function toTeamsAlarm({ alarms }: AlarmNotice): object {
  const title = block(alarmTitle(alarms), { weight: "Bolder", size: "Medium" });
  const lines = alarms.flatMap((alarm) => [
    block(alarmSentence(alarm)),
    block(alarmCommand(alarm), { isSubtle: true, fontType: "Monospace" }),
  ]);
  return teamsCard([title, ...lines], []);
}

function block(text: string, more: object = {}): object {
  return { type: "TextBlock", text: escapeTeams(text), wrap: true, ...more };
}

function teamsCard(body: readonly object[], actions: readonly object[]): object {
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body,
          actions,
        },
      },
    ],
  };
}

/** Slack reads three characters as markup; names of its own cannot come about without them. */
function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A card reads a little Markdown. */
function escapeTeams(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>#]/g, (character) => `\\${character}`);
}
