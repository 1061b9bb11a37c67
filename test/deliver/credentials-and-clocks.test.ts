// Credentials that end in the middle, from the SDK's own chain; and clocks that differ between this machine and the store.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { User } from "../../simulator/object-store/users.ts";
import { createTestClock } from "../support/test-clock.ts";
import { checkOf, type DestinationOptions, FILES, type OpenDestination, openDestination } from "./open-destination.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closers.splice(0)) await close();
});

async function opened(options?: DestinationOptions): Promise<OpenDestination> {
  const destination = await openDestination(options);
  closers.push(() => destination.close());
  return destination;
}

const HOUR_MS = 3_600_000;
const user = (number: number): User => ({
  name: "role",
  accountId: "111122223333",
  accessKeyId: `ASIAROLE${number}`,
  secretAccessKey: `the secret of session ${number}`,
  sessionToken: `token-${number}`,
});

/** What gives credentials to a container: the next session for each question, the last one again and again. */
async function openRole(sessions: number): Promise<{ readonly asked: () => number; readonly endsAt: string }> {
  let asked = 0;
  const endsAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 2 * HOUR_MS).toISOString();
  const server: Server = createServer((_, response) => {
    asked += 1;
    const { accessKeyId, secretAccessKey, sessionToken } = user(Math.min(asked, sessions));
    const told = {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
      Expiration: endsAt,
    };
    response.end(JSON.stringify(told));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
  return { asked: () => asked, endsAt };
}

describe("K4: a session that ends in the middle", () => {
  /** Ends the first session as soon as the store sees such a request. */
  async function endingAt(operation: string, sessions: number) {
    const role = await openRole(sessions);
    const destination = await opened({ usesChain: true, store: { users: [user(1), user(2)] } });
    let hasEnded = false;
    destination.simulated.misbehave({
      name: "ends the session",
      replace: (occasion) => {
        if (occasion.operation === operation) hasEnded = true;
        return undefined;
      },
      resets: () => {
        if (hasEnded) destination.simulated.users.set({ ...user(1), expiresAt: 0 });
        return false;
      },
    });
    return { ...role, ...destination };
  }

  test.each(["HeadBucket", "PutObject", "HeadObject"])(
    "after %s is renewed once, and the delivery ends well",
    async (operation) => {
      const { deliver, asked, simulated } = await endingAt(operation, 2);
      const deliveries = await deliver();
      expect(deliveries.map(({ verdict }) => verdict.proved)).toEqual([true, true]);
      expect(asked()).toBe(2);
      expect(simulated.requests.some(({ code }) => code === "ExpiredToken")).toBe(true);
      expect(await (await fetch(deliveries[0]?.url ?? "")).text()).toBe(FILES["calls.csv"]);
    },
  );

  test("is told with its end where there are no others", async () => {
    const { refusal, asked, endsAt } = await endingAt("HeadBucket", 1);
    const error = await refusal();
    expect(error).toMatchObject({
      code: "s3.access_denied",
      message: `The object store says that the credentials have ended (ExpiredToken; by their own word they end at ${endsAt})`,
      hint: "Renew them, then run again.",
    });
    expect(asked()).toBeGreaterThan(1);
  });
});

describe("K11: clocks that differ", () => {
  test.each([
    { name: "an hour ahead", aheadMs: HOUR_MS, says: "3600 seconds ahead of this machine's" },
    { name: "two hours behind", aheadMs: -2 * HOUR_MS, says: "7200 seconds behind this machine's" },
  ])("a store $name dates the links, and the verdict says so", async ({ aheadMs, says }) => {
    const clock = createTestClock(Math.floor(Date.now() / 1000) * 1000);
    const { deliver } = await opened({ clock, store: { now: () => clock.now() + aheadMs }, linkLifetimeSeconds: 1200 });
    const [csv] = await deliver();
    expect(csv?.verdict.proved).toBe(true);
    expect(csv && checkOf(csv, "V24").fact).toContain(`dated by the store's clock, ${says}`);
    const endsAt = Date.parse(csv?.expiresAt ?? "");
    expect(endsAt).toBe(clock.now() + aheadMs + 1_200_000);
    clock.jump(1_199_000);
    expect((await fetch(csv?.url ?? "")).status).toBe(200);
    clock.jump(1000);
    expect((await fetch(csv?.url ?? "")).status).toBe(403);
  });

  test("a few seconds are no difference: links are dated by this machine", async () => {
    const clock = createTestClock(Math.floor(Date.now() / 1000) * 1000);
    const { deliver } = await opened({ clock, store: { now: () => clock.now() + 5_000 } });
    const [csv] = await deliver();
    expect(csv && checkOf(csv, "V24").fact).not.toContain("clock");
    expect(csv?.expiresAt).toBe(new Date(clock.now() + HOUR_MS).toISOString());
  });

  test("credentials end by the store's clock", async () => {
    const clock = createTestClock(Math.floor(Date.now() / 1000) * 1000);
    const expiration = new Date(clock.now() + 2 * HOUR_MS);
    const { deliver } = await opened({
      clock,
      store: { now: () => clock.now() + HOUR_MS, users: [{ ...user(1), expiresAt: expiration.getTime() }] },
      connection: { credentials: { ...user(1), sessionToken: "token-1", expiration } },
      linkLifetimeSeconds: 4000,
    });
    const [csv] = await deliver();
    expect(csv?.shortened).toBe("shortened from 4000 to 3600 seconds: the credentials end before");
    expect(csv?.expiresAt).toBe(expiration.toISOString());
  });
});
