import fc from "fast-check";
import { expect, test } from "vitest";
import { linesOf, NAIVE_DIMENSIONS, naiveAggregates } from "../../../test/simulator/naive-aggregates.ts";
import { generateCentre } from "../generate-centre.ts";
import { createAggregator } from "./aggregate.ts";

const COUNTERS = ["nConnected", "nConversations", "nError", "nOffered", "nOverSla", "nTransferred"];
const TIMERS = "tAbandon tAcd tAcw tAnswered tConnected tFlowOut tHandle tHeldComplete tIvr tTalk tTalkComplete tWait";
const METRICS = [...COUNTERS, ...TIMERS.split(" ")];
const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"];
const PERIODS = ["PT30M", "PT1H", "PT6H", "P1D", "P1DT12H", "P2D"];
const DAY_MS = 86_400_000;
// Clocks change in New York on 10 March and in Berlin on 31 March.
const FIRST_AT = Date.UTC(2024, 2, 9);
const DAYS = 24;

const centre = generateCentre({ count: 260, seed: 11, start: "2024-03-09", days: DAYS });
const aggregator = createAggregator(centre, METRICS);
const dimensions = Object.keys(NAIVE_DIMENSIONS);
const queueIds = centre.queues.map(({ id }) => id);

const query = fc.record({
  metrics: fc.uniqueArray(fc.constantFrom(...METRICS), { minLength: 1, maxLength: 5 }),
  startAt: fc.integer({ min: 0, max: DAYS * 48 }).map((halfHours) => FIRST_AT + halfHours * 1_800_000),
  lengthMs: fc.oneof(fc.constant(DAYS * DAY_MS), fc.integer({ min: 1, max: 12 * DAY_MS })),
  granularity: fc.option(fc.constantFrom(...PERIODS), { nil: undefined }),
  timeZone: fc.constantFrom(...ZONES),
  groupBy: fc.uniqueArray(fc.constantFrom(...dimensions), { maxLength: 3 }),
  only: fc.array(
    fc.oneof(
      fc.constantFrom(...queueIds).map((value) => ({ dimension: "queueId", value })),
      fc.constantFrom("voice", "email", "callback").map((value) => ({ dimension: "mediaType", value })),
      fc.constantFrom("agent", "acd", "customer").map((value) => ({ dimension: "purpose", value })),
    ),
    { maxLength: 2 },
  ),
  flatten: fc.boolean(),
});

test("aggregates are those of a naive count over generated conversations", () => {
  let lines = 0;
  fc.assert(
    fc.property(query, ({ startAt, lengthMs, granularity, only, flatten, ...rest }) => {
      const interval = `${new Date(startAt).toISOString()}/${new Date(startAt + lengthMs).toISOString()}`;
      const asked = { ...rest, interval, ...(granularity === undefined ? {} : { granularity }) };
      const predicates = only.map((predicate) => ({ type: "dimension" as const, ...predicate }));
      const filter = predicates.length === 0 ? {} : { filter: { type: "and" as const, predicates } };
      const body = { ...asked, ...filter, flattenMultivaluedDimensions: flatten };
      const found = linesOf(aggregator.prepare(body, undefined)());
      expect(found).toEqual(naiveAggregates(centre, { ...asked, only, flatten }));
      lines += found.length;
    }),
    { numRuns: 150 },
  );
  expect(lines).toBeGreaterThan(3000);
}, 120_000);
