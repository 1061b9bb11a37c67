// In: one HTTP request with its body. Out: an answer, always: refusals and our own defects become S3's XML errors.
// The order is the vendor's: who signed it, which operation is it, is the body what was signed, does the bucket exist
// in this region and belong to whom the caller expects; only then the operation, which asks for the rights itself.

import type { IncomingMessage } from "node:http";
import { type Authentication, authenticate, type ForgottenRule } from "./authenticate.ts";
import { checkExpectedOwner } from "./authorize.ts";
import type { Bucket } from "./bucket.ts";
import { getCallerIdentity } from "./caller-identity.ts";
import { corsHeaders } from "./cors.ts";
import { applyLifecycle } from "./lifecycle.ts";
import type { Misbehaviour, Occasion } from "./misbehaviour.ts";
import { findOperation, type Operation } from "./operations.ts";
import { readPayload } from "./payload.ts";
import { S3Error } from "./s3-error.ts";
import { parseRequest, type S3Request } from "./s3-request.ts";
import {
  type Answer,
  type BucketCall,
  type Call,
  createId,
  emptyAnswer,
  getBucket,
  type StoreState,
} from "./store-state.ts";
import { writeXml } from "./xml.ts";

/** A request as it is remembered: enough to assert on, nothing that could sign or open anything. */
export interface RecordedRequest {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Decoded parameters without signature, credential and token. */
  readonly query: Readonly<Record<string, string>>;
  /** The S3 operation, or "" when none was recognised. */
  readonly operation: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  /** How it was signed, and by whom. */
  readonly signed: Authentication["carrier"];
  readonly user: string | undefined;
  readonly bodyBytes: number;
  readonly status: number;
  /** The code of the refusal, if it was one. */
  readonly code: string | undefined;
}

interface Progress {
  request?: S3Request;
  authentication?: Authentication;
  operation?: string;
}

const identityOperation: Operation = {
  name: "GetCallerIdentity",
  method: "POST",
  level: "store",
  run: getCallerIdentity,
};
const hidden = new Set(["x-amz-signature", "x-amz-credential", "x-amz-security-token"]);

/** Serves one request; the record is of what happened. */
export async function serveRequest(
  state: StoreState,
  misbehaviours: readonly Misbehaviour[],
  message: IncomingMessage,
  body: Buffer,
): Promise<{ answer: Answer; record: RecordedRequest }> {
  const progress: Progress = {};
  const requestId = createId();
  let code: string | undefined;
  let answer: Answer;
  try {
    answer = await carryOut(state, misbehaviours, message, body, progress);
  } catch (error) {
    const refusal =
      error instanceof S3Error
        ? error
        : new S3Error("InternalError", `We encountered an internal error: ${String(error)}`);
    code = refusal.code;
    answer = refusalAnswer(refusal, progress.request, requestId);
  }
  const headers = {
    "x-amz-request-id": requestId,
    date: new Date(state.now()).toUTCString(),
    server: "callsheet-object-store",
    ...answer.headers,
  };
  return { answer: { ...answer, headers }, record: recordOf(state, message, body, progress, answer.status, code) };
}

async function carryOut(
  state: StoreState,
  misbehaviours: readonly Misbehaviour[],
  message: IncomingMessage,
  body: Buffer,
  progress: Progress,
): Promise<Answer> {
  const sent = parseRequest(message, body);
  const request = withoutHeaders(sent, misbehaviours);
  progress.request = request;
  const bucket = request.bucketName === undefined ? undefined : state.buckets.get(request.bucketName);
  const isIdentity = request.bucketName === undefined && request.method === "POST";
  const authentication = authenticate(sent, {
    now: state.now(),
    service: isIdentity ? "sts" : "s3",
    regions: bucket === undefined ? [state.region] : [bucket.region, state.region],
    findUser: (accessKeyId) => state.users.get(accessKeyId),
    forgotten: new Set(misbehaviours.flatMap(({ forgets }): readonly ForgottenRule[] => forgets ?? [])),
    otherKeys: bucket === undefined ? [] : [...bucket.objects.keys()],
  });
  progress.authentication = authentication;
  const operation = isIdentity ? identityOperation : findOperation(request);
  progress.operation = operation.name;
  const payload = readPayload(
    request,
    authentication,
    operation.name === "CompleteMultipartUpload" ? "object" : "body",
  );
  checkLength(request, operation.name);

  const occasion: Occasion = {
    operation: operation.name,
    request,
    bucket,
    isSigned: authentication.carrier !== "none",
    now: state.now(),
  };
  for (const { replace } of misbehaviours) {
    const replacement = await replace?.(occasion);
    if (replacement !== undefined) return replacement;
  }
  const call = {
    state,
    request,
    authentication,
    payload,
    isOpen: misbehaviours.some(({ opens }) => opens?.(occasion) === true),
  };
  const answer =
    operation.level === "bucket" || operation.level === "object"
      ? await runInBucket(operation, { ...call, bucket: findBucket(call), key: request.key ?? "" })
      : await operation.run(call);
  return misbehaviours.reduce((changed, { alter }) => alter?.(changed, occasion) ?? changed, answer);
}

async function runInBucket(
  operation: Extract<Operation, { level: "bucket" | "object" }>,
  call: BucketCall,
): Promise<Answer> {
  applyLifecycle(call.state, call.bucket);
  const answer = await operation.run(call);
  return { ...answer, headers: { ...answer.headers, ...corsHeaders(call.bucket, call.request) } };
}

function withoutHeaders(request: S3Request, misbehaviours: readonly Misbehaviour[]): S3Request {
  const ignored = new Set(misbehaviours.flatMap(({ ignoresHeaders }) => ignoresHeaders ?? []));
  return ignored.size === 0
    ? request
    : { ...request, headers: new Map([...request.headers].filter(([name]) => !ignored.has(name))) };
}

function checkLength({ headers }: S3Request, operation: string): void {
  const isUpload = operation === "PutObject" || operation === "UploadPart";
  if (isUpload && !headers.has("content-length") && !headers.has("x-amz-decoded-content-length")) {
    throw new S3Error("MissingContentLength", "You must provide the Content-Length HTTP header.");
  }
}

function findBucket(call: Pick<Call, "state" | "request" | "authentication">): Bucket {
  const bucket = getBucket(call.state, call.request.bucketName ?? "");
  const signedFor = call.authentication.seal?.scope.region;
  if (signedFor !== undefined && signedFor !== bucket.region) {
    throw new S3Error(
      "PermanentRedirect",
      "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
      { Bucket: bucket.name, Endpoint: `${bucket.name}.s3.${bucket.region}.amazonaws.com`, Region: bucket.region },
      { "x-amz-bucket-region": bucket.region },
    );
  }
  checkExpectedOwner(call, bucket);
  return bucket;
}

function refusalAnswer(refusal: S3Error, request: S3Request | undefined, requestId: string): Answer {
  const body = writeXml(
    "Error",
    {
      Code: refusal.code,
      Message: refusal.message,
      ...refusal.facts,
      Resource: resourceOf(request),
      RequestId: requestId,
      HostId: "callsheet",
    },
    "",
  );
  return { ...emptyAnswer(refusal.status, { "content-type": "application/xml", ...refusal.headers }), body };
}

function resourceOf(request: S3Request | undefined): string | undefined {
  return request?.bucketName === undefined
    ? undefined
    : `/${request.bucketName}${request.key === undefined ? "" : `/${request.key}`}`;
}

function recordOf(
  state: StoreState,
  message: IncomingMessage,
  body: Buffer,
  progress: Progress,
  status: number,
  code: string | undefined,
): RecordedRequest {
  const { request, authentication } = progress;
  const shown = (request?.query ?? []).filter(([name]) => !hidden.has(name.toLowerCase()));
  return Object.freeze({
    at: state.now(),
    method: message.method ?? "",
    path: request?.rawPath ?? "",
    query: Object.fromEntries(shown),
    operation: progress.operation ?? "",
    bucket: request?.bucketName,
    key: request?.key,
    signed: authentication?.carrier ?? "none",
    user: authentication?.principal.kind === "user" ? authentication.principal.user.name : undefined,
    bodyBytes: body.length,
    status,
    code,
  });
}
