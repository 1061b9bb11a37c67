/** Messages as mails, by SMTP. The connection is encrypted unless the server is on this machine. */
import { createTransport, type Transporter } from "nodemailer";
import type SMTPTransport from "nodemailer/lib/smtp-transport/index.js";
import type { Messenger } from "../deliver/messenger.ts";
import { ReportError } from "../domain/errors.ts";
import { type ComposedMail, composeAlarmMail, composeMail } from "./compose-mail.ts";

/** The mail server, and who writes to whom. */
export interface MailerOptions {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else STARTTLS, which must be offered unless `isLocal`. */
  readonly secure: boolean;
  readonly isLocal: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
  readonly from: string;
  readonly to: readonly string[];
}

const CONNECT_MS = 15_000;
const IDLE_MS = 30_000;

/** Makes the mailer; each mail has a connection of its own. */
export function createMailer(options: MailerOptions): Messenger {
  const { from, to } = options;
  return {
    receivers: to,
    send: async (message, signal) => await send(options, composeMail(message, from), signal),
    sendAlarms: async (notice, signal) => await send(options, composeAlarmMail(notice, from), signal),
  };
}

async function send(options: MailerOptions, mail: ComposedMail, signal: AbortSignal): Promise<void> {
  const { host, port, secure, isLocal, auth, from, to } = options;
  const transport = createTransport({
    host,
    port,
    secure,
    requireTLS: !secure && !isLocal,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: IDLE_MS,
    dnsTimeout: CONNECT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(auth && { auth }),
  });
  const stop = (): void => transport.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const refused = await sendMail(transport, { from, to: [...to], ...mail }, host);
    if (refused.length > 0)
      throw new ReportError(
        "message.refused",
        `The mail server ${host} did not take the mail for ${refused.join(", ")}`,
        {
          hint: "Check these addresses; the others have the mail.",
        },
      );
  } finally {
    signal.removeEventListener("abort", stop);
    transport.close();
  }
}

type SmtpTransporter = Transporter<SMTPTransport.SentMessageInfo>;

/** The addresses that the server did not take. */
async function sendMail(transport: SmtpTransporter, mail: SMTPTransport.MailOptions, host: string): Promise<string[]> {
  try {
    const { rejected } = await transport.sendMail(mail);
    return [...rejected];
  } catch (error) {
    throw translate(error, host);
  }
}

/** Codes of nodemailer that no later try mends. */
const REFUSALS: Readonly<Record<string, string>> = {
  EAUTH: "does not accept user and password",
  ENOAUTH: "wants a user and a password",
  ETLS: "offers no encrypted connection that could be trusted",
  EENVELOPE: "took the mail for none of its receivers",
};

/** What the server answered may quote the mail: only its number is passed on. */
function translate(error: unknown, host: string): ReportError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "no answer";
  const status = error instanceof Error && "responseCode" in error ? Number(error.responseCode) : undefined;
  const isForNow = status !== undefined && status >= 400 && status < 500;
  if (!isForNow && (REFUSALS[code] !== undefined || (status ?? 0) >= 500))
    return new ReportError(
      "message.refused",
      `The mail server ${host} ${REFUSALS[code] ?? "refused the mail"} (${status ?? code})`,
      { hint: "Mend the destination in callsheet.yaml, then send again: `callsheet deliver RUN --to NAME`." },
    );
  return new ReportError("message.unavailable", `The mail server ${host} did not take the mail (${status ?? code})`, {
    hint: "Send again later: `callsheet deliver RUN --to NAME`.",
  });
}
