/** Who can reach a bucket: whose it is, what its policy and its access lists say. */
import {
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyStatusCommand,
  GetObjectAclCommand,
  type Grant,
  HeadBucketCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { FactQuestion, Told } from "./ask-questions.ts";
import { statusOf } from "./translate-error.ts";

/** The bucket, and the account that must own it. */
export interface AskedBucket {
  readonly Bucket: string;
  readonly ExpectedBucketOwner?: string;
}

const PUBLIC_GROUPS = [
  "http://acs.amazonaws.com/groups/global/AllUsers",
  "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
];

/** An account that owns nothing: a store that takes it for the owner does not look at owners. */
const NOBODYS_ACCOUNT = "000000000000";

/** V03, V06, V07 and V08. */
export function accessQuestions(client: S3Client, input: AskedBucket): FactQuestion[] {
  const resource = `arn:aws:s3:::${input.Bucket}`;
  return [
    {
      id: "V03",
      call: "HeadBucket",
      action: "s3:ListBucket",
      resource,
      ask: async (abortSignal) => await findBucket(client, input, abortSignal),
      onError: { NotFound: gone, NoSuchBucket: gone },
    },
    {
      id: "V06",
      call: "GetBucketPolicyStatus",
      action: "s3:GetBucketPolicyStatus",
      resource,
      ask: async (abortSignal) => {
        const status = (await client.send(new GetBucketPolicyStatusCommand(input), { abortSignal })).PolicyStatus;
        return status?.IsPublic === undefined
          ? EMPTY
          : { result: status.IsPublic ? "fail" : "pass", fact: `IsPublic ${status.IsPublic}` };
      },
      onError: { NoSuchBucketPolicy: { result: "pass", fact: "NoSuchBucketPolicy" } },
    },
    {
      id: "V07",
      call: "GetBucketOwnershipControls",
      action: "s3:GetBucketOwnershipControls",
      resource,
      ask: async (abortSignal) => {
        const answer = await client.send(new GetBucketOwnershipControlsCommand(input), { abortSignal });
        const ownership = answer.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
        return ownership === undefined
          ? EMPTY
          : { result: ownership === "BucketOwnerEnforced" ? "pass" : "fail", fact: ownership };
      },
      onError: { OwnershipControlsNotFoundError: { result: "fail", fact: "OwnershipControlsNotFoundError" } },
    },
    {
      id: "V08",
      call: "GetBucketAcl",
      action: "s3:GetBucketAcl",
      resource,
      ask: async (abortSignal) => {
        const { Grants } = await client.send(new GetBucketAclCommand(input), { abortSignal });
        return grantsOf("bucket", Grants);
      },
    },
  ];
}

/** V08 of one object: what was placed in a closed bucket can still have an access list of its own. */
export function objectGrantsQuestion(client: S3Client, input: AskedBucket, Key: string): FactQuestion {
  return {
    id: "V08",
    call: "GetObjectAcl",
    action: "s3:GetObjectAcl",
    resource: `arn:aws:s3:::${input.Bucket}/${Key.replace(/[^/]*$/, "*")}`,
    ask: async (abortSignal) => {
      const { Grants } = await client.send(new GetObjectAclCommand({ ...input, Key }), { abortSignal });
      return grantsOf("object", Grants);
    },
  };
}

/** An answer that is neither yes nor no. */
const EMPTY: Told = { result: "unknown", fact: "an empty answer" };

const gone: Told = { result: "fail", fact: "there is no such bucket" };

/** Who may not list, may still ask where the bucket is. With an expected owner the store must be seen to look at it. */
async function findBucket(client: S3Client, input: AskedBucket, abortSignal: AbortSignal): Promise<Told> {
  try {
    await client.send(new HeadBucketCommand(input), { abortSignal });
  } catch (error) {
    if (statusOf(error) !== 403) throw error;
    if (await isSomebodyElses(client, input, abortSignal))
      return { result: "fail", fact: `exists, but is not owned by ${input.ExpectedBucketOwner}` };
    await client.send(new GetBucketLocationCommand(input), { abortSignal });
  }
  const owner = input.ExpectedBucketOwner;
  if (owner === undefined) return { result: "pass", fact: "exists; no expectedOwner is configured" };
  const another = { ...input, ExpectedBucketOwner: NOBODYS_ACCOUNT };
  try {
    await client.send(new HeadBucketCommand(another), { abortSignal });
  } catch (error) {
    if (statusOf(error) === 403) return { result: "pass", fact: `exists, owned by ${owner}` };
    throw error;
  }
  return { result: "unknown", fact: "exists; the store does not look at the expected owner" };
}

/** What is refused with the expected owner stated, and answered without, has another owner. */
async function isSomebodyElses(client: S3Client, input: AskedBucket, abortSignal: AbortSignal): Promise<boolean> {
  if (input.ExpectedBucketOwner === undefined) return false;
  try {
    await client.send(new HeadBucketCommand({ Bucket: input.Bucket }), { abortSignal });
    return true;
  } catch {
    return false;
  }
}

/** A private list still names its owner: an empty one is a store that does not tell. */
function grantsOf(what: string, grants: readonly Grant[] = []): Told {
  if (grants.length === 0) return EMPTY;
  const open = grants.filter(({ Grantee }) => PUBLIC_GROUPS.includes(Grantee?.URI ?? "")).length;
  return {
    result: open === 0 ? "pass" : "fail",
    fact: `${open} of ${grants.length} grants on the ${what} are public`,
  };
}
