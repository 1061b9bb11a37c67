// In: a policy. Out: whether Amazon S3 calls it public. It begins by calling it public and takes that back only if
// every Allow is limited to fixed principals, or by a positive condition to fixed values of one of a short list of
// keys. A Deny never makes a public policy private.

import { isIP } from "node:net";
import type { Policy, Statement } from "./policy.ts";
import type { Condition } from "./policy-conditions.ts";
import { isPositive } from "./policy-conditions.ts";

/** Keys whose fixed values keep a statement from being public. */
const trustedKeys = new Set([
  "aws:principalorgid",
  "aws:principalaccount",
  "aws:principalarn",
  "aws:sourcearn",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:sourceowner",
  "aws:sourceaccount",
  "aws:userid",
  "s3:x-amz-server-side-encryption-aws-kms-key-id",
  "s3:dataaccesspointarn",
  "s3:dataaccesspointaccount",
]);

/** Whether a policy lets the public do something. */
export function isPublicPolicy(policy: Policy): boolean {
  return policy.statements.some((statement) => statement.effect === "Allow" && !isLimited(statement));
}

function isLimited({ principals, conditions }: Statement): boolean {
  const isFixed = !principals.negated && !principals.names.includes("*");
  return isFixed || conditions.some(limits);
}

function limits({ operator, key, values }: Condition): boolean {
  if (!isPositive(operator) || values.length === 0) return false;
  if (key === "aws:sourceip") return operator === "IpAddress" && values.every(isNarrowRange);
  return trustedKeys.has(key) && values.every((value) => isFixedValue(key, value));
}

function isFixedValue(key: string, value: string): boolean {
  // An access point's name may be open as long as its account is not.
  if (key === "s3:dataaccesspointarn") return /^arn:aws:s3:[^*?$]*:\d{12}:accesspoint\/[^$]*$/.test(value);
  return !/[*?$]/.test(value);
}

/** Ranges wider than /8 (IPv6: /32) count as everybody, except private ones. */
function isNarrowRange(range: string): boolean {
  const [network = "", prefix] = range.split("/");
  if (prefix === undefined) return isIP(network) !== 0;
  if (isIP(network) === 4) return Number(prefix) >= 8;
  return isIP(network) === 6 && Number(prefix) >= 32;
}
