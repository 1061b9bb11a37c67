// Words of the vocabulary from the command line to the rows: parts of names, names from every listing, members of the
// tree, with the requests that they become. Closing the project expects that each request fits the API description.

import { afterAll, beforeAll, expect, test } from "vitest";
import { openProject, type Project } from "../support/run-report.ts";

let project: Project;
beforeAll(async () => {
  project = await openProject({ generate: { count: 3000, seed: 11 } });
});
afterAll(async () => await project.close());

function report(name: string, keys: Readonly<Record<string, unknown>>): void {
  const whole = { report: name, interval: "2024-03-05/2024-03-06", measures: ["conversation_count"], ...keys };
  project.write(`reports/${name}.yaml`, JSON.stringify({ export: ["json"], ...whole }));
}

/** The rows of a run, which must have ended well. */
async function rowsOf(name: string): Promise<Record<string, unknown>[]> {
  const { exitCode, err } = await project.callsheet(["run", name, "--out", "out"]);
  expect({ exitCode, err }).toMatchObject({ exitCode: 0 });
  return JSON.parse(project.read(`out/${name}.json`)) as Record<string, unknown>[];
}

test("names of skills, languages and flows come from their listings", async () => {
  for (const path of ["routing.skill", "routing.language", "flow"]) {
    report("named", { groupBy: [`${path}.name`] });
    const names = (await rowsOf("named")).map((row) => row[`${path}.name`]).filter((name) => name !== null);
    expect(names.length, path).toBeGreaterThan(1);
    expect(
      names.some((name) => !/^[0-9a-f-]{36}$/.test(JSON.stringify(name).slice(1, -1))),
      path,
    ).toBe(true);
  }
});

test("a part of a name takes all that have it, whatever the case, and the rows are theirs alone", async () => {
  report("every", { groupBy: ["routing.queue.name"] });
  const every = await rowsOf("every");
  const named = every.filter((row) => String(row["routing.queue.name"]).toLowerCase().includes("s"));
  report("part", {
    groupBy: ["routing.queue.name"],
    filter: [{ path: "routing.queue.name", operator: "contains", value: "S" }],
  });
  const part = await rowsOf("part");

  expect(part.length).toBeGreaterThan(0);
  expect(part.length).toBeLessThan(every.length);
  expect(named).toEqual(expect.arrayContaining(part));
});

test("a part of a name that nobody has is an empty result, and the run says why", async () => {
  report("none", {
    groupBy: ["agent.name"],
    filter: [{ path: "agent.name", operator: "starts_with", value: "Nobody is called so" }],
  });

  expect(await rowsOf("none")).toEqual([]);
  const { out } = await project.callsheet(["run", "none"]);
  expect(out).toContain(
    'No user has a name that starts with "Nobody is called so": nothing meets that filter on "agent.name".',
  );
});

test("the service narrows a day by flow, number, skill and members of the tree, and the rows stay the same", async () => {
  const filters: readonly (readonly Record<string, unknown>[])[] = [
    [{ path: "flow.id", operator: "exists" }],
    [{ path: "routing.skill.id", operator: "exists" }],
    [{ path: "customer.ani", operator: "exists" }],
    [
      { path: "session.provider", operator: "eq", value: "Edge" },
      { path: "participant.purpose", operator: "in", value: ["agent", "user"] },
    ],
    [{ path: "conversation.customer.participation", operator: "eq", value: "true" }],
  ];
  for (const filter of filters) {
    report("pushed", { groupBy: ["conversation.id"], filter });
    // A negation of the opposite says the same and is never pushed.
    const never = { path: "conversation.id", operator: "ne", value: "00000000-0000-4000-8000-000000000000" };
    const local = filter.map((condition) => ({
      type: "compound",
      operator: "or",
      filters: [condition, { type: "compound", operator: "and", filters: [condition, never] }],
    }));
    report("local", { groupBy: ["conversation.id"], filter: local });
    const { out } = await project.callsheet(["explain", "pushed"]);
    expect(out).toMatch(/^asked +(?!everything)/m);
    expect((await project.callsheet(["explain", "local"])).out).toMatch(/^asked +everything/m);
    const rows = await rowsOf("pushed");
    expect(rows.length).toBeGreaterThan(0);
    expect(rows).toEqual(await rowsOf("local"));
  }
});
