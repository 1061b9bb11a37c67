/** Puts destinations together that are folders: without links, and with links that `serve` opens. */
import { randomBytes } from "node:crypto";
import type { Destination } from "../deliver/deliver-artifacts.ts";
import type { DeliveryFolder } from "../deliver/delivery-folder.ts";
import { keyPrefix } from "../deliver/object-key.ts";
import { SERVE_LINK_TERMS } from "../deliver/serve-links.ts";
import { createDeliveryFolder } from "../disk/create-delivery-folder.ts";
import { createFolderStore } from "../disk/create-folder-store.ts";
import { keyIdOf } from "../support/pseudonyms.ts";
import type { Config, FolderConfig } from "./read-config.ts";
import { probeServe } from "./wire-links.ts";
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
    terms: SERVE_LINK_TERMS,
    keyId: keyIdOf(secret),
    now: () => world.clock.now(),
    probe: async (url, method = "GET") => await probeServe(url, method, world),
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
