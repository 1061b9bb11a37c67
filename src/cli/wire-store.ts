/** Puts the local store together, apart from the rest: a plan is told from it without the client that a run needs. */
import { createConversationStore } from "../disk/create-conversation-store.ts";
import type { DayFiles } from "../runs/day-files.ts";
import type { RunServices } from "../runs/execute-run.ts";
import type { Config } from "./read-config.ts";
import type { World } from "./world.ts";

/** The local store of conversations; nothing when the configuration keeps none. */
export function wireStore(config: Config, world: World): Pick<RunServices, "store"> {
  if (config.store === undefined) return {};
  const { apiUrl, clientId } = config.genesys();
  const options = { statePath: config.statePath, apiUrl, clientId, ...config.store };
  const openFiles = async (folder: string): Promise<DayFiles> =>
    await (await import("../duckdb/open-day-files.ts")).openDayFiles(folder);
  return { store: createConversationStore(options, openFiles, world.clock) };
}
