/**
 * What is asked of the account and not of the bucket: who signs (V01), and whether the account lets anything be public
 * (V05). Amazon has a service for each; a compatible store has them only where the configuration says.
 */
import { S3ControlClient, type S3ControlClientConfig } from "@aws-sdk/client-s3-control";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { FactQuestion } from "./ask-questions.ts";
import type { AccountService } from "./block-facts.ts";

/** How to reach the two services. */
export interface AccountOptions {
  readonly region: STSClient["config"]["region"];
  /** The store is not Amazon's: what is not configured is not there. */
  readonly isCompatible: boolean;
  readonly stsEndpoint?: string | undefined;
  readonly controlEndpoint?: string | undefined;
  /** The account that should sign. */
  readonly expectedAccount?: string | undefined;
  readonly credentials: STSClient["config"]["credentials"];
  readonly requestHandler: { readonly connectionTimeout: number; readonly socketTimeout: number };
  readonly maxAttempts: number;
}

/** The services, to be closed. */
export interface Account {
  readonly identity: FactQuestion | { readonly missing: string };
  readonly blocks: AccountService;
  close(): void;
}

/** Makes them; nothing is sent before the first question. */
export function openAccount(options: AccountOptions): Account {
  const { region, isCompatible, stsEndpoint, controlEndpoint, credentials, requestHandler, maxAttempts } = options;
  const common = { region, credentials, requestHandler, maxAttempts };
  const sts =
    isCompatible && stsEndpoint === undefined
      ? undefined
      : new STSClient({ ...common, ...(stsEndpoint !== undefined && { endpoint: stsEndpoint }) });
  const control =
    isCompatible && controlEndpoint === undefined
      ? undefined
      : new S3ControlClient({ ...common, ...(controlEndpoint !== undefined && ownEndpoint(controlEndpoint)) });
  return {
    identity: sts === undefined ? { missing: "no stsEndpoint is configured for this store" } : whoSigns(sts, options),
    blocks:
      control === undefined ? { missing: "no controlEndpoint is configured for this store" } : { client: control },
    close() {
      sts?.destroy();
      control?.destroy();
    },
  };
}

function whoSigns(sts: STSClient, { expectedAccount }: AccountOptions): FactQuestion {
  return {
    id: "V01",
    call: "STS GetCallerIdentity",
    action: "sts:GetCallerIdentity",
    resource: "*",
    ask: async (abortSignal) => {
      const { Account: account } = await sts.send(new GetCallerIdentityCommand({}), { abortSignal });
      if (account === undefined) return { result: "unknown", fact: "an empty answer" };
      if (expectedAccount === undefined)
        return { result: "unknown", fact: `account ${account}; write expectedOwner to compare it with` };
      return account === expectedAccount
        ? { result: "pass", fact: `account ${account}` }
        : { result: "fail", fact: `account ${account}, not ${expectedAccount}` };
    },
  };
}

/** The SDK puts the account in front of any host, which a store at an address has no name for. */
function ownEndpoint(url: string): Pick<S3ControlClientConfig, "endpointProvider"> {
  return {
    endpointProvider: ({ Region: signingRegion = "us-east-1" }) => {
      const authSchemes = [{ name: "sigv4", signingName: "s3", signingRegion, properties: {} }];
      return { url: new URL(url), headers: {}, properties: { authSchemes } };
    },
  };
}
