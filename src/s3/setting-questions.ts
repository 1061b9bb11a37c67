/** How a bucket treats what lies in it: website and other sites' pages (V09), encryption (V10), how long it stays (V12). */
import {
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  type S3Client,
  type ServerSideEncryptionByDefault,
} from "@aws-sdk/client-s3";
import type { BucketQuestion } from "../deliver/object-store.ts";
import { type Encryption, encryptionInWords, fulfils } from "../domain/encryption.ts";
import type { AskedBucket } from "./access-questions.ts";
import type { FactQuestion, Told } from "./ask-questions.ts";
import { encryptionFrom } from "./encryption-headers.ts";
import { earliestEnd } from "./read-lifecycle.ts";

/** V09 twice, V10 and V12. */
export function settingQuestions(
  client: S3Client,
  input: AskedBucket,
  question: BucketQuestion,
  tags: Readonly<Record<string, string>>,
): FactQuestion[] {
  const resource = `arn:aws:s3:::${input.Bucket}`;
  return [
    {
      id: "V09",
      call: "GetBucketWebsite",
      action: "s3:GetBucketWebsite",
      resource,
      ask: async (abortSignal) => {
        await client.send(new GetBucketWebsiteCommand(input), { abortSignal });
        return { result: "fail", fact: "the bucket is a website" };
      },
      onError: { NoSuchWebsiteConfiguration: { result: "pass", fact: "no website" } },
    },
    {
      id: "V09",
      call: "GetBucketCors",
      action: "s3:GetBucketCORS",
      resource,
      ask: async (abortSignal) => {
        const { CORSRules = [] } = await client.send(new GetBucketCorsCommand(input), { abortSignal });
        const origins = CORSRules.flatMap(({ AllowedOrigins = [] }) => AllowedOrigins);
        const anyone = origins.includes("*");
        return {
          result: anyone ? "fail" : "pass",
          fact: anyone ? "pages of every site may read it" : `pages of ${origins.length} sites may read it`,
        };
      },
      onError: { NoSuchCORSConfiguration: { result: "pass", fact: "no page of another site may read it" } },
    },
    {
      id: "V10",
      call: "GetBucketEncryption",
      action: "s3:GetEncryptionConfiguration",
      resource,
      ask: async (abortSignal) => {
        const answer = await client.send(new GetBucketEncryptionCommand(input), { abortSignal });
        const rule = answer.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
        return defaultEncryption(rule, question.encryption);
      },
      onError: { ServerSideEncryptionConfigurationNotFoundError: { result: "fail", fact: "no default encryption" } },
    },
    {
      id: "V12",
      call: "GetBucketLifecycleConfiguration",
      action: "s3:GetLifecycleConfiguration",
      resource,
      ask: async (abortSignal) => {
        const { Rules } = await client.send(new GetBucketLifecycleConfigurationCommand(input), { abortSignal });
        return keptUntil(earliestEnd(Rules ?? [], question.prefix, tags), question.linkSeconds);
      },
      onError: { NoSuchLifecycleConfiguration: { result: "pass", fact: "nothing is removed by a rule" } },
    },
  ];
}

/** For V12's fact: what the operator may want to know, and no link depends on. */
export async function settingsInWords(client: S3Client, input: AskedBucket, abortSignal: AbortSignal): Promise<string> {
  const told = async (what: string, ask: () => Promise<string>): Promise<string> => {
    const answer = await ask().catch(() => "not told");
    return `${what} ${answer}`;
  };
  return (
    await Promise.all([
      told("versioning", async () => {
        const { Status } = await client.send(new GetBucketVersioningCommand(input), { abortSignal });
        return Status === "Enabled" ? "on" : "off";
      }),
      told("access log", async () => {
        const { LoggingEnabled } = await client.send(new GetBucketLoggingCommand(input), { abortSignal });
        return LoggingEnabled ? "on" : "off";
      }),
    ])
  ).join(", ");
}

function defaultEncryption(rule: ServerSideEncryptionByDefault | undefined, asked: Encryption | undefined): Told {
  const there = encryptionFrom(rule?.SSEAlgorithm, rule?.KMSMasterKeyID);
  if (there === undefined) return { result: "unknown", fact: "an empty answer" };
  // Objects state what was configured themselves; only the key of somebody else beside it is not as expected.
  const fits = there.kind === "SSE-S3" || asked?.kind !== "SSE-KMS" || fulfils(there, asked);
  const fact = encryptionInWords(there);
  return { result: fits ? "pass" : "fail", fact: fits ? fact : `${fact}, not ${encryptionInWords(asked)}` };
}

const DAY_SECONDS = 86_400;

function keptUntil(end: ReturnType<typeof earliestEnd>, linkSeconds: number): Told {
  if (end === undefined) return { result: "pass", fact: "no rule removes what is under the prefix" };
  if (end.kind === "date") return { result: "fail", fact: `a rule removes everything from ${end.date} on` };
  const isKept = end.days * DAY_SECONDS >= linkSeconds;
  const fact = `a rule removes it after ${end.days} days${isKept ? "" : `, the link lives ${linkSeconds} seconds`}`;
  return { result: isKept ? "pass" : "fail", fact };
}
