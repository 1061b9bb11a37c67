// In: a project whose folder `shelf` has links. Out: what opens them, on a port of its own, by a clock that can be moved.

import Fastify from "fastify";
import { readConfig } from "../../src/cli/read-config.ts";
import { wireDoors } from "../../src/cli/wire-doors.ts";
import { SYSTEM_CLOCK } from "../../src/cli/world.ts";
import type { Clock } from "../../src/domain/clock.ts";
import type { Project } from "../support/run-report.ts";

export const LINK_KEY = "a key of links for tests, 0123456789abcdef";

/** `callsheet.yaml` with the shelf. */
export function configWithShelf(base: string): string {
  return `destinations:\n  shelf: { type: disk, folder: shelf, prefix: reports, links: "${base}", linkLifetime: 1h }\n`;
}

export interface OpenDoors {
  readonly base: string;
  /** What the operator was told. */
  readonly said: readonly string[];
  close(): Promise<void>;
}

/** Opens them, and writes their address into the project's configuration. */
export async function openDoors(
  project: Project,
  configOf: (base: string) => string,
  now: Clock["now"],
): Promise<OpenDoors> {
  project.write("callsheet.yaml", configOf("http://127.0.0.1:1"));
  const said: string[] = [];
  const world = {
    env: { ...project.env, CALLSHEET_LINK_KEY: LINK_KEY },
    cwd: project.folder,
    clock: { ...SYSTEM_CLOCK, now },
    out: () => undefined,
    err: () => undefined,
    animated: false,
    signal: new AbortController().signal,
  };
  const server = Fastify({ logger: false });
  const closeDoors = await wireDoors(server, readConfig(undefined, world), world, (message) => void said.push(message));
  const base = await server.listen({ host: "127.0.0.1", port: 0 });
  project.write("callsheet.yaml", configOf(base));
  return {
    base,
    said,
    async close() {
      await server.close();
      closeDoors();
    },
  };
}
