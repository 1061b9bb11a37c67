/** Saves the pages that a report asks for, as they came: what every program of the bench reads. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { request } from "undici";
import { parseDefinition } from "../src/define/parse-definition.ts";
import { detailsQueryBody } from "../src/domain/query-plan.ts";
import { wantedPieces } from "../src/domain/slice.ts";
import { buildPlan } from "../src/plan/build-plan.ts";
import { resolveWindow } from "../src/plan/resolve-window.ts";

/** What was saved. */
export interface SavedPages {
  readonly pages: number;
  readonly bytes: number;
  /** Before it was packed. */
  readonly unpackedBytes: number;
}

/** Fetches every page of the definition's plan into the folder, in slices as narrow as a run makes them. */
export async function savePages(definitionText: string, env: NodeJS.Dict<string>, folder: string): Promise<SavedPages> {
  await mkdir(folder, { recursive: true });
  const definition = parseDefinition(definitionText, "grouped.yaml");
  const interval = resolveWindow(definition.window, definition.timeZone, Date.now());
  const plan = buildPlan(definition, definition.filter, interval);
  const token = await signIn(env);
  let [pages, bytes, unpackedBytes] = [0, 0, 0];
  const waiting = [...plan.slices];
  for (let slice = waiting.shift(); slice; slice = waiting.shift()) {
    for (let number = 1, more = true; more; number++) {
      const body = await fetchRaw(env, token, detailsQueryBody(plan, slice, number));
      const unpacked = gunzipSync(body);
      const { totalHits } = JSON.parse(unpacked.toString("utf8")) as { totalHits: number };
      const pieces = number === 1 ? wantedPieces(slice, totalHits) : undefined;
      if (pieces) {
        waiting.unshift(...pieces);
        break;
      }
      await writeFile(join(folder, `${slice.id}-${String(number).padStart(4, "0")}.json.gz`), body);
      more = number * plan.pageSize < totalHits;
      pages += 1;
      bytes += body.length;
      unpackedBytes += unpacked.length;
    }
  }
  return { pages, bytes, unpackedBytes };
}

async function signIn(env: NodeJS.Dict<string>): Promise<string> {
  const client = `${env["GENESYSCLOUD_OAUTHCLIENT_ID"]}:${env["GENESYSCLOUD_OAUTHCLIENT_SECRET"]}`;
  const answer = await fetch(`${env["CALLSHEET_GENESYS_LOGIN_URL"]}/oauth/token`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(client).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: "grant_type=client_credentials",
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** undici's request leaves the body as it came; fetch would unpack it. */
async function fetchRaw(env: NodeJS.Dict<string>, token: string, query: object): Promise<Buffer> {
  const answer = await request(`${env["CALLSHEET_GENESYS_API_URL"]}/api/v2/analytics/conversations/details/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "accept-encoding": "gzip" },
    body: JSON.stringify(query),
  });
  return Buffer.from(await answer.body.arrayBuffer());
}
