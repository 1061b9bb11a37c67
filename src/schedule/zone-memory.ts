/** The port to what this machine last foretold of clock changes: its next time-zone data may foretell others. */

/** A clock change to come: the first instant of the new offset, and both offsets in milliseconds. */
export interface ForetoldChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** What was foretold of some zones, up to an instant. */
export interface ForetoldZones {
  /** Of the time-zone data, such as `2026b`. */
  readonly version: string;
  readonly untilAt: number;
  readonly zones: Readonly<Record<string, readonly ForetoldChange[]>>;
}

/** Keeps one foretelling. */
export interface ZoneMemory {
  /** Undefined when nothing is kept that can be read. */
  read(): Promise<ForetoldZones | undefined>;
  write(foretold: ForetoldZones): Promise<void>;
}
