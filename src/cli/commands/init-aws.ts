/** `callsheet init aws`: the least rights that a destination of callsheet.yaml needs, ready to paste. */
import { keyPrefix } from "../../deliver/object-key.ts";
import { ReportError } from "../../domain/errors.ts";
import { awsPolicies } from "../../s3/aws-policies.ts";
import { suggestion } from "../../support/did-you-mean.ts";
import { encryptionOf } from "../destination-access.ts";
import { readConfig } from "../read-config.ts";
import type { World } from "../world.ts";

/** Options as the command line gives them. */
export interface InitAwsOptions {
  readonly config?: string;
  readonly json?: boolean;
}

const MEANINGS = {
  writer: "who writes: attach it to the role that runs reports",
  signer: "who signs links: the same role, or another one where links are signed elsewhere; a link can do no more",
  auditor: "who asks about the bucket: without it checks of the verdict are unknown",
  bucketPolicy: "the bucket's own policy: it holds everybody to the same; it replaces the one that is there",
} as const;

/** Prints the policies of the named destination, or of the only one; only they go to stdout. */
export function initAws(name: string | undefined, options: InitAwsOptions, world: World): void {
  const { destinations } = readConfig(options.config, world);
  const known = Object.keys(destinations);
  const chosen = name ?? (known.length === 1 ? known[0] : undefined);
  const settings = chosen === undefined ? undefined : destinations[chosen];
  if (settings === undefined) {
    throw new ReportError(
      "config.missing",
      chosen === undefined ? noneChosen(known) : `There is no destination "${chosen}".${suggestion(chosen, known)}`,
      { hint: "Write bucket, prefix and region under destinations in callsheet.yaml, then `callsheet init aws NAME`." },
    );
  }
  const { bucket, linkLifetimeSeconds, region = "us-east-1", tags } = settings;
  const encryption = encryptionOf(settings);
  const policies = awsPolicies({
    bucket,
    region,
    linkLifetimeSeconds,
    prefix: keyPrefix(settings.prefix),
    hasTags: Object.keys(tags).length > 0,
    ...(encryption && { encryption }),
  });
  if (options.json) {
    world.out(`${JSON.stringify(policies, undefined, 2)}\n`);
    return;
  }
  for (const key of ["writer", "signer", "auditor", "bucketPolicy"] as const) {
    world.err(`# ${key}: ${MEANINGS[key]}\n`);
    world.out(`${JSON.stringify(policies[key], undefined, 2)}\n`);
  }
}

function noneChosen(known: readonly string[]): string {
  return known.length === 0
    ? "There is no destination yet"
    : `There are ${known.length} destinations: ${known.join(", ")}`;
}
