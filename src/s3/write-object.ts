/** Writes an object once: in one request, or in parts where it is large. What stands under the key is never overwritten. */
import { readFile } from "node:fs/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { ObjectBody, ObjectFacts } from "../deliver/object-store.ts";
import { stateObject } from "./object-statements.ts";
import { writeInParts } from "./write-in-parts.ts";
import { type ObjectWriter, writeOnce, type WrittenObject } from "./write-once.ts";

/** Writes it, or says that something stands there. */
export async function writeObject(
  writer: ObjectWriter,
  key: string,
  body: ObjectBody,
  facts: ObjectFacts,
): Promise<WrittenObject> {
  if ("path" in body && facts.bytes > writer.parts.thresholdBytes)
    return await writeInParts(writer, key, body.path, facts);
  const bytes = "path" in body ? await readFile(body.path) : Buffer.from(body.text, "utf8");
  const { client, bucket, statements } = writer;
  const stated = stateObject(statements, facts);
  const input = { ...bucket, Key: key, Body: bytes, ContentLength: bytes.length, ...stated.object, ...stated.checksum };
  return await writeOnce(writer, key, async (condition) => {
    const command = new PutObjectCommand({ ...input, ...condition });
    return await client.send(command, { abortSignal: writer.deadline(bytes.length) });
  });
}
