/** Measures of agents' legs: talk, hold, after-call work and handle time, transfers, alerts, and the codes that agents picked. */
import type { Fact } from "../domain/fact.ts";
import type { Measure } from "../domain/measure.ts";
import { added, counted, measure, quotient, sum, FACTS as facts } from "./measure-facts.ts";

const HOLD = "mostly voice: what is written is laid aside (parked), not held";
const OUTBOUND = "voice that agents or campaigns dial";
const CALLBACKS = "callback";

const { acwMs, answered, handleMs, handles, heldLegs, holdMs, talkMs } = facts;
const transferred = onLeg("nTransferred", "transfers");
const blindTransferred = onLeg("nBlindTransferred", "blind transfers");
const consultTransferred = onLeg("nConsultTransferred", "consult transfers");
const notResponding = onLeg("tNotResponding", "alerts that were not taken");
const alerts = onLeg("tAlert", "alerts");

/** Handled legs and the time that went into them. */
export const HANDLE_MEASURES: readonly Measure[] = [
  measure("talk_seconds", "seconds", "leg", sum(talkMs), "talk time (tTalkComplete), added"),
  measure("hold_seconds", "seconds", "leg", sum(holdMs), "hold time (tHeldComplete), added", HOLD),
  measure("acw_seconds", "seconds", "leg", sum(acwMs), "after-call work (tAcw), added"),
  measure("handle_seconds", "seconds", "leg", sum(handleMs), "handle time (tHandle), added"),
  measure("handled", "count", "leg", sum(handles), "handled legs (tHandle): a transfer is handled twice"),
  measure("aht_seconds", "seconds", "leg", quotient(handleMs, handles), "handle time per handled leg"),
  measure("avg_talk_seconds", "seconds", "leg", quotient(talkMs, handles), "talk time per handled leg"),
  measure(
    "avg_hold_seconds",
    "seconds",
    "leg",
    quotient(holdMs, handles),
    "hold time per handled leg, whether it was held or not",
    HOLD,
  ),
  measure("avg_acw_seconds", "seconds", "leg", quotient(acwMs, handles), "after-call work per handled leg"),
  measure("held", "count", "leg", sum(heldLegs), "legs that were held (tHeldComplete)", HOLD),
  measure("avg_hold_per_held_seconds", "seconds", "leg", quotient(holdMs, heldLegs), "hold time per held leg", HOLD),
  measure("hold_rate", "ratio", "leg", quotient(heldLegs, handles), "held legs ÷ handled legs", HOLD),
  measure(
    "dialing_seconds",
    "seconds",
    "leg",
    sum(time("tDialing")),
    "dialling until the far end rang or took it (tDialing), added",
    OUTBOUND,
  ),
  measure(
    "contacting_seconds",
    "seconds",
    "leg",
    sum(time("tContacting")),
    "reaching the customer after dialling (tContacting), added",
    OUTBOUND,
  ),
  measure(
    "active_callback_seconds",
    "seconds",
    "leg",
    sum(time("tActiveCallbackComplete")),
    "work on callbacks (tActiveCallbackComplete), added",
    CALLBACKS,
  ),
  measure(
    "outbound",
    "count",
    "leg",
    sum(onLeg("nOutbound", "outbound contacts")),
    "contacts that agents began (nOutbound)",
    OUTBOUND,
  ),
];

/** Transfers, consultations, alerts, and who was there. */
export const AGENT_MEASURES: readonly Measure[] = [
  measure("agents", "count", "leg", { kind: "agents" }, "distinct agents who had a leg"),
  measure("transferred", "count", "leg", sum(transferred), "transfers by agents, of whatever kind (nTransferred)"),
  measure("transfer_rate", "ratio", "leg", quotient(transferred, handles), "transfers ÷ handled legs"),
  measure(
    "blind_transferred",
    "count",
    "leg",
    sum(blindTransferred),
    "transfers without speaking to the next one first",
  ),
  measure("blind_transfer_rate", "ratio", "leg", quotient(blindTransferred, handles), "blind transfers ÷ handled legs"),
  measure("consult_transferred", "count", "leg", sum(consultTransferred), "transfers after a consultation"),
  measure(
    "consult_transfer_rate",
    "ratio",
    "leg",
    quotient(consultTransferred, handles),
    "consult transfers ÷ handled legs",
  ),
  measure(
    "consults",
    "count",
    "leg",
    sum(onLeg("nConsult", "consultations")),
    "consultations begun with a third party (nConsult)",
  ),
  measure("alert_seconds", "seconds", "leg", sum(time("tAlert")), "ringing at agents, answered or not (tAlert), added"),
  measure("avg_alert_seconds", "seconds", "leg", quotient(time("tAlert"), alerts), "ringing for each alert"),
  measure("not_responding", "count", "leg", sum(notResponding), "alerts that the agent did not take (tNotResponding)"),
  measure(
    "not_responding_rate",
    "ratio",
    "leg",
    quotient(notResponding, [notResponding, answered]),
    "those ÷ those and the answered",
  ),
  measure(
    "monitoring_seconds",
    "seconds",
    "leg",
    sum(time("tMonitoringComplete")),
    "listening by supervisors (tMonitoringComplete), added",
  ),
  measure(
    "coaching_seconds",
    "seconds",
    "leg",
    sum(time("tCoachingComplete")),
    "coaching by supervisors (tCoachingComplete), added",
  ),
  measure(
    "unique_wrapup_codes",
    "codes",
    "leg",
    { kind: "codes", counted: false },
    "the wrap-up codes that occurred, sorted",
  ),
  measure(
    "wrapup_counts",
    "codes",
    "leg",
    { kind: "codes", counted: true },
    "each wrap-up code with the number of its legs",
  ),
];

function time(metric: string): Fact {
  return added(`time_${metric}`, "leg", metric, `sum of ${metric}`);
}

function onLeg(metric: string, says: string): Fact {
  return counted(`legs_${metric}`, "leg", metric, says);
}
