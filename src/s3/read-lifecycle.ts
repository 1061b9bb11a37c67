/**
 * When the rules of a bucket remove what we place under a prefix. A rule that may meet our objects is taken to do so: of
 * their sizes a rule cannot know more than we do, and what is said too early costs nothing but a shorter link.
 */
import type { LifecycleRule } from "@aws-sdk/client-s3";

/** So many days after it was written, or on a date that is the same for all. */
export type LifecycleEnd =
  | { readonly kind: "days"; readonly days: number }
  | { readonly kind: "date"; readonly date: string };

/** The earliest end; undefined when no rule removes what is under the prefix and has these tags. */
export function earliestEnd(
  rules: readonly LifecycleRule[],
  prefix: string,
  tags: Readonly<Record<string, string>>,
): LifecycleEnd | undefined {
  const expirations = rules
    .filter((rule) => rule.Status === "Enabled" && mayMeet(rule, prefix, tags))
    .flatMap(({ Expiration }) => Expiration ?? []);
  const dates = expirations.flatMap(({ Date: date }) => date?.toISOString().slice(0, 10) ?? []).sort();
  if (dates[0] !== undefined) return { kind: "date", date: dates[0] };
  const days = expirations.flatMap(({ Days }) => Days ?? []);
  return days.length === 0 ? undefined : { kind: "days", days: Math.min(...days) };
}

function mayMeet({ Filter, Prefix }: LifecycleRule, prefix: string, ours: Readonly<Record<string, string>>): boolean {
  const tags = [Filter?.Tag ?? [], Filter?.And?.Tags ?? []].flat();
  const wanted = Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? "";
  const isPlaced = prefix.startsWith(wanted) || wanted.startsWith(prefix);
  return isPlaced && tags.every(({ Key = "", Value }) => ours[Key] === Value);
}
