// Messages as they arrive: a real SMTP server takes the mail, a real HTTP server the webhook, and the links that they
// hold open and give the right bytes. What fails is told, takes nothing back, and can be sent again.

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Messenger } from "../../src/deliver/messenger.ts";
import { createMailer } from "../../src/smtp/create-mailer.ts";
import { CALLS_REPORT, configWithArchive, openProject, type Outcome, type Project } from "../support/run-report.ts";
import { createCertificate } from "../support/certificate.ts";
import { createTestClock } from "../support/test-clock.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const SECRETS = { MAIL_PASSWORD: "CANARY-mail-password", HOOK_SECRET: "CANARY-hook-secret" };

async function opened(destinations: string, deliver: string): Promise<Project> {
  const project = await openProject({
    objectStore: {},
    files: {
      "callsheet.yaml": `${configWithArchive()}${destinations}`,
      "reports/calls.yaml": `${CALLS_REPORT}title: Calls & <queues>\ndeliver: ${deliver}\n`,
    },
  });
  closers.push(() => project.close());
  return project;
}

async function callsheet(
  project: Project,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Outcome> {
  return await project.callsheet(args, { clock: createTestClock(Date.now()), env: { ...SECRETS, ...env } });
}

interface Post {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTP server that answers with these statuses in turn, then with the last one. */
async function openHook(
  statuses: readonly number[] = [200],
  headers: Record<string, string> = {},
): Promise<{ url: string; posts: Post[] }> {
  const posts: Post[] = [];
  const server: Server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.once("end", () => {
      posts.push({ path: request.url ?? "", headers: request.headers, body });
      response.writeHead(statuses[posts.length - 1] ?? statuses.at(-1) ?? 200, headers).end("the answer of the hook");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, posts };
}

async function openMailServer(options: SMTPServerOptions = {}): Promise<{ port: number; mails: ParsedMail[] }> {
  const mails: ParsedMail[] = [];
  const server = new SMTPServer({
    logger: false,
    disabledCommands: ["STARTTLS"],
    onAuth: ({ username, password }, _session, done) =>
      username === "mailer" && password === SECRETS.MAIL_PASSWORD
        ? done(null, { user: username })
        : done(new Error("Invalid username or password")),
    onData: (stream, _session, done) => {
      simpleParser(stream, (error: Error | null, mail) => {
        if (error === null) mails.push(mail);
        done(error);
      });
    },
    ...options,
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  closers.push(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    await promise;
  });
  return { port: (server.server.address() as AddressInfo).port, mails };
}

const mailTo = (port: number): string => `  team-mail:
    type: mail
    server: smtp://127.0.0.1:${port}
    user: mailer
    password: env:MAIL_PASSWORD
    from: Reports <reports@example.com>
    to: [ann@example.com, bob@example.com]
    links: archive
`;
const hookTo = (url: string, type = "webhook", secret = "    secret: env:HOOK_SECRET\n"): string => `  hook:
    type: ${type}
    url: ${type === "webhook" ? url : "env:HOOK_URL"}
${secret}    links: archive
    privateAddresses: true
`;

const MESSAGE = z.object({
  schema: z.literal("callsheet.message/1"),
  id: z.string(),
  runId: z.string(),
  title: z.string(),
  interval: z.string(),
  completeness: z.enum(["complete", "provisional"]),
  files: z.array(
    z.object({
      name: z.string(),
      rows: z.int(),
      bytes: z.int(),
      sha256: z.string(),
      url: z.string(),
      expiresAt: z.string(),
    }),
  ),
});
const RUN = z.object({
  runId: z.string(),
  messages: z.array(z.looseObject({ destination: z.string(), result: z.string(), tries: z.int() })).optional(),
  deliveries: z.array(z.object({ artifact: z.string(), key: z.string(), url: z.string().optional() })),
});

async function expectOpens(project: Project, runId: string, name: string, url: string): Promise<void> {
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe(project.read(`.callsheet/runs/${runId}/artifacts/${name}`));
}

describe("a mail", () => {
  test("reaches its readers with links that open, and says until when", async () => {
    const { port, mails } = await openMailServer();
    const project = await opened(mailTo(port), "[archive, team-mail]");
    const { exitCode, out } = await callsheet(project, ["run", "calls", "--json"]);
    expect(exitCode).toBe(0);
    const { runId, messages } = RUN.parse(JSON.parse(out));
    expect(messages).toMatchObject([{ destination: "team-mail", result: "sent", tries: 1 }]);
    const [mail] = mails;
    expect(mails).toHaveLength(1);
    expect(mail?.subject).toBe("Calls & <queues>, Fri 1 Mar 2024 to Sun 31 Mar 2024");
    expect(mail?.from?.text).toBe('"Reports" <reports@example.com>');
    const links = [...(mail?.text ?? "").matchAll(/^(calls\.\w+) \((.*), link until (.*) UTC\)\n(http\S+)$/gm)];
    expect(links.map(([, name]) => name)).toEqual(["calls.csv", "calls.json"]);
    for (const [, name = "", , until = "", url = ""] of links) {
      await expectOpens(project, runId, name, url);
      expect(Math.abs(Date.parse(`${until.replace(" ", "T")}Z`) - Date.now() - 3_600_000)).toBeLessThan(180_000);
    }
    expect(mail?.html).toContain("<strong>Calls &amp; &lt;queues&gt;</strong>");
    const [, href = ""] = /href="([^"]+)"/.exec(String(mail?.html)) ?? [];
    await expectOpens(project, runId, "calls.csv", href.replaceAll("&amp;", "&"));
  });

  test("K13: a server that is down fails the message, not the files; the run is done, exit 13, and sends again", async () => {
    const { port, mails } = await openMailServer();
    const project = await opened(mailTo(9), "[archive, team-mail]");
    const failed = await callsheet(project, ["run", "calls", "--json"]);
    const { runId, deliveries, messages } = RUN.parse(JSON.parse(failed.out));
    expect(failed.exitCode).toBe(13);
    expect(deliveries.map(({ url }) => url === undefined)).toEqual([false, false]);
    expect(messages).toMatchObject([{ result: "failed", tries: 4, code: "message.unavailable" }]);
    expect(failed.err).toContain(
      `error message.unavailable: The files are delivered, but not every message was sent:\n  - team-mail: The mail server 127.0.0.1 did not take the mail (ESOCKET) (4 tries)\n  Send again: callsheet deliver ${runId} --to team-mail\n`,
    );
    const { out: shown } = await callsheet(project, ["runs", "show", runId]);
    expect(shown).toMatch(/^state +done$/m);

    project.write("callsheet.yaml", `${configWithArchive()}${mailTo(port)}`);
    const again = await callsheet(project, ["deliver", runId, "--to", "team-mail"]);
    expect([again.err, again.exitCode]).toEqual(["", 0]);
    expect(again.out).toContain("message  team-mail: sent, with the links of archive\n");
    expect(again.out).not.toContain("http");
    expect(mails).toHaveLength(1);
    const manifest = JSON.parse(project.read(`.callsheet/runs/${runId}/manifest.json`));
    expect(manifest.messages).toMatchObject([{ destination: "team-mail", result: "sent" }]);
  });

  test.each([
    {
      name: "a wrong password",
      env: { MAIL_PASSWORD: "another" },
      options: {},
      says: "The mail server 127.0.0.1 does not accept user and password (535)",
      tries: 1,
    },
    {
      name: "one reader that is refused",
      env: {},
      options: {
        onRcptTo: ({ address }: { address: string }, _session: unknown, done: (error?: Error) => void) =>
          address.startsWith("bob") ? done(new Error("No such user")) : done(),
      },
      says: "The mail server 127.0.0.1 did not take the mail for bob@example.com",
      tries: 1,
    },
    {
      name: "a server that is busy for ever",
      env: {},
      options: {
        onMailFrom: (_address: unknown, _session: unknown, done: (error?: Error) => void) =>
          done(Object.assign(new Error("Try again later"), { responseCode: 451 })),
      },
      says: "The mail server 127.0.0.1 did not take the mail (451)",
      tries: 4,
    },
  ])("K13: $name is told, without a secret", async ({ env, options, says, tries }) => {
    const { port } = await openMailServer(options as SMTPServerOptions);
    const project = await opened(mailTo(port), "[archive, team-mail]");
    const { exitCode, err, out } = await callsheet(project, ["run", "calls", "--json"], env);
    expect(exitCode).toBe(13);
    expect(err).toContain(says);
    expect(err).not.toMatch(/CANARY|X-Amz/);
    const code = tries === 1 ? "message.refused" : "message.unavailable";
    expect(RUN.parse(JSON.parse(out)).messages).toMatchObject([{ tries, code }]);
  });
});

describe("a mail server elsewhere", () => {
  const MESSAGE_TO_SEND = {
    id: "1",
    runId: "calls-1",
    report: "calls",
    title: "Calls",
    interval: "2024-03-01T00:00:00.000Z/2024-04-01T00:00:00.000Z",
    window: "March",
    revision: 2,
    completeness: "provisional",
    reasons: ["the window was not over"],
    files: [],
  } as const;
  const elsewhere = (port: number, isLocal: boolean): Messenger =>
    createMailer({ host: "127.0.0.1", port, secure: false, isLocal, from: "a@example.com", to: ["b@example.com"] });
  const { signal } = new AbortController();

  test.each([
    { name: "offers no encryption", options: { authOptional: true } },
    {
      name: "has a certificate that nobody vouches for",
      options: { authOptional: true, disabledCommands: [], ...createCertificate("127.0.0.1", Date.now() + 86_400_000) },
    },
  ])("that $name gets no mail", async ({ options }) => {
    const { port, mails } = await openMailServer(options);
    await expect(elsewhere(port, false).send(MESSAGE_TO_SEND, signal)).rejects.toMatchObject({
      message: expect.stringMatching(/^The mail server 127\.0\.0\.1 /),
    });
    expect(mails).toEqual([]);
  });

  test("a provisional revision is called that, in subject and text", async () => {
    const { port, mails } = await openMailServer({ authOptional: true });
    await elsewhere(port, true).send(MESSAGE_TO_SEND, signal);
    expect(mails[0]?.subject).toBe("Calls, March (provisional)");
    expect(mails[0]?.text).toContain("Revision 2: the figures differ from those that were sent before.");
    expect(mails[0]?.text).toContain("Provisional: the window was not over.");
    expect(mails[0]?.messageId).toBe("<1@example.com>");
  });
});

describe("a webhook", () => {
  test("holds links that open, and is signed over timestamp and body", async () => {
    const { url, posts } = await openHook();
    const project = await opened(hookTo(`${url}/in`), "[hook]");
    const { exitCode, out } = await callsheet(project, ["run", "calls", "--json"]);
    expect(exitCode).toBe(0);
    const [post] = posts;
    if (post === undefined) throw new Error("nothing was sent");
    const { "callsheet-timestamp": timestamp, "callsheet-signature": signature, "callsheet-id": id } = post.headers;
    const expected = createHmac("sha256", SECRETS.HOOK_SECRET)
      .update(`${String(timestamp)}.${post.body}`)
      .digest("hex");
    expect(signature).toBe(`v1=${expected}`);
    expect(Math.abs(Number(timestamp) * 1000 - Date.now())).toBeLessThan(120_000);
    const message = MESSAGE.parse(JSON.parse(post.body));
    // A run that died behind its message sends the same one again.
    expect([message.id, id]).toEqual([`${message.runId}.hook`, `${message.runId}.hook`]);
    expect(message).toMatchObject({
      title: "Calls & <queues>",
      interval: "2024-03-01T00:00:00.000Z/2024-04-01T00:00:00.000Z",
    });
    for (const { name, url: link } of message.files) await expectOpens(project, message.runId, name, link);
    // The report names the message only: its links are shown to nobody else.
    expect(out).not.toContain("X-Amz-Signature");
    expect(RUN.parse(JSON.parse(out)).deliveries).toHaveLength(2);
  });

  test("K13: is tried again while the other side is busy, as the same message, and waits as it asks", async () => {
    const { url, posts } = await openHook([503, 429, 200], { "retry-after": "7" });
    const project = await opened(hookTo(url), "[archive, hook]");
    const clock = createTestClock(Date.now());
    const before = clock.now();
    const { exitCode, out } = await project.callsheet(["run", "calls", "--json"], { clock, env: SECRETS });
    expect(exitCode).toBe(0);
    expect(RUN.parse(JSON.parse(out)).messages).toMatchObject([{ result: "sent", tries: 3 }]);
    expect(new Set(posts.map(({ headers }) => headers["callsheet-id"])).size).toBe(1);
    expect(new Set(posts.map(({ headers }) => headers["callsheet-signature"])).size).toBe(3);
    expect(clock.now() - before).toBeGreaterThanOrEqual(14_000);
  });

  test.each([
    {
      name: "a redirect",
      statuses: [302],
      headers: { location: "http://127.0.0.1:9/" },
      says: "(status 302)",
      tries: 1,
    },
    { name: "a refusal", statuses: [403], headers: {}, says: "refused the message (status 403)", tries: 1 },
    {
      name: "a failure that stays",
      statuses: [500],
      headers: {},
      says: "did not take the message (status 500)",
      tries: 4,
    },
  ])("K13: $name is told, and its answer is not repeated", async ({ statuses, headers, says, tries }) => {
    const { url, posts } = await openHook(statuses, headers);
    const project = await opened(hookTo(url), "[archive, hook]");
    const { exitCode, err } = await callsheet(project, ["run", "calls"]);
    expect([exitCode, posts.length]).toEqual([13, tries]);
    expect(err).toContain(says);
    expect(err).not.toMatch(/CANARY|X-Amz|the answer of the hook/);
  });

  test.each([
    "https://127.0.0.1:1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://[::1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://localhost:1/",
    "https://[64:ff9b::7f00:1]/",
  ])("%s leads inwards and gets nothing", async (url) => {
    const project = await opened(hookTo(url).replace("    privateAddresses: true\n", ""), "[archive, hook]");
    const { exitCode, err } = await callsheet(project, ["run", "calls"]);
    expect(exitCode).toBe(13);
    expect(err).toContain("error message.refused");
    expect(err).toContain("leads to this machine or a private network; nothing was sent there");
  });
});

describe("a chat", () => {
  test("Slack: the text is escaped, previews are off, and each link opens", async () => {
    const { url, posts } = await openHook();
    const project = await opened(hookTo("", "slack", ""), "[hook]");
    const { exitCode, out, err } = await callsheet(project, ["run", "calls", "--json"], {
      HOOK_URL: `${url}/services/T0/CANARY`,
    });
    expect([err, exitCode]).toEqual(["", 0]);
    expect(posts[0]?.path).toBe("/services/T0/CANARY");
    const body = z
      .object({
        text: z.string(),
        unfurl_links: z.literal(false),
        blocks: z.array(z.object({ text: z.object({ text: z.string() }) })),
      })
      .parse(JSON.parse(posts[0]?.body ?? ""));
    expect(body.text).toBe("Calls &amp; &lt;queues&gt;, Fri 1 Mar 2024 to Sun 31 Mar 2024");
    const links = body.blocks.flatMap(({ text }) => [...text.text.matchAll(/<(http[^|]+)\|([^>]+)>/g)]);
    for (const [, link = "", name = ""] of links)
      await expectOpens(project, RUN.parse(JSON.parse(out)).runId, name, link);
    expect(links).toHaveLength(2);
  });

  test("Teams: an adaptive card with an action for each file", async () => {
    const { url, posts } = await openHook([202]);
    const project = await opened(hookTo("", "teams", ""), "[hook]");
    const { exitCode, out } = await callsheet(project, ["run", "calls", "--json"], { HOOK_URL: url });
    expect(exitCode).toBe(0);
    const { attachments } = z
      .object({
        attachments: z.array(
          z.object({
            contentType: z.literal("application/vnd.microsoft.card.adaptive"),
            content: z.object({
              body: z.array(z.object({ text: z.string() })),
              actions: z.array(z.object({ type: z.literal("Action.OpenUrl"), title: z.string(), url: z.string() })),
            }),
          }),
        ),
      })
      .parse(JSON.parse(posts[0]?.body ?? ""));
    expect(attachments[0]?.content.body[0]?.text).toBe("Calls & \\<queues\\>");
    for (const { title, url: link } of attachments[0]?.content.actions ?? [])
      await expectOpens(project, RUN.parse(JSON.parse(out)).runId, title, link);
  });
});

describe("configuration", () => {
  test.each([
    {
      name: "a webhook without links",
      yaml: hookTo("https://a.example").replace("    links: archive\n", ""),
      says: 'Destination "hook" does not say whose links it carries',
    },
    {
      name: "links of a place that is not there",
      yaml: hookTo("https://a.example").replace("links: archive", "links: archiv"),
      says: 'Did you mean "archive"?',
    },
    {
      name: "a secret that is written out",
      yaml: hookTo("https://a.example").replace("env:HOOK_SECRET", "hunter2hunter2"),
      says: "destinations.hook.secret is written into the configuration file",
    },
    {
      name: "a chat's address that is written out",
      yaml: hookTo("", "slack", "").replace("env:HOOK_URL", "https://hooks.slack.com/services/hunter2"),
      says: "destinations.hook.url is written into the configuration file",
    },
    {
      name: "plain HTTP to elsewhere",
      yaml: hookTo("http://a.example/hunter2"),
      says: "Cannot use destinations.hook.url",
    },
    {
      name: "a password in the mail server's address",
      yaml: mailTo(25).replace("smtp://", "smtp://hunter2:hunter2@"),
      says: "Cannot use destinations.team-mail.server",
    },
    {
      name: "two addresses in one",
      yaml: mailTo(25).replace("ann@example.com", '"a@example.com, b@example.com"'),
      says: "Cannot use the address",
    },
    {
      name: "an unknown type",
      yaml: hookTo("https://a.example").replace("type: webhook", "type: webhok"),
      says: "webhok",
    },
  ])("$name is refused with one message before anything is asked", async ({ yaml, says }) => {
    const project = await opened(yaml, yaml.includes("team-mail") ? "[team-mail]" : "[hook]");
    const { exitCode, err } = await callsheet(project, ["run", "calls"]);
    expect(err).toContain(says);
    expect(err).not.toContain("hunter2");
    expect(exitCode).toBe(3);
    expect(project.simulator.requests).toEqual([]);
  });
});

test("R-77: the access record names whom a message carried links to", async () => {
  const { port } = await openMailServer();
  const project = await opened(mailTo(port), "[team-mail]");
  await callsheet(project, ["run", "calls"]);
  const { out } = await callsheet(project, ["link", "list"]);
  expect(out).toMatch(/handed out {2}calls\.csv at archive .* to team-mail, ann@example.com, bob@example.com$/m);
  expect(out.trim().split("\n")).toHaveLength(2);
});
