import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Clock } from "../domain/clock.ts";
import type { Directory, Entity } from "../domain/directory.ts";
import type { NameSource } from "../runs/name-source.ts";
import { cacheNames } from "./cache-names.ts";

const SALES = { id: "1", name: "Sales" };
const BILLING = { id: "2", name: "Billing" };
const MINUTE_MS = 60_000;
const NEVER = new AbortController().signal;

interface World {
  readonly statePath: string;
  /** Moves the clock, also back. */
  pass(durationMs: number): void;
  now(): number;
  /** What the service would list now. */
  listed: readonly Entity[];
  /** How often it was asked. */
  asked: number;
  open(clientId?: string): NameSource;
}

function createWorld(): World {
  const statePath = mkdtempSync(join(tmpdir(), "callsheet-names-"));
  onTestFinished(() => rmSync(statePath, { recursive: true, force: true }));
  let now = Date.UTC(2024, 4, 20, 12);
  const clock: Clock = { now: () => now, elapsed: () => now, sleep: () => Promise.resolve() };
  const world: World = {
    statePath,
    pass(durationMs) {
      now += durationMs;
    },
    now: () => now,
    listed: [SALES],
    asked: 0,
    open: (clientId = "client") => cacheNames(service, { statePath, clientId, apiUrl: "https://api.example" }, clock),
  };
  const service: NameSource = {
    read(kinds) {
      world.asked += 1;
      return Promise.resolve({ directory: Object.fromEntries(kinds.map((kind) => [kind, world.listed])) });
    },
  };
  return world;
}

async function queues(source: NameSource, fresh?: boolean): Promise<Directory["queue"]> {
  return (await source.read(["queue"], NEVER, fresh)).directory.queue;
}

test("cacheNames() asks once for several runs, says since when it has the names, and asks again after 15 minutes", async () => {
  const world = createWorld();
  const readAt = world.now();
  expect(await world.open().read(["queue"], NEVER)).toEqual({ directory: { queue: [SALES] } });
  world.pass(14 * MINUTE_MS);
  world.listed = [BILLING];
  expect(await world.open().read(["queue"], NEVER)).toEqual({ directory: { queue: [SALES] }, keptSince: readAt });
  expect(world.asked).toBe(1);

  world.pass(MINUTE_MS);
  expect(await queues(world.open())).toContainEqual(BILLING);
  expect(world.asked).toBe(2);
});

test("cacheNames() asks at once when it is told to, and when the clock has gone back", async () => {
  const world = createWorld();
  await queues(world.open());
  await queues(world.open(), true);
  expect(world.asked).toBe(2);
  world.pass(-60 * MINUTE_MS);
  await queues(world.open());
  expect(world.asked).toBe(3);
});

test("B6: cacheNames() still knows the name of a queue that was deleted, as departed, until it is back", async () => {
  const world = createWorld();
  world.listed = [SALES, BILLING];
  await queues(world.open());
  world.listed = [SALES];
  expect(await queues(world.open(), true)).toEqual([SALES, { ...BILLING, departed: true }]);
  world.listed = [{ ...BILLING, name: "Invoices" }];
  expect(await queues(world.open(), true)).toEqual([
    { ...BILLING, name: "Invoices" },
    { ...SALES, departed: true },
  ]);
});

test("cacheNames() keeps the listings of each client apart, for the user's eyes only", async () => {
  const world = createWorld();
  await queues(world.open("one"));
  world.listed = [BILLING];
  expect(await queues(world.open("two"))).toEqual([BILLING]);
  const folder = join(world.statePath, "names");
  expect(readdirSync(folder)).toHaveLength(2);
  expect(readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o700, 0o700]);
});

test("cacheNames() reads anew what was cut, spoiled, or written by another version", async () => {
  const world = createWorld();
  await queues(world.open());
  const [owner = ""] = readdirSync(join(world.statePath, "names"));
  const file = join(world.statePath, "names", owner, "queue.json");
  const whole = readFileSync(file, "utf8");
  for (const text of [
    "",
    whole.slice(0, -5),
    whole.replace("names/1", "names/2"),
    whole.replace('"Sales"', "7"),
    "7",
  ]) {
    writeFileSync(file, text);
    world.asked = 0;
    expect(await queues(world.open()), text).toEqual([SALES]);
    expect(world.asked, text).toBe(1);
  }
});

test("cacheNames() lets several processes keep the same listing at the same time", async () => {
  const world = createWorld();
  const at20Processes = Array.from({ length: 20 }, async () => await queues(world.open(), true));
  expect(await Promise.all(at20Processes)).toEqual(Array.from({ length: 20 }, () => [SALES]));
  expect(await queues(world.open())).toEqual([SALES]);
  const [owner = ""] = readdirSync(join(world.statePath, "names"));
  expect(readdirSync(join(world.statePath, "names", owner))).toEqual(["queue.json"]);
});
