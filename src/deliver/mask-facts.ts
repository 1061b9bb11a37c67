/**
 * Facts of a verdict come from the store, and a careless one sends back what it was sent: a link in a header, a
 * signature in an error. Verdicts are kept and shown, so whatever could sign or open something is masked first, and
 * check V26 says whether there was anything to mask.
 */
import type { AccessFinding } from "./access-verdict.ts";

/** An address, a parameter of a signature, or a run of hexadecimal digits as long as one. */
const SECRETS = /https?:\/\/\S+|X-Amz-[\w-]+=\S+|[0-9a-f]{64}/gi;

/** Nothing that a store says is worth more room than this in a manifest. */
const MAX_FACT = 300;

/** The findings without secrets, and V26 behind them. */
export function maskFacts(findings: readonly AccessFinding[]): AccessFinding[] {
  const masked = findings.map((finding) => ({ ...finding, fact: withoutSecrets(finding.fact) }));
  const ids = findings.filter(({ fact }) => fact.search(SECRETS) >= 0).map(({ id }) => id);
  return [
    ...masked,
    {
      id: "V26",
      result: ids.length === 0 ? "pass" : "fail",
      fact: ids.length === 0 ? "none" : `the store's answers held one, masked here: ${[...new Set(ids)].join(", ")}`,
      call: "search of every fact of this verdict",
    },
  ];
}

function withoutSecrets(fact: string): string {
  const masked = fact.replaceAll(SECRETS, "…");
  return masked.length <= MAX_FACT ? masked : `${masked.slice(0, MAX_FACT)}…`;
}
