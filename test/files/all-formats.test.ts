// One run that writes every format: the same rows in each, all of them in the folder that was asked for, and where they
// are from in each file that can hold it.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Manifest } from "../../src/domain/artifact.ts";
import { openProject, type Project } from "../support/run-report.ts";
import { unzip } from "../support/unzip.ts";

const REPORT = `report: calls
timeZone: Europe/Berlin
interval: 2024-03-04/2024-03-07
groupBy: [routing.queue.name, time.hour]
measures: [conversation_count, avg_duration_seconds, wrapup_counts]
export: [csv, json, ndjson, parquet, xlsx, html]
source: details_query
`;

let project: Project;
let out: string;
let manifest: Manifest;
beforeAll(async () => {
  project = await openProject({
    files: {
      "reports/calls.yaml": REPORT,
      "reports/by-day.yaml": REPORT.replace("report: calls", "report: by-day\nparquet: { partition: day }"),
    },
  });
  out = join(project.folder, "out");
  const run = await project.callsheet(["run", "calls", "--out", out]);
  expect(run.exitCode, run.err).toBe(0);
  manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) as Manifest;
});
afterAll(async () => await project.close());

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

type Row = Readonly<Record<string, unknown>>;

test("every format is there, as the manifest says, and nothing else", () => {
  const names = ["calls.csv", "calls.html", "calls.json", "calls.ndjson", "calls.parquet", "calls.xlsx"];
  expect(readdirSync(out)).toEqual([...names, "manifest.json"]);
  expect(manifest.artifacts.map(({ name }) => name).sort()).toEqual(names);
  for (const { name, bytes, sha256 } of manifest.artifacts) {
    const file = readFileSync(join(out, name));
    expect([file.length, createHash("sha256").update(file).digest("hex")], name).toEqual([bytes, sha256]);
  }
});

test("JSON, NDJSON and Parquet hold the same rows", async () => {
  const json = JSON.parse(readFileSync(join(out, "calls.json"), "utf8")) as Row[];
  const lines = readFileSync(join(out, "calls.ndjson"), "utf8").trimEnd().split("\n");
  expect(json.length).toBeGreaterThan(20);
  expect(lines.map((line) => JSON.parse(line) as Row)).toEqual(json);
  const parquet = await query(
    `SELECT * REPLACE (epoch_ms("time.hour")::DOUBLE AS "time.hour", conversation_count::INTEGER AS conversation_count, to_json(wrapup_counts)::VARCHAR AS wrapup_counts) FROM '${out}/calls.parquet'`,
  );
  expect(parquet).toEqual(
    json.map((row) => ({
      ...row,
      "time.hour": Date.parse(String(row["time.hour"])),
      wrapup_counts: JSON.stringify(row["wrapup_counts"]),
    })),
  );
});

test("R-64: XLSX, Parquet and HTML say where they are from", async () => {
  const { definitionHash, interval, dataUntil, version, counts } = manifest;
  const wanted = [definitionHash, interval, "Europe/Berlin", dataUntil, version, String(counts.unique)];
  const sheet = unzip(readFileSync(join(out, "calls.xlsx"))).get("xl/worksheets/sheet3.xml") ?? "";
  const metadata = await query(
    `SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${out}/calls.parquet')`,
  );
  const values = metadata.filter(({ key }) => String(key).startsWith("callsheet.")).map(({ value }) => value);
  for (const fact of wanted) {
    expect(sheet, fact).toContain(fact);
    expect(values).toContain(fact);
  }
  const page = readFileSync(join(out, "calls.html"), "utf8");
  for (const fact of [definitionHash, "Europe/Berlin", version, "revision 1", "Data until"])
    expect(page).toContain(fact);
});

test("parquet by day: a folder for each local day, read as one table; days of another window stay", async () => {
  const run = await project.callsheet(["run", "by-day", "--format", "parquet,json", "--out", out, "--json"]);
  expect(run.exitCode, run.err).toBe(0);
  expect(readdirSync(join(out, "by-day"))).toEqual(["day=2024-03-04", "day=2024-03-05", "day=2024-03-06"]);
  const { artifacts } = JSON.parse(run.out) as Pick<Manifest, "artifacts">;
  const parts = artifacts.filter(({ format }) => format === "parquet");
  const json = JSON.parse(readFileSync(join(out, "by-day.json"), "utf8")) as Row[];
  const days = Map.groupBy(json, (row) => String(row["time.hour"]).slice(0, 10));
  const rowsByDay = [...days.keys()].sort().map((day) => ({ day, rows: days.get(day)?.length }));
  expect(parts.map(({ name, rows }) => [name, rows])).toEqual(
    rowsByDay.map(({ day, rows }) => [`by-day/day=${day}/by-day-${day}.parquet`, rows]),
  );
  expect(new Set(parts.map(({ dataset }) => dataset)).size).toBe(1);
  const read = await query(
    `SELECT day::VARCHAR AS day, count(*)::INTEGER AS rows FROM read_parquet('${out}/by-day/**/*.parquet', hive_partitioning = true) GROUP BY ALL ORDER BY day`,
  );
  expect(read).toEqual(rowsByDay);

  const next = ["run", "by-day", "--format", "parquet", "--interval", "2024-03-06/2024-03-08", "--out", out];
  expect((await project.callsheet(next)).exitCode).toBe(0);
  expect(readdirSync(join(out, "by-day"))).toHaveLength(4);
});
