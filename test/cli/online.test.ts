/** What `--online` finds out before a run: permissions by name, and what the run will cost. */
import { expect, onTestFinished, test } from "vitest";
import { serverError } from "../../simulator/faults/server-error.ts";
import { openProject, type Project, type ProjectOptions } from "../support/run-report.ts";

const REPORT = `report: names
timeZone: UTC
interval: 2024-03-04/2024-03-09
filter:
  - { path: conversation.media.type, operator: eq, value: voice }
groupBy: [routing.queue.name]
measures: [conversation_count]
source: details_query
export: [csv]
`;

test("explain --online expects exactly the requests that the run then makes", async () => {
  const project = await open({ generate: { count: 6000, seed: 3 }, rateLimitPerMinute: 5000 });
  const { exitCode, out } = await project.callsheet(["explain", "names", "--online", "--json"]);
  const { requests } = JSON.parse(out) as { readonly requests: Readonly<Record<string, unknown>> };
  expect(exitCode).toBe(0);
  expect(requests).toMatchObject({ perMinuteFrom: "service", perMinute: 5000 });
  expect(requests.conversations).toBeGreaterThan(300);

  const before = project.simulator.requests.length;
  expect((await project.callsheet(["run", "names"])).exitCode).toBe(0);
  const made = project.simulator.requests.slice(before).filter(({ path }) => path.startsWith("/api/"));
  expect(requests.expected).toBe(made.length);
});

test("explain --online says that it falls back to the usual limit when the service does not tell", async () => {
  const limits = serverError({ path: "/api/v2/organizations/limits", status: 404 });
  const project = await open({ faults: [limits] });
  const { out } = await project.callsheet(["explain", "names", "--online"]);

  expect(out).toMatch(/\nrequests {5}\d+ expected: the service counts \d+ conversations\n/);
  expect(out).toContain("at 300 requests a minute, the usual limit: the service did not tell its own\n");
});

test("explain without --online sends nothing", async () => {
  const project = await open();
  expect((await project.callsheet(["explain", "names"])).exitCode).toBe(0);
  expect(project.simulator.requests).toEqual([]);
});

test("A8: check --online finds that jobs may not be used, and names the permission", async () => {
  const permissions = [
    "routing:queue:view",
    "directory:user:view",
    "routing:wrapupCode:view",
    "authorization:division:view",
    "analytics:agentConversationDetail:view",
  ];
  const project = await open({ clients: [{ id: "no-jobs", secret: "secret", permissions }] });
  const env = { GENESYSCLOUD_OAUTHCLIENT_ID: "no-jobs", GENESYSCLOUD_OAUTHCLIENT_SECRET: "secret" };
  const refused = await project.callsheet(["check", "--online"], { env });
  expect([refused.exitCode, refused.err.includes("analytics:conversationDetail:view")]).toEqual([5, true]);
  expect(refused.err).toContain("/api/v2/analytics/conversations/details/jobs/availability");
});

test("A8: check --online names the divisions whose conversations no report will have", async () => {
  const { centre } = await open();
  const [first, ...others] = centre.divisions;
  const clients = [{ id: "one-division", secret: "secret", divisionIds: [first?.id ?? ""] }];
  const project = await open({ clients });
  const { exitCode, out } = await project.callsheet(["check", "--online"]);
  expect(exitCode).toBe(0);
  expect(out).toContain(`!   the OAuth client has no role in ${others.length} of ${others.length + 1} divisions: `);
  const [, named = ""] = /conversations of (.*) are missing from every report/.exec(out) ?? [];
  expect(named.split("; ").toSorted()).toEqual(others.map(({ name }) => name).toSorted());
});

test("R-03: check --online finds a missing permission and names it", async () => {
  const all = ["routing:queue:view", "directory:user:view", "routing:wrapupCode:view", "authorization:division:view"];
  const clients = [{ id: "no-details", secret: "secret", permissions: all }];
  const project = await open({ clients });
  const env = { GENESYSCLOUD_OAUTHCLIENT_ID: "no-details", GENESYSCLOUD_OAUTHCLIENT_SECRET: "secret" };
  const refused = await project.callsheet(["check", "--online"], { env });
  expect([refused.exitCode, refused.err.includes("analytics:conversationDetail:view")]).toEqual([5, true]);
  expect(refused.err).toContain("/api/v2/analytics/conversations/details/query");
});

test("check --online says that details may be asked", async () => {
  const project = await open();
  const { exitCode, out } = await project.callsheet(["check", "--online"]);
  expect([exitCode, out.includes("ok  conversation details may be asked, details jobs too")]).toEqual([0, true]);
});

test("check --online asks aggregates where a report needs them, and details only where one needs those", async () => {
  const permissions = [
    "routing:queue:view",
    "directory:user:view",
    "routing:wrapupCode:view",
    "authorization:division:view",
  ];
  const clients = [
    { id: "both", secret: "s", permissions: [...permissions, "analytics:conversationAggregate:view"] },
    { id: "none", secret: "s", permissions },
  ];
  const project = await open({ clients });
  project.write(
    "stated.yaml",
    REPORT.replace("source: details_query", "timeBasis: eventTime").replace("conversation_count", "offered"),
  );
  const env = (id: string) => ({ GENESYSCLOUD_OAUTHCLIENT_ID: id, GENESYSCLOUD_OAUTHCLIENT_SECRET: "s" });
  const allowed = await project.callsheet(["check", "stated.yaml", "--online"], { env: env("both") });
  expect([allowed.exitCode, allowed.out.match(/conversation \w+ may be asked/g)]).toEqual([
    0,
    ["conversation aggregates may be asked"],
  ]);
  const refused = await project.callsheet(["check", "stated.yaml", "--online"], { env: env("none") });
  expect([refused.exitCode, refused.err.includes("analytics:conversationAggregate:view")]).toEqual([5, true]);
});

async function open(options: ProjectOptions = {}): Promise<Project> {
  const project = await openProject({ ...options, files: { "reports/names.yaml": REPORT } });
  onTestFinished(async () => await project.close());
  return project;
}
