/** Help for tests of asynchronous jobs: submits one, polls it to its end, reads its pages. */
import { type Connection, member, type Reply } from "./connect.ts";

export const DETAILS_JOBS = "/api/v2/analytics/conversations/details/jobs";
export const AGGREGATE_JOBS = "/api/v2/analytics/conversations/aggregates/jobs";

/** Submits a job and gives the path at which it is asked for. */
export async function submit(client: Connection, body: unknown, path = DETAILS_JOBS): Promise<string> {
  const reply = await client.post(path, body);
  if (reply.status !== 202) throw new Error(`The job was answered with ${reply.status}: ${reply.text}`);
  return `${path}/${String(member(reply.json, "jobId"))}`;
}

/** Polls until the job has ended; a job that takes more than `most` polls is an error. */
export async function finish(client: Connection, job: string, most = 20): Promise<string> {
  for (let poll = 0; poll < most; poll += 1) {
    const state = String(member((await client.get(job)).json, "state"));
    if (state !== "QUEUED" && state !== "PENDING") return state;
  }
  throw new Error(`The job did not end in ${most} polls`);
}

/** Asks for the page that a cursor leads to. */
export function page(client: Connection, job: string, cursor?: unknown, pageSize?: number): Promise<Reply> {
  const query = new URLSearchParams();
  if (typeof cursor === "string") query.set("cursor", cursor);
  if (pageSize !== undefined) query.set("pageSize", String(pageSize));
  return client.get(`${job}/results?${query.toString()}`);
}

/** All pages of a job that has ended, in order. */
export async function pages(client: Connection, job: string, pageSize?: number): Promise<Reply[]> {
  const replies = [await page(client, job, undefined, pageSize)];
  for (;;) {
    const cursor = member(replies.at(-1)?.json, "cursor");
    if (cursor === undefined) return replies;
    replies.push(await page(client, job, cursor, pageSize));
  }
}

/** Submits, waits and reads everything. */
export async function run(client: Connection, body: unknown, pageSize?: number): Promise<Reply[]> {
  const job = await submit(client, body);
  await finish(client, job);
  return pages(client, job, pageSize);
}
