// Every secret of a run is a canary here: client secret, access token, secret key and session token of the store. They
// and the signatures of links are then looked for in everything that a good run and many failing ones leave behind.

import { chmodSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { malformedJson } from "../../simulator/faults/spoiled-body.ts";
import { serverError } from "../../simulator/faults/server-error.ts";
import { tooManyRequests } from "../../simulator/faults/too-many-requests.ts";
import { altersBytes, failsInternally, neverExpires } from "../../simulator/object-store/misbehaviour.ts";
import { CALLS_REPORT, configWithArchive, openProject, type Outcome, type Project } from "../support/run-report.ts";
import { createTestClock } from "../support/test-clock.ts";

const CLIENT = { id: "0a1b2c3d-canary-client", secret: "CANARY-client-secret-b7e1" };
const KEYS = {
  name: "owner",
  accessKeyId: "AKIACANARYCANARY",
  secretAccessKey: "CANARY-secret-key-9f20",
  sessionToken: "CANARY-session-token-4411",
};
const STATIC = new Set([CLIENT.secret, KEYS.secretAccessKey, KEYS.sessionToken]);

let project: Project;
let tokens: Set<string>;
beforeEach(async () => {
  tokens = new Set();
  project = await openProject({
    clients: [CLIENT],
    objectStore: { users: [{ ...KEYS, accountId: "111122223333" }] },
    files: {
      "callsheet.yaml": configWithArchive(),
      "reports/sent.yaml": `${CALLS_REPORT.replace("calls", "sent").replace("[csv, json]", "[csv, json, html]")}deliver: [archive]\n`,
    },
  });
  project.simulator.faults.add({
    name: "remembers tokens",
    concerns: ({ host }) => host === "login",
    applies: () => true,
    alter: (answer) => {
      const token = /"access_token":"([^"]+)"/.exec(JSON.stringify(answer.json) ?? "")?.[1];
      if (token !== undefined) tokens.add(token);
      return answer;
    },
  });
});
afterEach(async () => await project.close());

/** Runs the report with --debug, so that everything below an error shows. */
async function run(env: Record<string, string | undefined> = {}, args: readonly string[] = []): Promise<Outcome> {
  return await project.callsheet(["run", "sent", ...args], {
    debug: true,
    clock: createTestClock(Date.now()),
    env: {
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_SESSION_TOKEN: KEYS.sessionToken,
      ...env,
    },
  });
}

/** Secrets found in the texts, by where. */
/** The one place of a token: the private file that the next run takes it from. */
const SHARED_WITH_OTHER_RUNS = /^\.callsheet\/clients\/[0-9a-f]{32}\.sqlite/;

function leaks(texts: Readonly<Record<string, string>>, secrets: Iterable<string>): string[] {
  const all = [...secrets].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64"),
  ]);
  return Object.entries(texts).flatMap(([where, text]) =>
    all
      .filter((secret) => text.includes(secret) && !(SHARED_WITH_OTHER_RUNS.test(where) && tokens.has(secret)))
      .map((secret) => `${secret} in ${where}`),
  );
}

function filesOf(ran: Project): Record<string, string> {
  return Object.fromEntries(ran.files().map((name) => [name, ran.read(name)]));
}

/** A parameter of a signed address. */
const SIGNED = /X-Amz-[A-Za-z-]+(=|%3D)/i;

describe("R-85, R-86, R-87: secrets stay where they are", () => {
  test("a run that succeeds shows each link once, on stdout, and its secrets nowhere", async () => {
    const { exitCode, out, err } = await run();
    expect(err).not.toMatch(SIGNED);
    expect(exitCode).toBe(0);
    expect(tokens.size).toBe(1);
    // A link that is signed with temporary keys carries their token by design: it is cut out with the rest of it.
    expect(out.match(/X-Amz-Signature=[0-9a-f]{64}/g)).toHaveLength(3);
    const withoutLinks = out.replaceAll(/^ +http:\S+X-Amz-\S+$/gm, "");
    expect(withoutLinks).not.toMatch(SIGNED);
    const files = filesOf(project);
    expect(
      Object.keys(files).filter((name) => /manifest\.json|sent\.html|sent\.csv|sent\.json/.test(name)),
    ).toHaveLength(4);
    for (const [name, text] of Object.entries(files)) expect(SIGNED.test(text), name).toBe(false);
    expect(leaks({ ...files, withoutLinks, err }, [...STATIC, ...tokens])).toEqual([]);
  });

  const archive = (): ReturnType<NonNullable<Project["objectStore"]>["buckets"]["get"]> => {
    if (project.objectStore === undefined) throw new Error("The store was not started");
    return project.objectStore.buckets.get("genesys-analytics-reports");
  };
  const failing: readonly {
    name: string;
    code: string;
    arrange: () => void;
    env?: Record<string, string>;
    args?: string[];
  }[] = [
    {
      name: "a wrong client secret",
      code: "genesys.unauthorized",
      arrange: () => {},
      env: { GENESYSCLOUD_OAUTHCLIENT_SECRET: `${CLIENT.secret}x` },
    },
    {
      name: "a token that is refused for good",
      code: "genesys.unauthorized",
      arrange: () => project.simulator.faults.add(serverError({ status: 401, times: Number.POSITIVE_INFINITY })),
    },
    {
      name: "an answer that breaks off",
      code: "genesys.broken_answer",
      arrange: () =>
        project.simulator.faults.add(malformedJson({ path: /details\/query/, times: Number.POSITIVE_INFINITY })),
    },
    {
      name: "a service that is down",
      code: "genesys.unavailable",
      arrange: () =>
        project.simulator.faults.add(
          serverError({ path: /divisions|queues|details/, times: Number.POSITIVE_INFINITY }),
        ),
    },
    {
      name: "a service that is throttled",
      code: "genesys.rate_limited",
      arrange: () => project.simulator.faults.add(tooManyRequests({ path: /details\/query/, retryAfter: 100_000 })),
    },
    {
      name: "a missing permission",
      code: "genesys.forbidden",
      arrange: () => project.simulator.faults.add(serverError({ status: 403, times: Number.POSITIVE_INFINITY })),
    },
    {
      name: "a file in the way",
      code: "disk.unwritable",
      arrange: () => project.write("out", ""),
      args: ["--out", "OUT"],
    },
    {
      name: "a secret key that is wrong",
      code: "s3.access_denied",
      arrange: () => {},
      env: { AWS_SECRET_ACCESS_KEY: `${KEYS.secretAccessKey}x` },
    },
    {
      name: "a session token that has ended",
      code: "s3.access_denied",
      arrange: () =>
        project.objectStore?.users.set({ ...KEYS, accountId: "111122223333", expiresAt: Date.now() - 1000 }),
    },
    {
      name: "a store that refuses the write",
      code: "s3.access_denied",
      arrange: () =>
        project.objectStore?.users.set({
          ...KEYS,
          accountId: "111122223333",
          deny: [{ actions: ["s3:PutObject"], resources: ["*"] }],
        }),
    },
    {
      name: "a store that is not there",
      code: "s3.unavailable",
      arrange: () => {},
      env: { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9" },
    },
    {
      name: "a store that fails",
      code: "s3.unavailable",
      arrange: () => project.objectStore?.misbehave(failsInternally(Number.POSITIVE_INFINITY, "GetObject")),
    },
    {
      name: "a bucket that is public",
      code: "delivery.access_unproved",
      arrange: () => archive().set({ ownership: "ObjectWriter", acl: "public-read" }),
    },
    {
      name: "a store whose links never end",
      code: "delivery.access_unproved",
      arrange: () => project.objectStore?.misbehave(neverExpires()),
    },
    {
      name: "a store that changes the bytes",
      code: "delivery.access_unproved",
      arrange: () => project.objectStore?.misbehave(altersBytes()),
    },
  ];
  test.each(failing)(
    "$name: $code shows no secret and no link, not even with --debug",
    async ({ code, arrange, env = {}, args = [] }) => {
      arrange();
      const { exitCode, out, err } = await run(
        env,
        args.map((arg) => (arg === "OUT" ? join(project.folder, "out") : arg)),
      );
      expect(err).toContain(`error ${code}: `);
      expect(exitCode).toBeGreaterThan(1);
      expect(out).toBe("");
      expect(err).not.toMatch(SIGNED);
      const files = filesOf(project);
      for (const [name, text] of Object.entries(files)) expect(SIGNED.test(text), name).toBe(false);
      expect(leaks({ ...files, err }, [...STATIC, ...tokens])).toEqual([]);
    },
  );

  test("no message holds a telephone number or an address of a customer", async () => {
    project.simulator.faults.add(malformedJson({ path: /details\/query/, times: Number.POSITIVE_INFINITY }));
    const { err } = await run();
    expect(err).toContain("genesys.broken_answer");
    expect(err).not.toMatch(/tel:|sip:|\+\d{7,}|@/);
  });
});

describe("a secret in a file", () => {
  const configured = (reference: string): void => {
    project.write(
      "callsheet.yaml",
      `genesys:\n  region: eu_west_1\n  clientSecret: ${reference}\n${configWithArchive()}`,
    );
  };

  test("A9: is read when only its owner can read it, with a newline at its end", async () => {
    project.write("secret", `${CLIENT.secret}\n`);
    chmodSync(join(project.folder, "secret"), 0o600);
    configured("file:secret");
    expect((await run()).exitCode).toBe(0);
  });

  test.each([0o644, 0o640, 0o604, 0o660])(
    "A9: is refused when others can read it (%i), with the line that mends it",
    async (mode) => {
      project.write("secret", CLIENT.secret);
      chmodSync(join(project.folder, "secret"), mode);
      configured("file:secret");
      const { exitCode, err } = await run();
      expect(err).toContain(
        "error config.invalid: Others on this machine can read file:secret (genesys.clientSecret)\n  Run: chmod 600 secret\n",
      );
      expect(exitCode).toBe(3);
      expect(project.simulator.requests).toEqual([]);
    },
  );

  test.each([
    { name: "is empty", arrange: () => project.write("secret", " \n"), says: "file:secret is empty" },
    { name: "is missing", arrange: () => {}, says: "Cannot find file:secret" },
    {
      name: "cannot be read",
      arrange: () => mkdirSync(join(project.folder, "secret"), { mode: 0o700 }),
      code: "config.invalid",
      says: "Cannot read file:secret: it is a folder",
    },
  ])("A9: is refused when it $name", async ({ arrange, says, code = "config.missing" }) => {
    arrange();
    if (project.files().includes("secret")) chmodSync(join(project.folder, "secret"), 0o600);
    configured("file:secret");
    const { exitCode, err } = await run();
    expect(err).toContain(`error ${code}: ${says}`);
    expect(exitCode).toBe(3);
  });

  test("R-86: a secret that is written into the configuration is refused and not repeated", async () => {
    configured(CLIENT.secret);
    const { exitCode, out, err } = await run();
    expect(err).toContain("error config.invalid: genesys.clientSecret is written into the configuration file");
    expect(err).toContain("rotate the secret");
    expect(out + err).not.toContain(CLIENT.secret);
    expect(exitCode).toBe(3);
  });

  test("R-86: no option takes a secret", async () => {
    for (const command of ["run", "check", "explain", "simulate", "init"]) {
      const { out } = await project.callsheet([command, "--help"]);
      expect(out).not.toMatch(/--\S*(secret|password|token|key)/i);
    }
  });
});

test("files of a run can be read by their owner only", async () => {
  await run();
  const open = project
    .files()
    .filter((name) => name.startsWith(".callsheet/") && (statSync(join(project.folder, name)).mode & 0o077) !== 0);
  expect(open).toEqual([]);
});
