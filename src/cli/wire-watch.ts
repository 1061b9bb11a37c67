/** Puts together what watches a `serve`: metrics, and the small server that shows them. Loaded only when it is asked for. */
import { createMetrics } from "../console/create-metrics.ts";
import { createWatchServer } from "../console/create-watch-server.ts";
import { ReportError } from "../domain/errors.ts";
import { createFleetReader } from "../postgres/create-fleet-reader.ts";
import type { Database } from "../postgres/database.ts";
import type { WorkEvent } from "../runs/work-events.ts";
import type { ListenAddress } from "./parse-listen.ts";
import type { Config } from "./read-config.ts";
import { wireDoors } from "./wire-doors.ts";
import type { World } from "./world.ts";

/** A server that listens. */
export interface Watch {
  readonly url: string;
  see(event: WorkEvent): void;
  close(): Promise<void>;
}

/** Starts it; `config.invalid` when it cannot listen there. */
export async function startWatch(
  { host, port }: ListenAddress,
  config: Config,
  database: Database,
  loops: () => Readonly<Record<"scheduler" | "worker", number | undefined>>,
  world: World,
  notify: (message: string) => void,
): Promise<Watch> {
  const metrics = createMetrics();
  const server = createWatchServer({ fleet: createFleetReader(database), metrics, clock: world.clock, loops });
  const closeDoors = await wireDoors(server, config, world, notify);
  try {
    const url = await server.listen({ host, port });
    return {
      url,
      see: (event) => metrics.see(event),
      close: async () => {
        await server.close();
        closeDoors();
      },
    };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new ReportError("config.invalid", `Cannot listen on ${host}:${port} (${code})`, {
      hint: "Choose another address with --listen HOST:PORT or serve.listen in callsheet.yaml.",
      cause: error,
    });
  }
}
