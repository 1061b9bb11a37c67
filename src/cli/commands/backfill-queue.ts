/** `callsheet backfill … --queue`: enters the windows into the ledger, where `serve` runs them behind its schedules. */
import { ReportError } from "../../domain/errors.ts";
import { backfillKey, formatKey } from "../../domain/scheduled-run.ts";
import { enterBackfill } from "../../postgres/backfill-rows.ts";
import type { Backfill } from "../../schedule/backfill-book.ts";
import type { BackfillWindow } from "../../schedule/backfill-windows.ts";
import type { Config } from "../read-config.ts";
import { openGuest } from "../wire-database.ts";
import type { World } from "../world.ts";

/** What is entered. */
export type QueueOrder = Omit<Backfill, "endsAt"> & { readonly windows: readonly BackfillWindow[] };

/** Enters each window once and says which were entered now; throws `config.missing` when there is no database. */
export async function queueBackfill(
  { windows, ...order }: QueueOrder,
  { json }: { readonly json?: boolean },
  config: Config,
  world: World,
): Promise<void> {
  const endsAt = windows.map(({ interval }) => interval.endAt);
  const entered = new Set(await enter({ ...order, endsAt }, config, world));
  const { report } = order.report;
  const told = windows.map(({ interval: { startAt, endAt } }) => ({
    run: formatKey(backfillKey(report, order.every, endAt)),
    window: { start: new Date(startAt).toISOString(), end: new Date(endAt).toISOString() },
    entered: entered.has(endAt),
  }));
  if (json) world.out(`${JSON.stringify(told, undefined, 2)}\n`);
  else for (const { run, entered: isNew } of told) world.out(`${run}  ${isNew ? "entered" : "was there already"}\n`);
  world.err(
    `${entered.size} of ${windows.length} windows were entered; \`callsheet serve\` runs them, ${order.atOnce} at a time, behind what its schedules want.\n  \`callsheet runs list --scheduled ${report}\` shows how they stand.\n`,
  );
}

async function enter(backfill: Backfill, config: Config, world: World): Promise<readonly number[]> {
  const opened = await openGuest(config, world);
  if (opened === undefined)
    throw new ReportError("config.missing", "There is no database that --queue could enter windows into", {
      hint: "Start `callsheet serve` first, or leave --queue out: then this command runs the windows itself.",
    });
  try {
    return await enterBackfill(opened.database, backfill);
  } finally {
    await opened.close();
  }
}
