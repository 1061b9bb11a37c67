// One fetch, several recipients: each has the files of his rows and of no other, and the manifest proves it to whoever
// calculates it again from the files.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { CALLS_REPORT, configWithArchive, openProject, type Project } from "../support/run-report.ts";
import { unzip } from "../support/unzip.ts";

let project: Project | undefined;
afterEach(async () => {
  await project?.close();
  project = undefined;
});

const CONFIG = `${configWithArchive()}  team-a: { type: s3, bucket: genesys-analytics-reports, prefix: team-a/, region: us-east-1, pathStyle: true, access: probed }
  team-b: { type: s3, bucket: genesys-analytics-reports, prefix: team-b/, region: us-east-1, pathStyle: true, access: probed }
`;
const REPORT = CALLS_REPORT.replace("groupBy: [routing.queue.id]", "groupBy: [routing.queue.name, time.day]").replace(
  "[csv, json]",
  "[csv, json, html, xlsx, ndjson]",
);
const SUM = z.object({ rows: z.int(), digest: z.string().length(64) });
const SHARES = z.object({
  all: SUM,
  shares: z.array(SUM.extend({ to: z.string() })),
  unclaimed: SUM,
  repeated: SUM,
  files: z.record(z.string(), z.array(z.object({ name: z.string(), path: z.string(), rows: z.int() }))),
});
const TOLD = z.object({
  runId: z.string(),
  deliveries: z.array(z.object({ destination: z.string(), artifact: z.string(), key: z.string(), url: z.string() })),
});
const ROWS = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()])));
const MESSAGE = z.object({ files: z.array(z.object({ name: z.string(), url: z.string() })) });
type Row = z.infer<typeof ROWS>[number];

async function queuesOf(opened: Project): Promise<string[]> {
  const { out } = await opened.callsheet(["run", "calls", "--json"]);
  const { runId } = TOLD.parse(JSON.parse(out));
  const rows = ROWS.parse(JSON.parse(opened.read(`.callsheet/runs/${runId}/artifacts/calls.json`)));
  return [...new Set(rows.flatMap((row) => row["routing.queue.name"] ?? []))].map(String);
}

async function open(report = REPORT): Promise<Project> {
  project = await openProject({
    objectStore: {},
    files: { "callsheet.yaml": CONFIG, "reports/calls.yaml": report },
  });
  return project;
}

/** Adds hashes as the manifest's documentation says. */
function sumOf(rows: readonly Row[]): { rows: number; digest: string } {
  const total = rows.reduce(
    (sum, row) =>
      (sum +
        BigInt(
          `0x${createHash("sha256")
            .update(JSON.stringify(Object.values(row)))
            .digest("hex")}`,
        )) %
      2n ** 256n,
    0n,
  );
  return { rows: rows.length, digest: total.toString(16).padStart(64, "0") };
}

describe("shares", () => {
  test("each recipient has his rows only, in every format; the manifest proves it, and the whole report stays whole", async () => {
    const opened = await open();
    const [first = "", second = "", ...others] = await queuesOf(opened);
    const quoted = JSON.stringify;
    opened.write(
      "reports/calls.yaml",
      `${REPORT}totals: true\nsubtotals: time.day\ndeliver:\n  - archive\n  - { to: team-a, only: { routing.queue.name: [${quoted(first)}] } }\n  - { to: team-b, only: { routing.queue.name: [${quoted(second)}, ${quoted(first)}] } }\n`,
    );
    const { out, err, exitCode } = await opened.callsheet(["run", "calls", "--json"]);
    expect([err, exitCode]).toEqual(["", 0]);
    const { runId, deliveries } = TOLD.parse(JSON.parse(out));
    const { shares } = z
      .object({ shares: SHARES })
      .parse(JSON.parse(opened.read(`.callsheet/runs/${runId}/manifest.json`)));
    const allRows = ROWS.parse(JSON.parse(opened.read(`.callsheet/runs/${runId}/artifacts/calls.json`)));
    const groups = allRows.filter((row) => row["row.kind"] === "group");
    const ofTeam = (names: readonly string[]): Row[] =>
      groups.filter((row) => names.includes(String(row["routing.queue.name"])));

    expect(shares.all).toEqual(sumOf(groups));
    expect(shares.shares).toMatchObject([
      { to: "team-a", ...sumOf(ofTeam([first])) },
      { to: "team-b", ...sumOf(ofTeam([first, second])) },
    ]);
    expect(shares.repeated).toEqual(sumOf(ofTeam([first])));
    expect(shares.unclaimed.rows).toBe(groups.length - ofTeam([first, second]).length);
    expect(shares.unclaimed.rows).toBeGreaterThan(0);

    // Whatever a team opens names no queue of another, holds no figure over all, and is what the link gives.
    for (const { destination, artifact, key, url } of deliveries) {
      if (destination === "archive") continue;
      expect(key.startsWith(`${destination}/calls/`)).toBe(true);
      const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
      const text = artifact.endsWith(".xlsx") ? [...unzip(bytes).values()].join("\n") : bytes.toString("utf8");
      expect(text).toContain(first);
      for (const other of destination === "team-a" ? [second, ...others] : others)
        expect(text, artifact).not.toContain(other);
      expect(text).not.toMatch(/"total"|subtotal by time\.day/);
    }
    const jsonOf = async (team: string): Promise<Row[]> =>
      ROWS.parse(
        await (await fetch(deliveries.find((each) => each.artifact === `${team}/calls.json`)?.url ?? "")).json(),
      );
    expect(await jsonOf("team-a")).toEqual(ofTeam([first]));
    expect(await jsonOf("team-b")).toEqual(ofTeam([first, second]));
    expect(deliveries.filter(({ destination }) => destination === "archive").map(({ artifact }) => artifact)).toContain(
      "calls.csv",
    );
  });

  test("are delivered again and linked by their own names, and one of them is revoked alone", async () => {
    const opened = await open();
    const [first = ""] = await queuesOf(opened);
    opened.write(
      "reports/calls.yaml",
      `${REPORT}deliver:\n  - { to: team-a, only: { routing.queue.name: [${JSON.stringify(first)}] } }\n`,
    );
    const { runId, deliveries } = TOLD.parse(JSON.parse((await opened.callsheet(["run", "calls", "--json"])).out));
    expect(deliveries.map(({ artifact }) => artifact)).toContain("team-a/calls.csv");
    const again = TOLD.parse(JSON.parse((await opened.callsheet(["deliver", runId, "--json"])).out));
    expect(again.deliveries.map(({ key }) => key)).toEqual(deliveries.map(({ key }) => key));
    const { out } = await opened.callsheet(["link", runId, "team-a/calls.csv", "--for", "5m", "--json"]);
    const [csv] = TOLD.parse(JSON.parse(out)).deliveries;
    expect(await (await fetch(csv?.url ?? "")).text()).toBe(
      opened.read(`.callsheet/runs/${runId}/artifacts/team-a/calls.csv`),
    );
    expect((await opened.callsheet(["link", "revoke", runId, "team-a/calls.csv"])).exitCode).toBe(0);
    expect((await fetch(csv?.url ?? "")).status).toBe(404);
  });

  test("two messages carry the links of one bucket, each those of its own rows", async () => {
    const opened = await open();
    const [first = "", second = ""] = await queuesOf(opened);
    const bodies = new Map<string, string>();
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      request.once("end", () => {
        bodies.set(request.url ?? "", body);
        response.end();
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const hook = (team: string): string =>
      `  ${team}: { type: webhook, url: "http://127.0.0.1:${(server.address() as AddressInfo).port}/${team}", secret: env:HOOK, links: archive, privateAddresses: true }\n`;
    opened.write("callsheet.yaml", `${configWithArchive()}${hook("hook-a")}${hook("hook-b")}`);
    const entry = (team: string, name: string): string =>
      `  - { to: ${team}, only: { routing.queue.name: [${JSON.stringify(name)}] } }\n`;
    opened.write("reports/calls.yaml", `${REPORT}deliver:\n${entry("hook-a", first)}${entry("hook-b", second)}`);
    const { exitCode, out } = await opened.callsheet(["run", "calls"], { env: { HOOK: "shared" } });
    server.close();
    expect(exitCode).toBe(0);
    expect(out).not.toContain("X-Amz-Signature");
    expect(out).toMatch(/^share {2}hook-a: \d+ of \d+ rows$/m);
    for (const [path, name] of [
      ["/hook-a", first],
      ["/hook-b", second],
    ] as const) {
      const { files } = MESSAGE.parse(JSON.parse(bodies.get(path) ?? ""));
      const json = files.find((file) => file.name.endsWith(".json"));
      const rows = ROWS.parse(await (await fetch(json?.url ?? "")).json());
      expect(new Set(rows.map((row) => row["routing.queue.name"]))).toEqual(new Set([name]));
    }
  });

  test("a value that no row has is told, and gives an empty file", async () => {
    const opened = await open(`${REPORT}deliver: [{ to: team-a, only: { routing.queue.name: [No such queue] } }]\n`);
    const { err, out } = await opened.callsheet(["run", "calls", "--json"]);
    expect(err).toContain('team-a: no row has routing.queue.name "No such queue"');
    const { deliveries } = TOLD.parse(JSON.parse(out));
    expect(
      await (await fetch(deliveries.find(({ artifact }) => artifact.endsWith(".json"))?.url ?? "")).json(),
    ).toEqual([]);
  });

  test.each([
    { deliver: "[{ to: team-a, only: { routing.queue.nme: [A] } }]", says: 'Did you mean "routing.queue.name"?' },
    { deliver: "[{ to: team-a, only: { agent.name: [A] } }]", says: 'Cannot share by "agent.name": no row shows it.' },
    { deliver: "[{ to: team-a, only: { routing.queue.name: [] } }]", says: "Name at least one value." },
    { deliver: "[{ to: team-a, onyl: { routing.queue.name: [A] } }]", says: 'Did you mean "only"?' },
    { deliver: "[team-a, { to: team-a, only: { routing.queue.name: [A] } }]", says: '"team-a" stands here twice.' },
  ])("$deliver is refused with one message", async ({ deliver, says }) => {
    const opened = await open(`${REPORT}deliver: ${deliver}\n`);
    const { err, exitCode } = await opened.callsheet(["check", "calls"]);
    expect(err).toContain(says);
    expect(exitCode).toBe(3);
  });

  test("by what is masked no share is cut", async () => {
    const opened = await open(
      `${REPORT.replace("[routing.queue.name, time.day]", "[customer.ani]")}mask: { ani: last4 }\ndeliver: [{ to: team-a, only: { customer.ani: ["***1234"] } }]\n`,
    );
    const { err } = await opened.callsheet(["check", "calls"]);
    expect(err).toContain('Cannot share by "customer.ani": its values are masked.');
  });
});
