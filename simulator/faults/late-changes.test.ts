import { expect, onTestFinished, test } from "vitest";
import { connect, type Connection, idsOf, member } from "../../test/simulator/connect.ts";
import { conversation, participant, segment, smallCentre } from "../../test/simulator/small-centre.ts";
import { createSimulator } from "../create-simulator.ts";
import type { Fault } from "./fault.ts";
import { goneConversations, lateConversations, lateWrapUpCodes } from "./late-changes.ts";

const DAY = { interval: "2024-05-01T00:00:00Z/2024-05-02T00:00:00Z" };
const UNTIL = Date.UTC(2024, 4, 4);
const CODE = "0a1b2c3d-0000-4000-8000-000000000001";
const [FIRST, SECOND] = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"];

let now = 0;

async function client(fault: Fault): Promise<Connection> {
  const conversations = [FIRST, SECOND].map((id) =>
    conversation({
      id: String(id),
      start: "2024-05-01T10:00:00.000Z",
      end: "2024-05-01T10:10:00.000Z",
      participants: [participant("agent", { segments: [segment({ segmentType: "wrapup", wrapUpCode: CODE })] })],
    }),
  );
  now = UNTIL - 1;
  const simulator = await createSimulator({ centre: smallCentre(conversations), now: () => now, faults: [fault] });
  onTestFinished(async () => await simulator.close());
  return await connect(simulator);
}

const told = async (connection: Connection): Promise<{ ids: unknown; hits: unknown; codes: number }> => {
  const reply = await connection.query(DAY);
  const { json } = reply;
  return {
    ids: idsOf(reply),
    hits: member(json, "totalHits"),
    codes: JSON.stringify(json).split(CODE).length - 1,
  };
};

test("lateWrapUpCodes() leaves the codes of the chosen conversations out until the instant", async () => {
  const connection = await client(lateWrapUpCodes({ conversationIds: [String(SECOND)], until: UNTIL }));
  expect(await told(connection)).toEqual({ ids: [FIRST, SECOND], hits: 2, codes: 1 });
  now = UNTIL;
  expect(await told(connection)).toEqual({ ids: [FIRST, SECOND], hits: 2, codes: 2 });
});

test("lateConversations() and goneConversations() leave conversations out until the instant, or from it on", async () => {
  const late = await client(lateConversations({ conversationIds: [String(FIRST)], until: UNTIL }));
  expect(await told(late)).toMatchObject({ ids: [SECOND], hits: 1 });
  now = UNTIL;
  expect(await told(late)).toMatchObject({ ids: [FIRST, SECOND], hits: 2 });
  const gone = await client(goneConversations({ conversationIds: [String(FIRST)], until: UNTIL }));
  expect(await told(gone)).toMatchObject({ ids: [FIRST, SECOND], hits: 2 });
  now = UNTIL;
  expect(await told(gone)).toMatchObject({ ids: [SECOND], hits: 1 });
});
