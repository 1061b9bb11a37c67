// Commands that need no network send nothing: they run here beside a simulator that hears everything.

import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { CALLS_REPORT, configWithArchive, openProject, type Project } from "../support/run-report.ts";

let project: Project;
beforeAll(async () => {
  project = await openProject();
});
afterEach(() => expect(project.simulator.requests).toEqual([]));
afterAll(async () => await project.close());

describe("R-91: plans before requests", () => {
  test("run --dry-run shows the plan and the exact requests, sends nothing and writes nothing", async () => {
    const before = project.files();
    const { exitCode, out, err } = await project.callsheet(["run", "calls", "--dry-run"]);
    expect(err).toBe("");
    expect(out).toContain('"interval"');
    expect(out).toContain('"mediaType"');
    expect(project.files()).toEqual(before);
    expect(exitCode).toBe(0);
  });

  test("explain needs no credentials", async () => {
    const env = { GENESYSCLOUD_OAUTHCLIENT_ID: undefined, GENESYSCLOUD_OAUTHCLIENT_SECRET: undefined };
    const { exitCode, out } = await project.callsheet(["explain", "calls"], { env });
    expect(out).toContain("2024-03-01");
    expect(exitCode).toBe(0);
  });

  test("explain --json is JSON and nothing else", async () => {
    const { exitCode, out, err } = await project.callsheet(["explain", "calls", "--json"]);
    expect(JSON.parse(out)).toBeTypeOf("object");
    expect(err).toBe("");
    expect(exitCode).toBe(0);
  });

  test("--interval replaces the window, and one that cannot be read is refused", async () => {
    const narrow = await project.callsheet(["explain", "calls", "--interval", "2024-03-05/2024-03-06"]);
    expect(narrow.out).toContain("2024-03-05");
    expect(narrow.out).not.toContain("2024-04-01");
    const wrong = await project.callsheet(["run", "calls", "--interval", "2024-03-06/2024-03-05"]);
    expect(wrong.err).toMatch(/^error definition\.interval_invalid: --interval: /);
    expect(wrong.exitCode).toBe(3);
  });

  test("--format refuses what cannot be written and names what can", async () => {
    const { exitCode, err } = await project.callsheet(["run", "calls", "--format", "csv,pdf"]);
    expect(err).toBe(
      'error definition.invalid: Cannot write format "pdf"\n  Choose from csv, json, ndjson, parquet, xlsx, html, separated by commas.\n',
    );
    expect(exitCode).toBe(3);
  });
});

describe("fields", () => {
  test("lists paths and measures with what they mean", async () => {
    const { exitCode, out } = await project.callsheet(["fields"]);
    expect(out).toContain("PATHS\n");
    expect(out).toMatch(/^ {2}routing\.queue\.id .*Genesys Cloud/m);
    expect(out).toContain("MEASURES\n");
    expect(out).toMatch(/^ {2}conversation_count /m);
    expect(exitCode).toBe(0);
  });

  test("a word narrows the list, --json gives it to programs, and a misspelt word is answered with a suggestion", async () => {
    const { out } = await project.callsheet(["fields", "talk", "--json"]);
    const listed: unknown = JSON.parse(out);
    expect(listed).toHaveProperty("measures");
    expect(out).toContain("talk_seconds");
    expect(out).not.toContain("routing.queue.id");
    const missed = await project.callsheet(["fields", "abandonned"]);
    expect(missed.err).toContain('Did you mean "abandoned"?');
    expect(missed.exitCode).toBe(3);
  });
});

test("fields finds a path by the service's own name of it", async () => {
  const { out } = await project.callsheet(["fields", "requestedRoutingSkillId"]);
  expect(out).toMatch(/^ {2}routing\.skill\.id /m);
  expect(out).toMatch(/^ {2}routing\.skill\.name /m);
  expect(out).not.toContain("MEASURES");
});

describe("fields --coverage", () => {
  test("says for each name of the service where it is, or why not, and counts both", async () => {
    const { out, exitCode } = await project.callsheet(["fields", "--coverage"]);
    expect(out).toMatch(/^segmentFilters dimension: \d+ covered, \d+ excluded$/m);
    expect(out).toMatch(/^ {2}queueId +routing\.queue\.id, routing\.queue\.name$/m);
    expect(out).toMatch(/^ {2}tWait +only the aggregates endpoint has it: /m);
    expect(out).toMatch(/^all lists: \d+ covered, \d+ excluded$/m);
    expect(exitCode).toBe(0);
  });

  test("a word narrows it, and --json gives it to programs", async () => {
    const { out } = await project.callsheet(["fields", "surveyPromoterScore", "--coverage", "--json"]);
    expect(JSON.parse(out)).toEqual({
      covered: 1,
      excluded: 0,
      lists: [{ list: "surveyFilters dimension", covered: 1, excluded: 0 }],
      entries: [{ list: "surveyFilters dimension", name: "surveyPromoterScore", coveredBy: ["survey.nps"] }],
    });
  });
});

describe("check", () => {
  test("check --schema is a JSON Schema that accepts the demo's reports and refuses a wrong key", async () => {
    const { out, exitCode } = await project.callsheet(["check", "--schema"]);
    const accepts = new Ajv2020({ strict: false }).compile(JSON.parse(out) as object);
    const demo = new URL("../../demo/reports/", import.meta.url);
    const reports = readdirSync(demo).map((name) => parse(readFileSync(new URL(name, demo), "utf8")) as object);
    expect(reports.length).toBeGreaterThanOrEqual(2);
    for (const report of reports) {
      expect(accepts(report), JSON.stringify(accepts.errors)).toBe(true);
      expect(accepts({ ...report, groupby: [] })).toBe(false);
    }
    const base = { report: "a", interval: "yesterday" };
    const filter = (path: string, operator: string): object => ({ ...base, filter: [{ path, operator }] });
    expect(accepts(filter("metric.tAlert", "exists"))).toBe(true);
    expect(accepts(filter("conversation.attribute.any key", "exists"))).toBe(true);
    expect(accepts({ ...base, groupBy: ["agent.id"], measures: ["offered", { name: "answered", round: 1 }] })).toBe(
      true,
    );
    expect(accepts({ ...base, rows: "segment", columns: ["metric.tSegmentDuration"] })).toBe(true);
    expect(accepts(filter("metric.tAlerted", "exists"))).toBe(false);
    expect(accepts(filter("conversation.attribute.", "exists"))).toBe(false);
    expect(accepts(filter("metric.tSegmentDuration", "exists"))).toBe(false);
    expect(accepts(filter("metric.tAlert", "like"))).toBe(false);
    expect(accepts({ ...base, groupBy: ["metric.tAlert"] })).toBe(false);
    expect(accepts({ ...base, measures: ["offfered"] })).toBe(false);
    expect(exitCode).toBe(0);
  });

  test("everything that is wrong in all reports comes in one message, and stdout lists only what is right", async () => {
    project.write(
      "reports/a.yaml",
      CALLS_REPORT.replace("calls", "a").replace("groupBy", "grupBy").replace("UTC", "UCT/X"),
    );
    project.write("reports/b.yaml", CALLS_REPORT.replace("calls", "b").replace("offered", "ofered"));
    const { exitCode, out, err } = await project.callsheet(["check"]);
    expect(out).toBe("ok  calls\n");
    expect(err).toMatch(/reports\/a\.yaml:6:1: Unknown key "grupBy"/);
    expect(err).toMatch(/reports\/b\.yaml:7:\d+: .*"ofered".*"offered"/);
    expect(exitCode).toBe(3);
    const asJson = await project.callsheet(["check", "calls", "--json"]);
    expect(JSON.parse(asJson.out)).toEqual({ ok: true, reports: ["calls"] });
  });

  test("a report that delivers to no known destination is refused", async () => {
    project.write("reports/c.yaml", `${CALLS_REPORT.replace("calls", "c")}deliver: [archiv]\n`);
    const { exitCode, err } = await project.callsheet(["check", "c"]);
    expect(/^error (\S+): Report c delivers to "archiv", which is no destination/.exec(err)?.[1]).toBe(
      "config.missing",
    );
    expect(exitCode).toBe(3);
  });
});

test.each(["8d", "169h", "0s", "forever"])(
  "K6: a link of %s is refused when the configuration is read",
  async (life) => {
    project.write("long.yaml", configWithArchive({ linkLifetime: life }));
    const { exitCode, err } = await project.callsheet(["check", "calls", "--config", "long.yaml"]);
    expect(err).toBe(
      `error config.invalid: Cannot use destinations.archive.linkLifetime "${life}"\n  Write a number with s, m, h or d, such as 24h; a link lives seven days at most.\n`,
    );
    expect(exitCode).toBe(3);
  },
);

describe("init", () => {
  test("makes a folder that passes check, holds no secret, and is never overwritten", async () => {
    const made = await project.callsheet(["init", "fresh"]);
    expect(made.exitCode).toBe(0);
    expect(made.out).toBe(
      "wrote  fresh/callsheet.yaml\nwrote  fresh/reports/voice-by-queue.yaml\nwrote  fresh/.env.example\nwrote  fresh/.gitignore\n",
    );
    const checked = await project.callsheet(["check"], { cwd: `${project.folder}/fresh` });
    expect(checked.out).toBe("ok  voice-by-queue\n");
    expect(checked.exitCode).toBe(0);
    expect(project.read("fresh/.gitignore")).toContain(".env\n");

    project.write("fresh/callsheet.yaml", "# mine\n");
    const again = await project.callsheet(["init", "fresh"]);
    expect(again.err).toContain("already exist in fresh; nothing was written");
    expect(again.out).toBe("");
    expect(again.exitCode).toBe(3);
    expect(project.read("fresh/callsheet.yaml")).toBe("# mine\n");
  });

  test("one file that exists is enough to write none", async () => {
    project.write("half/.env.example", "");
    const { exitCode } = await project.callsheet(["init", "half"]);
    expect(exitCode).toBe(3);
    expect(project.files().filter((name) => name.startsWith("half/"))).toEqual(["half/.env.example"]);
  });
});
