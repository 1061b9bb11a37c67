/**
 * The members of the vendor's tree on the rows of a conversation. A row can have several values of a member (the
 * skills of a visit, the flows that a conversation passed); it is then opened into a row for each of them.
 */
import type { ConversationRecord, PartRecord } from "../domain/conversation-record.ts";
import { type Member, memberKey } from "../domain/member.ts";

/** Every choice of one value for each member; a member without values is absent from all of them. */
export function openMembers(
  members: readonly Member[],
  conversation: ConversationRecord,
  part: PartRecord | undefined,
  visit: PartRecord | undefined,
): Readonly<Record<string, string>>[] {
  let choices: Readonly<Record<string, string>>[] = [{}];
  for (const member of members) {
    const values = membersOn(member, conversation, part, visit);
    if (values.length === 0) continue;
    choices = choices.flatMap((choice) => values.map((value) => ({ ...choice, [openedKey(member)]: value })));
  }
  return choices;
}

/** Under what a row has the chosen value of a member: two fields of the same values share the choice. */
export function openedKey(member: Member): string {
  return `${member.of} ${memberKey(member)}`;
}

/** The distinct values of a member that belong to a row. */
export function membersOn(
  member: Member,
  { parts, members }: ConversationRecord,
  part: PartRecord | undefined,
  visit: PartRecord | undefined,
): readonly string[] {
  const key = memberKey(member);
  const valuesOf = (owner: PartRecord | undefined): readonly string[] => owner?.members?.[key] ?? [];
  switch (member.of) {
    case "part":
      return valuesOf(part);
    case "visit":
      return valuesOf(visit).length > 0 ? valuesOf(visit) : valuesOf(part);
    case "customer":
      return [...new Set(parts.filter(({ isCustomer }) => isCustomer).flatMap(valuesOf))];
    case "conversation":
      return members?.[key] ?? [...new Set(parts.flatMap(valuesOf))];
  }
}
