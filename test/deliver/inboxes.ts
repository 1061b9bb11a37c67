// In: nothing. Out: servers on this machine that take what callsheet sends, and keep it for the test to look at.

import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { onTestFinished } from "vitest";

export interface Post {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface PostBox {
  readonly url: string;
  readonly posts: readonly Post[];
  /** Resolves when so many have come; the answer is the last of them. */
  untilCount(count: number): Promise<Post>;
}

/** Takes posts; answers them with these statuses in turn, then with the last one. */
export async function openPostBox(statuses: readonly number[] = [200]): Promise<PostBox> {
  const posts: Post[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.once("end", () => {
      posts.push({ path: request.url ?? "", headers: request.headers, body });
      response.writeHead(statuses[posts.length - 1] ?? statuses.at(-1) ?? 200).end("the answer of the box");
      for (const look of waiting) look();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    async untilCount(count) {
      const found = Promise.withResolvers<Post>();
      const look = (): void => {
        const post = posts[count - 1];
        if (post) found.resolve(post);
      };
      waiting.add(look);
      look();
      return await found.promise.finally(() => waiting.delete(look));
    },
  };
}

/** Takes mails from anybody. */
export async function openMailBox(): Promise<{ readonly port: number; readonly mails: readonly ParsedMail[] }> {
  const mails: ParsedMail[] = [];
  const server = new SMTPServer({
    logger: false,
    disabledCommands: ["STARTTLS", "AUTH"],
    onData: (stream, _session, done) => {
      simpleParser(stream, (error: Error | null, mail) => {
        if (error === null) mails.push(mail);
        done(error);
      });
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  onTestFinished(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    await promise;
  });
  return { port: (server.server.address() as AddressInfo).port, mails };
}
