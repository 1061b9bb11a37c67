// Alarms as they arrive: by mail, webhook, Slack and Teams, on real servers, and from a `callsheet serve` whose report fails.

import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../../src/cli/read-config.ts";
import { wireHeartbeat } from "../../src/cli/wire-alarms.ts";
import type { World } from "../../src/cli/world.ts";
import type { AlarmNotice } from "../../src/deliver/messenger.ts";
import { createMailer } from "../../src/smtp/create-mailer.ts";
import { createChat } from "../../src/webhook/create-chat.ts";
import { startProject } from "../faults/start-project.ts";
import { fourDays } from "../faults/details-report.ts";
import { openServeProject } from "../queue/serve-processes.ts";
import { createTestClock } from "../support/test-clock.ts";
import { openMailBox, openPostBox } from "./inboxes.ts";

const NOMINAL_AT = Date.parse("2024-03-04T02:00:00Z");
const FAILED = {
  id: "a",
  report: "calls",
  nominalAt: NOMINAL_AT,
  kind: "failed",
  reason: 'genesys.forbidden: <no right> for "it"',
  raisedAt: NOMINAL_AT,
} as const;
const NOTICE: AlarmNotice = { id: "0123456789abcdef", alarms: [FAILED] };
const TWO: AlarmNotice = { ...NOTICE, alarms: [FAILED, { ...FAILED, id: "b", report: "chats", kind: "late" }] };
const SENTENCE = 'calls@2024-03-04T02:00:00Z failed: genesys.forbidden: <no right> for "it"';
const COMMAND = "callsheet runs show calls@2024-03-04T02:00:00Z";
/** A world without a project. */
function worldAt(clock: World["clock"]): World {
  const nothing = (): void => undefined;
  return { env: {}, cwd: tmpdir(), clock, out: nothing, err: nothing, animated: false, signal: never };
}
const never = new AbortController().signal;

test("a mail of an alarm says what, when and why in its subject and its text, and how to see more", async () => {
  const { port, mails } = await openMailBox();
  const from = "Reports <reports@example.com>";
  const mailer = createMailer({ host: "127.0.0.1", port, secure: false, isLocal: true, from, to: ["ann@example.com"] });
  await mailer.sendAlarms(NOTICE, never);
  await mailer.sendAlarms(TWO, never);
  expect(mails.map(({ subject }) => subject)).toEqual(["callsheet: calls failed", "callsheet: 2 alarms: calls, chats"]);
  expect([mails[0]?.messageId, mails[0]?.text?.trim(), mails[0]?.headers.get("auto-submitted")]).toEqual([
    "<0123456789abcdef@example.com>",
    `${SENTENCE}\n\n    ${COMMAND}`,
    "auto-generated",
  ]);
  expect(mails[0]?.html).toContain("failed: genesys.forbidden: &lt;no right&gt; for &quot;it&quot;<br>");
});

test("Slack and Teams get the same words, as text and not as markup", async () => {
  const { url, posts } = await openPostBox();
  for (const kind of ["slack", "teams"] as const)
    await createChat(kind, { url, privateAddresses: true }).sendAlarms(NOTICE, never);
  const [slack, teams] = posts.map(({ body }) => body);
  expect(slack).toContain("failed: genesys.forbidden: &lt;no right&gt;");
  expect(slack).toContain(`\`${COMMAND}\``);
  expect(teams).toContain("failed: genesys.forbidden: \\\\<no right\\\\>");
  expect(teams).toContain(COMMAND);
  expect(JSON.parse(teams ?? "")).toMatchObject({ attachments: [{ content: { actions: [] } }] });
});

test("J5: serve tells its owner by a signed webhook when a report fails, and beats for a switch outside; no secret is told", async () => {
  const [hook, beat] = [await openPostBox(), await openPostBox()];
  const project = await openServeProject({ HOOK_SECRET: "CANARY-hook", BEAT_URL: `${beat.url}/CANARY-beat` }, 0);
  writeFileSync(
    join(project.folder, "callsheet.yaml"),
    `destinations:
  ops-hook: { type: webhook, url: "${hook.url}/alarms", secret: env:HOOK_SECRET, privateAddresses: true }
alarms: { to: [ops-hook], late: 2h, heartbeat: env:BEAT_URL, privateAddresses: true }
`,
  );
  const serve = project.serve();
  await serve.until(/serving: /);
  const at = new Date(Math.ceil(Date.now() / 1000 + 3) * 1000);
  const cron = `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()} ${at.getUTCDate()} ${at.getUTCMonth() + 1} *`;
  writeFileSync(
    join(project.folder, "reports/broken.yaml"),
    `report: broken
timeZone: UTC
interval: 2024-04-01T00:00:00Z/2024-04-25T00:00:00Z
filter: [{ path: routing.queue.name, operator: eq, value: Nowhere }]
groupBy: [routing.queue.name]
measures: [conversation_count]
schedule: { cron: "${cron}" }
`,
  );
  const post = await hook.untilCount(1);
  const { schema, alarms } = JSON.parse(post.body) as { schema: string; alarms: Record<string, string>[] };
  const instant = at.toISOString();
  expect([schema, alarms]).toEqual([
    "callsheet.alarm/1",
    [
      expect.objectContaining({
        kind: "failed",
        report: "broken",
        instant,
        reason: expect.stringContaining("Nowhere"),
        command: `callsheet runs show broken@${instant.replace(".000Z", "Z")}`,
      }),
    ],
  ]);
  const timestamp = String(post.headers["callsheet-timestamp"]);
  const signed = createHmac("sha256", "CANARY-hook").update(`${timestamp}.${post.body}`).digest("hex");
  expect(post.headers["callsheet-signature"]).toBe(`v1=${signed}`);
  await serve.until(/ops-hook was told of failed broken@/);
  expect((await beat.untilCount(1)).path).toBe("/CANARY-beat");
  serve.child.kill("SIGTERM");
  expect(await serve.ended).toBe(143);
  expect(hook.posts).toHaveLength(1);
  const { clientId, clientSecret } = project.simulator;
  for (const secret of ["CANARY", clientId, clientSecret])
    expect([serve.log().includes(secret), post.body.includes(secret)]).toEqual([false, false]);
});

test("a heartbeat comes once a minute at most; one that is not taken is told once, and when it is taken again", async () => {
  const box = await openPostBox([500, 500, 200]);
  const clock = createTestClock();
  const world = worldAt(clock);
  const log: string[] = [];
  const alarms = { to: [], lateMs: 0, heartbeat: `${box.url}/beat`, privateAddresses: true };
  let said = Promise.withResolvers<void>();
  const beat = await wireHeartbeat(alarms, readConfig(undefined, world), world, (message) => {
    log.push(message);
    said.resolve();
  });
  beat();
  beat();
  await said.promise;
  said = Promise.withResolvers<void>();
  clock.advance(60_000);
  beat();
  await box.untilCount(2);
  clock.advance(60_000);
  beat();
  await said.promise;
  const host = new URL(box.url).host;
  expect([box.posts.length, log]).toEqual([
    3,
    [
      `the heartbeat was not taken: ${host} did not take the message (status 500); it goes on`,
      "the heartbeat is taken again",
    ],
  ]);
});

test("alarms.to that names no destination for messages is refused with the nearest one", async () => {
  const project = await startProject({
    centre: fourDays(1),
    files: {
      "callsheet.yaml": `destinations:
  ops-hook: { type: webhook, url: "https://hooks.example.com/a", secret: env:S }
alarms: { to: [ops-hok] }
`,
    },
  });
  const { exitCode, err } = await project.run(["check"]);
  expect([exitCode, err]).toEqual([
    3,
    expect.stringContaining(
      'error config.invalid: alarms.to names "ops-hok", which is no destination that carries messages. Did you mean "ops-hook"?',
    ),
  ]);
});

test("a report that delivers to a destination without links is told what is missing", async () => {
  const project = await startProject({
    centre: fourDays(1),
    env: { S: "secret" },
    files: {
      "callsheet.yaml": `destinations:
  ops-hook: { type: webhook, url: "https://hooks.example.com/a", secret: env:S }
`,
      "reports/calls.yaml": `report: calls
timeZone: UTC
interval: 2024-04-01T00:00:00Z/2024-04-02T00:00:00Z
groupBy: [conversation.media.type]
measures: [conversation_count]
deliver: [ops-hook]
`,
    },
  });
  const { exitCode, err } = await project.run(["run", "calls"]);
  expect([exitCode, err]).toEqual([
    3,
    expect.stringContaining('error config.missing: Destination "ops-hook" does not say whose links it carries'),
  ]);
});
