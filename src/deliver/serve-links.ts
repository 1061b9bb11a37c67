/** How links are written that `serve` opens: an end and a signature in the query. */
import type { LinkTerms } from "./object-store.ts";

/** The same for folders and for buckets. */
export const SERVE_LINK_TERMS: LinkTerms = {
  signature: "signature",
  end: "expires",
  span: ({ searchParams }) => ({ endsAt: Number(searchParams.get("expires")) * 1000 }),
};
