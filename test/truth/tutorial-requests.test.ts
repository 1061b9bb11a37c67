/**
 * What the tutorial's query document makes callsheet ask for. Its figures are held against the raw data in
 * tutorial-query.test.ts; here it is the requests and what the run says about itself.
 */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openProject, type Project } from "../support/run-report.ts";

let project: Project;
let queueIds: string[];

beforeAll(async () => {
  project = await openProject({ generate: { count: 1500, seed: 11, start: "2023-12-31", days: 3 }, files: {} });
  queueIds = project.centre.queues.slice(0, 2).map(({ id }) => id);
  project.write("query.json", JSON.stringify(tutorialQuery(queueIds), undefined, 2));
});
afterAll(async () => await project.close());

/** Key for key what the tutorial's Python makes. */
function tutorialQuery(queues: readonly string[]): object {
  return {
    query: { type: "conversation", timeRange: { start: "2024-01-01T00:00:00Z", end: "2024-01-02T00:00:00Z" } },
    interval: "PT1H",
    groupBy: ["conversation.media.type", "routing.queue.id"],
    metrics: ["conversation.duration.seconds", "agent.talk.seconds", "agent.hold.seconds", "wrapup.code"],
    filter: [
      { type: "simple", path: "conversation.media.type", value: "voice", operator: "eq" },
      { type: "simple", path: "routing.queue.id", value: queues, operator: "in" },
    ],
  };
}

test("R-04, R-05, R-07: the tutorial's query is asked as real details queries, page after page by number", async () => {
  const { exitCode } = await project.callsheet(["run", "query.json", "--out", join(project.folder, "out")]);

  const bodies = project.simulator.requests
    .filter(({ path }) => path.endsWith("/details/query"))
    .map(({ body }) => body as { paging: { pageNumber: number; pageSize: number }; interval: string });
  expect(exitCode).toBe(0);
  expect(bodies.length).toBeGreaterThan(1);
  expect(bodies.map(({ paging }) => paging)).toEqual(
    bodies.map((_, index) => ({ pageNumber: index + 1, pageSize: 100 })),
  );
  for (const body of bodies) {
    expect(Object.keys(body).toSorted()).toEqual(["interval", "order", "orderBy", "paging", "segmentFilters"]);
    expect(body.interval).toBe("2024-01-01T00:00:00.000Z/2024-01-02T00:00:00.000Z");
  }
  const { slices } = JSON.parse(project.read("out/manifest.json")) as { slices: { totalHits: number }[] };
  expect(bodies).toHaveLength(Math.ceil((slices[0]?.totalHits ?? 0) / 100));
});

test("R-13: the run of the tutorial's query says which media type it took", async () => {
  await project.callsheet(["run", "query.json", "--out", join(project.folder, "out")]);

  expect(JSON.parse(project.read("out/manifest.json"))).toMatchObject({
    filter: `conversation.media.type is voice and routing.queue.id is one of ${queueIds.join(", ")}`,
  });
});

test("R-11: the tutorial's own call, with a queue id that is none, sends nothing", async () => {
  project.write("example.json", JSON.stringify(tutorialQuery(["8a2b3c4d-5e6f-7g8h-9i0j-k1l2m3n4o5p6"])));
  const before = project.simulator.requests.length;

  const { exitCode, err } = await project.callsheet(["run", "example.json"]);

  expect(exitCode).toBe(3);
  expect(err).toContain("is not a valid id");
  expect(project.simulator.requests).toHaveLength(before);
});
