/** A redirect, to wherever a client should not carry its token. */
import { type Fault, on, type Selection } from "./fault.ts";

/** Which requests, and where they are sent. */
export interface Redirect extends Selection {
  /** Value of the `Location` header. */
  readonly to: string;
  /** Default 302. */
  readonly status?: 301 | 302 | 303 | 307 | 308;
}

/** Answers with a redirect and no body. */
export function redirect(options: Redirect): Fault {
  const { to, status = 302 } = options;
  return { name: "redirect", ...on(options), instead: () => ({ status, headers: { location: to } }) };
}
