import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type ClientStore, UNKNOWN_CLIENT } from "../domain/client-store.ts";
import type { Clock } from "../domain/clock.ts";
import { createOwnClientStore, sharedOrOwn } from "../genesys/own-client-store.ts";
import type { ClientIdentity } from "../domain/client-store.ts";
import { createClientStore } from "./create-client-store.ts";

const CLIENT: ClientIdentity = {
  loginUrl: "https://login.example.test",
  apiUrl: "https://api.example.test",
  clientId: "the-client",
  clientSecret: "the-secret",
};
const CLOCK: Clock = { now: () => 0, elapsed: () => 42, sleep: async () => undefined };

function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "callsheet-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function open(folder: string, client = CLIENT): ClientStore {
  const store = createClientStore(folder, client, CLOCK);
  onTestFinished(() => store.close());
  return store;
}

async function use(store: ClientStore): Promise<number> {
  return await store.update((state) => {
    const used = state.rate.used + 1;
    return { state: { ...state, rate: { ...state.rate, used } }, answer: used };
  });
}

test("update() hands the state and the clock to the step, and the result to the next one, whoever takes it", async () => {
  const folder = stateFolder();
  const [here, there] = [open(folder), open(folder)];
  expect(await here.update((state, now) => ({ state, answer: [state, now] }))).toEqual([UNKNOWN_CLIENT, 42]);
  expect([await use(here), await use(there), await use(here)]).toEqual([1, 2, 3]);
});

test("a step that throws changes nothing and locks nobody out", async () => {
  const folder = stateFolder();
  const [here, there] = [open(folder), open(folder)];
  const failing = here.update(() => {
    throw new Error("a step that fails");
  });
  await expect(failing).rejects.toThrow("a step that fails");
  expect([await use(there), await use(here)]).toEqual([1, 2]);
});

test("only the owner can read the files, and their names tell neither client nor secret", async () => {
  const folder = stateFolder();
  await use(open(folder));
  const files = readdirSync(join(folder, "clients"));
  expect(files.length).toBeGreaterThan(1);
  expect(statSync(join(folder, "clients")).mode & 0o777).toBe(0o700);
  for (const file of files) {
    expect(statSync(join(folder, "clients", file)).mode & 0o777).toBe(0o600);
    expect(file).toMatch(/^[0-9a-f]{32}\.sqlite(-wal|-shm)?$/);
  }
});

test.each(["loginUrl", "apiUrl", "clientId", "clientSecret"] as const)(
  "another %s is another client",
  async (member) => {
    const folder = stateFolder();
    expect([await use(open(folder)), await use(open(folder, { ...CLIENT, [member]: "another" }))]).toEqual([1, 1]);
  },
);

test("a state that another version has written is begun anew", async () => {
  const folder = stateFolder();
  const store = open(folder);
  await use(store);
  await store.update((state) => ({ state: { ...state, rate: { ...state.rate, used: -1 } }, answer: undefined }));
  expect(await use(store)).toBe(1);
});

test("a process that is killed in the middle of a step locks nobody out, and what it had not finished is gone", async () => {
  const folder = stateFolder();
  const store = open(folder);
  await use(store);
  const [file = ""] = readdirSync(join(folder, "clients")).filter((name) => name.endsWith(".sqlite"));
  const child = spawn(process.execPath, [
    "--no-warnings",
    "--eval",
    `const { DatabaseSync } = require("node:sqlite");
     const database = new DatabaseSync(${JSON.stringify(join(folder, "clients", file))});
     database.exec("BEGIN IMMEDIATE; DELETE FROM client");
     console.log("inside");
     setInterval(() => {}, 1000);`,
  ]);
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await use(store)).toBe(2);
});

test("sharedOrOwn() tells once that the file is damaged, and goes on alone", async () => {
  const folder = stateFolder();
  await use(open(folder));
  const [file = ""] = readdirSync(join(folder, "clients")).filter((name) => name.endsWith(".sqlite"));
  const other = stateFolder();
  createClientStore(other, CLIENT, CLOCK).close();
  writeFileSync(join(other, "clients", file), "no database at all, but long enough to be looked at as one".repeat(20));
  const reasons: unknown[] = [];
  const store = sharedOrOwn(
    () => createClientStore(other, CLIENT, CLOCK),
    createOwnClientStore(CLOCK),
    (reason) => reasons.push(reason),
  );
  expect([await use(store), await use(store)]).toEqual([1, 2]);
  expect(reasons).toHaveLength(1);
  store.close();
});
