// In: a request from a page of some site, and the bucket's rules. Out: the headers that let the page read the answer, if
// a rule names its site and the method.

import type { Bucket } from "./bucket.ts";
import type { S3Request } from "./s3-request.ts";
import { fits } from "./wildcard.ts";
import { findChildren, parseXml, type XmlElement } from "./xml.ts";

/** Headers for the answer; none when no rule is meant. */
export function corsHeaders(bucket: Bucket, { method, headers }: S3Request): Readonly<Record<string, string>> {
  const origin = headers.get("origin");
  const document = bucket.documents.get("cors");
  if (origin === undefined || document === undefined) return {};
  const rule = findChildren(parseXml(document), "CORSRule").find(
    (each) =>
      textsOf(each, "AllowedMethod").includes(method) &&
      textsOf(each, "AllowedOrigin").some((allowed) => fits(allowed, origin)),
  );
  if (rule === undefined) return {};
  const isAnyone = textsOf(rule, "AllowedOrigin").includes("*");
  return { "access-control-allow-origin": isAnyone ? "*" : origin, vary: "Origin" };
}

function textsOf(element: XmlElement, name: string): string[] {
  return findChildren(element, name).map(({ text }) => text);
}
