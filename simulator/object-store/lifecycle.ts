// In: a bucket and the time. Out: the bucket without what its lifecycle rules have ended: an object goes at the midnight
// (UTC) after its days are over, or on the date of a rule; where versions are kept, a delete marker hides it. S3 does this
// at leisure; here it is done before the next request, as soon as S3 may.

import { type Bucket, findVersion, isStored, type StoredObject } from "./bucket.ts";
import { removeObject } from "./delete-object.ts";
import type { StoreState } from "./store-state.ts";
import { findChild, findChildren, findText, parseXml, type XmlElement } from "./xml.ts";

interface Rule {
  readonly prefix: string;
  readonly tags: readonly (readonly [name: string, value: string])[];
  readonly largerThan: number;
  readonly smallerThan: number;
  readonly days: number | undefined;
  readonly date: number | undefined;
}

const dayMs = 86_400_000;

/** Ends every object whose time has come. */
export function applyLifecycle(state: StoreState, bucket: Bucket): void {
  const document = bucket.documents.get("lifecycle");
  if (document === undefined) return;
  const rules = findChildren(parseXml(document), "Rule").flatMap(parseRule);
  for (const key of bucket.objects.keys()) {
    const object = findVersion(bucket, key);
    if (isStored(object) && rules.some((rule) => isOver(rule, key, object, state.now())))
      removeObject(state, bucket, key);
  }
}

function parseRule(rule: XmlElement): Rule[] {
  const expiration = findChild(rule, "Expiration");
  if (findText(rule, "Status") !== "Enabled" || expiration === undefined) return [];
  const filter = findChild(rule, "Filter");
  const place = (filter && findChild(filter, "And")) ?? filter ?? rule;
  const number = (name: string, absent: number): number => Number(findText(place, name) ?? absent);
  const days = findText(expiration, "Days");
  const date = findText(expiration, "Date");
  return [
    {
      prefix: findText(place, "Prefix") ?? "",
      tags: findChildren(place, "Tag").map(
        (tag) => [findText(tag, "Key") ?? "", findText(tag, "Value") ?? ""] as const,
      ),
      largerThan: number("ObjectSizeGreaterThan", -1),
      smallerThan: number("ObjectSizeLessThan", Number.POSITIVE_INFINITY),
      days: days === undefined ? undefined : Number(days),
      date: date === undefined ? undefined : Date.parse(date),
    },
  ];
}

function isOver(rule: Rule, key: string, { blob, metadata, modifiedAt }: StoredObject, now: number): boolean {
  const isMeant =
    key.startsWith(rule.prefix) &&
    blob.sizeBytes > rule.largerThan &&
    blob.sizeBytes < rule.smallerThan &&
    rule.tags.every(([name, value]) => metadata.tags.some((tag) => tag[0] === name && tag[1] === value));
  if (!isMeant) return false;
  const endsAt = rule.days === undefined ? undefined : Math.ceil((modifiedAt + rule.days * dayMs) / dayMs) * dayMs;
  return (endsAt !== undefined && now >= endsAt) || (rule.date !== undefined && now >= rule.date);
}
