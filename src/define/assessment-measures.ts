/** Measures of what customers and supervisors said afterwards: surveys, evaluations, the sound of calls. */
import type { Measure } from "../domain/measure.ts";
import { ASSESSED, assessed, everyOf, measure, quotient, sum, termQuotient, times } from "./measure-facts.ts";

const promoterScores = { score: ASSESSED.promoterScore, status: ASSESSED.surveyStatus, take: "count" } as const;
const npsResponses = assessed("npsResponses", promoterScores, "answers to the question of recommendation");
const promoters = assessed("promoters", { ...promoterScores, atLeast: 9000 }, "promoters");
const detractors = assessed("detractors", { ...promoterScores, atMost: 6000 }, "detractors");

/** Surveys that have a score. */
export const SCORED_SURVEYS = assessed(
  "scoredSurveys",
  { score: ASSESSED.surveyScore, status: ASSESSED.surveyStatus, take: "count" },
  "finished surveys with a score",
);

/** Their scores. */
export const SURVEY_SCORES = assessed(
  "surveyScores",
  { score: ASSESSED.surveyScore, status: ASSESSED.surveyStatus, take: "sum" },
  "survey scores",
);

const total = { score: everyOf("evaluation", "oTotalScore"), status: ASSESSED.evaluationStatus } as const;
const critical = { score: everyOf("evaluation", "oTotalCriticalScore"), status: ASSESSED.evaluationStatus } as const;
const evaluations = assessed("evaluations", { ...total, take: "count" }, "finished evaluations");
const mos = { score: everyOf("conversation", "mediaStatsMinConversationMos") } as const;

/** All belong to the conversation: it counts with all its surveys and evaluations in each group that it touched. */
export const ASSESSMENT_MEASURES: readonly Measure[] = [
  measure("surveys", "count", "conversation", sum(SCORED_SURVEYS), "finished surveys with a score"),
  measure(
    "csat_score",
    "score",
    "conversation",
    quotient(SURVEY_SCORES, SCORED_SURVEYS),
    "mean score of finished surveys, as the survey states it",
  ),
  measure(
    "nps",
    "score",
    "conversation",
    termQuotient([times(100, promoters), times(-100, detractors)], [times(1, npsResponses)]),
    "promoters (9 and 10) minus detractors (0 to 6) in a hundred answers, from -100 to 100",
  ),
  measure(
    "nps_responses",
    "count",
    "conversation",
    sum(npsResponses),
    "finished surveys that say whether the customer would recommend",
  ),
  measure("promoters", "count", "conversation", sum(promoters), "of these, 9 and 10"),
  measure("detractors", "count", "conversation", sum(detractors), "of these, 0 to 6"),
  measure("evaluations", "count", "conversation", sum(evaluations), "finished evaluations with a score"),
  measure(
    "quality_score",
    "score",
    "conversation",
    quotient(assessed("evaluationScores", { ...total, take: "sum" }, "evaluation scores"), evaluations),
    "mean total score of finished evaluations",
  ),
  measure(
    "critical_quality_score",
    "score",
    "conversation",
    quotient(
      assessed("criticalScores", { ...critical, take: "sum" }, "critical scores"),
      assessed("criticalEvaluations", { ...critical, take: "count" }, "finished evaluations with a critical score"),
    ),
    "mean score of the critical questions of finished evaluations",
  ),
  measure(
    "avg_mos",
    "score",
    "conversation",
    quotient(
      assessed("mosScores", { ...mos, take: "sum" }, "sound quality"),
      assessed("mosConversations", { ...mos, take: "count" }, "conversations with a sound quality"),
    ),
    "mean of each conversation's worst sound quality, 1 bad to 5 perfect",
    "voice",
  ),
];
