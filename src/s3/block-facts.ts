/**
 * Whether anything in a bucket can be made public: four switches of the bucket, and the same four of its account, of which
 * the stricter counts. So one of V04 and V05 is enough: a bucket without switches is closed by an account that has them.
 */
import { GetPublicAccessBlockCommand, type S3Client } from "@aws-sdk/client-s3";
import {
  GetPublicAccessBlockCommand as GetAccountBlockCommand,
  type S3ControlClient,
} from "@aws-sdk/client-s3-control";
import type { BucketFact } from "../deliver/object-store.ts";
import type { AskedBucket } from "./access-questions.ts";
import { askQuestion, type FactQuestion, type Told } from "./ask-questions.ts";

/** The account's service; without it V05 cannot be asked, and the text says why. */
export type AccountService = { readonly client: S3ControlClient } | { readonly missing: string };

const SWITCHES = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"] as const;

type Block = Partial<Readonly<Record<(typeof SWITCHES)[number], boolean | undefined>>>;

const NO_BLOCK = "NoSuchPublicAccessBlockConfiguration";

/** V04 and V05. */
export async function askBlocks(
  client: S3Client,
  account: AccountService,
  input: AskedBucket,
  deadline: () => AbortSignal,
): Promise<BucketFact[]> {
  let bucketBlock: Block | undefined;
  const ofBucket: FactQuestion = {
    id: "V04",
    call: "GetPublicAccessBlock",
    action: "s3:GetBucketPublicAccessBlock",
    resource: `arn:aws:s3:::${input.Bucket}`,
    ask: async (abortSignal) => {
      bucketBlock = await orNone(async () => {
        const answer = await client.send(new GetPublicAccessBlockCommand(input), { abortSignal });
        return answer.PublicAccessBlockConfiguration;
      });
      return counted(bucketBlock, "blocks are on");
    },
  };
  const bucketFact = await askQuestion(ofBucket, deadline());
  return [bucketFact, await askAccount(account, input.ExpectedBucketOwner, bucketBlock, deadline)];
}

async function askAccount(
  service: AccountService,
  AccountId: string | undefined,
  bucketBlock: Block | undefined,
  deadline: () => AbortSignal,
): Promise<BucketFact> {
  const call = "GetPublicAccessBlock of the account";
  const untold = (fact: string): BucketFact => ({ id: "V05", result: "unknown", fact, call });
  if ("missing" in service) return untold(service.missing);
  if (AccountId === undefined) return untold("no expectedOwner says whose account it is");
  const { client } = service;
  return await askQuestion(
    {
      id: "V05",
      call,
      action: "s3:GetAccountPublicAccessBlock",
      resource: "*",
      ask: async (abortSignal) => {
        const block = await orNone(async () => {
          const answer = await client.send(new GetAccountBlockCommand({ AccountId }), { abortSignal });
          return answer.PublicAccessBlockConfiguration;
        });
        return together(block, bucketBlock);
      },
    },
    deadline(),
  );
}

/** No configuration is one with every switch off; an answer that names none of them is no answer. */
async function orNone(read: () => Promise<Block | undefined>): Promise<Block | undefined> {
  try {
    const block = await read();
    return block && SWITCHES.some((name) => block[name] !== undefined) ? block : undefined;
  } catch (error) {
    if (error instanceof Error && error.name === NO_BLOCK)
      return Object.fromEntries(SWITCHES.map((name) => [name, false]));
    throw error;
  }
}

function together(account: Block | undefined, bucket: Block | undefined): Told {
  if (account === undefined) return { result: "unknown", fact: "an empty answer" };
  const both = Object.fromEntries(SWITCHES.map((name) => [name, account[name] === true || bucket?.[name] === true]));
  const { result, fact } = counted(both, "with the bucket's");
  // What the bucket did not tell can only close more.
  const known = result === "pass" || bucket !== undefined ? result : "unknown";
  return { result: known, fact: `${counted(account, "blocks of the account are on").fact}, ${fact}` };
}

function counted(block: Block | undefined, what: string): Told {
  if (block === undefined) return { result: "unknown", fact: "an empty answer" };
  const count = SWITCHES.filter((name) => block[name] === true).length;
  return { result: count === SWITCHES.length ? "pass" : "fail", fact: `${count} of ${SWITCHES.length} ${what}` };
}
