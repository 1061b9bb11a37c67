/**
 * Sends a large file in parts, as one object that is written once. An upload that fails leaves no parts behind: it is
 * aborted by its id, and so is what an earlier process left of the same object when it died.
 */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { ObjectFacts } from "../deliver/object-store.ts";
import { ReportError } from "../domain/errors.ts";
import type { AskedBucket } from "./access-questions.ts";
import { stateObject } from "./object-statements.ts";
import { statusOf } from "./translate-error.ts";
import { type ObjectWriter, writeOnce, type WrittenObject } from "./write-once.ts";

/** Whole uploads that are tried: somebody who sends the same object may have aborted ours, or ended it. */
const MAX_UPLOADS = 2;

/** Parts that are read and sent at a time; with their size they bound the memory. */
const PARTS_AT_ONCE = 3;

/** The store takes no more. */
const MAX_PARTS = 10_000;

/** Writes the file, or says that something stands there. */
export async function writeInParts(
  writer: ObjectWriter,
  key: string,
  path: string,
  facts: ObjectFacts,
): Promise<WrittenObject> {
  // Large files are not sent to learn that they are there.
  if ((await writer.find(key)) !== undefined) return { isNew: false };
  await abortLeftovers(writer, key);
  for (let uploads = 1; ; uploads++) {
    try {
      return await uploadOnce(writer, key, path, facts);
    } catch (error) {
      if (!(error instanceof Error && error.name === "NoSuchUpload")) throw error;
      // The answer to our completion was lost, or somebody else sends the same object.
      if ((await writer.find(key)) !== undefined) return { isNew: false };
      if (uploads === MAX_UPLOADS) throw error;
    }
  }
}

async function uploadOnce(writer: ObjectWriter, key: string, path: string, facts: ObjectFacts): Promise<WrittenObject> {
  const { client, bucket } = writer;
  const { object, algorithm } = stateObject(writer.statements, facts);
  const create = new CreateMultipartUploadCommand({ ...bucket, Key: key, ...object, ...algorithm });
  const { UploadId } = await client.send(create, { abortSignal: writer.deadline() });
  const target = { ...bucket, Key: key, UploadId };
  let written: WrittenObject | undefined;
  try {
    const Parts = await sendParts(writer, target, path, facts);
    written = await writeOnce(writer, key, async (condition) => {
      const complete = new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts }, ...condition });
      return await client.send(complete, { abortSignal: writer.deadline(facts.bytes) });
    });
    return written;
  } finally {
    // The error that stopped the upload is the one to tell; the next upload of this object tries to abort it again.
    if (written?.isNew !== true) await abort(writer, target).catch(() => undefined);
  }
}

interface UploadTarget extends AskedBucket {
  readonly Key: string;
  readonly UploadId: string | undefined;
}

async function sendParts(
  writer: ObjectWriter,
  target: UploadTarget,
  path: string,
  facts: ObjectFacts,
): Promise<CompletedPart[]> {
  const partBytes = Math.max(writer.parts.partBytes, Math.ceil(facts.bytes / MAX_PARTS));
  const file = await open(path, "r");
  const whole = createHash("sha256");
  const parts: CompletedPart[] = [];
  try {
    for (let start = 0; start < facts.bytes; start += partBytes * PARTS_AT_ONCE) {
      const wave: Promise<CompletedPart>[] = [];
      for (let at = start; at < Math.min(start + partBytes * PARTS_AT_ONCE, facts.bytes); at += partBytes) {
        const bytes = await readAt(file, at, Math.min(partBytes, facts.bytes - at));
        whole.update(bytes);
        wave.push(sendPart(writer, target, parts.length + wave.length + 1, bytes));
      }
      // All have come to an end before anything is aborted: a part that arrives later would stay.
      const settled = await Promise.allSettled(wave);
      for (const outcome of settled) {
        if (outcome.status === "rejected") throw outcome.reason;
        parts.push(outcome.value);
      }
    }
  } finally {
    await file.close();
  }
  if (whole.digest("hex") === facts.sha256) return parts;
  throw new ReportError("s3.checksum_mismatch", "The file changed while it was sent to the object store", {
    hint: "Run again, and let no other program write into the run folder.",
  });
}

async function sendPart(
  writer: ObjectWriter,
  target: UploadTarget,
  PartNumber: number,
  Body: Buffer,
): Promise<CompletedPart> {
  const { client, statements } = writer;
  const checksum = statements.checksums === "sha256" ? { ChecksumSHA256: sha256Base64(Body) } : {};
  const command = new UploadPartCommand({ ...target, PartNumber, Body, ContentLength: Body.length, ...checksum });
  const { ETag } = await client.send(command, { abortSignal: writer.deadline(Body.length) });
  return { PartNumber, ETag, ...checksum };
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}

function sha256Base64(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("base64");
}

/** What a process that died left of this very object; without the right to list them, the bucket's lifecycle rule has to. */
async function abortLeftovers(writer: ObjectWriter, key: string): Promise<void> {
  const list = new ListMultipartUploadsCommand({ ...writer.bucket, Prefix: key });
  const listed = await writer.client.send(list, { abortSignal: writer.deadline() }).catch((error: unknown) => {
    if (["403", "404", "405", "501"].includes(String(statusOf(error)))) return undefined;
    throw error;
  });
  for (const { Key, UploadId } of listed?.Uploads ?? [])
    if (Key === key) await abort(writer, { ...writer.bucket, Key, UploadId }).catch(() => undefined);
}

async function abort(writer: ObjectWriter, target: UploadTarget): Promise<void> {
  await writer.client.send(new AbortMultipartUploadCommand(target), { abortSignal: writer.removalDeadline() });
}
