// The conformance suite on a real server, Ceph RGW 16 from Debian: what our own store claims about Amazon S3 is checked
// against code that is not ours. Where RGW differs from Amazon, its answer stands here.

import { defineS3ServerSuite } from "../contract/s3-server.ts";
import { requireService } from "./services-env.ts";

defineS3ServerSuite(
  "Ceph RGW",
  async () =>
    await Promise.resolve({
      endpoint: requireService("CALLSHEET_TEST_RGW_ENDPOINT"),
      region: "us-east-1",
      owner: {
        accessKeyId: requireService("CALLSHEET_TEST_RGW_ACCESS_KEY"),
        secretAccessKey: requireService("CALLSHEET_TEST_RGW_SECRET_KEY"),
      },
      other: {
        accessKeyId: requireService("CALLSHEET_TEST_RGW_OTHER_ACCESS_KEY"),
        secretAccessKey: requireService("CALLSHEET_TEST_RGW_OTHER_SECRET_KEY"),
      },
      close: () => Promise.resolve(),
    }),
  {
    // No checksums before version 18; the SDK's trailing checksum is not understood.
    "a wrong SHA-256 checksum": "200",
    "a SHA-256 checksum is echoed by HEAD": "undefined",
    "parts in SHA-256 give a composite checksum": "undefined",
    "a stream of known length, with the SDK's trailing checksum": "411 MissingContentLength",
    "object attributes": "an answer that the SDK cannot read",
    // No server-side encryption of its own, and AES256 is taken for granted in silence.
    "AES256 is applied when asked for": "undefined",
    "a new bucket encrypts with AES256": "undefined",
    "a default encryption that was put": "400 InvalidArgument",
    // Uploads in parts.
    "the completion of an upload tells the ETag": "an empty ETag",
    "parts out of order": "200",
    "completing an upload that does not exist": "500 InternalError",
    "completing with If-None-Match: * does not overwrite": "200",
    // Signatures: the region counts for nothing, a token of nobody neither.
    "a signature for another region": "200",
    "a session token nobody issued": "200",
    "an x-amz header added after signing": "200",
    "a link for another region": "200",
    "a link dated an hour ahead": "200",
    // The same refusals under other names.
    "a link with an empty signature": "403 AccessDenied",
    "a link without its signature": "403 AccessDenied",
    "a link with the lifetime named twice": "403 SignatureDoesNotMatch",
    "a link longer than a week": "403 AccessDenied",
    "a link of negative life": "403 AccessDenied",
    "a policy that is no JSON": "400 InvalidArgument",
    // Buckets are made as Amazon made them before 2023, and know no owner's number.
    "another owner than expected": "200",
    "a new bucket blocks public access": "false false false false",
    "a public access block that was deleted": "200",
    "a new bucket has no ACLs": "undefined",
    "an ACL in a new bucket": "200",
    "the policy status of no policy": "200",
    "no website": "405 MethodNotAllowed",
    "a website": "405 MethodNotAllowed",
    // On plain HTTP it has no aws:SecureTransport, and never an s3:signatureAge: a Deny that rests on one denies nothing.
    "a policy that denies plain HTTP": "200",
    "a signed link is stopped by a Deny on plain HTTP": "200",
    "a link older than the policy's signature age": "200 young, 200 old",
    "a public policy under RestrictPublicBuckets": "200 before, 200 after",
    "a policy about another bucket": "204",
  },
);
