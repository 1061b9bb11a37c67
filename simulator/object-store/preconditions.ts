// In: the conditional headers of a request and the object there is. Out: nothing, "not modified", or
// PreconditionFailed. `If-None-Match: *` on a write means "only if there is none".

import type { StoredObject } from "./bucket.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";

/** Judges the conditions of a GET or HEAD. */
export function checkReadConditions(
  { headers }: S3Request,
  { etag, modifiedAt }: StoredObject,
): "send" | "not modified" {
  const since = (name: string): number => Date.parse(headers.get(name) ?? "");
  const modifiedSecond = Math.floor(modifiedAt / 1000) * 1000; // HTTP dates know no milliseconds
  const ifMatch = headers.get("if-match");
  if (ifMatch !== undefined && !namesEtag(ifMatch, etag)) throw failed("If-Match");
  if (ifMatch === undefined && since("if-unmodified-since") < modifiedSecond) throw failed("If-Unmodified-Since");
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== undefined) return namesEtag(ifNoneMatch, etag) ? "not modified" : "send";
  return since("if-modified-since") >= modifiedSecond ? "not modified" : "send";
}

/** Judges the conditions of a write; throws `PreconditionFailed`. */
export function checkWriteConditions({ headers }: S3Request, existing: StoredObject | undefined): void {
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") {
    throw new S3Error("NotImplemented", "A header you provided implies functionality that is not implemented", {
      Header: "If-None-Match",
    });
  }
  if (ifNoneMatch === "*" && existing !== undefined) throw failed("If-None-Match");
  const ifMatch = headers.get("if-match");
  if (ifMatch === undefined) return;
  if (existing === undefined) throw new S3Error("NoSuchKey", "The specified key does not exist.");
  if (!namesEtag(ifMatch, existing.etag)) throw failed("If-Match");
}

function namesEtag(header: string, etag: string): boolean {
  return header.split(",").some((part) => {
    const candidate = part.trim().replace(/^"|"$/g, "");
    return candidate === "*" || candidate === etag;
  });
}

function failed(condition: string): S3Error {
  return new S3Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    Condition: condition,
  });
}
