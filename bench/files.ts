/**
 * `npm run bench:files`: a million rows of ten columns into each format, each in a process of its own: how long, how
 * large, and how much memory at most. The rows are made while they are read, so what a format holds of them shows
 * beside the process that only reads them. `npm run bench:files -- 200000` takes another number of rows.
 */
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXPORT_FORMATS, PLAIN_CSV } from "../src/domain/report-definition.ts";
import type { Cell, ReportColumn, ReportTable } from "../src/domain/report-table.ts";
import { createParquetWriter } from "../src/duckdb/create-parquet-writer.ts";
import { filesOf } from "../src/export/export-table.ts";
import type { PageFacts } from "../src/export/html/page-facts.ts";
import { jsonChunks } from "../src/export/write-json.ts";
import { atomicWrite } from "../src/support/atomic-write.ts";
import { measure, nodeProgram } from "./measured.ts";

const FIRST_AT = Date.UTC(2024, 2, 1);
const FORMATS = ["rows alone", ...EXPORT_FORMATS, "parquet by day"] as const;

const COLUMNS: readonly ReportColumn[] = [
  { name: "conversation.id", type: "text", role: "detail" },
  { name: "conversation.start", type: "instant", role: "detail" },
  { name: "conversation.media.type", type: "text", role: "detail" },
  { name: "routing.queue.name", type: "text", role: "detail" },
  { name: "agent.name", type: "text", role: "detail" },
  { name: "customer.ani", type: "text", role: "detail" },
  { name: "agent.talk.seconds", type: "decimal", role: "detail", unit: "seconds" },
  { name: "agent.hold.seconds", type: "decimal", role: "detail", unit: "seconds" },
  { name: "metric.nTransferred", type: "integer", role: "detail", unit: "count" },
  { name: "wrapup.name", type: "list", role: "detail" },
];

const FACTS: PageFacts = {
  title: "A million legs",
  report: "bench",
  interval: "March 2024",
  timeZone: "UTC",
  filter: "",
  completeness: "complete",
  reasons: [],
  source: "conversation details",
  definitionHash: "0".repeat(64),
  runId: "bench",
  version: "0.0.0",
  revision: 1,
  dataUntil: "1 Apr 2024",
  conversations: 1,
  generatedAt: "1 Apr 2024",
};

const [, , first = "1000000", format, folder] = process.argv;
if (format === undefined || folder === undefined) await printAll(Number(first));
else await write(tableOf(Number(first)), format, folder);

async function printAll(count: number): Promise<void> {
  console.log(`${count.toLocaleString("en")} rows of ${COLUMNS.length} columns\n`);
  console.log("format            wall s    CPU s   peak MB    size MB");
  for (const name of FORMATS) {
    const made = await mkdtemp(join(tmpdir(), "callsheet-files-"));
    const program = nodeProgram("bench/files.ts", String(count), name, made);
    const { wallMs, cpuMs, peakBytes } = await measure(program, { cwd: made, env: {} });
    const cells = [
      (wallMs / 1000).toFixed(1).padStart(8),
      (cpuMs / 1000).toFixed(1).padStart(8),
      (peakBytes / 1e6).toFixed(0).padStart(9),
      ((await sizeOf(made)) / 1e6).toFixed(1).padStart(10),
    ];
    console.log(`${name.padEnd(16)}${cells.join(" ")}`);
    await rm(made, { recursive: true });
  }
}

async function sizeOf(made: string): Promise<number> {
  const files = (await readdir(made)).filter((name) => name.startsWith("bench"));
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(made, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Writes as a run does, synced and renamed. */
async function write(table: ReportTable, name: string, into: string): Promise<void> {
  const found = FORMATS.find((known) => known === name);
  if (found === undefined || found === "rows alone") {
    for await (const _row of table.rows());
  } else if (found === "json") {
    await atomicWrite(join(into, "bench.json"), jsonChunks(table));
  } else {
    await mkdir(join(into, "scratch"));
    const parquet = createParquetWriter(join(into, "scratch"));
    const definition = { name: "bench", csv: PLAIN_CSV, parquetByDay: found === "parquet by day" };
    const input = { definition, table, facts: FACTS, provenance: { report: "bench" }, parquet };
    for await (const file of filesOf(found === "parquet by day" ? "parquet" : found, input))
      await atomicWrite(join(into, file.name.replaceAll("/", "-")), file.chunks);
  }
}

/** Rows over a month, made one by one; the same ones each time. */
function tableOf(count: number): ReportTable {
  const stepMs = Math.floor((31 * 86_400_000) / count);
  return {
    columns: COLUMNS,
    rowCount: count,
    findings: [],
    async *rows() {
      for (let index = 0; index < count; index += 1) yield rowAt(index, FIRST_AT + index * stepMs);
    },
  };
}

function rowAt(index: number, at: number): Cell[] {
  // A step that no power of two divides: ids differ, and do not compress into nothing.
  const noise = (index * 2_654_435_761) % 4_294_967_296;
  const hex = noise.toString(16).padStart(8, "0");
  return [
    `${hex}-${hex.slice(0, 4)}-4${hex.slice(1, 4)}-8${hex.slice(4, 7)}-${index.toString(16).padStart(12, "0")}`,
    `${new Date(at).toISOString().slice(0, 23)}+00:00`,
    ["voice", "chat", "email"][index % 3] ?? null,
    `Queue ${noise % 40}`,
    `Agent ${noise % 900}`,
    `tel:+49${String(noise).padStart(10, "0")}`,
    (noise % 900_000) / 1000,
    index % 3 === 0 ? null : (noise % 90_000) / 1000,
    noise % 3,
    index % 5 === 0 ? [] : [`Code ${noise % 30}`, `Code ${noise % 70}`],
  ];
}
