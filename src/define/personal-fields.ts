/** The paths that hold personal data, by class. Attributes have theirs in the vocabulary: their keys are anybody's words. */
import type { PersonalClass } from "../domain/personal-data.ts";

const PATHS: Readonly<Record<Exclude<PersonalClass, "attribute">, readonly string[]>> = {
  ani: ["customer.ani", "session.callback.number"],
  dnis: ["customer.dnis", "session.dnis"],
  address: [
    "session.address.from",
    "session.address.to",
    "session.destination.address",
    "session.remote",
    "flow.transfer.target.address",
  ],
  name: ["participant.name", "session.remote.name.displayable", "flow.transfer.target.name"],
  contact: [
    "participant.external.contact.id",
    "participant.external.organization.id",
    "session.journey.customer.id",
    "session.journey.customer.session.id",
    "session.outbound.contact.id",
    "conversation.external.tag",
  ],
  text: ["segment.subject", "segment.wrap.up.note"],
  agent: [
    "agent.id",
    "agent.name",
    "session.screen.monitored.user.id",
    "session.selected.agent.id",
    "session.assigner.id",
    "session.proposed.agent.id",
    "segment.scored.agent.id",
    "survey.user.id",
    "evaluation.user.id",
    "evaluation.evaluator.id",
    "evaluation.assignee.id",
  ],
};

/** The class of each path that has one. */
export const PERSONAL_PATHS: ReadonlyMap<string, PersonalClass> = new Map(
  (Object.keys(PATHS) as (keyof typeof PATHS)[]).flatMap((personal) =>
    PATHS[personal].map((path) => [path, personal] as const),
  ),
);
