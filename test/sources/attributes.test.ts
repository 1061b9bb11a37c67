// Participant attributes come with details jobs alone: what a report that reads one asks for, where it ends, and what it
// keeps of a conversation that was still going on when the jobs' data ended.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Conversation } from "../../simulator/conversations/centre.ts";
import type { SimulatorOptions } from "../../simulator/create-simulator.ts";
import { spoiledBytes } from "../../simulator/faults/spoiled-body.ts";
import { conversation, participant, segment, smallCentre } from "../simulator/small-centre.ts";
import { type Project, startProject } from "../faults/start-project.ts";

const REPORT = `report: tiers
timeZone: UTC
interval: 2024-05-01T00:00:00Z/2024-05-02T00:00:00Z
groupBy: [conversation.attribute.tier]
measures: [conversation_count, handle_seconds, total_duration_seconds]
export: [json]
`;

/** A contact of ten minutes whose customer and agent carry attributes; the agent's leg has a handle time. */
function contact(id: string, time: string, customer: object, agent: object = {}): Conversation {
  const start = `2024-05-01T${time}:00.000Z`;
  const end = new Date(Date.parse(start) + 600_000).toISOString();
  const stretch = segment({ segmentStart: start, segmentEnd: end });
  return conversation({
    id,
    start,
    end,
    participants: [
      participant("customer", { segments: [stretch] }, { attributes: customer }),
      participant(
        "agent",
        { segments: [stretch], metrics: [{ name: "tHandle", value: 60_000, emitDate: end }] },
        { userId: "u1", attributes: agent },
      ),
    ],
  });
}

const CONTACTS = [
  contact("0a1b2c3d-0000-4000-8000-000000000001", "08:00", { tier: "gold" }, { tier: "gold" }),
  contact("0a1b2c3d-0000-4000-8000-000000000002", "09:00", { tier: "gold" }, { tier: "silver" }),
  contact("0a1b2c3d-0000-4000-8000-000000000003", "10:00", { tier: "" }, { other: "x" }),
  contact("0a1b2c3d-0000-4000-8000-000000000004", "20:00", { tier: "silver" }),
];

/** Where the bytes of the answer say so, there is half a character, and bytes that no UTF-8 has. */
const BROKEN = [
  contact("0a1b2c3d-0000-4000-8000-000000000001", "08:00", { tier: "gold \ud83d" }),
  contact("0a1b2c3d-0000-4000-8000-000000000002", "09:00", { tier: "gold ##" }),
  contact("0a1b2c3d-0000-4000-8000-000000000003", "10:00", { tier: "\ufeffgold\u0000" }),
  contact("0a1b2c3d-0000-4000-8000-000000000004", "20:00", { tier: "gold" }),
];

type Answer = { readonly rows: unknown; readonly manifest: unknown; readonly project: Project };

async function answer(options: Partial<SimulatorOptions> = {}, lines = ""): Promise<Answer> {
  const project = await startProject({
    centre: smallCentre(CONTACTS),
    rateLimitPerMinute: 10_000,
    ...options,
    files: { "reports/tiers.yaml": REPORT + lines },
  });
  const { exitCode, err } = await project.run(["run", "tiers", "--out", "out"]);
  expect({ exitCode, err }).toMatchObject({ exitCode: 0 });
  const read = (name: string): unknown => JSON.parse(readFileSync(join(project.folder, "out", name), "utf8"));
  expect(project.simulator.violations).toEqual([]);
  return { project, rows: read("tiers.json"), manifest: read("manifest.json") };
}

function row(tier: string | null, count: number): object {
  return {
    "conversation.attribute.tier": tier,
    conversation_count: count,
    handle_seconds: 60 * count,
    total_duration_seconds: 600 * count,
  };
}

function asked({ simulator }: Project, path: RegExp): number {
  return simulator.requests.filter((request) => path.test(request.path.split("?", 1)[0] ?? "")).length;
}

test("a conversation counts once under each distinct value of a key, whoever carries it; an empty value is none", async () => {
  const { rows, manifest, project } = await answer();

  expect(rows).toEqual([row("gold", 2), row("silver", 2), row(null, 1)]);
  expect(manifest).toMatchObject({
    source: "details_job",
    completeness: "complete",
    totals: { conversation_count: 4, handle_seconds: 240 },
  });
  expect(asked(project, /details\/jobs$/)).toBe(1);
  expect(asked(project, /details\/query$/)).toBe(0);
});

test("D6: a report with an attribute ends where the jobs' data end, is provisional, and asks nothing of the query", async () => {
  const { rows, manifest, project } = await answer({ dataAvailability: { at: Date.parse("2024-05-01T12:00:00Z") } });

  expect(rows).toEqual([row("gold", 2), row("silver", 1), row(null, 1)]);
  expect(manifest).toMatchObject({
    completeness: "provisional",
    reasons: ["the data for jobs end at 2024-05-01T12:00:00.000Z: what began later is not in this report"],
    dataUntil: "2024-05-01T12:00:00.000Z",
  });
  expect(asked(project, /details\/query$/)).toBe(0);
});

test("D6: a report with an attribute whose window the jobs' data do not reach is empty, and says why", async () => {
  const { rows, manifest, project } = await answer({ dataAvailability: { at: Date.parse("2024-04-30T12:00:00Z") } });

  expect(rows).toEqual([]);
  expect(manifest).toMatchObject({
    completeness: "provisional",
    reasons: [expect.stringMatching(/^the data for jobs/)],
  });
  expect(asked(project, /details\/(query|jobs)$/)).toBe(0);
});

test("D6: what the jobs show as going on is read again by id, and keeps the attributes that only jobs bring", async () => {
  const { rows, manifest, project } = await answer({ dataAvailability: { at: Date.parse("2024-05-01T09:05:00Z") } });

  expect(rows).toEqual([row("gold", 2), row("silver", 1)]);
  expect(manifest).toMatchObject({ completeness: "provisional", counts: { open: 0 } });
  expect(asked(project, /conversations\/details$/)).toBe(1);
});

test("a report that ends where the jobs' data end is not compared with aggregates of the whole window", async () => {
  const project = await startProject({
    centre: smallCentre(CONTACTS),
    rateLimitPerMinute: 10_000,
    dataAvailability: { at: Date.parse("2024-05-01T12:00:00Z") },
    files: { "reports/tiers.yaml": REPORT },
  });
  await project.run(["run", "tiers", "--out", "out", "--reconcile"]);
  const manifest: unknown = JSON.parse(readFileSync(join(project.folder, "out/manifest.json"), "utf8"));

  expect(manifest).toMatchObject({ reconciliation: { refusal: expect.stringMatching(/^the data for jobs end at/) } });
  expect(asked(project, /aggregates/)).toBe(0);
});

test("explain says why jobs are asked, and where their data are expected to end", async () => {
  const { project } = await answer();
  const { out } = await project.run(["explain", "tiers", "--fresh"]);
  expect(out).toMatch(/^source {7}details_job: only jobs bring participant attributes$/m);

  const today = await project.run(["explain", "tiers", "--interval", "month to date"]);
  expect(today.out).toMatch(/^slices {7}1 job$/m);
  const none = await project.run(["explain", "tiers", "--interval", "2024-05-20/2024-05-21"]);
  expect(none.out).toMatch(/^slices {7}none: nothing will be asked for$/m);

  // The clock stands at the noon of 20 May; the data for jobs are a day behind as a rule.
  const yesterday = await project.run(["explain", "tiers", "--interval", "yesterday"]);
  expect(yesterday.out).toMatch(/; the data for jobs end at 2024-05-19T12:00:\S+: what began later is not in this/);
  expect(yesterday.out).toMatch(/^slices {7}1 job$/m);
});

test("E7: bytes that are no UTF-8 and halves of characters become U+FFFD, and it is told how many conversations have some", async () => {
  const spoil = (bytes: Buffer): Buffer => {
    const at = bytes.indexOf("gold ##");
    return at < 0 ? bytes : Buffer.concat([Buffer.from("\ufeff"), bytes.fill(0xc3, at + 5, at + 7)]);
  };
  const { rows, manifest, project } = await answer({
    centre: smallCentre(BROKEN),
    faults: [spoiledBytes({ path: /results$/, spoil, times: 2 })],
  });
  const tiers = (rows as readonly Record<string, unknown>[]).map((row) => row["conversation.attribute.tier"]);
  expect(tiers).toEqual(["gold", "gold \ufffd", "gold \ufffd\ufffd", "\ufeffgold\u0000"]);
  const message = expect.stringMatching(/^2 conversations hold a text with bytes or halves of characters/);
  expect(manifest).toMatchObject({ findings: expect.arrayContaining([{ code: "broken_text", count: 2, message }]) });
  const bytes = readFileSync(join(project.folder, "out/tiers.json"));
  expect(Buffer.from(bytes.toString("utf8")).equals(bytes)).toBe(true);
});
