/**
 * Finds the region of a bucket: links are signed for it, and a link of another region opens nothing. A store tells it
 * with every answer about the bucket, refusals and redirects too; one that does not is asked under the usual name.
 */
import { HeadBucketCommand, S3Client, type S3ClientConfig, S3ServiceException } from "@aws-sdk/client-s3";
import type { AskedBucket } from "./access-questions.ts";

/** Where buckets are asked for, and what compatible stores without regions accept. */
const USUAL_REGION = "us-east-1";

/** The region, or the usual one where nobody tells: what is wrong then, the first real call says better. */
export async function discoverRegion(
  settings: S3ClientConfig,
  bucket: AskedBucket,
  abortSignal: AbortSignal,
): Promise<string> {
  const client = new S3Client({ ...settings, region: USUAL_REGION });
  try {
    const { BucketRegion } = await client.send(new HeadBucketCommand(bucket), { abortSignal });
    return namedRegion(BucketRegion) ?? USUAL_REGION;
  } catch (error) {
    const told = error instanceof S3ServiceException ? error.$response?.headers["x-amz-bucket-region"] : undefined;
    return namedRegion(told) ?? USUAL_REGION;
  } finally {
    client.destroy();
  }
}

function namedRegion(told: unknown): string | undefined {
  return typeof told === "string" && /^[a-z0-9-]{1,40}$/.test(told) ? told : undefined;
}
