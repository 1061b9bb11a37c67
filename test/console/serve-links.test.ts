// A real `callsheet serve` delivers a scheduled report to a folder, proves its links through itself, and opens them.

import { once } from "node:events";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { configWithShelf, LINK_KEY } from "../deliver/open-doors.ts";
import { openServeProject } from "../queue/serve-processes.ts";

const TOLD = z.object({ runId: z.string(), deliveries: z.array(z.object({ url: z.string() })) });

test("a report of a schedule lies in a folder, and serve opens links to it while it serves", async () => {
  const port = await freePort();
  const project = await openServeProject({ CALLSHEET_LINK_KEY: LINK_KEY }, 0);
  writeFileSync(join(project.folder, "callsheet.yaml"), configWithShelf(`http://127.0.0.1:${port}`));
  const serve = project.serve("--listen", `127.0.0.1:${port}`);
  await serve.until(/serving: /);
  const instant = project.schedule(3);
  appendFileSync(join(project.folder, "reports/calls.yaml"), "deliver: [shelf]\n");
  await serve.until(new RegExp(`calls@${instant}: (done|failed)`));
  const [line] = await project.ledger();
  expect(line).toMatchObject({ state: "done" });
  const runId = line?.runId ?? "";
  const told = TOLD.parse(JSON.parse(await project.command("link", runId, "calls.csv", "--json")));
  const url = told.deliveries[0]?.url ?? "";
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  expect(Buffer.from(await answer.arrayBuffer()).toString("latin1")).toBe(project.artifacts(runId)["calls.csv"]);
  expect((await fetch(url.slice(0, url.indexOf("?")))).status).toBe(403);
  expect((await fetch(`http://127.0.0.1:${port}/files/`)).status).toBe(403);
  serve.child.kill("SIGTERM");
  expect(await serve.ended).toBe(143);
  const record = readFileSync(join(project.folder, ".callsheet/links.ndjson"), "utf8");
  for (const written of [serve.log(), record]) expect(written).not.toMatch(/signature=|[0-9a-f]{64}/);
});

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
