/** Puts destinations together that are folders: without links, and with links that `serve` opens. */
import { randomBytes } from "node:crypto";
import type { FileDoors } from "../console/add-file-doors.ts";
import type { Destination } from "../deliver/deliver-artifacts.ts";
import type { DeliveryFolder } from "../deliver/delivery-folder.ts";
import { keyPrefix } from "../deliver/object-key.ts";
import type { ProbeAnswer } from "../deliver/object-store.ts";
import { createAccessRecord } from "../disk/access-record.ts";
import { createDeliveryFolder } from "../disk/create-delivery-folder.ts";
import { createFolderStore } from "../disk/create-folder-store.ts";
import { openDeliveredFiles } from "../disk/open-delivered-files.ts";
import { ReportError } from "../domain/errors.ts";
import { keyIdOf } from "../support/pseudonyms.ts";
import type { Config, FolderConfig } from "./read-config.ts";
import type { World } from "./world.ts";

/** A folder that files are placed in. */
export function wireFolder(name: string, { folder, prefix }: FolderConfig): DeliveryFolder {
  return createDeliveryFolder(name, folder, keyPrefix(prefix), randomBytes(4).toString("hex"));
}

/** A folder whose links are handed out, once they are proved. */
export function wireLinkedFolder(
  name: string,
  settings: FolderConfig,
  { base, ...rules }: NonNullable<FolderConfig["links"]>,
  config: Config,
  world: World,
): Destination & { close(): void } {
  const secret = config.linkKey();
  const folder = wireFolder(name, settings);
  const store = createFolderStore(folder, {
    path: settings.folder,
    base,
    secret,
    keyId: keyIdOf(secret),
    now: () => world.clock.now(),
    probe: async (url, method = "GET") => await probe(url, method, world),
  });
  return {
    name,
    prefix: folder.prefix,
    ...rules,
    store,
    expectWritable: async () => await folder.expectWritable(),
    close: () => undefined,
  };
}

/** What lets `serve` open links; undefined when no folder has any. */
export function wireDoors(config: Config, world: World): FileDoors | undefined {
  const linked = Object.entries(config.folders).filter(([, { links }]) => links !== undefined);
  if (linked.length === 0) return undefined;
  return {
    secret: config.linkKey(),
    files: openDeliveredFiles(new Map(linked.map(([name, { folder }]) => [name, folder]))),
    record: createAccessRecord(config.statePath),
    clock: world.clock,
  };
}

/** How long a probe may be without a byte, and take in all: it reads a report once in full. */
const DEADLINES = { idleMs: 30_000, totalMs: 600_000 };

async function probe(url: string, method: "GET" | "PUT" | "DELETE", world: World): Promise<ProbeAnswer> {
  const { probeUrl } = await import("../s3/probe-url.ts");
  try {
    return await probeUrl(url, method, DEADLINES, world.signal);
  } catch (error) {
    if (!(error instanceof ReportError) || error.code !== "s3.unavailable") throw error;
    throw new ReportError("delivery.unreachable", error.message, {
      hint: "`callsheet serve --listen` must run, and what stands at `links:` must lead to it, also from here.",
    });
  }
}
