/** What a column is called on the page. The exact path or measure name stays beside it, as a title. */
import type { ReportColumn } from "../../domain/report-table.ts";

/** `routing.queue.name` is "Queue", `asa_seconds` "Average speed of answer"; unknown names become plain words. */
export function labelOf({ name, compares }: Pick<ReportColumn, "name" | "compares">): string {
  if (compares === undefined) return LABELS.get(name) ?? words(name);
  const of = labelOf({ name: name.slice(0, name.lastIndexOf(".")) });
  return `${of}, ${{ previous: "before", difference: "difference", change: "change in %" }[compares]}`;
}

/** The label inside a sentence: small first letter, unless it is an abbreviation. */
export function labelInSentence(column: ReportColumn): string {
  const label = labelOf(column);
  return /^[A-Z][A-Z0-9]/.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1);
}

const LABELS: ReadonlyMap<string, string> = new Map([
  ["row.kind", "Row"],
  ["conversation.id", "Conversation"],
  ["conversation.start", "Start"],
  ["conversation.end", "End"],
  ["conversation.direction", "Direction"],
  ["conversation.media.type", "Media type"],
  ["conversation.duration.seconds", "Duration"],
  ["conversation.division.id", "Division id"],
  ["conversation.division.name", "Division"],
  ["routing.queue.id", "Queue id"],
  ["routing.queue.name", "Queue"],
  ["routing.skill.id", "Skill id"],
  ["routing.skill.name", "Skill"],
  ["routing.language.id", "Language id"],
  ["routing.language.name", "Language"],
  ["agent.id", "Agent id"],
  ["agent.name", "Agent"],
  ["agent.talk.seconds", "Talk time"],
  ["agent.hold.seconds", "Hold time"],
  ["agent.acw.seconds", "After-call work"],
  ["agent.handle.seconds", "Handle time"],
  ["wrapup.code", "Wrap-up code"],
  ["wrapup.name", "Wrap-up"],
  ["flow.id", "Flow id"],
  ["flow.name", "Flow"],
  ["customer.ani", "Caller (ANI)"],
  ["customer.dnis", "Dialled (DNIS)"],
  ["survey.nps", "NPS"],
  ["time.minute15", "Quarter-hour"],
  ["time.minute30", "Half-hour"],
  ["time.hour", "Hour"],
  ["time.day", "Day"],
  ["time.week", "Week from"],
  ["time.month", "Month"],
  ["time.hour_of_day", "Hour of day"],
  ["time.day_of_week", "Weekday"],
  ["conversation_count", "Conversations"],
  ["total_duration_seconds", "Total duration"],
  ["avg_duration_seconds", "Average duration"],
  ["talk_seconds", "Talk time"],
  ["hold_seconds", "Hold time"],
  ["acw_seconds", "After-call work"],
  ["handle_seconds", "Handle time"],
  ["talk_ratio", "Talk share"],
  ["hold_ratio", "Hold share"],
  ["unique_wrapup_codes", "Wrap-up codes"],
  ["wrapup_counts", "Wrap-up counts"],
  ["asa_seconds", "Average speed of answer"],
  ["aht_seconds", "Average handle time"],
  ["weighted_aht_seconds", "Weighted handle time"],
  ["avg_talk_seconds", "Average talk time"],
  ["avg_hold_seconds", "Average hold time"],
  ["avg_acw_seconds", "Average after-call work"],
  ["csat_score", "CSAT"],
  ["nps", "NPS"],
]);

/** `p90_wait_seconds` → "P90 wait"; `conversation.attribute.Case id` → "Case id"; the unit is said elsewhere. */
function words(name: string): string {
  const short = name
    .replace(/^(?:conversation\.attribute|conversation|routing|session|survey|segment)\.(?=.)/, "")
    .replace(/[._]seconds$/, "")
    .replaceAll(/[._]+/g, " ")
    .trim();
  const text = short === "" ? name : short;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
