/**
 * `npm run bench`: from the first request to the finished files, over a generated contact centre, beside gunzip and
 * JSON.parse alone on the same bytes. All figures come from one run on one machine: only their ratios mean anything.
 * `npm run bench -- 20000` takes another number of conversations.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Usage } from "./measured.ts";
import { measured, readEnv, spawnNode } from "./spawn-measured.ts";

const COUNT = Number(process.argv[2] ?? 100_000);
const ROUNDS = 3;
const INTERVAL = "2024-03-01/2024-04-01";

const REPORTS: Readonly<Record<string, string>> = {
  grouped: `groupBy: [routing.queue.id, time.hour]
measures: [conversation_count, offered, answered, abandoned, aht_seconds, talk_seconds, hold_seconds, unique_wrapup_codes]`,
  detail: `rows: leg
columns: [conversation.id, session.start, conversation.media.type, routing.queue.id, agent.id, agent.talk.seconds, agent.hold.seconds, wrapup.code]`,
};

const folder = await mkdtemp(join(tmpdir(), "callsheet-bench-"));
const simulator = spawnNode(["src/cli/main.ts", "simulate", "--generate", String(COUNT), "--rate-limit", "1000000"]);
try {
  const env = await readEnv(simulator);
  await writeProject();
  const { pages, bytes } = await savePages(env);
  console.log(
    `${COUNT.toLocaleString("en")} conversations, ${pages} pages, ${(bytes / 1e6).toFixed(1)} MB gzipped; medians of ${ROUNDS}\n`,
  );
  console.log("                          wall s    CPU s   conversations/CPU s   peak MB   CPU ÷ parse alone");
  const alone = await median(async () => await measured(["parse", join(folder, "pages")], folder, env));
  print("gunzip + JSON.parse", alone, alone);
  for (const name of Object.keys(REPORTS))
    print(
      `callsheet run (${name})`,
      await median(async () => await measured(["run", "run", name, "--fresh"], folder, env)),
      alone,
    );
} finally {
  simulator.kill("SIGINT");
  await rm(folder, { recursive: true, force: true });
}

function print(name: string, { wallMs, cpuMs, peakBytes }: Usage, alone: Usage): void {
  const cells = [
    (wallMs / 1000).toFixed(2).padStart(8),
    (cpuMs / 1000).toFixed(2).padStart(8),
    Math.round(COUNT / (cpuMs / 1000))
      .toLocaleString("en")
      .padStart(21),
    (peakBytes / 1e6).toFixed(0).padStart(9),
    (cpuMs / alone.cpuMs).toFixed(2).padStart(19),
  ];
  console.log(`${name.padEnd(24)}${cells.join(" ")}`);
}

async function writeProject(): Promise<void> {
  await mkdir(join(folder, "reports"), { recursive: true });
  for (const [name, body] of Object.entries(REPORTS)) {
    await writeFile(
      join(folder, "reports", `${name}.yaml`),
      `report: ${name}\ninterval: ${INTERVAL}\nsource: details_query\n${body}\nexport: [csv]\n`,
    );
  }
}

/** Fetches the pages that a run asks for, and keeps their bytes as they came. */
async function savePages(env: NodeJS.Dict<string>): Promise<{ pages: number; bytes: number }> {
  await mkdir(join(folder, "pages"));
  const [{ buildPlan }, { parseDefinition }, { resolveWindow }, { detailsQueryBody }] = await Promise.all([
    import("../src/plan/build-plan.ts"),
    import("../src/define/parse-definition.ts"),
    import("../src/plan/resolve-window.ts"),
    import("../src/domain/query-plan.ts"),
  ]);
  const definition = parseDefinition(
    `report: grouped\ninterval: ${INTERVAL}\nsource: details_query\n${REPORTS["grouped"]}`,
    "grouped.yaml",
  );
  const plan = buildPlan(
    definition,
    definition.filter,
    resolveWindow(definition.window, definition.timeZone, Date.now()),
  );
  const token = await signIn(env);
  let [pages, bytes] = [0, 0];
  for (const slice of plan.slices) {
    for (let number = 1, more = true; more; number++) {
      const { body, last } = await fetchRaw(env, token, detailsQueryBody(plan, slice, number), number);
      await writeFile(join(folder, "pages", `${slice.id}-${number}.json.gz`), body);
      more = !last;
      pages += 1;
      bytes += body.length;
    }
  }
  return { pages, bytes };
}

async function signIn(env: NodeJS.Dict<string>): Promise<string> {
  const basic = Buffer.from(`${env["GENESYSCLOUD_OAUTHCLIENT_ID"]}:${env["GENESYSCLOUD_OAUTHCLIENT_SECRET"]}`).toString(
    "base64",
  );
  const answer = await fetch(`${env["CALLSHEET_GENESYS_LOGIN_URL"]}/oauth/token`, {
    method: "POST",
    headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
    body: "grant_type=client_credentials",
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** undici's request leaves the body as it came; fetch would unpack it. */
async function fetchRaw(
  env: NodeJS.Dict<string>,
  token: string,
  query: object,
  number: number,
): Promise<{ body: Buffer; last: boolean }> {
  const { request } = await import("undici");
  const { gunzipSync } = await import("node:zlib");
  const answer = await request(`${env["CALLSHEET_GENESYS_API_URL"]}/api/v2/analytics/conversations/details/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "accept-encoding": "gzip" },
    body: JSON.stringify(query),
  });
  const body = Buffer.from(await answer.body.arrayBuffer());
  const { totalHits } = JSON.parse(gunzipSync(body).toString("utf8")) as { totalHits: number };
  return { body, last: number * 100 >= totalHits };
}

/** The run with the median CPU time. */
async function median(once: () => Promise<Usage>): Promise<Usage> {
  const rounds: Usage[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await once());
  const [, middle] = rounds.sort((left, right) => left.cpuMs - right.cpuMs);
  if (!middle) throw new Error("there are three rounds");
  return middle;
}
