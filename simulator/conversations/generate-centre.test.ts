import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import type { Conversation } from "./centre.ts";
import { UNKNOWN_VALUES } from "./generate/census.ts";
import { HOSTILE_ATTRIBUTE_KEYS } from "./generate/hostile-text.ts";
import { generateCentre } from "./generate-centre.ts";

const TO = 2000;

function textOf(conversation: Conversation): string {
  return JSON.stringify(conversation);
}

describe("generateCentre() is a function of its options", () => {
  it("gives the same bytes for the same seed", () => {
    const one = generateCentre({ count: 300, seed: 11 });
    const two = generateCentre({ count: 300, seed: 11 });
    expect(JSON.stringify({ ...one, conversations: [] })).toBe(JSON.stringify({ ...two, conversations: [] }));
    for (let index = 0; index < 300; index++) {
      expect(textOf(one.conversations.get(index))).toBe(textOf(two.conversations.get(index)));
    }
  });

  it("gives the same conversation whatever was asked before", () => {
    const forward = generateCentre({ count: 900, seed: 3 }).conversations;
    const backward = generateCentre({ count: 900, seed: 3 }).conversations;
    const texts = Array.from({ length: 900 }, (_, index) => textOf(forward.get(index)));
    for (let index = 899; index >= 0; index--) expect(textOf(backward.get(index))).toBe(texts[index]);
    expect(textOf(forward.get(0))).toBe(texts[0]);
  });

  it("gives other ids, names of nobody and other conversations for another seed", () => {
    const one = generateCentre({ count: 1, seed: 1 });
    const two = generateCentre({ count: 1, seed: 2 });
    const far = generateCentre({ count: 1, seed: 1 + 2 ** 32 });
    const ids = [one, two, far].map(({ conversations }) => conversations.get(0).conversationId);
    expect(new Set(ids).size).toBe(3);
    expect(one.queues[0]?.id).not.toBe(two.queues[0]?.id);
  });

  it("numbers no two conversations, participants or sessions alike", () => {
    const { conversations } = generateCentre({ count: TO, seed: 5 });
    const ids: string[] = [];
    for (let index = 0; index < TO; index++) {
      const conversation = conversations.get(index);
      ids.push(conversation.conversationId);
      for (const { participantId, sessions } of conversation.participants) {
        ids.push(participantId, ...sessions.map(({ sessionId }) => sessionId));
      }
    }
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("generateCentre() places conversations in its period", () => {
  it("starts ascend, lie in 31 days from 2024-03-01, and now and then coincide", () => {
    const { conversations } = generateCentre({ count: TO, seed: 4 });
    let ties = 0;
    for (let index = 1; index < TO; index++) {
      const step = conversations.startAt(index) - conversations.startAt(index - 1);
      expect(step).toBeGreaterThanOrEqual(0);
      if (step === 0) ties++;
    }
    expect(conversations.startAt(0)).toBeGreaterThanOrEqual(Date.parse("2024-03-01T00:00:00Z"));
    expect(conversations.startAt(TO - 1)).toBeLessThan(Date.parse("2024-04-01T00:00:00Z"));
    expect(ties).toBeGreaterThanOrEqual(TO / 50);
  });

  it("takes another period", () => {
    const { conversations } = generateCentre({ count: 50, seed: 4, start: "2025-10-26T00:00:00+02:00", days: 1 });
    expect(conversations.startAt(0)).toBeGreaterThanOrEqual(Date.parse("2025-10-25T22:00:00Z"));
    expect(conversations.startAt(49)).toBeLessThan(Date.parse("2025-10-26T22:00:00Z"));
  });

  it("startAt() and endAt() say what get() says, asked before or after it", () => {
    const asked = generateCentre({ count: 1500, seed: 6 }).conversations;
    const read = generateCentre({ count: 1500, seed: 6 }).conversations;
    for (let index = 0; index < 1500; index++) {
      const endAt = asked.endAt(index);
      const { conversationStart, conversationEnd } = read.get(index);
      expect(asked.startAt(index)).toBe(Date.parse(conversationStart));
      expect(endAt).toBe(conversationEnd === undefined ? undefined : Date.parse(conversationEnd));
      expect(read.endAt(index)).toBe(endAt);
      expect(asked.endAt(index)).toBe(endAt);
    }
  });

  it("makes the last of fifty million as readily as the first", () => {
    const { conversations } = generateCentre({ count: 50_000_000, seed: 9 });
    expect(conversations.get(49_999_999).conversationStart.slice(0, 10)).toBe("2024-03-31");
    expect(conversations.startAt(25_000_000)).toBeLessThan(conversations.startAt(25_000_100));
  });
});

describe("generateCentre() refuses what it cannot do", () => {
  it.each([
    [{ count: -1, seed: 1 }, "Cannot generate with count -1: give a whole number from 0 to 1000000000"],
    [{ count: 1.5, seed: 1 }, "Cannot generate with count 1.5: give a whole number from 0 to 1000000000"],
    [{ count: 1, seed: Number.NaN }, "Cannot generate with seed NaN: give a whole number from 0 to 9007199254740991"],
    [{ count: 1, seed: 1, days: 0 }, "Cannot generate with days 0: give a whole number from 1 to 3660"],
    [{ count: 1, seed: 1, start: "March" }, 'Cannot generate from start "March": give a date like 2024-03-01 or an'],
    [{ count: 1, seed: 1, start: "2024-03-01T00:00" }, 'Cannot generate from start "2024-03-01T00:00": give a date'],
  ])("%j", (options, message) => {
    expect(() => generateCentre(options)).toThrow(message);
  });

  it("an index that is not there", () => {
    const { conversations } = generateCentre({ count: 2, seed: 1 });
    expect(() => conversations.get(2)).toThrow("No conversation 2: there are 2, counted from 0");
    expect(() => conversations.endAt(-1)).toThrow("No conversation -1: there are 2, counted from 0");
    expect(generateCentre({ count: 0, seed: 1 }).conversations.size).toBe(0);
  });
});

describe("generateCentre() follows the vendor's schemas, and knows no member that they do not know", () => {
  const validators = compileSchemas(["AnalyticsConversation", "AnalyticsConversationWithoutAttributes"]);

  it("conversations, with attributes as in a job's results and without them as in a query's", () => {
    const { conversations } = generateCentre({ count: 6000, seed: 21, unknownValues: false });
    for (let index = 0; index < conversations.size; index++) {
      const conversation = conversations.get(index);
      expectValid(validators, "AnalyticsConversation", conversation);
      const participants = conversation.participants.map((participant) => {
        const shown: Record<string, unknown> = { ...participant };
        delete shown.attributes;
        return shown;
      });
      expectValid(validators, "AnalyticsConversationWithoutAttributes", { ...conversation, participants });
    }
  });

  it("offends only where a value is unknown on purpose", () => {
    const { conversations } = generateCentre({ count: 6000, seed: 21 });
    let unknown = 0;
    for (let index = 0; index < conversations.size; index++) {
      const conversation = conversations.get(index);
      if (validators.get("AnalyticsConversation")?.(conversation) === true) continue;
      unknown++;
      const text = textOf(conversation);
      expect([...UNKNOWN_VALUES].some((value) => text.includes(`"${value}"`))).toBe(true);
    }
    expect(unknown).toBeGreaterThan(0);
  });

  it("writes no null, and no member that is there but undefined", () => {
    const { conversations } = generateCentre({ count: TO, seed: 22 });
    for (let index = 0; index < TO; index++) expectNoNothing(conversations.get(index), "conversation");
  });

  it("entities", () => {
    const centre = generateCentre({ count: 0, seed: 23 });
    const listings = [
      ["Queue", centre.queues],
      ["User", centre.users],
      ["WrapupCode", centre.wrapUpCodes],
      ["AuthzDivision", centre.divisions],
      ["RoutingSkill", centre.skills],
      ["Language", centre.languages],
      ["Flow", centre.flows],
    ] as const;
    const entityValidators = compileSchemas(listings.map(([name]) => name));
    for (const [name, entities] of listings) for (const entity of entities) expectValid(entityValidators, name, entity);
  });
});

describe("generateCentre() sets attributes that tempt a careless reader", () => {
  it("hostile keys are own keys, __proto__ too, and the longest values have 1024 characters", () => {
    const { conversations } = generateCentre({ count: 6000, seed: 24 });
    const keys = new Set<string>();
    let longest = 0;
    for (let index = 0; index < conversations.size; index++) {
      for (const { attributes } of conversations.get(index).participants) {
        if (attributes === undefined) continue;
        expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
        for (const [key, value] of Object.entries(attributes)) {
          keys.add(key);
          longest = Math.max(longest, value.length);
        }
      }
    }
    for (const key of HOSTILE_ATTRIBUTE_KEYS) expect(keys).toContain(key);
    expect(longest).toBe(1024);
  });
});

describe("generateCentre() reaches nobody", () => {
  it("every telephone number is of a range kept for fiction, every address of a reserved domain", () => {
    const { conversations } = generateCentre({ count: TO, seed: 25 });
    const fictional =
      /^\+(1202|1718)55501\d\d$|^\+442079460\d{3}$|^\+447700900\d{3}$|^\+493023125\d{3}$|^\+4917139200\d\d$|^\+3319900\d{4}$|^\+6125550\d{4}$/;
    for (let index = 0; index < TO; index++) {
      const text = textOf(conversations.get(index));
      for (const [, number = ""] of text.matchAll(/"tel:([^"]+)"/g)) expect(number).toMatch(fictional);
      for (const [, domain] of text.matchAll(/"[^"@ ]+@([a-z.]+)"/g)) {
        expect(["example.com", "example.test", "anonymous.invalid"]).toContain(domain);
      }
    }
  });
});

describe("generateCentre() makes conversations of a realistic size", () => {
  it("5 to 6 KB of JSON on average", () => {
    const { conversations } = generateCentre({ count: TO, seed: 31 });
    let bytes = 0;
    for (let index = 0; index < TO; index++) bytes += Buffer.byteLength(textOf(conversations.get(index)));
    expect(bytes / TO).toBeGreaterThan(5000);
    expect(bytes / TO).toBeLessThan(6000);
  });
});

/** Compiles schemas of the vendor's description, made strict: a member that they do not name is an offence. */
function compileSchemas(names: readonly string[]): Map<string, ValidateFunction> {
  const text = readFileSync(new URL("../openapi-analytics.json", import.meta.url), "utf8");
  const description = JSON.parse(text, (_, value: unknown) => {
    const isSchema = typeof value === "object" && value !== null && "properties" in value && "type" in value;
    return isSchema && !("additionalProperties" in value) ? { ...value, additionalProperties: false } : value;
  });
  const ajv = new Ajv({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "vendor", components: description.components });
  return new Map(names.map((name) => [name, ajv.compile({ $ref: `vendor#/components/schemas/${name}` })]));
}

function expectValid(validators: ReadonlyMap<string, ValidateFunction>, name: string, value: unknown): void {
  const validate = validators.get(name);
  if (validate === undefined) throw new Error(`No schema ${name}`);
  if (!validate(value))
    throw new Error(`Not a valid ${name}: ${JSON.stringify(validate.errors)}\n${JSON.stringify(value)}`);
}

function expectNoNothing(value: unknown, place: string): void {
  if (value === null || value === undefined) throw new Error(`${place} is ${value}`);
  if (typeof value !== "object") return;
  for (const [member, inner] of Object.entries(value)) expectNoNothing(inner, `${place}.${member}`);
}
