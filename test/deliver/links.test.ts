// Links after the run that made them: delivered again, renewed, revoked, and each of them on record, without the link.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { failsInternally } from "../../simulator/object-store/misbehaviour.ts";
import type { BucketHandle } from "../../simulator/object-store/bucket-handle.ts";
import { CALLS_REPORT, configWithArchive, openProject, type Outcome, type Project } from "../support/run-report.ts";

const TOLD = z.object({
  runId: z.string(),
  deliveries: z.array(
    z.object({
      artifact: z.string(),
      destination: z.string(),
      key: z.string(),
      url: z.string(),
      expiresAt: z.string(),
    }),
  ),
});
type Told = z.infer<typeof TOLD>;

let project: Project;
beforeEach(async () => {
  project = await openProject({
    objectStore: {},
    files: {
      "callsheet.yaml": configWithArchive(),
      "reports/calls.yaml": `${CALLS_REPORT}deliver: [archive]\n`,
      "reports/kept.yaml": CALLS_REPORT.replace("report: calls", "report: kept"),
    },
  });
});
afterEach(async () => await project.close());

const told = ({ out }: Outcome): Told => TOLD.parse(JSON.parse(out));
const urlOf = ({ deliveries }: Told, file: string): string =>
  deliveries.find(({ artifact }) => artifact === file)?.url ?? "";
const opens = async (url: string): Promise<number> => (await fetch(url)).status;
const bucket = (): BucketHandle => {
  if (project.objectStore === undefined) throw new Error("The store was not started");
  return project.objectStore.buckets.get("genesys-analytics-reports");
};
const manifestOf = (runId: string): { deliveries: Record<string, unknown>[] } =>
  JSON.parse(project.read(`.callsheet/runs/${runId}/manifest.json`));
const record = (): Record<string, unknown>[] =>
  project
    .read(".callsheet/links.ndjson")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

async function run(): Promise<Told> {
  const outcome = await project.callsheet(["run", "calls", "--json"]);
  expect(outcome.err).not.toContain("error");
  return told(outcome);
}

describe("deliver", () => {
  test("hands out fresh links to the same objects, and the manifest keeps one account of each", async () => {
    const first = await run();
    const keys = bucket().keys().sort();
    const again = told(await project.callsheet(["deliver", first.runId, "--json"]));
    expect(again.deliveries.map(({ key }) => key)).toEqual(first.deliveries.map(({ key }) => key));
    expect(bucket().keys().sort()).toEqual(keys);
    expect(await Promise.all(again.deliveries.map(({ url }) => opens(url)))).toEqual([200, 200]);
    const { deliveries } = manifestOf(first.runId);
    expect(deliveries.map(({ artifact }) => artifact)).toEqual(["calls.csv", "calls.json"]);
    expect(JSON.stringify(deliveries)).not.toMatch(/https?:|Signature=/);
  });

  test("R-80: ends a delivery that the store interrupted, without asking Genesys Cloud again", async () => {
    const end = project.objectStore?.misbehave(failsInternally(Number.POSITIVE_INFINITY, "PutObject"));
    const failed = await project.callsheet(["run", "calls", "--json"]);
    expect(failed.exitCode).toBe(10);
    end?.();
    const runId = /--resume (\S+)/.exec(failed.err)?.[1] ?? "";
    const asked = project.simulator.requests.length;
    const { exitCode, out } = await project.callsheet(["deliver", runId]);
    expect([exitCode, project.simulator.requests.length]).toEqual([0, asked]);
    expect(out).toContain("link  calls.csv at archive, until ");
    const { out: shown } = await project.callsheet(["runs", "show", runId]);
    expect(shown).toMatch(/^state +done$/m);
    expect(project.files().filter((name) => name.includes("/pages/"))).toEqual([]);
  });

  test("delivers elsewhere with --to, and says so when a report is delivered nowhere", async () => {
    const { out } = await project.callsheet(["run", "kept", "--json"]);
    const { runId } = z.object({ runId: z.string() }).parse(JSON.parse(out));
    const nowhere = await project.callsheet(["deliver", runId]);
    expect(nowhere.err).toContain(`error config.missing: The report of run ${runId} is delivered nowhere\n`);
    const { exitCode } = await project.callsheet(["deliver", runId, "--to", "archive"]);
    expect([exitCode, bucket().keys().length]).toEqual([0, 3]);
  });

  test.each([
    { name: "an unknown run", args: ["deliver", "calls-1"], says: "There is no run calls-1" },
    {
      name: "an unknown destination",
      args: ["deliver", "RUN", "--to", "archiv"],
      says: 'There is no destination "archiv"',
    },
    {
      name: "an unknown file",
      args: ["link", "RUN", "cals.csv"],
      says: 'delivered no cals.csv. Did you mean "calls.csv"?',
    },
    {
      name: "a life beyond seven days",
      args: ["link", "RUN", "calls.csv", "--for", "8d"],
      says: 'Cannot use --for "8d"',
    },
    {
      name: "another destination",
      args: ["link", "RUN", "calls.csv", "--at", "archiv"],
      says: 'Did you mean "archive"?',
    },
  ])("K6: $name is refused with one message", async ({ args, says }) => {
    const { runId } = await run();
    const { err, exitCode } = await project.callsheet(args.map((arg) => (arg === "RUN" ? runId : arg)));
    expect(err).toContain(says);
    expect(exitCode).toBe(3);
  });

  test("a run that was blocked by its checks is not delivered, not even by name", async () => {
    project.write(
      "reports/calls.yaml",
      `${CALLS_REPORT}deliver: [archive]\nexpect:\n  - { check: rows_between, min: 100000, action: block }\n`,
    );
    const blocked = await project.callsheet(["run", "calls"]);
    expect(blocked.err).toContain("error run.check_failed");
    const runId = /runs show (\S+?)`/.exec(blocked.err)?.[1] ?? "";
    const { err, exitCode } = await project.callsheet(["deliver", runId, "--to", "archive"]);
    expect(err).toContain("error run.check_failed: ");
    expect([exitCode, bucket().keys()]).toEqual([8, []]);
  });

  test("a file that was changed since the run is not delivered", async () => {
    const { runId } = await run();
    project.write(`.callsheet/runs/${runId}/artifacts/calls.csv`, "other figures");
    for (const key of bucket().keys()) await bucket().put(key, "x");
    const { err, exitCode } = await project.callsheet(["deliver", runId]);
    expect(err).toContain("error s3.checksum_mismatch");
    expect(exitCode).toBe(10);
  });
});

describe("link", () => {
  test("R-84: gives a fresh link of the life that was asked for, and leaves the earlier ones", async () => {
    const first = await run();
    const { out } = await project.callsheet(["link", first.runId, "calls.csv", "--for", "10m", "--json"]);
    const fresh = TOLD.parse(JSON.parse(out));
    expect(fresh.deliveries).toHaveLength(1);
    const url = new URL(urlOf(fresh, "calls.csv"));
    expect(url.searchParams.get("X-Amz-Expires")).toBe("600");
    expect(await (await fetch(url)).text()).toBe(project.read(`.callsheet/runs/${first.runId}/artifacts/calls.csv`));
    expect(await opens(urlOf(first, "calls.csv"))).toBe(200);
    expect(manifestOf(first.runId).deliveries).toHaveLength(2);
  });

  test("K10: gives none when the bucket has become public since", async () => {
    const { runId } = await run();
    bucket().set({ ownership: "ObjectWriter", acl: "public-read" });
    const { err, out, exitCode } = await project.callsheet(["link", runId, "calls.csv"]);
    expect([exitCode, out]).toEqual([11, ""]);
    expect(err).toContain("\nV08 ");
  });
});

describe("revoke", () => {
  test("R-84: removes the object behind every link, says what that cannot do, and leaves the other files", async () => {
    const first = await run();
    const { out, exitCode } = await project.callsheet(["link", "revoke", first.runId, "calls.csv"]);
    expect(exitCode).toBe(0);
    expect(out).toBe(`revoked  calls.csv at archive: the object is gone, and a link to it is refused (tried: 404)
  No link to this file opens it any more, whoever holds it; other files of the run keep their links.
  It calls back nothing that was opened before, and no copy that the store makes by itself (replicas, backups).
  Delivering the same content again puts it back under its key; unless the bucket keeps versions, an old link opens it then until its end.
`);
    expect(await opens(urlOf(first, "calls.csv"))).toBe(404);
    expect(await opens(urlOf(first, "calls.json"))).toBe(200);
    expect(bucket().keys()).toEqual([first.deliveries.find(({ artifact }) => artifact === "calls.json")?.key]);
    const again = await project.callsheet(["link", first.runId, "calls.csv"]);
    expect(again.err).toMatch(
      /error config.missing: calls.csv of run \S+ is no longer at archive: it was revoked at 20/,
    );
  });

  test("what it says of delivering again is true", async () => {
    const first = await run();
    await project.callsheet(["link", "revoke", first.runId, "calls.csv"]);
    await project.callsheet(["deliver", first.runId]);
    expect(await opens(urlOf(first, "calls.csv"))).toBe(200);
  });

  test("in a bucket that keeps versions the very version goes, and an old link stays shut when it is delivered again", async () => {
    bucket().set({ versioning: "Enabled" });
    const first = await run();
    await project.callsheet(["link", "revoke", first.runId, "calls.csv"]);
    expect(await opens(urlOf(first, "calls.csv"))).toBe(404);
    const again = told(await project.callsheet(["deliver", first.runId, "--json"]));
    expect(await opens(urlOf(again, "calls.csv"))).toBe(200);
    expect(await opens(urlOf(first, "calls.csv"))).toBe(404);
  });

  test("says so when the store keeps what it was told to remove", async () => {
    const first = await run();
    project.objectStore?.misbehave({
      name: "keeps deleted objects",
      replace: ({ operation }) => (operation === "DeleteObject" ? { status: 204, headers: {}, body: "" } : undefined),
    });
    const { err, exitCode } = await project.callsheet(["link", "revoke", first.runId, "calls.csv"]);
    expect(err).toContain(
      "error s3.unavailable: The object of calls.csv was removed at archive, yet a link to it still opens",
    );
    expect(exitCode).toBe(10);
  });
});

describe("the access record", () => {
  test("R-77, R-84: says who was handed what, when and until when, and never holds a link", async () => {
    const { runId, deliveries } = await run();
    await project.callsheet(["link", runId, "calls.csv", "--for", "10m"]);
    await project.callsheet(["link", "revoke", runId, "calls.csv"]);
    expect(record()).toMatchObject([
      { event: "handed_out", how: "run", runId, report: "calls", destination: "archive", artifact: "calls.csv" },
      {
        event: "handed_out",
        how: "run",
        artifact: "calls.json",
        key: deliveries[1]?.key,
        until: deliveries[1]?.expiresAt,
      },
      { event: "handed_out", how: "link", artifact: "calls.csv", by: expect.stringMatching(/./) },
      { event: "revoked", how: "link", artifact: "calls.csv" },
    ]);
    expect(project.read(".callsheet/links.ndjson")).not.toMatch(/https?:|X-Amz|Signature/);
    const { out } = await project.callsheet(["link", "list", runId]);
    expect(out.trim().split("\n")).toHaveLength(4);
    expect(out).toMatch(/^20\S+Z {2}revoked {5}calls.csv at archive {2}/m);
  });

  test("a link that cannot be recorded is not shown", async () => {
    project.write(".callsheet/links.ndjson/x", "a folder is in the way");
    const { out, err, exitCode } = await project.callsheet(["run", "calls"]);
    expect(err).toContain("error disk.unwritable");
    expect([exitCode, out]).toEqual([9, ""]);
  });

  test("lines that were cut are left out", async () => {
    const { runId } = await run();
    project.write(".callsheet/links.ndjson", `${project.read(".callsheet/links.ndjson")}{"at":"2024`);
    const { out } = await project.callsheet(["link", "list", runId, "--json"]);
    expect(JSON.parse(out)).toHaveLength(2);
  });
});
