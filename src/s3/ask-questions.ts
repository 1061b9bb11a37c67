/**
 * Puts questions to a store and makes findings of the answers. A store that lacks a question, or credentials without the
 * right to ask it, give unknown and never pass; in the second case with the statement that is missing.
 */
import type { BucketFact } from "../deliver/object-store.ts";
import { CREDENTIAL_ERRORS, statusOf } from "./translate-error.ts";

/** What an answer means. */
export type Told = Pick<BucketFact, "result" | "fact">;

/** One question, and what its answer means. */
export interface FactQuestion {
  readonly id: BucketFact["id"];
  readonly call: string;
  /** The right that it takes, and on what, as policies spell it. */
  readonly action: string;
  readonly resource: string;
  ask(abortSignal: AbortSignal): Promise<Told>;
  /** What the store's error of this name means. */
  readonly onError?: Readonly<Record<string, Told>>;
}

/** Asks one; throws only when the credentials themselves are refused, for then no answer means anything. */
export async function askQuestion(question: FactQuestion, abortSignal: AbortSignal): Promise<BucketFact> {
  const { id, call, onError } = question;
  try {
    return { id, call, ...(await question.ask(abortSignal)) };
  } catch (error) {
    const name = error instanceof Error ? error.name : "no answer";
    if (Object.hasOwn(CREDENTIAL_ERRORS, name)) throw error;
    const meaning = onError?.[name];
    if (meaning !== undefined) return { id, call, ...meaning };
    const refused = name === "AccessDenied" || statusOf(error) === 403;
    return {
      id,
      call,
      result: "unknown",
      fact: refused ? `not allowed to ask (${name})` : name,
      ...(refused && { statement: statementFor(question.action, question.resource) }),
    };
  }
}

/** The IAM statement that allows one action, ready to paste. */
function statementFor(Action: string, Resource: string): string {
  return JSON.stringify({ Effect: "Allow", Action, Resource });
}
