/** Puts together whom alarms go to, and the beat for a switch outside that notices when nobody is at work here. */
import type { Notify } from "../domain/log-facts.ts";
import type { Messenger } from "../deliver/messenger.ts";
import { ReportError } from "../domain/errors.ts";
import type { AlarmsConfig, Config } from "./read-config.ts";
import type { World } from "./world.ts";

/** Everybody who is told, by the name of the destination. */
export async function wireAlarmMessengers(config: Config, world: World): Promise<ReadonlyMap<string, Messenger>> {
  const messengers = new Map<string, Messenger>();
  const { wireMessenger } = await import("./wire-messenger.ts");
  for (const name of config.alarms?.to ?? []) {
    const settings = config.messages[name];
    if (settings) messengers.set(name, await wireMessenger(name, settings, config, world));
  }
  return messengers;
}

/** Switches outside count in minutes. */
const BEAT_MS = 60_000;

/** Beats at most once a minute, and never twice at once; nobody waits for it. */
export async function wireHeartbeat(
  alarms: AlarmsConfig | undefined,
  config: Config,
  world: World,
  notify: Notify,
): Promise<() => void> {
  if (alarms?.heartbeat === undefined) return () => undefined;
  const [{ guardedPost }, { webUrl }] = await Promise.all([
    import("../webhook/guarded-post.ts"),
    import("./wire-messenger.ts"),
  ]);
  const { privateAddresses } = alarms;
  const key = "alarms.heartbeat";
  const url = webUrl(config.plainOrSecret(alarms.heartbeat, key), key, privateAddresses);
  let nextAt = Number.NEGATIVE_INFINITY;
  let isGood = true;
  async function beat(): Promise<void> {
    try {
      await guardedPost({ url, privateAddresses }, {}, "{}", world.signal);
      if (!isGood) notify("the heartbeat is taken again");
      isGood = true;
    } catch (error) {
      if (world.signal.aborted) return;
      const words = error instanceof ReportError ? error.message : "it could not be sent";
      if (isGood) notify(`the heartbeat was not taken: ${words}; it goes on`);
      isGood = false;
    }
  }
  return () => {
    const now = world.clock.elapsed();
    if (now < nextAt) return;
    nextAt = now + BEAT_MS;
    void beat();
  };
}
