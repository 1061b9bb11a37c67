/** The words of a message, the same in a mail and in a chat. */
import type { Message, MessageFile } from "./messenger.ts";

/** What a reader must know of a link before it is opened or passed on. */
export const ABOUT_LINKS =
  "Whoever has a link can read its file until the link ends, without signing in. Pass it on with care.";

/** `12 rows, 3 KB, link until 2024-03-02 10:00 UTC` */
export function describeFile({ rows, bytes, expiresAt }: MessageFile): string {
  return `${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}, ${sizeInWords(bytes)}, link until ${instantInWords(expiresAt)}`;
}

/** What is to be said of the figures besides: that they are provisional, and why; that they replace others. */
export function notesOf({ completeness, reasons, revision }: Message): string[] {
  return [
    ...(revision > 1 ? [`Revision ${revision}: the figures differ from those that were sent before.`] : []),
    ...(completeness === "provisional" ? [`Provisional: ${reasons.join("; ")}.`] : []),
  ];
}

function sizeInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function instantInWords(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
