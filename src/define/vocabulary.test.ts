import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FIELDS } from "./vocabulary.ts";

/** The vendor's own description, as far as this test reads it. */
interface Description {
  readonly components: {
    readonly schemas: Readonly<
      Record<string, { readonly properties: Readonly<Record<string, { readonly enum?: string[] }>> }>
    >;
  };
}

const { components } = JSON.parse(
  readFileSync(new URL("../../simulator/openapi-analytics.json", import.meta.url), "utf8"),
) as Description;

const PREDICATES = {
  conversationFilters: components.schemas.ConversationDetailQueryPredicate?.properties,
  segmentFilters: components.schemas.SegmentDetailQueryPredicate?.properties,
};

test("FIELDS push down only to dimensions and metrics that the vendor lists for that array of filters", () => {
  const pushed = [...FIELDS.values()].filter(({ pushDown }) => pushDown !== undefined);

  expect(pushed.length).toBeGreaterThan(10);
  for (const { path, pushDown } of pushed) {
    if (!pushDown) continue;
    const allowed = PREDICATES[pushDown.array];
    if ("dimension" in pushDown) expect(allowed?.dimension?.enum, path).toContain(pushDown.dimension);
    else expect(allowed?.metric?.enum, path).toContain(pushDown.metric);
  }
});

test("FIELDS list the media types and directions that the vendor lists", () => {
  const session = components.schemas.AnalyticsSession?.properties;
  const conversation = components.schemas.AnalyticsConversationWithoutAttributes?.properties;

  expect(FIELDS.get("conversation.media.type")?.values).toEqual([...(session?.mediaType?.enum ?? [])].sort());
  expect(FIELDS.get("conversation.direction")?.values).toEqual(
    [...(conversation?.originatingDirection?.enum ?? [])].sort(),
  );
});

test("FIELDS give each name the place of its id", () => {
  const named = [...FIELDS.values()].filter(({ nameOf }) => nameOf !== undefined);

  expect(named.map(({ path }) => path)).toEqual([
    "conversation.division.name",
    "routing.queue.name",
    "agent.name",
    "wrapup.name",
    "routing.skill.name",
    "routing.language.name",
    "flow.name",
  ]);
  for (const { path, column, member, home, pushDown } of named) {
    const id = FIELDS.get(path.replace(/name$/, path === "wrapup.name" ? "code" : "id"));
    expect({ column, member, home, pushDown }, path).toEqual({
      column: id?.column,
      member: id?.member,
      home: id?.home,
      pushDown: id?.pushDown,
    });
  }
});

test("FIELDS have every path that a report of this version can use, and say what each one means", () => {
  const paths = [...FIELDS.keys()];

  expect(paths.filter((path) => path.startsWith("time."))).toEqual(
    ["minute15", "minute30", "hour", "day", "week", "month", "hour_of_day", "day_of_week"].map(
      (bucket) => `time.${bucket}`,
    ),
  );
  expect(paths).toEqual(
    expect.arrayContaining(
      [
        "conversation.media.type conversation.direction conversation.division.id conversation.division.name",
        "routing.queue.id routing.queue.name agent.id agent.name wrapup.code wrapup.name",
      ]
        .join(" ")
        .split(" "),
    ),
  );
  for (const field of FIELDS.values()) {
    expect(field.meaning, field.path).toMatch(/\S/);
    expect(Object.isFrozen(field), field.path).toBe(true);
  }
});
