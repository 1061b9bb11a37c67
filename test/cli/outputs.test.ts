// What other people's scripts read of a run: stdout, the JSON answer, the manifest, the files.

import { createHash } from "node:crypto";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CALLS_REPORT, configWithArchive, openProject, type Project } from "../support/run-report.ts";

let project: Project;
beforeEach(async () => {
  project = await openProject({
    objectStore: true,
    files: {
      "callsheet.yaml": configWithArchive(),
      "reports/calls.yaml": CALLS_REPORT,
      "reports/sent.yaml": `${CALLS_REPORT.replace("calls", "sent")}deliver: [archive]\n`,
    },
  });
});
afterEach(async () => await project.close());

/** Keys of an object and of what it holds, for comparing shapes: lists show their first entry. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, shape(entry)]));
  return value === null ? "null" : typeof value;
}

const ARTIFACT = {
  name: "string",
  format: "string",
  path: "string",
  rows: "number",
  bytes: "number",
  sha256: "string",
};
const VERDICT = {
  policy: "string",
  proved: "boolean",
  checks: [{ id: "string", question: "string", result: "string", fact: "string", call: "string", at: "string" }],
};
const DELIVERY = {
  destination: "string",
  artifact: "string",
  key: "string",
  manifestKey: "string",
  expiresAt: "string",
  verdict: VERDICT,
};

describe("run --json", () => {
  test("prints one object of the documented shape, and nothing else on stdout", async () => {
    const { exitCode, out } = await project.callsheet(["run", "sent", "--json"]);
    expect(exitCode).toBe(0);
    expect(shape(JSON.parse(out))).toEqual({
      runId: "string",
      status: "string",
      completeness: "string",
      revision: "number",
      artifacts: [ARTIFACT],
      deliveries: [{ ...DELIVERY, url: "string" }],
    });
  });

  test("R-64: names files whose size, checksum and rows are true, and the manifest agrees with it", async () => {
    const { out } = await project.callsheet(["run", "sent", "--json"]);
    const { runId, artifacts } = JSON.parse(out) as {
      runId: string;
      artifacts: { name: string; path: string; bytes: number; sha256: string; rows: number }[];
    };
    expect(artifacts.map(({ name }) => name)).toEqual(["sent.csv", "sent.json"]);
    for (const { path, bytes, sha256, rows, name } of artifacts) {
      const text = project.read(path.slice(project.folder.length + 1));
      expect(statSync(path).size).toBe(bytes);
      expect(createHash("sha256").update(text).digest("hex")).toBe(sha256);
      expect(name.endsWith("json") ? (JSON.parse(text) as unknown[]).length : text.trim().split("\n").length - 1).toBe(
        rows,
      );
    }
    const manifest: unknown = JSON.parse(project.read(`.callsheet/runs/${runId}/manifest.json`));
    expect(manifest).toMatchObject({ runId, artifacts });
    expect(shape(manifest)).toEqual({
      schema: "string",
      runId: "string",
      report: "string",
      title: "string",
      definitionHash: "string",
      version: "string",
      interval: "string",
      timeZone: "string",
      revision: "number",
      source: "string",
      timeBasis: "string",
      filter: "string",
      completeness: "string",
      reasons: [],
      dataUntil: "string",
      namesAsOf: "string",
      settledUntil: "string",
      slices: [
        {
          slice: "string",
          interval: "string",
          requests: "number",
          received: "number",
          totalHits: "number",
          unique: "number",
          duplicates: "number",
          outsideWindow: "number",
          rejected: "number",
        },
      ],
      counts: {
        requests: "number",
        retries: "number",
        bytes: "number",
        received: "number",
        duplicates: "number",
        outsideWindow: "number",
        unique: "number",
        rejected: "number",
        open: "number",
      },
      columns: [{ name: "string", role: "string" }],
      rows: { count: "number", sha256: "string" },
      totals: { conversation_count: "number", offered: "number", answered: "number" },
      findings: [],
      artifacts: [ARTIFACT],
      deliverTo: ["string"],
      deliveries: [DELIVERY],
      startedAt: "string",
      finishedAt: "string",
    });
  });
});

describe("run on a terminal or in a pipe", () => {
  test("prints table, files and links with their verdict on stdout, and progress on stderr", async () => {
    const { exitCode, out, err } = await project.callsheet(["run", "sent"]);
    expect(out).toMatch(/^routing\.queue\.id +conversation_count +offered +answered\n─/);
    expect(out).toMatch(/^file {2}\S+sent\.csv {2}\(\d+ rows\)$/m);
    expect(out).toMatch(/^link {2}sent\.csv at archive, until 20\d\d-\S+Z$/m);
    expect(out).toContain("access proved (probed): ");
    expect(err).not.toContain("http");
    expect(exitCode).toBe(0);
  });

  test("writes no control characters when it is no terminal, and redraws one line when it is", async () => {
    const ansi = "\u001b";
    const piped = await project.callsheet(["run", "calls"]);
    expect(piped.out + piped.err).not.toContain(ansi);
    expect(piped.out + piped.err).not.toContain("\r");
    const animated = await project.callsheet(["run", "calls"], { animated: true });
    expect(animated.err).toContain(`\r${ansi}[K`);
    expect(animated.err.endsWith(`\r${ansi}[K`)).toBe(true);
    expect(animated.out).not.toContain(ansi);
  });

  test("names with control characters cannot move the cursor of a terminal", async () => {
    project.write("reports/names.yaml", CALLS_REPORT.replace("calls", "names").replace("queue.id]", "queue.name]"));
    const { out } = await project.callsheet(["run", "names"]);
    expect(out).toMatch(/\n.*Sales/);
    expect(out.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe("run --out, --format, --interval", () => {
  test("--out gets the artifacts and the manifest, replaces older ones and leaves other files alone", async () => {
    project.write("out/calls.csv", "yesterday's");
    project.write("out/notes.txt", "mine");
    const { exitCode } = await project.callsheet(["run", "calls", "--out", join(project.folder, "out")]);
    expect(exitCode).toBe(0);
    expect(project.files().filter((name) => name.startsWith("out/"))).toEqual([
      "out/calls.csv",
      "out/calls.json",
      "out/manifest.json",
      "out/notes.txt",
    ]);
    expect(project.read("out/calls.csv")).toMatch(/^routing\.queue\.id,conversation_count,offered,answered\r?\n/);
    expect(project.read("out/notes.txt")).toBe("mine");
  });

  test("R-56: --out gets no file at all when one of them cannot be put there", async () => {
    project.write("out/calls.csv", "yesterday's");
    mkdirSync(join(project.folder, "out", "calls.json", "a-folder-in-the-way"), { recursive: true });
    const { exitCode, out, err } = await project.callsheet(["run", "calls", "--out", join(project.folder, "out")]);
    expect(err).toMatch(/error disk\.unwritable: Cannot use .*out/);
    expect(exitCode).toBe(9);
    expect(out).toBe("");
    expect(project.files().filter((name) => name.startsWith("out/"))).toEqual(["out/calls.csv"]);
    expect(project.read("out/calls.csv")).toBe("yesterday's");
  });

  test("R-80: --out gets nothing when the delivery fails", async () => {
    project.objectStore?.buckets
      .get("genesys-analytics-reports")
      .set({ ownership: "ObjectWriter", acl: "public-read" });
    const { exitCode } = await project.callsheet(["run", "sent", "--out", join(project.folder, "out")]);
    expect(exitCode).toBe(11);
    expect(project.files().filter((name) => name.startsWith("out/"))).toEqual([]);
  });

  test("--format replaces the formats, --interval the window", async () => {
    const { out } = await project.callsheet([
      "run",
      "calls",
      "--format",
      "html, csv",
      "--interval",
      "2024-03-05/2024-03-06",
      "--json",
    ]);
    const { runId, artifacts } = JSON.parse(out) as { runId: string; artifacts: { name: string }[] };
    expect(artifacts.map(({ name }) => name)).toEqual(["calls.html", "calls.csv"]);
    expect(JSON.parse(project.read(`.callsheet/runs/${runId}/manifest.json`))).toHaveProperty(
      "interval",
      "2024-03-05T00:00:00.000Z/2024-03-06T00:00:00.000Z",
    );
  });
});
