/**
 * Tries a link as its holder, as a stranger and as a forger would. The forger works on a canary, never on the
 * report: a broken store could let him write. Each probe gives one check of the verdict.
 */
import { type Encryption, encryptionInWords, fulfils } from "../domain/encryption.ts";
import type { AccessCheckId, AccessFinding } from "./access-verdict.ts";
import type { Canary } from "./canary.ts";
import type { LinkLife } from "./link-life.ts";
import type { ObjectFacts, ObjectHead, ObjectStore, PresignedUrl, ProbeAnswer } from "./object-store.ts";

/** The object and the link that are to be handed out. */
export interface HandedOut {
  readonly key: string;
  readonly facts: ObjectFacts;
  /** The version that the link opens, in a bucket that keeps them. */
  readonly versionId?: string;
  readonly link: PresignedUrl;
  /** The life that was signed for. */
  readonly life: Pick<LinkLife, "seconds" | "shortened">;
  readonly encryption?: Encryption;
}

const CANARY_LINK_SECONDS = 300;

/** The life of a link that is made when another one is opened. */
export const CLICK_SECONDS = 60;

/** What is left of the life of the link that is tried when it is old. */
const LAST_SECONDS = 60;

/** V08, V15 to V18, V24, V25: the report itself; where a link leads to one that is made when it is opened, by both. */
export async function probeReport(store: ObjectStore, handedOut: HandedOut): Promise<AccessFinding[]> {
  const found = await probeObject(store, handedOut);
  if (store.behind === undefined) return found;
  const { key, versionId, facts } = handedOut;
  const link = await store.behind.presign(key, CLICK_SECONDS, facts.downloadName, 0, versionId);
  return [...found, ...(await probeObject(store.behind, { ...handedOut, link, life: { seconds: CLICK_SECONDS } }))];
}

async function probeObject(
  store: ObjectStore,
  { key, versionId, facts, link, life, encryption }: HandedOut,
): Promise<AccessFinding[]> {
  const head = await store.find(key, versionId);
  const unsigned = await store.probe(withoutQuery(link.url));
  const signed = await store.probe(link.url);
  const same = signed.status === 200 && signed.sha256 === facts.sha256;
  return [
    await store.objectGrants(key),
    arrived(head, facts),
    encrypted(store, head, encryption),
    finding(
      "V17",
      isRefused(unsigned.status) && unsigned.sha256 !== facts.sha256,
      `status ${unsigned.status}${unsigned.sha256 === facts.sha256 ? ", with the object" : ""}`,
      "GET without credentials",
    ),
    finding(
      "V18",
      same,
      `status ${signed.status}, ${signed.bytes} bytes, ${same ? "equal" : "different"}`,
      "GET of the link",
    ),
    lifeOf(store, link, life),
    savedAs(signed, facts),
  ];
}

/**
 * V19 to V24 on the canary: forgeries, and a link that is almost at its end. `otherKey` is that of an object that exists
 * and that the signature is not for.
 */
export async function probeCanary(
  store: ObjectStore,
  canary: Canary,
  otherKey: string,
  lifeSeconds: number,
): Promise<AccessFinding[]> {
  const found = await forge(store, canary, otherKey, lifeSeconds);
  return store.behind === undefined
    ? found
    : [...found, ...(await forge(store.behind, canary, otherKey, CLICK_SECONDS))];
}

async function forge(
  store: ObjectStore,
  canary: Canary,
  otherKey: string,
  lifeSeconds: number,
): Promise<AccessFinding[]> {
  const { url: otherUrl } = await store.presign(otherKey, CANARY_LINK_SECONDS, canary.facts.downloadName);
  const { url } = await store.presign(canary.key, CANARY_LINK_SECONDS, canary.facts.downloadName);
  const expired = await store.presign(canary.key, 60, canary.facts.downloadName, 3600);
  const refusedGet = async (id: AccessCheckId, forged: string, call: string): Promise<AccessFinding> => {
    const answer = await store.probe(forged);
    return finding(id, isForbidden(answer.status), `status ${answer.status}`, call);
  };
  return [
    await refusedGet(
      "V19",
      withTamperedSignature(url, store.links.signature),
      "GET with one digit of the signature changed",
    ),
    await refusedGet("V20", withPathOf(url, otherUrl), "GET of another object with this signature"),
    await refusedGet("V21", withLongerLife(url, store.links.end), `GET with ${store.links.end} changed`),
    await lastMinute(store, canary, lifeSeconds),
    // Before the other methods: a store that lets a forger delete has nothing left to serve.
    await refusedGet("V23", expired.url, "GET of a link that ended 59 minutes ago"),
    await otherMethods(store, canary, url),
  ];
}

function arrived(head: ObjectHead | undefined, facts: ObjectFacts): AccessFinding {
  if (head === undefined) return finding("V15", false, "there is no such object", "HeadObject");
  const { bytes, sha256, isOwnChecksum } = head;
  const size = `${bytes} of ${facts.bytes} bytes`;
  if (bytes === facts.bytes && sha256 === undefined)
    return { id: "V15", result: "unknown", fact: `${size}, checksum not told`, call: "HeadObject" };
  const same = sha256 === facts.sha256;
  const note = same && !isOwnChecksum ? " (our own note beside it; V18 compares the bytes)" : "";
  const fact = `${size}, checksum ${same ? "equal" : "different"}${note}`;
  return finding("V15", bytes === facts.bytes && same, fact, "HeadObject");
}

/** What was asked for must be what the store says it did; where nothing was, what it does is only told. */
function encrypted({ links }: ObjectStore, head: ObjectHead | undefined, asked: Encryption | undefined): AccessFinding {
  if (links.withoutEncryption !== undefined)
    return { id: "V16", result: "inapplicable", fact: links.withoutEncryption, call: "none" };
  const applied = head?.encryption;
  const fact = applied === undefined ? "the store tells of no encryption" : encryptionInWords(applied);
  const call = "HeadObject";
  if (asked === undefined) return { id: "V16", result: applied === undefined ? "unknown" : "pass", fact, call };
  const isDone = applied !== undefined && fulfils(applied, asked);
  return finding("V16", isDone, isDone ? fact : `${fact}; ${encryptionInWords(asked)} was asked for`, call);
}

/** The life that is signed must be the one asked for, and its end the one that we say. */
function lifeOf(
  { links }: ObjectStore,
  { url, expiresAt }: PresignedUrl,
  { seconds, shortened }: HandedOut["life"],
): AccessFinding {
  const { seconds: signed = seconds, endsAt } = links.span(new URL(url));
  return finding(
    "V24",
    signed === seconds && endsAt === expiresAt,
    `${signed} seconds signed${shortened === undefined ? "" : ` (${shortened})`}, ends ${new Date(expiresAt).toISOString()}`,
    `${links.end} of the link`,
  );
}

function savedAs({ contentType, contentDisposition }: ProbeAnswer, facts: ObjectFacts): AccessFinding {
  const isAttachment = contentDisposition?.startsWith("attachment;") === true;
  return finding(
    "V25",
    contentType === facts.contentType && isAttachment,
    `${contentType ?? "no type"}, ${isAttachment ? "saved as a file" : "shown in place"}`,
    "headers of the link's answer",
  );
}

/** A store or a policy can end links early without a word; a link as old as ours will get shows it. */
async function lastMinute(store: ObjectStore, canary: Canary, lifeSeconds: number): Promise<AccessFinding> {
  const age = Math.max(0, lifeSeconds - LAST_SECONDS);
  const { url } = await store.presign(canary.key, lifeSeconds, canary.facts.downloadName, age);
  const answer = await store.probe(url);
  return finding(
    "V24",
    answer.status === 200,
    `at the age of ${age} seconds: status ${answer.status}`,
    "GET of a link of the same life",
  );
}

async function otherMethods(store: ObjectStore, canary: Canary, url: string): Promise<AccessFinding> {
  const put = await store.probe(url, "PUT");
  const removed = await store.probe(url, "DELETE");
  const head = await store.find(canary.key);
  const unchanged = head?.bytes === canary.facts.bytes && (head.sha256 ?? canary.facts.sha256) === canary.facts.sha256;
  return finding(
    "V22",
    isForbidden(put.status) && isForbidden(removed.status) && unchanged,
    `PUT ${put.status}, DELETE ${removed.status}, object ${unchanged ? "unchanged" : "changed"}`,
    "PUT and DELETE on the link",
  );
}

function finding(id: AccessCheckId, passed: boolean, fact: string, call: string): AccessFinding {
  return { id, result: passed ? "pass" : "fail", fact, call };
}

/** Stores refuse strangers with 400, 401, 403 or 404; a redirect or a success is not a refusal. */
function isRefused(status: number): boolean {
  return status >= 400 && status < 500;
}

function isForbidden(status: number): boolean {
  return status === 403;
}

function withoutQuery(url: string): string {
  const plain = new URL(url);
  plain.search = "";
  return plain.href;
}

function withTamperedSignature(url: string, name: string): string {
  const signature = new URL(url).searchParams.get(name) ?? "";
  const digit = signature.startsWith("0") ? "1" : "0";
  return withParameter(url, name, `${digit}${signature.slice(1)}`);
}

function withLongerLife(url: string, name: string): string {
  const seconds = Number(new URL(url).searchParams.get(name));
  return withParameter(url, name, String(seconds + CANARY_LINK_SECONDS * 100));
}

function withParameter(url: string, name: string, value: string): string {
  const changed = new URL(url);
  changed.searchParams.set(name, value);
  return changed.href;
}

function withPathOf(url: string, other: string): string {
  const changed = new URL(url);
  changed.pathname = new URL(other).pathname;
  return changed.href;
}
