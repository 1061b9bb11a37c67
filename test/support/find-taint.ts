// In: what a program left behind, and secrets by name. Out: which secret stands where, in which disguise. Each is looked
// for as it is, percent-encoded, in base64 at each of its three alignments, and in hexadecimal; in the bytes themselves and
// in everything within them that is packed by gzip, zlib or ZIP, several layers deep.

import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

/** Layers of packing that are opened. */
const MAX_DEPTH = 4;

/** What is packed and is larger than this when it is open is no output of ours. */
const MAX_OPENED_BYTES = 64 * 1024 * 1024;

/** Lines such as `webhook secret in stdout (base64)`; none when nothing was found. */
export function findTaint(outputs: ReadonlyMap<string, Buffer>, secrets: ReadonlyMap<string, string>): string[] {
  const disguises = [...secrets].flatMap(([name, secret]) => disguisesOf(name, secret));
  return [...outputs].flatMap(([where, bytes]) =>
    layersOf(bytes, where, 0).flatMap(([place, layer]) => {
      const text = layer.toString("latin1");
      const lower = text.toLowerCase();
      return disguises
        .filter(({ needle, foldsCase }) => (foldsCase ? lower : text).includes(needle))
        .map(({ name, how }) => `${name} in ${place} (${how})`);
    }),
  );
}

interface Disguise {
  readonly name: string;
  readonly how: string;
  readonly needle: string;
  readonly foldsCase: boolean;
}

function disguisesOf(name: string, secret: string): Disguise[] {
  const bytes = Buffer.from(secret, "utf8");
  const plain = (how: string, needle: string, foldsCase = false): Disguise => ({ name, how, needle, foldsCase });
  const aligned = [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replaceAll("=", "");
    // The first characters hold bits of what stands before, the last ones of what follows.
    const inner = whole.slice(offset === 0 ? 0 : offset + 1, (offset + bytes.length) % 3 === 0 ? undefined : -1);
    const forUrls = inner.replaceAll("+", "-").replaceAll("/", "_");
    return [plain("base64", inner), ...(forUrls === inner ? [] : [plain("base64url", forUrls)])];
  });
  const percent = encodeURIComponent(secret);
  return [
    plain("raw", bytes.toString("latin1")),
    ...(percent === secret
      ? []
      : [
          plain("URL", percent.toLowerCase(), true),
          plain("URL twice", encodeURIComponent(percent).toLowerCase(), true),
        ]),
    plain("every character percent-encoded", bytes.toString("hex").replaceAll(/../g, "%$&"), true),
    plain("hex", bytes.toString("hex"), true),
    ...aligned,
  ];
}

/** The bytes, and whatever can be opened in them. */
function layersOf(bytes: Buffer, place: string, depth: number): (readonly [place: string, bytes: Buffer])[] {
  if (depth === MAX_DEPTH) return [[place, bytes]];
  const inner = [...packed(bytes)].flatMap(([how, opened]) => layersOf(opened, `${place} > ${how}`, depth + 1));
  return [[place, bytes], ...inner];
}

function* packed(bytes: Buffer): Generator<readonly [how: string, bytes: Buffer]> {
  for (const at of placesOf(bytes, [0x1f, 0x8b, 0x08]))
    yield* tryOpening("gzip", () => gunzipSync(bytes.subarray(at), LIMITS));
  for (const second of [0x01, 0x5e, 0x9c, 0xda])
    for (const at of placesOf(bytes, [0x78, second]))
      yield* tryOpening("zlib", () => inflateSync(bytes.subarray(at), LIMITS));
  for (const at of placesOf(bytes, [0x50, 0x4b, 0x03, 0x04])) {
    const from = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
    yield* tryOpening("ZIP", () => inflateRawSync(bytes.subarray(from), LIMITS));
  }
}

/** What follows a packed part is not its concern, and a part that is cut still has a beginning. */
const LIMITS = { maxOutputLength: MAX_OPENED_BYTES, finishFlush: 2 } as const;

function* tryOpening(how: string, open: () => Buffer): Generator<readonly [string, Buffer]> {
  try {
    const opened = open();
    if (opened.length > 0) yield [how, opened];
  } catch {
    // The signature was chance.
  }
}

function* placesOf(bytes: Buffer, signature: readonly number[]): Generator<number> {
  const needle = Buffer.from(signature);
  for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1))
    if (at + 32 < bytes.length || signature[0] !== 0x50) yield at;
}
