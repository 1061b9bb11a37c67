/** How destinations are configured that carry messages: mail, webhook, Slack, Teams. */
import { z } from "zod";

const LINKS = z.string().optional().describe("the destination whose links it carries; alarms need none");

/** By SMTP. */
export const MAIL = z.strictObject({
  type: z.literal("mail"),
  server: z.string(),
  user: z.string().optional(),
  password: z.string().optional(),
  from: z.string().min(3).max(320),
  to: z.array(z.string().min(3).max(320)).min(1).max(50),
  links: LINKS,
});

/** For programs. */
export const WEBHOOK = z.strictObject({
  type: z.literal("webhook"),
  url: z.string(),
  secret: z.string(),
  links: LINKS,
  privateAddresses: z.boolean().default(false),
});

/** For a channel of Slack. */
export const SLACK = z.strictObject({
  type: z.literal("slack"),
  url: z.string(),
  links: LINKS,
  privateAddresses: z.boolean().default(false),
});

/** For a channel of Teams. */
export const TEAMS = z.strictObject({ ...SLACK.shape, type: z.literal("teams") });

/** A destination that carries messages, as configured; secrets are references still. */
export type MessageConfig =
  | z.infer<typeof MAIL>
  | z.infer<typeof WEBHOOK>
  | z.infer<typeof SLACK>
  | z.infer<typeof TEAMS>;
