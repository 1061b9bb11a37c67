/** `callsheet init [dir]`: a folder that `callsheet check` passes and `callsheet run` can use. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { ReportError } from "../../domain/errors.ts";
import type { World } from "../world.ts";

const CONFIG = `# callsheet.yaml: where the data come from and where reports go. Secrets are never written here.
genesys:
  region: eu_west_1                                    # or any domain; see the sign-in address of your organisation
  clientId: env:GENESYSCLOUD_OAUTHCLIENT_ID
  clientSecret: env:GENESYSCLOUD_OAUTHCLIENT_SECRET
  # share: 0.8                                         # leaves a fifth of the rate limit to other programs

# settling: 3d                # after the end of a day Genesys Cloud may still change it: until then it is read again
# store: { retention: 90d }   # conversations are kept on this machine for later runs; off keeps none

# destinations:
#   archive:
#     type: s3
#     bucket: my-reports
#     prefix: reports/
#     region: us-east-1
#     linkLifetime: 24h
#     expectedOwner: "111122223333"                  # the account that owns the bucket
#     access: strict                                 # or probed; docs/access-verdict.md

#   team-mail:                                         # or webhook, slack, teams, disk: docs/delivery.md
#     type: mail
#     server: smtp://smtp.example.com:587
#     user: reports
#     password: env:SMTP_PASSWORD
#     from: Reports <reports@example.com>
#     to: [team@example.com]
#     links: archive

# pseudonymKey: env:CALLSHEET_PSEUDONYM_KEY            # for reports that mask personal data by hash
# retention:                                           # which run folders stay; without it, all
#   keep: 30                                           # the last runs of each report
#   days: 90                                           # and the young ones
#   objects: 180d                                      # delivered files; removed by \`callsheet prune\`
`;

const REPORT = `# One file, one report. \`callsheet fields\` lists every path and measure; \`callsheet explain voice-by-queue\` shows the requests.
report: voice-by-queue
title: Voice by queue
timeZone: UTC                       # decides what "yesterday" is, and the hours
interval: yesterday                 # or last 7 days, last month, 2024-01-01/2024-02-01
filter:
  - { path: conversation.media.type, operator: eq, value: voice }
groupBy: [routing.queue.name]
measures: [conversation_count, offered, answered, abandoned, abandon_rate, asa_seconds, aht_seconds]
export: [csv, json, html]
`;

const ENV_EXAMPLE = `# Copy to .env and fill in. Keep .env out of version control.
GENESYSCLOUD_OAUTHCLIENT_ID=
GENESYSCLOUD_OAUTHCLIENT_SECRET=
# For a try without an organisation: run \`callsheet simulate --generate 10000\` and paste the lines it prints.
`;

const GIT_IGNORE = ".env\n.callsheet/\n";

/** Writes the files; an existing one is never overwritten. */
export function init(folder: string | undefined, world: World): void {
  const target = resolve(world.cwd, folder ?? ".");
  const files: readonly (readonly [string, string])[] = [
    ["callsheet.yaml", CONFIG],
    ["reports/voice-by-queue.yaml", REPORT],
    [".env.example", ENV_EXAMPLE],
    [".gitignore", GIT_IGNORE],
  ];
  const existing = files
    .map(([name]) => name)
    .filter((name) => name !== ".gitignore" && existsSync(join(target, name)));
  if (existing.length > 0) {
    throw new ReportError(
      "config.invalid",
      `${existing.join(", ")} already ${existing.length === 1 ? "exists" : "exist"} in ${relative(world.cwd, target) || "this folder"}; nothing was written`,
      { hint: "Choose an empty folder: callsheet init DIR." },
    );
  }
  try {
    mkdirSync(join(target, "reports"), { recursive: true });
    for (const [name, text] of files) if (!existsSync(join(target, name))) writeFileSync(join(target, name), text);
  } catch (cause) {
    throw new ReportError("disk.unwritable", `Cannot write to ${target}`, {
      hint: "Choose a folder that you can write to.",
      cause,
    });
  }
  world.out(files.map(([name]) => `wrote  ${relative(world.cwd, join(target, name))}\n`).join(""));
  world.err(
    "Next: fill in .env, then `callsheet check`, `callsheet explain voice-by-queue`, `callsheet run voice-by-queue`.\n",
  );
}
