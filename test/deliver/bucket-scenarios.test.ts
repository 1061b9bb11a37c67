// K10, R-78, K14: the verdict against the truth. Each scenario is arranged on the strict store, judged by callsheet under
// both policies, and then looked at by test/deliver/scenarios/truth.ts, which knows nothing of callsheet. A link that was
// handed out where the truth forbids it is a false safe; one that was refused for a fault that is not there, a false unsafe.

import { S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { createObjectStore } from "../../simulator/object-store/create-object-store.ts";
import { ACCESS_QUESTIONS } from "../../src/deliver/access-verdict.ts";
import { createTestClock } from "../support/test-clock.ts";
import { ACCOUNT, type Scenario, SCENARIOS } from "./scenarios/bucket-scenarios.ts";
import type { Keys, Settings, Site } from "./scenarios/site.ts";
import { findTruth, type Truth } from "./scenarios/truth.ts";
import { type Judged, judgeSite } from "./scenarios/verdict-of.ts";

interface Row {
  readonly scenario: Scenario;
  readonly truth: Truth;
  readonly strict: Judged;
  readonly probed: Judged;
}

const STRANGER = {
  name: "stranger",
  accountId: "555566667777",
  accessKeyId: "AKIASTRANGER",
  secretAccessKey: "of a stranger",
};
const WRITER = {
  name: "writer",
  accountId: ACCOUNT,
  accessKeyId: "AKIAWRITERWRITER",
  secretAccessKey: "of the writer",
};

const rows: Row[] = [];

test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))("K10: %s", async (_name, scenario) => {
  const clock = createTestClock(Math.floor(Date.now() / 1000) * 1000);
  const { user, bucketAccount } = scenario;
  const { toldEnd = false, ...given } = user ?? {};
  const expiresAt = given.expiresAt === undefined ? undefined : clock.now() + given.expiresAt * 1000;
  const writer = { ...WRITER, ...given, ...(expiresAt !== undefined && { expiresAt }) };
  const store = await createObjectStore({
    buckets: [{ name: "reports", ...(bucketAccount !== undefined && { accountId: bucketAccount }) }],
    users: [STRANGER, writer, { ...WRITER, name: "partner", accountId: "999988887777", accessKeyId: "AKIAPARTNER" }],
    secureTransport: true,
    now: () => clock.now(),
  });
  const { accessKeyId, secretAccessKey, url: endpoint, region } = store;
  const client = (keys: Keys): S3Client =>
    new S3Client({ endpoint, region, forcePathStyle: true, credentials: keys, maxAttempts: 3 });
  const partner = { accessKeyId: "AKIAPARTNER", secretAccessKey: WRITER.secretAccessKey };
  const owner = client(bucketAccount === undefined ? { accessKeyId, secretAccessKey } : partner);
  const stranger = client(STRANGER);
  const keys = {
    accessKeyId: writer.accessKeyId,
    secretAccessKey: writer.secretAccessKey,
    ...(writer.sessionToken !== undefined && { sessionToken: writer.sessionToken }),
    ...(toldEnd && expiresAt !== undefined && { expiration: new Date(expiresAt) }),
  };
  const site: Site = { endpoint, region, bucket: "reports", owner, stranger, keys, strict: { store, clock } };
  const settings: Settings = { linkLifetimeSeconds: 3600, expectedOwner: ACCOUNT, ...scenario.settings };
  try {
    await scenario.arrange?.(site);
    scenario.disturb?.(store);
    const strict = await judgeSite(site, settings, "strict");
    const probed = await judgeSite(site, settings, "probed");
    const foundTruth = await findTruth(site, settings, probed.promised ?? strict.promised);
    const foreign = (bucketAccount ?? ACCOUNT) === settings.expectedOwner ? [] : ["the bucket is somebody else's"];
    const truth = { ...foundTruth, open: [...foundTruth.open, ...foreign] };
    rows.push({ scenario, truth, strict, probed });

    const stated = scenario.truth;
    const found = truth.open.length > 0 ? "open" : truth.loose.length > 0 ? "loose" : "safe";
    expect({ ...truth, is: found }).toEqual({ ...truth, is: stated });
    expect(strict.said === "safe" && stated !== "safe").toBe(false);
    expectJudged(strict, stated === "safe", scenario.hides);
    expectJudged(probed, stated !== "open", scenario.hides);
    expect(strict.rehearsed ?? false).toBe(strict.said === "safe" || scenario.isOfReports === true);
  } finally {
    owner.destroy();
    stranger.destroy();
    await store.close();
  }
});

/** What is withheld may be said not to be told; `probed` lives with it, and its verdict names it. */
function expectJudged(judged: Judged, isSafe: boolean, hides: readonly string[] = []): void {
  if (judged.said === "not told") expect(hides).toEqual(expect.arrayContaining([...judged.refusing]));
  else if (hides.length > 0 && judged.said === "safe")
    expect(judged.untold).toEqual(expect.arrayContaining([...hides]));
  else expect(judged).toMatchObject({ said: isSafe ? "safe" : "unsafe" });
}

test("no false safe and no false unsafe, in at least forty scenarios; the page says how each was judged", async () => {
  expect(rows).toHaveLength(SCENARIOS.length);
  expect(rows.length).toBeGreaterThanOrEqual(40);
  await expect(renderPage(rows)).toMatchFileSnapshot("../../docs/bucket-scenarios.md");
});

test("each check that can refuse is the only one that does, in some scenario", () => {
  const undecided = Object.keys(ACCESS_QUESTIONS).filter((id) => !DECIDES_NOTHING.has(id) && judgesOf(id).length === 0);
  expect(undecided).toEqual([]);
});

/** Told and never asked for. */
const DECIDES_NOTHING = new Set(["V11"]);

/** One of each pair is enough, so they refuse together; V08 that failed would refuse by itself. */
const PAIRS: Readonly<Record<string, string>> = { V04: "V05", V05: "V04", V07: "V08", V08: "V07" };

/** The scenarios that are not safe and that nothing but this check refused, under a policy. */
function judgesOf(id: string): string[] {
  const isPartner = (each: string, failed: readonly string[]): boolean =>
    each === PAIRS[id] && !(each === "V08" && failed.includes("V08"));
  const isAlone = ({ refusing, failed }: Judged): boolean =>
    refusing.includes(id) && refusing.every((each) => each === id || isPartner(each, failed));
  return rows.flatMap(({ scenario, strict, probed }) =>
    scenario.truth !== "safe" && (isAlone(strict) || isAlone(probed)) ? [scenario.name] : [],
  );
}

function renderPage(judged: readonly Row[]): string {
  const count = (wrong: (row: Row) => boolean): string => String(judged.filter(wrong).length);
  const falseSafe = ({ scenario: { truth, hides }, strict, probed }: Row): boolean =>
    (strict.said === "safe" && truth !== "safe") || (probed.said === "safe" && truth === "open" && hides === undefined);
  const falseUnsafe = ({ scenario: { truth }, strict, probed }: Row): boolean =>
    (strict.said === "unsafe" && truth === "safe") || (probed.said === "unsafe" && truth !== "open");
  const untold = ({ scenario: { truth, hides }, probed }: Row): boolean =>
    probed.said === "safe" && truth === "open" && hides !== undefined;
  const lines = judged.map(
    ({ scenario: { name, truth }, strict, probed }) => `| ${name} | ${truth} | ${words(strict)} | ${words(probed)} |`,
  );
  const judges = Object.keys(ACCESS_QUESTIONS)
    .filter((id) => !DECIDES_NOTHING.has(id))
    .map((id) => `| ${id} | ${judgesOf(id).slice(0, 3).join("; ")} |`);
  return `# Bucket scenarios

Written by \`npx vitest run test/deliver/bucket-scenarios -u\`. Each row is a bucket on the simulator's strict store, judged by callsheet, and
then looked at by plain requests and the AWS SDK, without callsheet: \`safe\`, \`loose\` (nobody reads now, but one mistake would do, or the
bucket is not as its owner expects: \`strict\` must refuse) or \`open\` (somebody reads, or the link does not do what it says: both must
refuse). Behind \`unsafe\` and \`not told\` stand the checks that refused, behind \`safe\` those that stayed unknown.

${judged.length} scenarios: false safe ${count(falseSafe)}, false unsafe ${count(falseUnsafe)}. In ${count(untold)} the fault is one that the store or the keys hide, and
\`probed\`, which lives with what is not told, handed out a link with that check unknown; \`strict\` did not.

| scenario | truth | strict | probed |
| --- | --- | --- | --- |
${lines.join("\n")}

## Which scenario judges which check

Nothing but this check refused there (one of V04 and V05, and one of V07 and V08, is enough, so they refuse together). V11 refuses nothing.

| check | scenarios, at most three |
| --- | --- |
${judges.join("\n")}
`;
}

function words({ said, refusing, untold }: Judged): string {
  const why = said === "safe" ? untold : refusing;
  return why.length === 0 ? said : `${said}: ${why.join(" ")}`;
}
