/**
 * What a bucket says about who can reach it: five questions to the store, each answered pass, fail or unknown with the
 * raw fact. A store that lacks a question, or credentials without the right to ask it, give unknown and never pass.
 */
import {
  GetBucketAclCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyStatusCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { BucketFact } from "../deliver/object-store.ts";

/** The bucket, and the account that must own it. */
export interface AskedBucket {
  readonly Bucket: string;
  readonly ExpectedBucketOwner?: string;
}

type Told = Pick<BucketFact, "result" | "fact">;

/** One question to the bucket, and what its answer means. */
interface FactQuestion {
  readonly id: BucketFact["id"];
  readonly call: string;
  ask(abortSignal: AbortSignal): Promise<Told>;
  /** What the store's error of this name means. */
  readonly onError?: Readonly<Record<string, BucketFact["result"]>>;
}

const PUBLIC_GROUPS = [
  "http://acs.amazonaws.com/groups/global/AllUsers",
  "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
];

/** Asks all questions at once; throws only the reason of the signal. */
export async function askBucketFacts(
  client: S3Client,
  input: AskedBucket,
  deadline: () => AbortSignal,
  stop: AbortSignal | undefined,
): Promise<BucketFact[]> {
  const facts = await Promise.all(
    factQuestions(client, input).map(async (question) => await ask(question, deadline())),
  );
  stop?.throwIfAborted();
  return facts;
}

async function ask(question: FactQuestion, abortSignal: AbortSignal): Promise<BucketFact> {
  const { id, call, onError } = question;
  try {
    return { id, call, ...(await question.ask(abortSignal)) };
  } catch (error) {
    const name = error instanceof Error ? error.name : "no answer";
    return { id, call, result: onError?.[name] ?? "unknown", fact: name };
  }
}

function factQuestions(client: S3Client, input: AskedBucket): FactQuestion[] {
  return [
    {
      id: "V03",
      call: "HeadBucket",
      ask: async (abortSignal) => {
        await client.send(new HeadBucketCommand(input), { abortSignal });
        const owner = input.ExpectedBucketOwner;
        const fact = owner === undefined ? "exists; no expected owner is configured" : `exists, owned by ${owner}`;
        return { result: "pass", fact };
      },
      onError: { NotFound: "fail", NoSuchBucket: "fail" },
    },
    {
      id: "V04",
      call: "GetPublicAccessBlock",
      ask: async (abortSignal) => {
        const answer = await client.send(new GetPublicAccessBlockCommand(input), { abortSignal });
        return publicAccessBlock(answer.PublicAccessBlockConfiguration ?? {});
      },
      onError: { NoSuchPublicAccessBlockConfiguration: "fail" },
    },
    {
      id: "V06",
      call: "GetBucketPolicyStatus",
      ask: async (abortSignal) => {
        const status = (await client.send(new GetBucketPolicyStatusCommand(input), { abortSignal })).PolicyStatus;
        return status?.IsPublic === undefined
          ? { result: "unknown", fact: "an empty answer" }
          : { result: status.IsPublic ? "fail" : "pass", fact: `IsPublic ${status.IsPublic}` };
      },
      onError: { NoSuchBucketPolicy: "pass" },
    },
    {
      id: "V07",
      call: "GetBucketOwnershipControls",
      ask: async (abortSignal) => {
        const answer = await client.send(new GetBucketOwnershipControlsCommand(input), { abortSignal });
        const ownership = answer.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
        return ownership === undefined
          ? { result: "unknown", fact: "an empty answer" }
          : { result: ownership === "BucketOwnerEnforced" ? "pass" : "fail", fact: ownership };
      },
      onError: { OwnershipControlsNotFoundError: "fail" },
    },
    {
      id: "V08",
      call: "GetBucketAcl",
      ask: async (abortSignal) => {
        const grants = (await client.send(new GetBucketAclCommand(input), { abortSignal })).Grants ?? [];
        // A private list still names its owner: an empty one is a store that does not tell.
        if (grants.length === 0) return { result: "unknown", fact: "an empty answer" };
        const open = grants.filter(({ Grantee }) => PUBLIC_GROUPS.includes(Grantee?.URI ?? "")).length;
        return { result: open === 0 ? "pass" : "fail", fact: `${open} of ${grants.length} grants are public` };
      },
    },
  ];
}

/** Four switches; an answer that names none of them is neither yes nor no. */
function publicAccessBlock(block: {
  readonly BlockPublicAcls?: boolean | undefined;
  readonly IgnorePublicAcls?: boolean | undefined;
  readonly BlockPublicPolicy?: boolean | undefined;
  readonly RestrictPublicBuckets?: boolean | undefined;
}): Told {
  const settings = [
    block.BlockPublicAcls,
    block.IgnorePublicAcls,
    block.BlockPublicPolicy,
    block.RestrictPublicBuckets,
  ];
  if (settings.every((setting) => setting === undefined)) return { result: "unknown", fact: "an empty answer" };
  const count = settings.filter(Boolean).length;
  return { result: count === settings.length ? "pass" : "fail", fact: `${count} of ${settings.length} blocks are on` };
}
