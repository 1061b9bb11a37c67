/** What a bucket and its account say about who can reach it, and about what becomes of what is placed in it. */
import { GetBucketPolicyCommand, type S3Client } from "@aws-sdk/client-s3";
import type { BucketFact, BucketQuestion, BucketTold } from "../deliver/object-store.ts";
import { accessQuestions, type AskedBucket } from "./access-questions.ts";
import type { Account } from "./account-facts.ts";
import { askQuestion, type FactQuestion } from "./ask-questions.ts";
import { askBlocks } from "./block-facts.ts";
import { type PolicyOnLinks, readPolicy } from "./read-policy.ts";
import { settingQuestions, settingsInWords } from "./setting-questions.ts";

/** Asks all questions at once; throws the reason of the signal, and when the credentials are refused. */
export async function askBucketFacts(
  client: S3Client,
  account: Account,
  input: AskedBucket,
  question: BucketQuestion,
  tags: Readonly<Record<string, string>>,
  deadline: () => AbortSignal,
  stop: AbortSignal | undefined,
): Promise<BucketTold> {
  let onLinks: PolicyOnLinks | undefined;
  const policy = policyQuestion(client, input, question.prefix, (found) => {
    onLinks = found;
  });
  const questions = [...accessQuestions(client, input), policy, ...settingQuestions(client, input, question, tags)];
  const [facts, blocks, identity, settings] = await Promise.all([
    Promise.all(questions.map(async (each) => await askQuestion(each, deadline()))),
    askBlocks(client, account.blocks, input, deadline),
    askIdentity(account, deadline),
    settingsInWords(client, input, deadline()),
  ]);
  stop?.throwIfAborted();
  const told = facts.map((fact) => (fact.id === "V12" ? { ...fact, fact: `${fact.fact}; ${settings}` } : fact));
  const linkAgeLimitMs = onLinks?.linkAgeLimitMs;
  return { facts: [identity, ...told, ...blocks], ...(linkAgeLimitMs !== undefined && { linkAgeLimitMs }) };
}

async function askIdentity({ identity }: Account, deadline: () => AbortSignal): Promise<BucketFact> {
  if ("missing" in identity)
    return { id: "V01", result: "unknown", fact: identity.missing, call: "STS GetCallerIdentity" };
  return await askQuestion(identity, deadline());
}

/** V11; what the policy says about links is handed on as well. */
function policyQuestion(
  client: S3Client,
  input: AskedBucket,
  prefix: string,
  found: (onLinks: PolicyOnLinks) => void,
): FactQuestion {
  const open = {
    result: "fail",
    fact: "no policy: plain HTTP is not refused, and links may grow as old as they say",
  } as const;
  return {
    id: "V11",
    call: "GetBucketPolicy",
    action: "s3:GetBucketPolicy",
    resource: `arn:aws:s3:::${input.Bucket}`,
    ask: async (abortSignal) => {
      const { Policy } = await client.send(new GetBucketPolicyCommand(input), { abortSignal });
      const onLinks = readPolicy(Policy ?? "", input.Bucket, prefix);
      if (onLinks === undefined) return { result: "unknown", fact: "a policy that cannot be read" };
      found(onLinks);
      const { refusesPlainHttp, linkAgeLimitMs } = onLinks;
      const http = refusesPlainHttp ? "plain HTTP is refused" : "plain HTTP is not refused";
      const age =
        linkAgeLimitMs === undefined
          ? "links may grow as old as they say"
          : `links end at the age of ${linkAgeLimitMs / 1000} seconds`;
      return { result: refusesPlainHttp ? "pass" : "fail", fact: `${http}, ${age}` };
    },
    onError: { NoSuchBucketPolicy: open },
  };
}
