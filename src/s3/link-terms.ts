/** How links of S3 are written: Signature Version 4 in the query. */
import type { LinkTerms } from "../deliver/object-store.ts";

/** The same for every store that speaks like S3. */
export const LINK_TERMS: LinkTerms = {
  signature: "X-Amz-Signature",
  end: "X-Amz-Expires",
  span({ searchParams }) {
    const seconds = Number(searchParams.get("X-Amz-Expires"));
    return { seconds, endsAt: parseAmzDate(searchParams.get("X-Amz-Date") ?? "") + seconds * 1000 };
  },
};

/** Epoch milliseconds of `20240131T220000Z`; NaN for anything else. */
function parseAmzDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, "$1-$2-$3:$4:$5"));
}
