// A real `callsheet serve` on its embedded database, asked over HTTP while it runs a report.

import { expect, test } from "vitest";
import { openServeProject } from "../queue/serve-processes.ts";

const AT = /shows how it is at (?<url>http:\/\/127\.0\.0\.1:\d+)\/metrics/;

test("R-68: serve --listen tells its health, its readiness and its figures, and no secret", async () => {
  const project = await openServeProject({}, 0);
  const serve = project.serve("--listen", "127.0.0.1:0");
  await serve.until(/serving: /);
  const instant = project.schedule(3);
  await serve.until(new RegExp(`calls@${instant}: done`));
  const url = AT.exec(serve.log())?.groups?.["url"] ?? "";
  const [health, ready, metrics] = await Promise.all(
    ["/health", "/ready", "/metrics"].map(async (path) => await fetch(`${url}${path}`)),
  );
  expect([health?.status, ready?.status, metrics?.status, metrics?.headers.get("content-type")]).toEqual([
    200,
    200,
    200,
    "text/plain; version=0.0.4; charset=utf-8",
  ]);
  const text = (await metrics?.text()) ?? "";
  expect(text).toContain('callsheet_attempts_total{report="calls",outcome="done"} 1\n');
  expect(text).toContain('callsheet_runs{report="calls",state="done"} 1\n');
  const asked = project.simulator.requests.filter(({ path }) => path.startsWith("/api/")).length;
  expect(text).toContain(`callsheet_requests_total{status="200"} ${asked}\n`);
  expect(/^callsheet_rate_limit_used (?<used>\d+)/m.exec(text)?.groups?.["used"]).toMatch(/^[1-9]/);
  const { clientId, clientSecret } = project.simulator;
  for (const secret of [clientId, clientSecret]) expect(text.includes(secret)).toBe(false);
  serve.child.kill("SIGTERM");
  expect(await serve.ended).toBe(143);
  // A JSON object a line, up to the words with which every command ends.
  const lines = serve.log().split("\n");
  const logged = lines
    .slice(
      0,
      lines.findIndex((line) => line.startsWith("error process.stopping")),
    )
    .map(parseLine);
  expect(logged.find(({ msg }) => msg?.includes(": done,"))).toMatchObject({
    level: "info",
    report: "calls",
    instant: instant.replace("Z", ".000Z"),
    attempt: 1,
  });
  expect(logged.some(({ runId }) => runId?.startsWith("calls-"))).toBe(true);
  for (const secret of [clientId, clientSecret]) expect(serve.log().includes(secret)).toBe(false);
});

function parseLine(line: string): Readonly<Record<string, string | undefined>> {
  return JSON.parse(line) as Record<string, string>;
}

test("serve refuses an address at which it cannot listen, and says which", async () => {
  const project = await openServeProject({}, 0);
  const taken = new URL(project.simulator.apiUrl).host;
  const serve = project.serve("--listen", taken);
  expect([await serve.ended, serve.log()]).toEqual([
    3,
    expect.stringContaining(`error config.invalid: Cannot listen on ${taken} (EADDRINUSE)`),
  ]);
});
