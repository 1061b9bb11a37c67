/** Tokens that end before their time, and sign-ins that answer oddly. */
import { errorAnswer } from "../routes/answer.ts";
import { type Fault, on, type Selection } from "./fault.ts";

/** Every token issued so far ends just before the chosen request; a new sign-in helps. */
export function expiredToken(selection: Selection = {}): Fault {
  return { name: "expiredToken", ...on(selection), before: (_request, controls) => controls.revokeTokens() };
}

/** The chosen requests (by default all) are refused whatever their token: the client was switched off for good. */
export function revokedToken(selection: Selection = {}): Fault {
  return {
    name: "revokedToken",
    ...on({ times: Number.POSITIVE_INFINITY, ...selection }),
    instead: () => errorAnswer(401, "bad.credentials", "Invalid login credentials."),
  };
}

/**
 * The answer to a sign-in has other members: `{ expires_in: undefined }` leaves it out, `{ expires_in: "soon" }` makes
 * it a text.
 */
export function oddTokenAnswer(members: Readonly<Record<string, unknown>>, selection: Selection = {}): Fault {
  return {
    name: "oddTokenAnswer",
    ...on({ path: "/oauth/token", times: Number.POSITIVE_INFINITY, ...selection }),
    alter: (answer) =>
      answer.status === 200 && typeof answer.json === "object"
        ? { ...answer, json: { ...answer.json, ...members } }
        : answer,
  };
}
