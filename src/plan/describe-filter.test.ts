import { expect, test } from "vitest";
import { type FilterSource, parseFilters } from "../define/parse-filter.ts";
import { describeFilter } from "./describe-filter.ts";

const voice = { path: "conversation.media.type", operator: "eq", value: "voice" };
const talk = (operator: string): FilterSource => ({ path: "agent.talk.seconds", operator, value: 30 });

const CASES: readonly (readonly [sources: readonly FilterSource[], words: string])[] = [
  [[], ""],
  [[voice], "conversation.media.type is voice"],
  [[{ ...voice, operator: "ne" }], "conversation.media.type is not voice"],
  [[{ path: "agent.name", operator: "in", value: ["Ada", "Bo"] }], "agent.name is one of Ada, Bo"],
  [[{ path: "agent.name", operator: "not_in", value: ["Ada", "Bo"] }], "agent.name is not one of Ada, Bo"],
  [
    [{ path: "agent.name", operator: "in", value: Array.from({ length: 1234 }, (_, nth) => `A${nth}`) }],
    "agent.name is one of A0, A1, A2, A3, A4 and 1,229 more",
  ],
  [[{ path: "agent.name", operator: "exists" }], "agent.name is present"],
  [[{ path: "agent.name", operator: "not_exists" }], "agent.name is absent"],
  [[{ path: "agent.name", operator: "contains", value: "Ada" }], "agent.name contains Ada"],
  [[{ path: "wrapup.code", operator: "starts_with", value: "ININ-" }], "wrapup.code starts with ININ-"],
  [[talk("gt")], "agent.talk.seconds is above 30 s"],
  [[talk("gte")], "agent.talk.seconds is at least 30 s"],
  [[{ path: "survey.nps", operator: "gte", value: 9 }], "survey.nps is at least 9"],
  [[talk("lt")], "agent.talk.seconds is below 30 s"],
  [[talk("lte")], "agent.talk.seconds is at most 30 s"],
  [[talk("eq")], "agent.talk.seconds is 30 s"],
  [[talk("ne")], "agent.talk.seconds is not 30 s"],
  [
    [voice, { type: "compound", operator: "or", filters: [talk("gt"), { path: "agent.name", operator: "exists" }] }],
    "conversation.media.type is voice and (agent.talk.seconds is above 30 s or agent.name is present)",
  ],
  [
    [
      {
        type: "compound",
        operator: "or",
        filters: [{ type: "compound", operator: "and", filters: [voice, talk("lt")] }, voice],
      },
    ],
    "(conversation.media.type is voice and agent.talk.seconds is below 30 s) or conversation.media.type is voice",
  ],
  [[{ path: "routing.queue.name", operator: "eq", value: "{{ name }}" }], "routing.queue.name is {{ name }}"],
];

test.each(CASES)("describeFilter() says %j in words", (sources, words) => {
  expect(describeFilter(parseFilters(sources, [], []))).toBe(words);
});
