/** A stream that ends with the signal's reason as soon as it is aborted, between two of its items. */

/** Passes the items on; the source is closed when its reader stops. */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  for await (const item of source) {
    signal.throwIfAborted();
    yield item;
  }
}
