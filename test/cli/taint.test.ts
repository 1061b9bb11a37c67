// Twelve secrets are planted; a report is made, delivered, mailed, posted, linked, revoked and made to fail, with --debug,
// the most talkative level that there is. Then everything that was left behind is searched for them, in every disguise:
// what the terminal showed, the state folder with its run folders and manifests, the files in buckets and folders.

import { once } from "node:events";
import { chmodSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { malformedJson } from "../../simulator/faults/spoiled-body.ts";
import { failsInternally } from "../../simulator/object-store/misbehaviour.ts";
import { findTaint } from "../support/find-taint.ts";
import { CALLS_REPORT, configWithArchive, openProject, type Outcome, type Project } from "../support/run-report.ts";
import { createTestClock } from "../support/test-clock.ts";

const CLIENT = { id: "0a1b2c3d-taint-client", secret: "CANARY-01-client/secret+b7e1" };
const KEYS = {
  name: "owner",
  accessKeyId: "AKIATAINTTAINT",
  secretAccessKey: "CANARY-02-secret/key+9f20",
  sessionToken: "CANARY-03-session/token+4411==",
};
const ENV = {
  AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
  AWS_SESSION_TOKEN: KEYS.sessionToken,
  CALLSHEET_PSEUDONYM_KEY: "CANARY-04-pseudonyms/key+0123456789abcdef",
  MAIL_PASSWORD: "CANARY-05-mail/password+77",
  HOOK_SECRET: "CANARY-06-hook/secret+c0de",
  CALLSHEET_DATABASE_URL: "postgres://reports:CANARY-09-database-77@127.0.0.1:9/reports",
  HTTPS_PROXY: "http://reports:CANARY-10-proxy-password@127.0.0.1:9",
  NO_PROXY: "127.0.0.1,localhost",
};
const SECRETS = new Map([
  ["client secret", CLIENT.secret],
  ["secret key", KEYS.secretAccessKey],
  ["session token", KEYS.sessionToken],
  ["pseudonym key", ENV.CALLSHEET_PSEUDONYM_KEY],
  ["mail password", ENV.MAIL_PASSWORD],
  ["webhook secret", ENV.HOOK_SECRET],
  ["Slack address", "CANARY-07-slack/T0/B0/x7"],
  ["Teams address", "CANARY-08-teams-token"],
  ["database password", "CANARY-09-database-77"],
  ["proxy password", "CANARY-10-proxy-password"],
  ["secret of a file", "CANARY-11-of/a+file"],
]);

/** The one place of a token: the private file that the next run takes it from. */
const SHARED_WITH_OTHER_RUNS = /^\.callsheet\/clients\/[0-9a-f]{32}\.sqlite/;

let project: Project;
let tokens: string[];
const closers: (() => Promise<void>)[] = [];
const outcomes: Outcome[] = [];

beforeEach(async () => {
  tokens = [];
  outcomes.length = 0;
  const [web, mail] = [await openWeb(), await openMail()];
  project = await openProject({
    clients: [CLIENT],
    objectStore: { users: [{ ...KEYS, accountId: "111122223333" }] },
    files: {
      "callsheet.yaml": `${configWithArchive()}  shelf: { type: disk, folder: shelf }
  mail: { type: mail, server: "smtp://127.0.0.1:${mail}", user: mailer, password: env:MAIL_PASSWORD, from: a@example.com, to: [b@example.com], links: archive }
  hook: { type: webhook, url: "${web}/hook", secret: env:HOOK_SECRET, links: archive, privateAddresses: true }
  other-hook: { type: webhook, url: "${web}/other", secret: file:hook-secret, links: archive, privateAddresses: true }
  slack: { type: slack, url: env:SLACK_URL, links: archive, privateAddresses: true }
  teams: { type: teams, url: env:TEAMS_URL, links: archive, privateAddresses: true }
`,
      "hook-secret": `${SECRETS.get("secret of a file")}\n`,
      "reports/sent.yaml": `${CALLS_REPORT.replace("calls", "sent")
        .replace("[csv, json]", "[csv, json, html, xlsx, ndjson, parquet]")
        .replace(
          "groupBy: [routing.queue.id]",
          "groupBy: [routing.queue.name, agent.id]",
        )}mask: { agent: hash }\ndeliver: [archive, shelf, mail, hook, other-hook, slack, teams]\n`,
    },
  });
  chmodSync(join(project.folder, "hook-secret"), 0o600);
  Object.assign(addresses, {
    SLACK_URL: `${web}/${SECRETS.get("Slack address")}`,
    TEAMS_URL: `${web}/x?sig=${SECRETS.get("Teams address")}`,
  });
  project.simulator.faults.add({
    name: "remembers tokens",
    concerns: ({ host }) => host === "login",
    applies: () => true,
    alter: (answer) => {
      const token = /"access_token":"([^"]+)"/.exec(JSON.stringify(answer.json) ?? "")?.[1];
      if (token !== undefined) tokens.push(token);
      return answer;
    },
  });
});
afterEach(async () => {
  await project.close();
  for (const close of closers.splice(0)) await close();
});

const addresses: Record<string, string> = {};

async function openWeb(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().once("end", () => response.end("ok"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function openMail(): Promise<number> {
  const server = new SMTPServer({
    logger: false,
    disabledCommands: ["STARTTLS"],
    onAuth: ({ password }, _session, done) =>
      password === ENV.MAIL_PASSWORD ? done(null, { user: "mailer" }) : done(new Error("Invalid")),
    onData: (stream, _session, done) => void stream.resume().once("end", () => done()),
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  closers.push(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    await promise;
  });
  return (server.server.address() as AddressInfo).port;
}

async function callsheet(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  const outcome = await project.callsheet(args, {
    debug: true,
    clock: createTestClock(Date.now()),
    env: { ...ENV, ...addresses, ...env },
  });
  outcomes.push(outcome);
  return outcome;
}

/** Everything that was left behind: what was shown, every file of the project but the planted one, every object. */
async function outputs(): Promise<Map<string, Buffer>> {
  const files = project.files().filter((name) => name !== "hook-secret");
  const all = new Map<string, Buffer>(files.map((name) => [name, readFileSync(join(project.folder, name))]));
  for (const [index, { out, err }] of outcomes.entries()) {
    // A link that is signed with temporary keys carries their token by design: it is shown once, on stdout.
    all.set(`stdout ${index}`, Buffer.from(out.replaceAll(/http:\S+X-Amz-Signature=[^\s"]+/g, "LINK")));
    all.set(`stderr ${index}`, Buffer.from(err));
  }
  const bucket = project.objectStore?.buckets.get("genesys-analytics-reports");
  for (const key of bucket?.keys() ?? []) all.set(`object ${key}`, (await bucket?.read(key)) ?? Buffer.alloc(0));
  return all;
}

async function leaks(): Promise<string[]> {
  expect(tokens.length).toBeGreaterThan(0);
  const planted = new Map(SECRETS);
  const all = await outputs();
  // The twelfth: what the service handed out.
  for (const [index, token] of tokens.entries()) planted.set(`access token ${index}`, token);
  const found = findTaint(all, planted);
  return found.filter(
    (line) => !line.startsWith("access token") || !SHARED_WITH_OTHER_RUNS.test(line.replace(/^.* in /, "")),
  );
}

/** A parameter of a signed address, raw or percent-encoded. */
const SIGNATURE = /X-Amz-Signature(?:=|%3D)[0-9a-f]{8}/i;

describe("R-85, R-87: twelve secrets", () => {
  test("none is in anything that a run, a second delivery, a link and its end leave behind", async () => {
    const { out, err, exitCode } = await callsheet(["run", "sent", "--json", "--out", join(project.folder, "out")]);
    expect(exitCode, err).toBe(0);
    const runId = /"runId": "([^"]+)"/.exec(out)?.[1] ?? "";
    expect((await callsheet(["deliver", runId])).exitCode).toBe(0);
    expect((await callsheet(["link", runId, "sent.csv", "--for", "5m"])).exitCode).toBe(0);
    expect((await callsheet(["link", "revoke", runId, "sent.csv"])).exitCode).toBe(0);
    for (const args of [
      ["link", "list"],
      ["runs", "show", runId, "--json"],
      ["check"],
      ["explain", "sent", "--requests"],
      ["prune", "--dry-run"],
    ])
      expect((await callsheet(args)).exitCode).toBe(0);
    expect(await leaks()).toEqual([]);
    // The thirteenth is made by us: every signature stands on stdout only.
    for (const [where, bytes] of await outputs()) expect(SIGNATURE.test(bytes.toString("latin1")), where).toBe(false);
    expect(outcomes[0]?.out.match(/X-Amz-Signature=[0-9a-f]{64}/g)).toHaveLength(6);
  }, 120_000);

  test("none is in what failing runs leave behind", async () => {
    const broken = malformedJson({ path: /details\/query/, times: 1000 });
    const arrange: readonly (() => Record<string, string> | undefined)[] = [
      () => ({ GENESYSCLOUD_OAUTHCLIENT_SECRET: `${CLIENT.secret}x` }),
      () => ({ AWS_SECRET_ACCESS_KEY: `${KEYS.secretAccessKey}x` }),
      () => ({ AWS_SESSION_TOKEN: `${KEYS.sessionToken}x` }),
      () => ({ MAIL_PASSWORD: `${ENV.MAIL_PASSWORD}x` }),
      () => ({ SLACK_URL: `http://127.0.0.1:9/${SECRETS.get("Slack address")}` }),
      () => ({ TEAMS_URL: `ftp://127.0.0.1/?sig=${SECRETS.get("Teams address")}` }),
      () => ({ AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9" }),
      () => {
        project.objectStore?.misbehave(failsInternally(Number.POSITIVE_INFINITY, "GetObject"));
        return undefined;
      },
      () => {
        project.simulator.faults.add(broken);
        return undefined;
      },
    ];
    for (const [index, each] of arrange.entries()) {
      const { exitCode, err } = await callsheet(["run", "sent"], each() ?? {});
      expect(exitCode, `${index}: ${err}`).toBeGreaterThan(1);
    }
    expect(await leaks()).toEqual([]);
    for (const [where, bytes] of await outputs()) expect(SIGNATURE.test(bytes.toString("latin1")), where).toBe(false);
  }, 120_000);
});
