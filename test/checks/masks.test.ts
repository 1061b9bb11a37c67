// Personal data that a report masks: what is shown instead, and that the values themselves stand nowhere.

import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openProject, type Outcome, type Project } from "../support/run-report.ts";
import { createTestClock } from "../support/test-clock.ts";
import { unzip } from "../support/unzip.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const OTHER_KEY = "fedcba9876543210fedcba9876543210";

const DETAIL = `rows: conversation
columns: [conversation.id, customer.ani, customer.dnis, agent.id, agent.name, participant.name, session.address.from,
  conversation.attribute.accountNumber, conversation.attribute.customerTier, segment.wrap.up.note]
`;

const MASKED = `mask:
  ani: last4
  dnis: hash
  agent: hash
  name: drop
  address: hash
  attribute: hash
  conversation.attribute.customerTier: show
  text: drop
`;

type Row = Readonly<Record<string, string | number | null | readonly string[]>>;

let project: Project;
beforeAll(async () => {
  project = await openProject({ generate: { count: 300, seed: 7 }, files: {} });
});
afterAll(async () => await project.close());

async function run(name: string, lines: string, key: string | undefined, ...args: string[]): Promise<Outcome> {
  project.write(`${name}.yaml`, `report: ${name}\ninterval: 2024-03-01/2024-04-01\n${lines}`);
  const env = key === undefined ? {} : { CALLSHEET_PSEUDONYM_KEY: key };
  return await project.callsheet(["run", `${name}.yaml`, "--out", name, ...args], { env, clock: createTestClock() });
}

function rowsOf(name: string): Row[] {
  return JSON.parse(project.read(`${name}/${name}.json`)) as Row[];
}

/** All texts of some columns, in lists or alone. */
function valuesOf(rows: readonly Row[], columns: readonly string[]): string[] {
  const cells = rows.flatMap((row) => columns.flatMap((column) => row[column] ?? []));
  return [...new Set(cells.filter((cell) => typeof cell === "string"))];
}

/** As docs/personal-data.md says it; written a second time. */
function pseudonym(kind: string, value: string, key = KEY): string {
  const digest = createHmac("sha256", key).update(`callsheet pseudonym\0${kind}\0${value}`).digest("hex");
  return `${kind}:${digest.slice(0, 20)}`;
}

test("a detail report shows masks, and the values stand in no file, no kept row and nowhere on the terminal", async () => {
  const formats = "export: [csv, json, ndjson, html, xlsx]\n";
  expect((await run("open", `${DETAIL}${formats}`, undefined)).exitCode).toBe(0);
  const shown = await run("masked", `${DETAIL}${formats}${MASKED}`, KEY);
  expect([shown.exitCode, shown.err]).toEqual([0, ""]);

  const [open, masked] = [rowsOf("open"), rowsOf("masked")];
  expect(masked.map((row) => row["conversation.id"])).toEqual(open.map((row) => row["conversation.id"]));
  for (const [index, row] of masked.entries()) {
    const before = open[index] ?? {};
    const texts = (column: string): string[] => valuesOf([before], [column]);
    const hashed = (column: string, kind: string): string[] =>
      texts(column)
        .map((value) => pseudonym(kind, value))
        .sort();
    expect(row["customer.dnis"]).toEqual(hashed("customer.dnis", "dnis"));
    expect(row["session.address.from"]).toEqual(hashed("session.address.from", "address"));
    expect(row["conversation.attribute.accountNumber"]).toEqual(
      hashed("conversation.attribute.accountNumber", "attribute"),
    );
    // An agent's name gives way to the pseudonym of the id: the same in both columns.
    expect(row["agent.id"]).toEqual(hashed("agent.id", "agent"));
    expect(row["agent.name"]).toEqual(row["agent.id"]);
    expect([row["participant.name"], row["segment.wrap.up.note"]]).toEqual([[], []]);
    expect(row["conversation.attribute.customerTier"]).toEqual(before["conversation.attribute.customerTier"]);
    expect(row["customer.ani"]).toEqual(
      texts("customer.ani")
        .map((value) => `***${(value.split("@")[0] ?? "").slice(-4)}`)
        .sort(),
    );
  }

  const hidden = [
    "customer.ani",
    "customer.dnis",
    "agent.id",
    "agent.name",
    "participant.name",
    "session.address.from",
    "conversation.attribute.accountNumber",
    "segment.wrap.up.note",
  ];
  const secrets = valuesOf(open, hidden).filter((value) => value.length > 4);
  expect(secrets.length).toBeGreaterThan(500);
  const files = project.files().filter((file) => /^masked\/|\/masked-[^/]*\/(?:artifacts|manifest)/.test(file));
  expect(files.length).toBeGreaterThan(10);
  for (const [file, text] of [...files.map((name) => [name, textOf(name)] as const), ["terminal", shown.out] as const])
    expect(
      secrets.filter((secret) => text.includes(secret)),
      file,
    ).toEqual([]);
  expect(textOf("masked/manifest.json")).toContain('"customer.ani": "last4"');
  expect(textOf("masked/masked.html")).toContain("customer.ani: last4, customer.dnis: hash");
});

test.each(["leg", "visit", "segment"])(
  "a line for each %s is masked as well, whatever the place of the value",
  async (rows) => {
    const columns = [
      "agent.name",
      "session.remote",
      "customer.ani",
      ...(rows === "visit" ? [] : ["segment.wrap.up.note"]),
    ];
    const lines = `rows: ${rows}\ncolumns: [${columns.join(", ")}]\nexport: [json]\n`;
    await run("open-lines", lines, undefined);
    await run("lines", `${lines}mask: { agent: hash, address: hash, ani: hash, text: hash }\n`, KEY);
    const texts = valuesOf(rowsOf("lines"), columns);
    expect(texts.filter((text) => !/^(?:agent|address|ani|text):[0-9a-f]{20}$/.test(text))).toEqual([]);
    // Agents of two ids may have one name, and one agent is shown once.
    expect(texts.length).toBeGreaterThanOrEqual(valuesOf(rowsOf("open-lines"), columns).length);
  },
);

/** The text of a file; of a workbook all its parts. */
function textOf(file: string): string {
  const bytes = readFileSync(join(project.folder, file));
  if (!file.endsWith(".xlsx")) return bytes.toString("utf8");
  return [...unzip(bytes).values()].join("\n");
}

describe("grouping by what is masked", () => {
  const BY_NUMBER = "groupBy: [customer.ani]\nmeasures: [conversation_count]\nexport: [json]\n";

  test("groups by the pseudonym: as many groups, of the same size", async () => {
    await run("numbers", BY_NUMBER, undefined);
    await run("pseudonyms", `${BY_NUMBER}mask: { ani: hash }\n`, KEY);
    const expected = rowsOf("numbers").map((row) => [
      typeof row["customer.ani"] === "string" ? pseudonym("ani", row["customer.ani"]) : null,
      row.conversation_count,
    ]);
    const found = rowsOf("pseudonyms").map((row) => [row["customer.ani"], row.conversation_count]);
    expect(found).toHaveLength(expected.length);
    expect(new Map(found.map(([key, count]) => [key, count]))).toEqual(
      new Map(expected.map(([key, count]) => [key, count])),
    );
  });

  test("by the last four characters it adds up those that end alike", async () => {
    await run("numbers", BY_NUMBER, undefined);
    await run("endings", `${BY_NUMBER}mask: { ani: last4 }\n`, undefined);
    const endings = new Set(
      valuesOf(rowsOf("numbers"), ["customer.ani"]).map((text) => text.replace(/@.*/, "").slice(-4)),
    );
    expect(valuesOf(rowsOf("endings"), ["customer.ani"])).toEqual([...endings].map((text) => `***${text}`).sort());
  });

  test("figures of aggregates have pseudonyms too", async () => {
    const byAgent = "timeBasis: eventTime\ngroupBy: [agent.name, agent.id]\nmeasures: [answered]\nexport: [json]\n";
    const { exitCode } = await run("stated", `${byAgent}mask: { agent: hash }\n`, KEY);
    expect(exitCode).toBe(0);
    expect(valuesOf(rowsOf("stated"), ["agent.name"]).every((text) => /^agent:[0-9a-f]{20}$/.test(text))).toBe(true);
    await run("named", byAgent, undefined);
    const ids = valuesOf(rowsOf("named"), ["agent.id"]);
    expect(valuesOf(rowsOf("stated"), ["agent.name"])).toEqual(ids.map((id) => pseudonym("agent", id)).sort());
  });

  test("a comparison with the service's aggregates would name the groups, and is refused", async () => {
    const byAgent = "groupBy: [agent.id]\nmeasures: [answered]\nexport: [json]\nmask: { agent: hash }\n";
    const { exitCode, out } = await run("compared", byAgent, KEY, "--reconcile", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      reconciliation: { refusal: "its groups are masked, and differences would name them", differences: [] },
    });
  });
});

test("pseudonyms are the same in every run with one key, and others with another key, which the manifest tells apart", async () => {
  const report = "groupBy: [customer.ani]\nmeasures: [conversation_count]\nexport: [json]\nmask: { ani: hash }\n";
  const keyId = (): string =>
    (JSON.parse(project.read("keyed/manifest.json")) as { pseudonymKeyId: string }).pseudonymKeyId;
  await run("keyed", report, KEY);
  const [first, firstId] = [project.read("keyed/keyed.json"), keyId()];
  await run("keyed", report, KEY);
  expect([project.read("keyed/keyed.json"), keyId()]).toEqual([first, firstId]);
  await run("keyed", report, OTHER_KEY);
  const texts = valuesOf(rowsOf("keyed"), ["customer.ani"]);
  expect(texts.filter((text) => first.includes(text))).toEqual([]);
  expect(keyId()).not.toBe(firstId);
});

test("what a report masks does not stand in the description of its filter", async () => {
  const number = valuesOf(rowsOf("open"), ["customer.ani"])[0] ?? "";
  const lines = `filter:
  - { path: customer.ani, operator: eq, value: "${number}" }
  - { path: agent.name, operator: contains, value: nobody at all }
measures: [conversation_count]
export: [html]
mask: { ani: drop, agent: drop }
`;
  const { exitCode, out } = await run("filtered", lines, undefined);
  expect(exitCode).toBe(0);
  const manifest = project.read("filtered/manifest.json");
  expect(manifest).toContain('"filter": "customer.ani is a masked value and agent.name contains a masked text"');
  for (const text of [manifest, out, project.read("filtered/filtered.html")]) {
    expect(text).not.toContain(number);
    expect(text).not.toContain("nobody at all");
  }
});

describe("without a key that will do", () => {
  const report = "groupBy: [customer.ani]\nmeasures: [conversation_count]\nmask: { ani: hash }\n";

  test.each([
    { name: "none", yaml: "", key: undefined, message: "error config.missing: There is no key for pseudonyms" },
    { name: "a short one", yaml: "", key: "secret", message: "error config.invalid: pseudonymKey has fewer than 32" },
    {
      name: "one written out",
      yaml: `pseudonymKey: ${KEY}\n`,
      key: undefined,
      message: "error config.invalid: pseudonymKey is written into",
    },
    {
      name: "a file that is not there",
      yaml: "pseudonymKey: file:none\n",
      key: undefined,
      message: "error config.missing: Cannot find file:none (pseudonymKey)",
    },
  ])("$name: a run is refused before the first request, and so is a check", async ({ yaml, key, message }) => {
    project.write("callsheet.yaml", yaml);
    const requests = project.simulator.requests.length;
    const refused = await run("keyless", report, key);
    expect([refused.exitCode, refused.out]).toEqual([3, ""]);
    expect(refused.err).toContain(message);
    expect(refused.err).not.toContain(KEY);
    const env = key === undefined ? {} : { CALLSHEET_PSEUDONYM_KEY: key };
    const checked = await project.callsheet(["check", "keyless.yaml"], { env });
    expect([checked.exitCode, checked.err]).toEqual([3, refused.err]);
    expect(project.simulator.requests).toHaveLength(requests);
    project.write("callsheet.yaml", "");
  });

  test("callsheet check says which personal data a report shows as they are", async () => {
    project.write("shown.yaml", `report: shown\ninterval: yesterday\n${DETAIL}mask: { ani: last4, attribute: drop }\n`);
    expect((await project.callsheet(["check", "shown.yaml"])).out).toBe(
      "ok  shown.yaml\n    shows personal data as they are: customer.dnis (dnis), participant.name (name), session.address.from (address), segment.wrap.up.note (text); `mask` in the report hides them\n",
    );
  });
});
