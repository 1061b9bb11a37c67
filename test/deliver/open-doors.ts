// In: a project whose folder `shelf` has links. Out: what opens them, on a port of its own, by a clock that can be moved.

import Fastify from "fastify";
import { addFileDoors } from "../../src/console/add-file-doors.ts";
import { readConfig } from "../../src/cli/read-config.ts";
import { wireDoors } from "../../src/cli/wire-folder.ts";
import { SYSTEM_CLOCK } from "../../src/cli/world.ts";
import type { Clock } from "../../src/domain/clock.ts";
import type { Project } from "../support/run-report.ts";

export const LINK_KEY = "a key of links for tests, 0123456789abcdef";

/** `callsheet.yaml` with the shelf. */
export function configWithShelf(base: string, more = ""): string {
  return `destinations:\n  shelf: { type: disk, folder: shelf, prefix: reports, links: "${base}", linkLifetime: 1h${more} }\n`;
}

export interface OpenDoors {
  readonly base: string;
  close(): Promise<void>;
}

/** Opens them, and writes their address into the project's configuration. */
export async function openDoors(project: Project, more = "", key = LINK_KEY, now?: Clock["now"]): Promise<OpenDoors> {
  project.write("callsheet.yaml", configWithShelf("http://127.0.0.1:1", more));
  const world = {
    env: { CALLSHEET_LINK_KEY: key },
    cwd: project.folder,
    clock: { ...SYSTEM_CLOCK, ...(now && { now }) },
    out: () => undefined,
    err: () => undefined,
    animated: false,
    signal: new AbortController().signal,
  };
  const server = Fastify({ logger: false });
  const doors = wireDoors(readConfig(undefined, world), world);
  if (doors === undefined) throw new Error("The shelf has no links");
  addFileDoors(server, doors);
  const base = await server.listen({ host: "127.0.0.1", port: 0 });
  project.write("callsheet.yaml", configWithShelf(base, more));
  return { base, close: async () => await server.close() };
}
