// The claims about the port to durable tasks, on pg-boss, on any database.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTaskQueue } from "../../src/pg-boss/create-task-queue.ts";
import type { HeldTask, Task, TaskQueue } from "../../src/tasks/task-queue.ts";
import type { Home } from "./homes.ts";

/** Defines the suite; `open` is called once. */
export function defineQueueSuite(name: string, open: () => Promise<Home>): void {
  describe(`the task queue on ${name}`, () => {
    let home: Home;
    beforeAll(async () => {
      home = await open();
    });
    afterAll(async () => {
      await home.close();
    });

    async function openQueue(): Promise<TaskQueue> {
      return await createTaskQueue({
        home: home.home,
        supervises: true,
        onTrouble(message) {
          throw new Error(message);
        },
      });
    }

    test("a task that is added twice, before it was done and after, is done once", async () => {
      const queue = await openQueue();
      const [first, second] = [task("a"), task("b")];
      await queue.add(first);
      await queue.add(first);
      const seen: string[] = [];
      const both = Promise.withResolvers<void>();
      await queue.work({ concurrency: 1, perClient: 1 }, async ({ run }: HeldTask) => {
        seen.push(run.report);
        if (run.report === "a") {
          await queue.add(first);
          await queue.add(second);
        } else both.resolve();
      });
      await both.promise;
      await queue.close();
      expect(seen).toEqual(["a", "b"]);
    });

    test("work that throws comes again with the next number; two of a client at once are as many as allowed", async () => {
      const queue = await openQueue();
      const tries: number[] = [];
      let [atOnce, most] = [0, 0];
      const all = Promise.withResolvers<void>();
      const left = new Set(["x", "y", "z", "again"]);
      for (const report of left) await queue.add(task(report));
      await queue.work({ concurrency: 4, perClient: 2 }, async ({ run, tryNumber }) => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        // As long as another look of the queue takes.
        await new Promise((resolve) => setImmediate(resolve));
        atOnce -= 1;
        if (run.report === "again") tries.push(tryNumber);
        if (run.report === "again" && tryNumber === 0) throw new Error("the ledger is away");
        left.delete(run.report);
        if (left.size === 0) all.resolve();
      });
      await all.promise;
      await queue.close();
      expect([tries, most <= 2]).toEqual([[0, 1], true]);
    });
  });
}

function task(report: string): Task {
  return {
    id: randomUUID(),
    run: { report, nominalAt: Date.UTC(2024, 2, 4) },
    priority: 0,
    client: "client",
    afterMs: 0,
  };
}
