// In: a ZIP archive as bytes. Out: the text of each of its files, by path, read from its directory at the end, as an
// office program reads it. Small on purpose: it is there to hold what we write against code that did not write it.

import { crc32, inflateRawSync } from "node:zlib";

const DIRECTORY_END = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;

/** Throws when the archive is cut, an entry's checksum is wrong, or it is of a kind that this does not read. */
export function unzip(archive: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  const end = archive.length - 22;
  if (archive.readUInt32LE(end) !== DIRECTORY_END) throw new Error("no directory at the end of the archive");
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error("no entry where the directory says one");
    const [crc, packed, size, local] = [16, 20, 24, 42].map((offset) => archive.readUInt32LE(at + offset));
    const [name = 0, extra = 0, comment = 0] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const path = archive.toString("utf8", at + 46, at + 46 + name);
    const from = (local ?? 0) + 30 + archive.readUInt16LE((local ?? 0) + 26) + archive.readUInt16LE((local ?? 0) + 28);
    const bytes = inflateRawSync(archive.subarray(from, from + (packed ?? 0)));
    if (bytes.length !== size || crc32(bytes) !== crc) throw new Error(`${path} is damaged`);
    files.set(path, bytes.toString("utf8"));
    at += 46 + name + extra + comment;
  }
  return files;
}
