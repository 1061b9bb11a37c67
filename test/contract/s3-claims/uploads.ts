// Claims about uploads in parts and in streams.

import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Claim } from "../s3-server.ts";
import { codeOf, type World } from "./world.ts";

const fiveMebibytes = Buffer.alloc(5 * 1024 * 1024, "callsheet ");

export const uploadClaims: readonly Claim[] = [
  {
    name: "two parts become one object, and its ETag tells so",
    amazon: `5242884 bytes tail ${etagOfParts([fiveMebibytes, Buffer.from("tail")])}`,
    async observe(world) {
      const upload = await start(world);
      await upload.complete([await upload.part(1, fiveMebibytes), await upload.part(2, Buffer.from("tail"))]);
      const got = await world.owner.send(new GetObjectCommand(upload.target));
      const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
      return `${bytes.length} bytes ${bytes.subarray(-4).toString()} ${got.ETag}`;
    },
  },
  {
    name: "the completion of an upload tells the ETag",
    amazon: etagOfParts([Buffer.from("tail")]),
    async observe(world) {
      const upload = await start(world);
      const { ETag } = await upload.complete([await upload.part(1, Buffer.from("tail"))]);
      return ETag === "" ? "an empty ETag" : String(ETag);
    },
  },
  {
    name: "parts in SHA-256 give a composite checksum",
    amazon: `${compositeOf([fiveMebibytes, Buffer.from("tail")])}-2`,
    async observe(world) {
      const upload = await start(world, "SHA256");
      const parts = [await upload.part(1, fiveMebibytes), await upload.part(2, Buffer.from("tail"))];
      return String((await upload.complete(parts)).ChecksumSHA256);
    },
  },
  {
    name: "unfinished uploads and their parts are listed",
    amazon: "big.bin: 1 (4 bytes)",
    async observe(world) {
      const upload = await start(world);
      await upload.part(1, Buffer.from("tail"));
      const { Uploads = [] } = await world.owner.send(
        new ListMultipartUploadsCommand({ Bucket: upload.target.Bucket }),
      );
      const { Parts = [] } = await world.owner.send(new ListPartsCommand({ ...upload.target, UploadId: upload.id }));
      return `${Uploads[0]?.Key}: ${Parts.map(({ PartNumber, Size }) => `${PartNumber} (${Size} bytes)`).join()}`;
    },
  },
  {
    name: "an aborted upload leaves nothing",
    amazon: "204, 0 left, 404 NoSuchUpload",
    async observe(world) {
      const upload = await start(world);
      await upload.part(1, Buffer.from("tail"));
      const aborted = await codeOf(
        world.owner.send(new AbortMultipartUploadCommand({ ...upload.target, UploadId: upload.id })),
      );
      const { Uploads = [] } = await world.owner.send(
        new ListMultipartUploadsCommand({ Bucket: upload.target.Bucket }),
      );
      const again = await codeOf(
        world.owner.send(new UploadPartCommand({ ...upload.target, UploadId: upload.id, PartNumber: 2, Body: "x" })),
      );
      return `${aborted}, ${Uploads.length} left, ${again}`;
    },
  },
  {
    name: "a small part before the last",
    amazon: "400 EntityTooSmall",
    async observe(world) {
      const upload = await start(world);
      const parts = [await upload.part(1, Buffer.from("small")), await upload.part(2, Buffer.from("tail"))];
      return await codeOf(upload.complete(parts));
    },
  },
  {
    name: "a part with another ETag",
    amazon: "400 InvalidPart",
    async observe(world) {
      const upload = await start(world);
      await upload.part(1, Buffer.from("tail"));
      return await codeOf(upload.complete([{ PartNumber: 1, ETag: '"00000000000000000000000000000000"' }]));
    },
  },
  {
    name: "parts out of order",
    amazon: "400 InvalidPartOrder",
    async observe(world) {
      const upload = await start(world);
      const parts = [await upload.part(2, Buffer.from("b")), await upload.part(1, fiveMebibytes)];
      return await codeOf(upload.complete(parts));
    },
  },
  {
    name: "completing an upload that does not exist",
    amazon: "404 NoSuchUpload",
    async observe(world) {
      const { target } = await start(world);
      const parts = [{ PartNumber: 1, ETag: '"00000000000000000000000000000000"' }];
      return await codeOf(
        world.owner.send(
          new CompleteMultipartUploadCommand({ ...target, UploadId: "none", MultipartUpload: { Parts: parts } }),
        ),
      );
    },
  },
  {
    name: "an upload under the name of another key",
    amazon: "404 NoSuchUpload",
    async observe(world) {
      const { target, id } = await start(world);
      return await codeOf(
        world.owner.send(
          new UploadPartCommand({ Bucket: target.Bucket, Key: "other.bin", UploadId: id, PartNumber: 1, Body: "x" }),
        ),
      );
    },
  },
  {
    name: "completing with If-None-Match: * does not overwrite",
    amazon: "412 PreconditionFailed",
    async observe(world) {
      const upload = await start(world);
      await world.put(upload.target.Bucket, upload.target.Key, "earlier");
      const parts = [await upload.part(1, Buffer.from("tail"))];
      return await codeOf(
        world.owner.send(
          new CompleteMultipartUploadCommand({
            ...upload.target,
            UploadId: upload.id,
            MultipartUpload: { Parts: parts },
            IfNoneMatch: "*",
          }),
        ),
      );
    },
  },
  {
    name: "a stream of known length, with the SDK's trailing checksum",
    amazon: "200 100000 bytes",
    async observe({ owner, bucket }) {
      const target = { Bucket: await bucket(), Key: "stream" };
      const body = Readable.from([Buffer.alloc(70_000, "a"), Buffer.alloc(30_000, "b")]);
      const put = await codeOf(owner.send(new PutObjectCommand({ ...target, Body: body, ContentLength: 100_000 })));
      if (put !== "200") return put;
      const got = await owner.send(new GetObjectCommand(target));
      return `${put} ${(await got.Body?.transformToByteArray())?.length} bytes`;
    },
  },
  {
    name: "a stream of known length, checksums only when required",
    amazon: "200",
    async observe({ client, bucket }) {
      const body = Readable.from([Buffer.alloc(100_000, "a")]);
      const modest = client({ requestChecksumCalculation: "WHEN_REQUIRED" });
      return await codeOf(
        modest.send(
          new PutObjectCommand({ Bucket: await bucket(), Key: "stream", Body: body, ContentLength: 100_000 }),
        ),
      );
    },
  },
];

interface StartedUpload {
  readonly target: { readonly Bucket: string; readonly Key: string };
  readonly id: string;
  part(number: number, bytes: Buffer): Promise<CompletedPart>;
  complete(parts: CompletedPart[]): Promise<{
    ETag?: string | undefined;
    ChecksumSHA256?: string | undefined;
    $metadata: { httpStatusCode?: number | undefined };
  }>;
}

async function start({ owner, bucket }: World, algorithm?: "SHA256"): Promise<StartedUpload> {
  const target = { Bucket: await bucket(), Key: "big.bin" };
  const checksum = algorithm === undefined ? {} : { ChecksumAlgorithm: algorithm };
  const { UploadId: id = "" } = await owner.send(new CreateMultipartUploadCommand({ ...target, ...checksum }));
  return {
    target,
    id,
    async part(number, bytes) {
      const { ETag, ChecksumCRC32, ChecksumSHA256 } = await owner.send(
        new UploadPartCommand({ ...target, ...checksum, UploadId: id, PartNumber: number, Body: bytes }),
      );
      return { PartNumber: number, ETag, ChecksumCRC32, ChecksumSHA256 };
    },
    complete: (parts) =>
      owner.send(new CompleteMultipartUploadCommand({ ...target, UploadId: id, MultipartUpload: { Parts: parts } })),
  };
}

function etagOfParts(parts: readonly Buffer[]): string {
  const digests = parts.map((part) => createHash("md5").update(part).digest());
  return `"${createHash("md5").update(Buffer.concat(digests)).digest("hex")}-${parts.length}"`;
}

function compositeOf(parts: readonly Buffer[]): string {
  const digests = parts.map((part) => createHash("sha256").update(part).digest());
  return createHash("sha256").update(Buffer.concat(digests)).digest("base64");
}
