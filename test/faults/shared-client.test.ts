/** Runs that share an OAuth client on one machine: one token, one refresh, one rate budget; and what if they cannot. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expiredToken } from "../../simulator/faults/token-faults.ts";
import { slowAnswer } from "../../simulator/faults/slow-answer.ts";
import { SYSTEM_CLOCK } from "../../src/cli/world.ts";
import { createTestClock } from "../support/test-clock.ts";
import { DETAILS_QUERY, expectComplete, fourDays, openProject, runIn, runWith } from "./details-report.ts";
import type { Outcome, Project } from "./start-project.ts";

/** What the local store holds would need no token. */
const RUN = ["run", "every-conversation", "--fresh"];

function signIns(project: Project): number {
  return project.simulator.requests.filter(({ host }) => host === "login").length;
}

async function together(project: Project, count: number): Promise<readonly Outcome[]> {
  return await Promise.all(Array.from({ length: count }, async () => await project.run(RUN)));
}

test("a run takes the token of the run before", async () => {
  const project = await openProject({ centre: fourDays(4) });
  expectComplete(await runIn(project), 4);
  expectComplete(await runIn(project), 4);
  expect(signIns(project)).toBe(1);
});

test("A4: runs that begin at the same time sign in once, and a token that ends is renewed once for all of them", async () => {
  // Real time: a clock that jumps would end the claim of the one that signs in before its answer can come.
  const project = await openProject({
    clock: { ...createTestClock(), ...SYSTEM_CLOCK },
    faults: [slowAnswer({ path: "/oauth/token", ms: 30 }), expiredToken({ path: DETAILS_QUERY, nth: 20 })],
  });
  const outcomes = await together(project, 3);
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect(signIns(project)).toBe(2);
});

test("A5: a token that was revoked between two runs costs one request, and is handed to nobody again", async () => {
  const project = await openProject({ centre: fourDays(4) });
  await project.run(RUN);
  project.simulator.revokeTokens();
  const before = project.simulator.requests.length;
  expect((await project.run(RUN)).exitCode).toBe(0);
  expect((await project.run(RUN)).exitCode).toBe(0);
  const since = project.simulator.requests.slice(before);
  expect([signIns(project), since.filter(({ status }) => status === 401).length]).toEqual([2, 1]);
});

test("A1: a wrong secret is refused although another run has a good token", async () => {
  const project = await openProject({ centre: fourDays(4) });
  await project.run(RUN);
  writeFileSync(join(project.folder, "wrong"), "not-the-secret", { mode: 0o600 });
  writeFileSync(join(project.folder, "callsheet.yaml"), "genesys: { clientSecret: 'file:wrong' }\n");
  const refused = await project.run(RUN);
  expect([refused.exitCode, refused.err.includes("error genesys.unauthorized")]).toEqual([4, true]);
});

test("C4: runs at the same time keep to one limit, window after window, without a single 429", async () => {
  const project = await openProject({ rateLimitPerMinute: 10 });
  const outcomes = await together(project, 3);
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  const windows = project.simulator.rateWindows;
  expect(windows.length).toBeGreaterThan(3);
  expect(windows.slice(0, -1).map(({ counted, refused }) => [counted, refused])).toEqual(
    windows.slice(0, -1).map(() => [10, 0]),
  );
});

test("C4: a limit that is halved in the middle of a run wastes few requests, and the next window keeps to it", async () => {
  const halve = { name: "halve", concerns: () => true, applies: (_: unknown, nth: number) => nth === 25 };
  const project = await openProject({ centre: fourDays(2_800), rateLimitPerMinute: 40 });
  project.simulator.faults.add({ ...halve, before: () => project.simulator.setRateLimit(20) });
  expectComplete(await runIn(project), 2_800);
  const [first, second, third] = project.simulator.rateWindows;
  expect([second, third]).toMatchObject([
    { allowed: 20, counted: 20, refused: 0 },
    { allowed: 20, counted: 20, refused: 0 },
  ]);
  const refused = project.simulator.requests.filter(({ status }) => status === 429).length;
  expect(refused).toBe(first?.refused);
  expect(refused / project.simulator.requests.length).toBeLessThan(0.05);
});

test.each([
  ["genesys.share in callsheet.yaml", { "callsheet.yaml": "genesys: { share: 0.5 }\n" }, {}],
  ["CALLSHEET_GENESYS_SHARE", { "callsheet.yaml": "genesys: { share: 1 }\n" }, { CALLSHEET_GENESYS_SHARE: "0.5" }],
])("%s leaves the rest of every window to others", async (_name, files, env) => {
  const project = await openProject({ rateLimitPerMinute: 10, files, env });
  expectComplete(await runIn(project));
  const full = project.simulator.rateWindows.slice(0, -1);
  expect(full.map(({ counted }) => counted)).toEqual(full.map(() => 5));
});

test.each(["0", "1.1", "-1", "much", "NaN"])("a share of %s is refused with the way to write it", async (share) => {
  const byEnv = await runWith([], { env: { CALLSHEET_GENESYS_SHARE: share } });
  expect([byEnv.exitCode, byEnv.err.includes(`Cannot use CALLSHEET_GENESYS_SHARE "${share}"`)]).toEqual([3, true]);
  const byFile = await runWith([], { files: { "callsheet.yaml": `genesys: { share: ${share} }\n` } });
  expect([byFile.exitCode, byFile.err.includes("callsheet.yaml:1:")]).toEqual([3, true]);
});

test("runs that cannot share say so once, and each signs in for itself", async () => {
  const project = await openProject({ centre: fourDays(4) });
  mkdirSync(join(project.folder, ".callsheet"));
  writeFileSync(join(project.folder, ".callsheet", "clients"), "");
  const runs = [await runIn(project), await runIn(project)];
  for (const run of runs) {
    expectComplete(run, 4);
    expect(run.err.match(/Note: cannot share the token and the rate limit with other runs/g)).toHaveLength(1);
  }
  expect(signIns(project)).toBe(2);
});

test("the token stands in the private file only: no output and no other file has it", async () => {
  const project = await openProject({ centre: fourDays(4) });
  const run = await runIn(project);
  const clients = join(project.folder, ".callsheet", "clients");
  const [file = ""] = readdirSync(clients).filter((name) => name.endsWith(".sqlite"));
  const token = /"text":"([^"]+)"/.exec(readFileSync(join(clients, file), "latin1"))?.[1] ?? "";
  expect(token.length).toBeGreaterThan(20);
  expect(run.out + run.err).not.toContain(token);
  for (const entry of readdirSync(project.folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath === clients) continue;
    expect(readFileSync(join(entry.parentPath, entry.name), "latin1")).not.toContain(token);
  }
});
