/** A whole generated contact centre, read conversation by conversation: every medium, transfer and hostile name. */
import { expect, test } from "vitest";
import { generateCentre } from "../../simulator/conversations/generate-centre.ts";
import { member } from "../simulator/connect.ts";
import { decodeConversation } from "../support/decode-conversation.ts";

const NEEDS = { metrics: ["tHandle", "tTalkComplete", "nOffered"], segments: true };

test("no generated conversation is refused, and nothing that is measured is lost", () => {
  const { conversations } = generateCentre({ count: 2_000, seed: 11 });
  for (let index = 0; index < conversations.size; index++) {
    const text = JSON.stringify(conversations.get(index));
    const json: unknown = JSON.parse(text);
    const record = decodeConversation(text, NEEDS);
    if ("reason" in record) throw new Error(`${record.reason}: ${text}`);
    const sessions = listAt(json, "participants").flatMap((participant) => listAt(participant, "sessions"));
    expect(record.parts).toHaveLength(sessions.length);
    expect(record.parts.flatMap(({ segments }) => segments ?? [])).toHaveLength(
      sessions.flatMap((session) => listAt(session, "segments")).length,
    );
    for (const name of NEEDS.metrics) {
      const values = sessions
        .flatMap((session) => listAt(session, "metrics"))
        .filter((metric) => member(metric, "name") === name)
        .map((metric) => Number(member(metric, "value")));
      const totals = record.parts.flatMap(({ metrics }) => metrics?.[name] ?? []);
      expect([sum(totals.map(({ count }) => count)), sum(totals.map((total) => total.sum))]).toEqual([
        values.length,
        sum(values),
      ]);
    }
  }
});

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = member(value, key);
  return Array.isArray(list) ? list : [];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
