/** docs/explain.md shows what `explain` prints; it is made here, so that it stays true. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { expectGolden } from "../support/golden-file.ts";
import { startProject } from "../faults/start-project.ts";
import { smallCentre } from "../simulator/small-centre.ts";

const PLACES = [
  "Bergen",
  "Cork",
  "Delft",
  "Evora",
  "Fulda",
  "Gdansk",
  "Husum",
  "Izola",
  "Jena",
  "Kaunas",
  "Lund",
  "Metz",
];
const SUBJECTS = ["sales", "billing", "technical help", "complaints", "returns"];
const QUEUES = PLACES.flatMap((place) => SUBJECTS.map((subject) => `${place} ${subject}`));

const REPORT = `report: hours-of-march
timeZone: Europe/Berlin
interval: 2024-03-01/2024-04-01
filter:
  - { path: conversation.media.type, operator: eq, value: voice }
  - { path: agent.talk.seconds, operator: gte, value: 5 }
  - path: routing.queue.name
    operator: in
    value:
${QUEUES.map((queue) => `      - ${queue}\n`).join("")}groupBy: [routing.queue.name, time.hour]
measures: [conversation_count, answered, aht_seconds]
export: [csv]
`;

const STATED = `report: by-emission
timeZone: Europe/Berlin
interval: 2024-03-01/2024-04-01
timeBasis: eventTime
groupBy: [conversation.division.id, time.hour]
measures: [answered, aht_seconds]
export: [csv]
`;

test("docs/explain.md shows what explain prints for a month by hour over 60 queues", async () => {
  const files = {
    "reports/hours-of-march.yaml": REPORT,
    "reports/by-query.yaml": `${REPORT}source: details_query\n`,
    "reports/by-emission.yaml": STATED,
  };
  const project = await startProject({ centre: smallCentre([]), files });
  const [byJob, byQuery, withBodies, byEmission] = await Promise.all([
    project.run(["explain", "hours-of-march"]),
    project.run(["explain", "by-query"]),
    project.run(["explain", "hours-of-march", "--requests"]),
    project.run(["explain", "by-emission", "--requests"]),
  ]);
  expect([byJob, byQuery, withBodies, byEmission].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  expect(project.simulator.requests).toEqual([]);
  expectGolden(
    join(import.meta.dirname, "../../docs/explain.md"),
    `# What a report will ask, before it asks

\`callsheet explain REPORT\` prints the plan and sends nothing. This page is written by \`test/cli/explain-page.test.ts\`
from what the command prints; the queues are made up.

The report: a month by hour over ${QUEUES.length} queues.

\`\`\`yaml
${shortened(REPORT, "      - ", 3)}\`\`\`

\`callsheet explain hours-of-march\`:

\`\`\`
${byJob.out}\`\`\`

The same with \`source: details_query\`, for an OAuth client that may not make jobs:

\`\`\`
${byQuery.out}\`\`\`

\`--requests\` adds the exact bodies. A name shows as \`<id of …>\`, because looking it up would be a request:

\`\`\`
${withBodies.out
  .slice(byJob.out.length + 1)
  .split("\n")
  .slice(0, 24)
  .join("\n")}
…
\`\`\`

A report whose figures count when they were emitted is answered by the service's own aggregates
([which figures](sources-of-figures.md)):

\`\`\`yaml
${STATED}\`\`\`

\`\`\`
${byEmission.out}\`\`\`

\`--online\` signs in, looks the names up, asks for one row of each slice, and so counts the conversations and the
requests that the run will make, and the minutes at the limit that the organisation has. A condition under \`done here\`
costs no request and brings none down: the rows come anyway. A list of more than 500 values is shared out over
several requests; of two such lists only the longer one is sent.
`,
  );
});

/** The first lines that begin so, and how many there are. */
function shortened(text: string, start: string, shown: number): string {
  const lines = text.split("\n");
  const listed = lines.filter((line) => line.startsWith(start));
  const dropped = new Set(listed.slice(shown));
  return lines
    .flatMap((line) =>
      line === listed[shown] ? [`      # … and ${listed.length - shown} more`] : dropped.has(line) ? [] : [line],
    )
    .join("\n");
}
