/** The listings that give names: read whole, by as many pages as the service makes of them, and never for ever. */
import { expect, test } from "vitest";
import type { Fault } from "../../simulator/faults/fault.ts";
import { serverError } from "../../simulator/faults/server-error.ts";
import { wrongShape } from "../../simulator/faults/spoiled-body.ts";
import { conversation, entity, participant, segment, smallCentre } from "../simulator/small-centre.ts";
import { type Outcome, type Project, startProject } from "./start-project.ts";

const QUEUES = Array.from({ length: 60 }, (_, nth) => entity(`Queue ${String(nth).padStart(2, "0")}`));
const LISTING = "/api/v2/routing/queues";
const REPORT = `report: by-queue
timeZone: UTC
interval: 2024-05-01T00:00:00Z/2024-05-02T00:00:00Z
groupBy: [routing.queue.name]
measures: [conversation_count]
export: [json]
`;

async function run(faults: readonly Fault[], listingPageSizeMaximum = 25): Promise<Outcome & { project: Project }> {
  const conversations = QUEUES.map(({ id }, nth) =>
    conversation({
      start: `2024-05-01T10:${String(nth % 60).padStart(2, "0")}:00.000Z`,
      end: "2024-05-01T11:30:00.000Z",
      participants: [participant("acd", { segments: [segment({ queueId: id })] })],
    }),
  );
  const project = await startProject({
    centre: smallCentre(conversations, { queues: QUEUES }),
    rateLimitPerMinute: 10_000,
    switches: { listingPageSizeMaximum },
    faults,
    files: { "reports/by-queue.yaml": REPORT },
  });
  const outcome = await project.run(["run", "by-queue"]);
  expect(project.simulator.violations).toEqual([]);
  return { ...outcome, project };
}

function listingRequests({ project }: { project: Project }): number {
  return project.simulator.requests.filter(({ path }) => path.startsWith(LISTING)).length;
}

test("a listing is read by the page size of its answers, however large a page was asked for", async () => {
  const outcome = await run([]);
  expect([outcome.exitCode, listingRequests(outcome)]).toEqual([0, 3]);
  expect(outcome.out).toContain("… and 35 more rows in the files");
  expect(outcome.out).toContain("Queue 00 ");
});

test("a listing whose page fails once is read all the same", async () => {
  const outcome = await run([serverError({ path: LISTING, page: 2 })]);
  expect([outcome.exitCode, listingRequests(outcome)]).toEqual([0, 4]);
});

test.each([
  ["with a count of pages", { entities: QUEUES.slice(0, 25), pageCount: 1_000_000 }],
  ["without one", { entities: QUEUES.slice(0, 25) }],
])("R-25: a listing %s that repeats a page for ever ends with an error", async (_name, json) => {
  const outcome = await run([wrongShape({ path: LISTING, json, times: Number.POSITIVE_INFINITY })]);
  expect([outcome.exitCode, listingRequests(outcome)]).toEqual([8, 2]);
  expect(outcome.err).toContain("error genesys.unexpected_answer: The listing of queue names repeats itself");
});

test("E5: a listing of another shape is an error, never a list without names", async () => {
  const outcome = await run([wrongShape({ path: LISTING, json: { results: [] }, times: Number.POSITIVE_INFINITY })]);
  expect(outcome.exitCode).toBe(8);
  expect(outcome.err).toContain("The listing of queue names has no entities");
});

test("a listing that may not be read names the permission", async () => {
  const project = await startProject({
    centre: smallCentre([]),
    clients: [{ id: "few-rights", secret: "s", permissions: ["analytics:conversationDetail:view"] }],
    files: { "reports/by-queue.yaml": REPORT },
  });
  const outcome = await project.run(["run", "by-queue"]);
  expect([outcome.exitCode, outcome.out]).toEqual([5, ""]);
  expect(outcome.err).toContain("routing:queue:view");
});
