/** Messages for a channel of Slack or Teams, by an incoming webhook. Its address is the secret, so nothing is signed. */
import { ABOUT_LINKS, describeFile, notesOf } from "../deliver/message-words.ts";
import type { Message, Messenger } from "../deliver/messenger.ts";
import { guardedPost, type PostTarget } from "./guarded-post.ts";

/** Which program the channel is of. */
export type ChatKind = "slack" | "teams";

/** Makes the way to the channel. */
export function createChat(kind: ChatKind, target: PostTarget): Messenger {
  const shape = kind === "slack" ? toSlack : toTeams;
  return {
    receivers: [new URL(target.url).host],
    send: async (message, signal) => await guardedPost(target, {}, JSON.stringify(shape(message)), signal),
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
  return {
    text: escapeSlack(`${title}, ${window}`),
    blocks: parts.map((text) => ({ type: "section", text: { type: "mrkdwn", text } })),
    unfurl_links: false,
    unfurl_media: false,
  };
}

function toTeams(message: Message): object {
  const { title, window, files } = message;
  const block = (text: string, more: object = {}): object => ({
    type: "TextBlock",
    text: escapeTeams(text),
    wrap: true,
    ...more,
  });
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [
            block(title, { weight: "Bolder", size: "Medium" }),
            block(window),
            ...notesOf(message).map((note) => block(note)),
            ...files.map((file) => block(`${file.name} (${describeFile(file)})`)),
            block(ABOUT_LINKS, { isSubtle: true }),
          ],
          actions: files.map(({ name, url }) => ({ type: "Action.OpenUrl", title: name, url })),
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
