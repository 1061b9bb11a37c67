// What is kept and what goes, as the policy of a project says: shown first, then removed, and never what is held,
// running, or the last good one.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { failsInternally } from "../../simulator/object-store/misbehaviour.ts";
import type { BucketHandle } from "../../simulator/object-store/bucket-handle.ts";
import { takeLock } from "../../src/disk/run-lock.ts";
import { CALLS_REPORT, configWithArchive, openProject, type Outcome, type Project } from "../support/run-report.ts";
import { createTestClock } from "../support/test-clock.ts";

const DAY_MS = 86_400_000;
const POLICY = "retention: { keep: 1, objects: 30d }\nstore: { retention: 40d }\n";
const PRUNED = z.object({
  dryRun: z.boolean(),
  runs: z.array(z.string()),
  objects: z.array(z.object({ destination: z.string(), artifact: z.string(), key: z.string() })),
  store: z.object({ days: z.int(), conversations: z.int() }),
});

let project: Project;
beforeEach(async () => {
  project = await openProject({
    objectStore: {},
    files: {
      "callsheet.yaml": `${configWithArchive()}  shelf: { type: disk, folder: shelf }\n`,
      "reports/calls.yaml": `${CALLS_REPORT}deliver: [archive, shelf]\n`,
    },
  });
});
afterEach(async () => await project.close());

const bucket = (): BucketHandle => {
  if (project.objectStore === undefined) throw new Error("The store was not started");
  return project.objectStore.buckets.get("genesys-analytics-reports");
};
const configure = (policy: string): void =>
  project.write("callsheet.yaml", `${configWithArchive()}  shelf: { type: disk, folder: shelf }\n${policy}`);
const later = async (args: readonly string[], days: number): Promise<Outcome> =>
  await project.callsheet(args, { clock: createTestClock(Date.now() + days * DAY_MS) });
const prune = async (days: number, ...args: string[]): Promise<z.infer<typeof PRUNED>> => {
  const { out, exitCode } = await later(["prune", "--json", ...args], days);
  expect(exitCode).toBe(0);
  return PRUNED.parse(JSON.parse(out));
};
const shelf = (): string[] => project.files().filter((name) => name.startsWith("shelf/"));

/** Two runs with other windows, a minute apart, the older one first; links are signed for now, so not longer apart. */
async function runTwice(): Promise<{ older: string; newer: string }> {
  const ids: string[] = [];
  for (const interval of ["2024-03-01/2024-03-10", "2024-03-10/2024-03-20"]) {
    const { out, err } = await project.callsheet(["run", "calls", "--json", "--interval", interval], {
      clock: createTestClock(Date.now() - (1 - ids.length) * 60_000),
    });
    expect(err).toBe("");
    ids.push(z.object({ runId: z.string() }).parse(JSON.parse(out)).runId);
  }
  const [older = "", newer = ""] = ids;
  return { older, newer };
}

describe("prune", () => {
  test("R-84: shows what would go, then removes it: delivered files with their seals, runs, stored days", async () => {
    const { older, newer } = await runTwice();
    configure(POLICY);
    const before = { keys: bucket().keys(), files: project.files() };
    const shown = await prune(50, "--dry-run");
    expect(shown).toMatchObject({ dryRun: true, runs: [older] });
    expect(shown.objects).toHaveLength(4);
    expect(shown.store.days).toBeGreaterThan(0);
    expect({ keys: bucket().keys(), files: project.files() }).toEqual(before);

    expect(await prune(50)).toEqual({ ...shown, dryRun: false });
    expect(project.files().some((name) => name.includes(older))).toBe(false);
    expect(project.files().some((name) => name.includes(newer))).toBe(true);
    expect([bucket().keys().length, shelf().length]).toEqual([3, 3]);
    expect(
      bucket()
        .keys()
        .every((key) => key.includes("20240310T000000Z_20240320T000000Z")),
    ).toBe(true);
    expect(project.files().some((name) => name.includes(".parquet"))).toBe(false);
    expect(await prune(51)).toMatchObject({ runs: [], objects: [], store: { days: 0 } });
    const { out } = await project.callsheet(["link", "list"]);
    expect(out.match(/ removed {5}calls\./g)).toHaveLength(4);
  });

  test("never removes the last good run and its delivery, however old", async () => {
    const { newer } = await runTwice();
    configure("retention: { days: 1, objects: 1d }\n");
    await prune(3000);
    expect(project.files().some((name) => name.includes(newer))).toBe(true);
    expect(bucket().keys()).toHaveLength(3);
  });

  test.each([
    { name: "a report", hold: "reports: [calls]" },
    { name: "a run", hold: "runs: [OLDER]" },
  ])("keeps what is held as $name, files and folder, and says so", async ({ hold }) => {
    const { older } = await runTwice();
    configure(`retention: { keep: 1, objects: 30d, hold: { ${hold.replace("OLDER", older)} } }\n`);
    const { err } = await later(["prune"], 500);
    expect(err).toMatch(/^Note: held: calls/m);
    expect(project.files().some((name) => name.includes(older))).toBe(true);
    expect([bucket().keys().length, shelf().length]).toEqual([6, 6]);
  });

  test("a held store keeps its days, also from `store prune`", async () => {
    await runTwice();
    configure("store: { retention: 1d }\nretention: { hold: { store: true } }\n");
    expect((await prune(500)).store.days).toBe(0);
    const { out, err } = await later(["store", "prune"], 500);
    expect(out).toContain("0 stored days removed");
    expect(err).toContain("the store is held");
  });

  test("leaves everything of a report that a run is at work on", async () => {
    const { older } = await runTwice();
    configure(POLICY);
    const release = takeLock(`${project.folder}/.callsheet/runs/${older}/lock`);
    const { runs, objects } = await prune(50);
    release?.();
    expect([runs, objects]).toEqual([[], []]);
  });

  test("without a policy removes no run and no file, and says what is missing", async () => {
    await runTwice();
    const { out, err } = await later(["prune"], 20);
    expect(out).toBe("removed: 0 runs, 0 delivered files, 0 stored days (0 conversations)\n");
    expect(err).toContain("Note: all runs are kept: retention has neither keep nor days\n");
    expect(err).toContain("Note: all delivered files are kept: retention has no objects\n");
  });

  test("a destination that refuses stops it before runs go, and the next one ends it", async () => {
    const { older } = await runTwice();
    configure(POLICY);
    const end = project.objectStore?.misbehave(failsInternally(Number.POSITIVE_INFINITY, "DeleteObject"));
    expect((await later(["prune"], 50)).exitCode).toBe(10);
    expect(project.files().some((name) => name.includes(older))).toBe(true);
    end?.();
    const { runs, objects } = await prune(50);
    expect([runs, objects.length]).toEqual([[older], 4]);
  });

  test("files of a destination that is no longer configured are left, with a note", async () => {
    await runTwice();
    project.write("callsheet.yaml", `destinations:\n  shelf: { type: disk, folder: shelf }\n${POLICY}`);
    const { err, exitCode } = await later(["prune"], 50);
    expect(exitCode).toBe(0);
    expect(err).toContain('Note: old files at "archive" are left');
    expect([bucket().keys().length, shelf().length]).toEqual([6, 3]);
  });
});
