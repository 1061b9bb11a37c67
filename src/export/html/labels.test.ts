import { expect, test } from "vitest";
import { labelInSentence, labelOf } from "./labels.ts";

test.each([
  ["routing.queue.name", "Queue", "queue"],
  ["asa_seconds", "Average speed of answer", "average speed of answer"],
  ["p90_wait_seconds", "P90 wait", "P90 wait"],
  ["conversation.attribute.Case id", "Case id", "case id"],
  ["adjusted_score", "Adjusted score", "adjusted score"],
  ["nps", "NPS", "NPS"],
  ["_", "_", "_"],
])("labelOf() calls %s %s, and %s in a sentence", (name, label, inSentence) => {
  const column = { name, type: "decimal", role: "measure" } as const;
  expect([labelOf(column), labelInSentence(column)]).toEqual([label, inSentence]);
});
