/** The faults of a simulator: added and cleared while it runs, each counting the requests that it concerns. */
import type { Fault, FaultRequest } from "./fault.ts";

/** The faults of a simulator, as its owner sees them. */
export interface FaultList {
  /** Adds faults; they stay until cleared, whether they can still strike or not. */
  add(...faults: readonly Fault[]): void;
  /** Removes all faults and forgets their counts. */
  clear(): void;
  /** How many requests a fault has struck. */
  struck(fault: Fault): number;
}

/** The faults of a simulator, as its hosts ask them. */
export interface FaultScript extends FaultList {
  /** Counts the request for each fault and gives those that strike it, in the order in which they were added. */
  striking(request: FaultRequest): readonly Fault[];
}

/** Makes the list, with the faults that it begins with. */
export function createFaultScript(faults: readonly Fault[] = []): FaultScript {
  const counts = new Map<Fault, { concerned: number; struck: number }>();
  const script: FaultScript = {
    add(...more) {
      for (const fault of more) counts.set(fault, { concerned: 0, struck: 0 });
    },
    clear: () => counts.clear(),
    struck: (fault) => counts.get(fault)?.struck ?? 0,
    striking(request) {
      return [...counts].flatMap(([fault, count]) => {
        if (!fault.concerns(request)) return [];
        count.concerned += 1;
        if (!fault.applies(request, count.concerned)) return [];
        count.struck += 1;
        return [fault];
      });
    },
  };
  script.add(...faults);
  return script;
}
