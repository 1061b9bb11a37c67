import { expect, test } from "vitest";
import { ReportError } from "../domain/errors.ts";
import { createJobSlots } from "./job-slots.ts";

const NEVER = new AbortController().signal;

type Told = object | Error;

/** Slots of a service that tells this of its limits; `asked` counts how often. */
function slotsOf(told: Told): ReturnType<typeof createJobSlots> & { asked: number } {
  const client = {
    get() {
      slots.asked += 1;
      return told instanceof Error
        ? Promise.reject(told)
        : Promise.resolve({ status: 200, headers: {}, json: told, sizeBytes: 0 });
    },
  };
  const slots = { ...createJobSlots(client), asked: 0 };
  return slots;
}

const LIMIT_OF_TWO = { entities: [{ key: "details.jobs.concurrent.access.max", value: 2 }] };

/** Lets seven jobs of a few turns each work; the most at once, and the order in which they began. */
async function workSeven(slots: ReturnType<typeof slotsOf>): Promise<{ most: number; order: number[] }> {
  let [now, most] = [0, 0];
  const order: number[] = [];
  const job = async (nth: number): Promise<void> => {
    order.push(nth);
    most = Math.max(most, ++now);
    for (let turns = 0; turns < 3 + (nth % 3); turns++) await new Promise(setImmediate);
    now -= 1;
    if (nth === 3) throw new Error("a job that came to a bad end");
  };
  const jobs = Array.from({ length: 7 }, async (_, nth) => await slots.use(async () => await job(nth), NEVER));
  const ends = await Promise.allSettled(jobs);
  expect(ends.map(({ status }) => status === "rejected")).toEqual([false, false, false, true, false, false, false]);
  return { most, order };
}

test("createJobSlots() lets as many jobs work as the service allows, in the order in which they came, and asks once", async () => {
  const slots = slotsOf(LIMIT_OF_TWO);
  expect(await workSeven(slots)).toEqual({ most: 2, order: [0, 1, 2, 3, 4, 5, 6] });
  expect(slots.asked).toBe(1);
  // All slots are free again.
  expect(await workSeven(slots)).toMatchObject({ most: 2 });
});

test("createJobSlots() asks nothing for jobs that work alone", async () => {
  const slots = slotsOf(LIMIT_OF_TWO);
  for (let nth = 0; nth < 3; nth++) expect(await slots.use(() => Promise.resolve(nth), NEVER)).toBe(nth);
  expect(slots.asked).toBe(0);
});

test.each<[string, Told]>([
  ["does not tell", { entities: [] }],
  ["refuses to tell", new ReportError("genesys.forbidden", "no")],
])("createJobSlots() holds nobody back when the service %s", async (_name, told) => {
  expect(await workSeven(slotsOf(told))).toMatchObject({ most: 7 });
});
