// A folder with links: what opens them lets in who has one, and nobody else, over HTTP; no link is given unless that was tried.

import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { signTarget } from "../../src/support/signed-target.ts";
import { CALLS_REPORT, openProject, type Outcome, type Project } from "../support/run-report.ts";
import { configWithShelf, LINK_KEY, openDoors, type OpenDoors } from "./open-doors.ts";

const TOLD = z.object({
  runId: z.string(),
  deliveries: z.array(
    z.object({
      artifact: z.string(),
      key: z.string(),
      url: z.string(),
      expiresAt: z.string(),
      verdict: z.object({
        policy: z.string(),
        proved: z.boolean(),
        checks: z.array(z.object({ id: z.string(), result: z.string(), fact: z.string() })),
      }),
    }),
  ),
});
type Told = z.infer<typeof TOLD>;

let project: Project;
let doors: OpenDoors;
let nowAt: number;
beforeEach(async () => {
  nowAt = 0;
  project = await openProject({ files: { "reports/calls.yaml": `${CALLS_REPORT}deliver: [shelf]\n` } });
  doors = await openDoors(project, configWithShelf, () => Date.now() + nowAt);
});
afterEach(async () => {
  await doors.close();
  await project.close();
});

const callsheet = async (...args: string[]): Promise<Outcome> =>
  await project.callsheet(args, { env: { CALLSHEET_LINK_KEY: LINK_KEY } });

async function run(): Promise<Told> {
  const { out, err } = await callsheet("run", "calls", "--json");
  expect(err).not.toContain("error");
  return TOLD.parse(JSON.parse(out));
}

function csvOf({ deliveries }: Told): Told["deliveries"][number] {
  const found = deliveries.find(({ artifact }) => artifact === "calls.csv");
  if (found === undefined) throw new Error("There is no link to calls.csv");
  return found;
}

const csvText = ({ runId }: Told): string => project.read(`.callsheet/runs/${runId}/artifacts/calls.csv`);
const record = (): Record<string, unknown>[] =>
  project
    .read(".callsheet/links.ndjson")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const openings = (): Record<string, unknown>[] => record().filter(({ event }) => event === "opened");

/** Asks as no URL parser would let us. */
async function askRaw(target: string, method = "GET"): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(doors.base);
  return await new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path: target, method, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;

describe("a link of a folder", () => {
  test("V18, V25: gives the delivered bytes, as a file to be saved, that runs nowhere and is kept nowhere", async () => {
    const told = await run();
    const { url } = csvOf(told);
    expect(url).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/files\/shelf\/reports\/calls\/\S+\?expires=\d+&signature=[0-9a-f]{64}$/,
    );
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([200, csvText(told)]);
    const {
      date: _date,
      "keep-alive": _alive,
      connection: _connection,
      ...headers
    } = Object.fromEntries(answer.headers);
    expect(headers).toEqual({
      "accept-ranges": "bytes",
      "cache-control": "no-store",
      "content-disposition": "attachment; filename=\"calls.csv\"; filename*=UTF-8''calls.csv",
      "content-length": String(Buffer.byteLength(csvText(told))),
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      "content-type": "text/csv; charset=utf-8",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-robots-tag": "noindex",
    });
  });

  test("is handed out behind a strict verdict, which says what a folder cannot be asked", async () => {
    const told = await run();
    const { verdict } = csvOf(told);
    const idsOf = (result: string): string =>
      verdict.checks.flatMap((check) => (check.result === result ? [check.id] : [])).join(" ");
    expect([verdict.policy, verdict.proved]).toEqual(["strict", true]);
    expect(idsOf("pass")).toBe("V01 V02 V03 V13 V15 V17 V18 V19 V20 V21 V22 V23 V24 V25 V26");
    expect(idsOf("inapplicable")).toBe("V04 V05 V06 V07 V08 V09 V10 V11 V12 V16");
    expect(project.files().filter((name) => name.includes(".canary/") || name.endsWith(".part"))).toEqual([]);
    expect(project.read(`.callsheet/runs/${told.runId}/manifest.json`)).not.toMatch(/signature=/);
  });

  test("V17, V19 to V23: is refused unsigned, tampered, for another file, for longer, for other methods, and with more behind it", async () => {
    const told = await run();
    const { url, key } = csvOf(told);
    const other = new URL(told.deliveries.find(({ artifact }) => artifact === "calls.json")?.url ?? "").pathname;
    const { pathname, search } = new URL(url);
    const [, end = ""] = /expires=(\d+)/.exec(search) ?? [];
    const forged = {
      unsigned: pathname,
      "with an end only": `${pathname}?expires=${end}`,
      tampered: `${pathname}${search.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"))}`,
      "for another file": `${other}${search}`,
      "for longer": `${pathname}${search.replace(end, String(Number(end) + 1))}`,
      "for a second end": `${pathname}${search}&expires=${Number(end) + 1}`,
      "with more behind it": `${pathname}${search}&x=1`,
      "written otherwise": `${pathname.replace("calls.csv", "%63alls.csv")}${search}`,
      "signed with another key": signTarget(
        "another key, of the same length, 0123456789",
        `/files/shelf/${key}`,
        inAnHour(),
      ),
    };
    for (const [how, target] of Object.entries(forged))
      expect([how, await askRaw(target)]).toEqual([how, { status: 403, body: "This link is not valid.\n" }]);
    for (const method of ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
      expect([method, (await askRaw(`${pathname}${search}`, method)).status]).toEqual([method, 403]);
    const withBody = await fetch(url, { method: "PUT", body: "forged", headers: { "content-type": "text/csv" } });
    expect(withBody.status).toBe(403);
    expect(await (await fetch(url)).text()).toBe(csvText(told));
  });

  test("V24: opens up to its end and not from then on, and says when it ended", async () => {
    const { url, expiresAt } = csvOf(await run());
    nowAt = Date.parse(expiresAt) - Date.now() - 5_000;
    expect((await fetch(url)).status).toBe(200);
    nowAt = Date.parse(expiresAt) - Date.now();
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([
      403,
      `This link ended at ${expiresAt}. Ask for a new one.\n`,
    ]);
  });

  test("T5: leads nowhere out of the folder and through no symbolic link, whoever signed it", async () => {
    const told = await run();
    const { key } = csvOf(told);
    const shelf = join(project.folder, "shelf");
    mkdirSync(join(project.folder, "secrets"));
    writeFileSync(join(project.folder, "secrets", "secret.csv"), "secret");
    writeFileSync(join(shelf, "with space.csv"), "secret");
    symlinkSync(join(project.folder, "secrets", "secret.csv"), join(shelf, "file.csv"));
    symlinkSync(join(project.folder, "secrets"), join(shelf, "way"));
    symlinkSync(join(shelf, key), join(shelf, "inside.csv"));
    for (const path of [
      "shelf/../secrets/secret.csv",
      "shelf/reports/../../secrets/secret.csv",
      "shelf/reports/..%2f..%2fsecrets/secret.csv",
      "shelf/with space.csv",
      "shelf/with%20space.csv",
      "shelf/file.csv",
      "shelf/way/secret.csv",
      "shelf/inside.csv",
      "shelf/reports",
      "shelf/reports/",
      `shelf//${key}`,
      `shelf/${key}/`,
      `other/${key}`,
    ]) {
      const { status, body } = await askRaw(
        encodeURI(signTarget(LINK_KEY, `/files/${path}`, inAnHour())).replaceAll("%25", "%"),
      );
      expect([path, status >= 400 && status < 500, body.includes("secret")]).toEqual([path, true, false]);
    }
    expect((await askRaw(signTarget(LINK_KEY, `/files/shelf/${key}`, inAnHour()))).status).toBe(200);
  });

  test("goes on where a download stopped, and says that there are no bytes beyond the end", async () => {
    const told = await run();
    const { url } = csvOf(told);
    const text = csvText(told);
    const size = Buffer.byteLength(text);
    const part = async (range: string, more = {}): Promise<unknown[]> => {
      const { status, headers, ...answer } = await fetch(url, { headers: { range, ...more } }).then(async (got) => ({
        status: got.status,
        headers: got.headers,
        text: await got.text(),
      }));
      return [status, headers.get("content-range"), answer.text];
    };
    expect(await part("bytes=5-9")).toEqual([206, `bytes 5-9/${size}`, text.slice(5, 10)]);
    expect(await part("bytes=7-")).toEqual([206, `bytes 7-${size - 1}/${size}`, text.slice(7)]);
    expect(await part("bytes=-4")).toEqual([206, `bytes ${size - 4}-${size - 1}/${size}`, text.slice(-4)]);
    expect(await part(`bytes=0-${size * 9}`)).toEqual([206, `bytes 0-${size - 1}/${size}`, text]);
    expect(await part(`bytes=${size}-`)).toEqual([416, `bytes */${size}`, "There are no such bytes.\n"]);
    expect(await part("bytes=-0")).toEqual([416, `bytes */${size}`, "There are no such bytes.\n"]);
    for (const whole of ["bytes=9-5", "bytes=1-2,4-5", "lines=1-2", "bytes=-"])
      expect(await part(whole)).toEqual([200, null, text]);
    expect(await part("bytes=5-9", { "if-range": '"x"' })).toEqual([200, null, text]);
  });
});

describe("many readers", () => {
  /** A link to a file that no socket holds, so that whoever does not read it keeps it open. */
  function linkToLarge(): string {
    mkdirSync(join(project.folder, "shelf"));
    writeFileSync(join(project.folder, "shelf", "large.csv"), "");
    truncateSync(join(project.folder, "shelf", "large.csv"), 64 * 1024 * 1024);
    return doors.base + signTarget(LINK_KEY, "/files/shelf/large.csv", inAnHour());
  }

  test("are a hundred at once; the next one is asked to come again, and let in when somebody has gone", async () => {
    const url = linkToLarge();
    const readers = Array.from({ length: 100 }, () => new AbortController());
    await Promise.all(readers.map(async ({ signal }) => await fetch(url, { signal })));
    const refused = await fetch(url);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
    for (const reader of readers) reader.abort();
    await expect.poll(async () => (await fetch(url, { headers: { range: "bytes=0-3" } })).status).toBe(206);
  });

  test("do not keep serve from stopping", async () => {
    const answer = await fetch(linkToLarge());
    await doors.close();
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });
});

describe("the access record", () => {
  test("has who opened a link, when and which file, and never the signature", async () => {
    const told = await run();
    const { url, key, expiresAt } = csvOf(told);
    // The proof reads each file itself, before the link is handed out.
    expect(openings().map(({ key: opened }) => opened)).toEqual(told.deliveries.map((delivery) => delivery.key));
    const before = openings().length;
    await fetch(url, { headers: { "x-forwarded-for": '203.0.113.7, "x\n'.trim() } });
    await fetch(url.replace("expires=", "expires=1"));
    expect(openings().slice(before)).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        event: "opened",
        destination: "shelf",
        key,
        until: expiresAt,
        address: "127.0.0.1",
        forwardedFor: "203.0.113.7,",
        answer: "sent",
      },
    ]);
    expect(project.read(".callsheet/links.ndjson")).not.toMatch(/signature|[0-9a-f]{64}/);
    const { out } = await callsheet("link", "list", told.runId);
    expect(out).toContain(`  opened      ${key} at shelf  from 127.0.0.1 for 203.0.113.7,\n`);
    expect(out).toMatch(/ handed out {2}calls\.csv at shelf /);
    expect((await callsheet("link", "list", "calls-other")).out).toBe("");
  });

  test("that cannot be written lets nobody in", async () => {
    const { url } = csvOf(await run());
    rmSync(join(project.folder, ".callsheet", "links.ndjson"));
    mkdirSync(join(project.folder, ".callsheet", "links.ndjson"));
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([503, "This file cannot be fetched now.\n"]);
  });
});

describe("nothing is handed out", () => {
  test("while nobody answers at the base, and the file is on the shelf only when somebody does", async () => {
    await doors.close();
    const { exitCode, err, out } = await callsheet("run", "calls");
    expect([exitCode, out]).toEqual([10, ""]);
    expect(err).toMatch(/error delivery\.unreachable: Cannot reach 127\.0\.0\.1:\d+ to try the link: ECONNREFUSED\n/);
    expect(project.files().filter((name) => name.startsWith("shelf/"))).toEqual([]);
  });

  test("where the serve behind the base has another key, or somebody else answers there", async () => {
    const { exitCode, err } = await project.callsheet(["run", "calls"], {
      env: { CALLSHEET_LINK_KEY: `${LINK_KEY}, but another` },
    });
    expect([exitCode, err]).toEqual([
      11,
      expect.stringContaining(" to what is signed with our linkKey: the serve there has another key"),
    ]);
    project.write("callsheet.yaml", configWithShelf(project.simulator.apiUrl));
    const elsewhere = await callsheet("run", "calls", "--json");
    expect([elsewhere.exitCode, elsewhere.err]).toEqual([10, expect.stringContaining("delivery.unreachable")]);
    expect(project.files().filter((name) => name.startsWith("shelf/"))).toEqual([]);
  });

  test.each([
    { name: "without a key", key: "", says: "error config.missing: There is no key for the links that serve opens\n" },
    { name: "with a short key", key: "short", says: "error config.invalid: linkKey has fewer than 32 characters\n" },
  ])("$name", async ({ key, says }) => {
    const { exitCode, err } = await project.callsheet(["run", "calls"], { env: { CALLSHEET_LINK_KEY: key } });
    expect([exitCode, err]).toEqual([3, expect.stringContaining(says)]);
    expect(project.simulator.requests).toEqual([]);
  });

  test.each(["http://reports.example.org", "ftp://reports.example.org", "reports.example.org"])(
    "under the base %s",
    async (base) => {
      project.write("callsheet.yaml", configWithShelf(base));
      const { exitCode, err } = await callsheet("run", "calls");
      expect([exitCode, err]).toEqual([3, expect.stringContaining(`Cannot use destinations.shelf.links "${base}"`)]);
    },
  );
});

describe("revoke", () => {
  test("removes the file: its links are answered with 404, the other file's open, and the record says it", async () => {
    const told = await run();
    const { url } = csvOf(told);
    const { out, exitCode } = await callsheet("link", "revoke", told.runId, "calls.csv");
    expect([exitCode, out]).toEqual([0, expect.stringContaining("a link to it is refused (tried: 404)")]);
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([404, "This file is no longer there.\n"]);
    expect(openings().at(-1)).toMatchObject({ answer: "gone" });
    expect((await fetch(told.deliveries.find(({ artifact }) => artifact === "calls.json")?.url ?? "")).status).toBe(
      200,
    );
  });

  test("does it while nobody serves, too, and says that no link was tried", async () => {
    const told = await run();
    await doors.close();
    const { out, exitCode } = await callsheet("link", "revoke", told.runId, "calls.csv");
    expect([exitCode, out]).toEqual([0, expect.stringContaining("no serve answers there now to try a link to it")]);
    expect(project.files().filter((name) => name.startsWith("shelf/") && name.endsWith(".csv"))).toEqual([]);
    expect(record().at(-1)).toMatchObject({ event: "revoked", artifact: "calls.csv" });
  });

  test("a fresh link opens until its own end", async () => {
    const told = await run();
    const { out } = await callsheet("link", told.runId, "calls.csv", "--for", "2h", "--json");
    const { url, expiresAt } = csvOf(TOLD.parse(JSON.parse(out)));
    expect(Date.parse(expiresAt) - Date.parse(csvOf(told).expiresAt)).toBeGreaterThan(3_500_000);
    expect((await fetch(url)).status).toBe(200);
  });
});

describe("check --online", () => {
  test("tries the links of a folder before the first run, and leaves nothing behind", async () => {
    const { out, exitCode } = await callsheet("check", "--online");
    expect(exitCode).toBe(0);
    expect(out).toContain("ok  destination shelf: access proved (strict)\n");
    expect(out).toMatch(
      / {4}pass {4}V03 Does the bucket exist, and is it ours\? 127\.0\.0\.1:\d+ answers for this folder\n/,
    );
    expect(out).toContain("    n/a     V06 Is the bucket's policy not public? a folder has no policy\n");
    expect(project.files().filter((name) => name.startsWith("shelf/"))).toEqual([]);
  });

  test("says that the base is not reached", async () => {
    await doors.close();
    const { err, exitCode } = await callsheet("check", "--online");
    expect([exitCode, err]).toEqual([
      10,
      expect.stringContaining("error delivery.unreachable: Cannot reach 127.0.0.1:"),
    ]);
  });
});
