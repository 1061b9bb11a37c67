/** What the command line says of destinations before anything is delivered: their verdict, their rights, their waivers. */
import { afterEach, describe, expect, test } from "vitest";
import { CALLS_REPORT, configWithArchive, openProject, type Project } from "../support/run-report.ts";

const BUCKET = "genesys-analytics-reports";
const OWNER = { access: "strict", expectedOwner: '"111122223333"' };

let project: Project | undefined;
afterEach(async () => {
  await project?.close();
  project = undefined;
});

async function open(settings: Readonly<Record<string, string>> = OWNER): Promise<Project> {
  const files = {
    "callsheet.yaml": configWithArchive(settings),
    "reports/calls.yaml": `${CALLS_REPORT}deliver: [archive]\n`,
  };
  project = await openProject({ objectStore: true, files });
  return project;
}

describe("check --online", () => {
  test("judges a destination check by check, and leaves the bucket as it was", async () => {
    const opened = await open();
    const { exitCode, out } = await opened.callsheet(["check", "--online"]);
    expect(exitCode).toBe(0);
    expect(out).toContain("ok  destination archive: access proved (strict)\n");
    expect(out).toContain("    pass    V01 Which account signs? account 111122223333\n");
    expect(out).toMatch(/^ {4}pass {4}V18 .* status 200, 64 bytes, equal$/m);
    expect(out).not.toMatch(/https?:\/\/|X-Amz-/);
    expect(opened.objectStore?.buckets.get(BUCKET).keys()).toEqual([]);
  });

  test("K1: names the statement that is missing, ready to paste, and ends with exit code 11", async () => {
    const opened = await open();
    const keys = { AWS_ACCESS_KEY_ID: "AKIAWRITER", AWS_SECRET_ACCESS_KEY: "of the writer" };
    opened.objectStore?.users.set({
      name: "writer",
      accountId: "111122223333",
      accessKeyId: keys.AWS_ACCESS_KEY_ID,
      secretAccessKey: keys.AWS_SECRET_ACCESS_KEY,
      deny: [{ actions: ["s3:GetEncryptionConfiguration"], resources: ["*"] }],
    });
    const { exitCode, out, err } = await opened.callsheet(["check", "--online"], { env: keys });
    expect(exitCode).toBe(11);
    expect(out).toContain("!   destination archive: access not proved (strict)\n");
    expect(out).toMatch(/^ {4}unknown V10 .* not allowed to ask \(AccessDenied\)$/m);
    expect(out).toContain(
      '               the credentials lack {"Effect":"Allow","Action":"s3:GetEncryptionConfiguration","Resource":"arn:aws:s3:::genesys-analytics-reports"}\n',
    );
    expect(err).toMatch(/^error delivery\.access_unproved: Access to archive is not proved\n/);
  });

  test("K10: a bucket that is public gets no canary either", async () => {
    const opened = await open({ access: "probed" });
    const statement = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${BUCKET}/*` };
    opened.objectStore?.buckets
      .get(BUCKET)
      .set({ publicAccessBlock: false, policy: { Version: "2012-10-17", Statement: [statement] } });
    const { exitCode, out } = await opened.callsheet(["check", "--online"]);
    expect(exitCode).toBe(11);
    expect(out).toMatch(/^ {4}fail {4}V06 /m);
    expect(opened.objectStore?.requests.filter(({ method }) => method === "PUT")).toEqual([]);
  });

  test("--json holds the verdicts, also of what is not proved", async () => {
    const opened = await open({ access: "strict" });
    const { exitCode, out } = await opened.callsheet(["check", "--online", "--json"]);
    expect(exitCode).toBe(11);
    const told = JSON.parse(out) as {
      readonly destinations: readonly {
        readonly destination: string;
        readonly verdict: { readonly proved: boolean };
      }[];
    };
    expect(told).toMatchObject({ ok: false, destinations: [{ destination: "archive", verdict: { proved: false } }] });
  });
});

describe("init aws", () => {
  test("prints four policies for the destination: only they are on stdout", async () => {
    const opened = await open();
    const { exitCode, out, err } = await opened.callsheet(["init", "aws"]);
    expect(exitCode).toBe(0);
    expect(err.match(/^# (\w+): /gm)).toEqual(["# writer: ", "# signer: ", "# auditor: ", "# bucketPolicy: "]);
    const policies = out.split(/^(?=\{)/m).map((text) => JSON.parse(text) as { readonly Statement: { Sid: string }[] });
    expect(policies.map(({ Statement }) => Statement.map(({ Sid }) => Sid))).toEqual([
      ["WriteReports", "FindLeftovers", "RemoveCanaries"],
      ["ReadReports"],
      ["AskBucket", "ListUnderPrefix", "AskObjects", "AskAccount"],
      ["RefusePlainHttp", "RefuseOldLinks", "RefuseOverwriting"],
    ]);
    expect(out).toContain('"arn:aws:s3:::genesys-analytics-reports/reports/.canary/*"');
    const { out: json } = await opened.callsheet(["init", "aws", "archive", "--json"]);
    expect(Object.values(JSON.parse(json) as object)).toEqual(policies);
  });

  test("names the destinations that there are", async () => {
    const opened = await open();
    const { exitCode, err } = await opened.callsheet(["init", "aws", "archiv"]);
    expect(exitCode).toBe(3);
    expect(err).toMatch(/^error config\.missing: There is no destination "archiv"\. Did you mean "archive"\?\n/);
  });
});

describe("waivers", () => {
  const until = (day: string, check = "V12", reason = "kept elsewhere") => ({
    ...OWNER,
    waivers: `[{ check: ${check}, reason: "${reason}", until: ${day} }]`,
  });

  test("a check that is waived is shown with its reason and its end, and no longer refuses", async () => {
    const opened = await open(until("2999-01-01", "V09"));
    opened.objectStore?.buckets.get(BUCKET).set({ website: true });
    const { exitCode, out } = await opened.callsheet(["check", "--online"]);
    expect(exitCode).toBe(0);
    expect(out).toContain("ok  destination archive: access proved (strict)\n");
    expect(out).toMatch(
      /^ {4}waived {2}V09 .* fail: the bucket is a website.* \(waived until 2999-01-01: kept elsewhere\)$/m,
    );
    opened.objectStore?.buckets.get(BUCKET).set({ encryption: undefined });
    expect((await opened.callsheet(["check", "--online"])).exitCode).toBe(11);
  });

  test("one that has ended counts for nothing, and the verdict says so", async () => {
    const opened = await open(until("2020-01-01", "V09"));
    opened.objectStore?.buckets.get(BUCKET).set({ website: true });
    const { exitCode, out } = await opened.callsheet(["check", "--online"]);
    expect(exitCode).toBe(11);
    expect(out).toMatch(/^ {4}fail {4}V09 .*\(its waiver ended on 2020-01-01\)$/m);
  });

  test.each([
    {
      says: "a probe",
      waiver: until("2999-01-01", "V17"),
      told: /"V17" for "check"\. It is tried on the object and the link/,
    },
    { says: "a check that is none", waiver: until("2999-01-01", "V99"), told: /"V99" for "check"/ },
    { says: "no reason", waiver: until("2999-01-01", "V10", " "), told: /A waiver says why/ },
    { says: "no day", waiver: until("soon"), told: /"soon" for "until"\. Write the day on which it ends/ },
  ])("$says is refused in the configuration, with its place", async ({ waiver, told }) => {
    const opened = await open(waiver);
    const { exitCode, err } = await opened.callsheet(["check"]);
    expect(exitCode).toBe(3);
    expect(err).toMatch(/^error config\.invalid: callsheet\.yaml:\d+:\d+: /);
    expect(err).toMatch(told);
  });

  test("a delivery tells on the terminal what was waived", async () => {
    const opened = await open(until("2999-01-01", "V09"));
    opened.objectStore?.buckets.get(BUCKET).set({ website: true });
    const { exitCode, out } = await opened.callsheet(["run", "calls"]);
    expect(exitCode).toBe(0);
    expect(out).toContain(
      "      waived until 2999-01-01: V09 fail: the bucket is a website; no page of another site may read it (kept elsewhere)\n",
    );
  });
});

test("K5: a delivery tells on the terminal that and why a link is shorter than was asked for", async () => {
  const opened = await open();
  const Condition = { NumericGreaterThan: { "s3:signatureAge": "600000" } };
  const statement = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${BUCKET}/*`,
    Condition,
  };
  opened.objectStore?.buckets.get(BUCKET).set({ policy: { Version: "2012-10-17", Statement: [statement] } });
  const { exitCode, out } = await opened.callsheet(["run", "calls"]);
  expect(exitCode).toBe(0);
  expect(out).toContain("      ! shortened from 3600 to 600 seconds: the bucket's policy ends it after 600 seconds\n");
});
