/** Puts together what lets `serve` open links: to files of folders, and to objects of buckets. */
import { addClickDoors, type ClickedBucket } from "../console/add-click-doors.ts";
import { addFileDoors } from "../console/add-file-doors.ts";
import { CLICK_SECONDS } from "../deliver/probe-link.ts";
import { createPrivacyWatch } from "../deliver/privacy-watch.ts";
import { createAccessRecord } from "../disk/access-record.ts";
import { openDeliveredFiles } from "../disk/open-delivered-files.ts";
import type { Config } from "./read-config.ts";
import { wireBucket } from "./wire.ts";
import type { World } from "./world.ts";

/** Adds them to the server where destinations have such links; the answer closes what they opened. */
export async function wireDoors(
  server: Parameters<typeof addFileDoors>[0],
  config: Config,
  world: World,
  notify: (message: string) => void,
): Promise<() => void> {
  const folders = Object.entries(config.folders).filter(([, { links }]) => links !== undefined);
  const buckets = Object.entries(config.destinations).filter(([, { links }]) => links !== undefined);
  if (folders.length + buckets.length === 0) return () => undefined;
  const guard = { secret: config.linkKey(), record: createAccessRecord(config.statePath), clock: world.clock };
  const files = openDeliveredFiles(new Map(folders.map(([name, { folder }]) => [name, folder])));
  if (folders.length > 0) addFileDoors(server, { ...guard, files });
  const clicked = new Map<string, ClickedBucket>();
  const closers: (() => void)[] = [];
  for (const [name] of buckets) {
    const bucket = await wireBucket(name, config, world);
    closers.push(() => bucket.close());
    clicked.set(name, {
      refusing: createPrivacyWatch(bucket, world.clock),
      async presign(key, version) {
        const file = key.slice(key.lastIndexOf("/") + 1);
        return (await bucket.store.presign(key, CLICK_SECONDS, file, 0, version)).url;
      },
    });
  }
  if (clicked.size > 0) addClickDoors(server, { ...guard, buckets: clicked, notify });
  return () => {
    for (const close of closers) close();
  };
}
