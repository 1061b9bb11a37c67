/** The state of an OAuth client in this process: what a single process needs, and what is left when no file can be shared. */
import { type ClientState, type ClientStore, UNKNOWN_CLIENT } from "../domain/client-store.ts";
import type { Clock } from "../domain/clock.ts";

/** Makes a store that nobody else sees. */
export function createOwnClientStore(clock: Clock): ClientStore {
  let state: ClientState = UNKNOWN_CLIENT;
  return {
    async update(step) {
      const taken = step(state, clock.elapsed());
      state = taken.state;
      return taken.answer;
    },
    close() {
      state = UNKNOWN_CLIENT;
    },
  };
}

/**
 * Makes a store that is `shared` as long as it works. The first failure is told once, and from then on this process
 * goes its own way: with a token of its own, which the service counts apart.
 */
export function sharedOrOwn(
  shared: () => ClientStore,
  own: ClientStore,
  onUnusable: (reason: unknown) => void,
): ClientStore {
  let store: ClientStore | undefined;
  let usable = true;
  return {
    async update(step) {
      if (!usable) return await own.update(step);
      try {
        store ??= shared();
        return await store.update(step);
      } catch (error) {
        usable = false;
        onUnusable(error);
        return await own.update(step);
      }
    },
    close() {
      store?.close();
      own.close();
    },
  };
}
