// In: a canned ACL, grant headers or an ACL document. Out: a list of grants; and back to XML. A grant gives a permission
// to an account or to one of the two groups that make something public.

import { createHash } from "node:crypto";
import { S3Error } from "./s3-error.ts";
import { accountOf, type Principal } from "./users.ts";
import { findChild, findChildren, findText, parseXml, type XmlElement, type XmlValue } from "./xml.ts";

/** What a grant permits; FULL_CONTROL is all of the others. */
export type GrantPermission = "FULL_CONTROL" | "READ" | "WRITE" | "READ_ACP" | "WRITE_ACP";

/** AllUsers is anyone; AuthenticatedUsers is anyone with any account, so no less public. */
type Grantee =
  | { readonly kind: "account"; readonly accountId: string }
  | { readonly kind: "foreign"; readonly canonicalId: string }
  | { readonly kind: "group"; readonly group: "AllUsers" | "AuthenticatedUsers" | "LogDelivery" };

/** One line of an ACL. */
export interface Grant {
  readonly grantee: Grantee;
  readonly permission: GrantPermission;
}

const cannedAcls = [
  "private",
  "public-read",
  "public-read-write",
  "authenticated-read",
  "bucket-owner-read",
  "bucket-owner-full-control",
  "log-delivery-write",
] as const;

/** An ACL by its short name. */
export type CannedAcl = (typeof cannedAcls)[number];

const groupUris = {
  AllUsers: "http://acs.amazonaws.com/groups/global/AllUsers",
  AuthenticatedUsers: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
  LogDelivery: "http://acs.amazonaws.com/groups/s3/LogDelivery",
} as const;

/** The 64 hex digits by which ACLs name an account. */
export function canonicalId(accountId: string): string {
  return createHash("sha256").update(`canonical user of ${accountId}`).digest("hex");
}

/** The grants of a canned ACL on something of `ownerId` in a bucket of `bucketOwnerId`. */
export function cannedGrants(acl: CannedAcl, ownerId: string, bucketOwnerId: string): Grant[] {
  const grants: Grant[] = [{ grantee: { kind: "account", accountId: ownerId }, permission: "FULL_CONTROL" }];
  const toGroup = (group: keyof typeof groupUris, permission: GrantPermission) =>
    grants.push({ grantee: { kind: "group", group }, permission });
  const toBucketOwner = (permission: GrantPermission) =>
    bucketOwnerId === ownerId ? 0 : grants.push({ grantee: { kind: "account", accountId: bucketOwnerId }, permission });
  if (acl === "public-read" || acl === "public-read-write") toGroup("AllUsers", "READ");
  if (acl === "public-read-write") toGroup("AllUsers", "WRITE");
  if (acl === "authenticated-read") toGroup("AuthenticatedUsers", "READ");
  if (acl === "bucket-owner-read") toBucketOwner("READ");
  if (acl === "bucket-owner-full-control") toBucketOwner("FULL_CONTROL");
  if (acl === "log-delivery-write") {
    toGroup("LogDelivery", "WRITE");
    toGroup("LogDelivery", "READ_ACP");
  }
  return grants;
}

/** Whether a word is a canned ACL. */
function isCannedAcl(word: string): word is CannedAcl {
  return cannedAcls.some((acl) => acl === word);
}

/** What a request says about access: x-amz-acl, x-amz-grant-*; `undefined` when it says nothing. */
export function readAclHeaders(
  find: (header: string) => string | undefined,
  ownerId: string,
  bucketOwnerId: string,
  knownAccounts: readonly string[],
): { grants: Grant[]; canned: CannedAcl | undefined } | undefined {
  const canned = find("x-amz-acl");
  const granted = Object.entries(grantHeaders).flatMap(([header, permission]) =>
    parseGrantees(find(header), knownAccounts).map((grantee) => ({ grantee, permission })),
  );
  if (canned === undefined) return granted.length === 0 ? undefined : { grants: granted, canned: undefined };
  if (granted.length > 0)
    throw new S3Error("InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed");
  if (!isCannedAcl(canned))
    throw new S3Error("InvalidArgument", "", { ArgumentName: "x-amz-acl", ArgumentValue: canned });
  return { grants: cannedGrants(canned, ownerId, bucketOwnerId), canned };
}

const grantHeaders: Readonly<Record<string, GrantPermission>> = {
  "x-amz-grant-full-control": "FULL_CONTROL",
  "x-amz-grant-read": "READ",
  "x-amz-grant-write": "WRITE",
  "x-amz-grant-read-acp": "READ_ACP",
  "x-amz-grant-write-acp": "WRITE_ACP",
};

function parseGrantees(text: string | undefined, knownAccounts: readonly string[]): Grantee[] {
  if (text === undefined) return [];
  return text.split(",").map((part) => {
    const [, kind, value] = /^\s*(id|uri)\s*=\s*"?([^"]+?)"?\s*$/.exec(part) ?? [];
    if (kind === undefined || value === undefined)
      throw new S3Error("InvalidArgument", "Argument format not recognized");
    return kind === "uri" ? groupOf(value) : accountWith(value, knownAccounts);
  });
}

function groupOf(uri: string): Grantee {
  const group = (["AllUsers", "AuthenticatedUsers", "LogDelivery"] as const).find((name) => groupUris[name] === uri);
  if (group === undefined) throw new S3Error("InvalidArgument", "Invalid group uri");
  return { kind: "group", group };
}

function accountWith(id: string, knownAccounts: readonly string[]): Grantee {
  const accountId = knownAccounts.find((account) => canonicalId(account) === id);
  return accountId === undefined ? { kind: "foreign", canonicalId: id } : { kind: "account", accountId };
}

/** Reads an AccessControlPolicy document. */
export function parseAclDocument(text: string, knownAccounts: readonly string[]): Grant[] {
  const list = findChild(parseXml(text), "AccessControlList");
  if (list === undefined) throw new S3Error("MalformedXML", "The ACL has no AccessControlList");
  return findChildren(list, "Grant").map((grant) => ({
    grantee: parseGrantee(findChild(grant, "Grantee"), knownAccounts),
    permission: parsePermission(findText(grant, "Permission")),
  }));
}

function parseGrantee(element: XmlElement | undefined, knownAccounts: readonly string[]): Grantee {
  const uri = element === undefined ? undefined : findText(element, "URI");
  if (uri !== undefined) return groupOf(uri);
  const id = element === undefined ? undefined : findText(element, "ID");
  if (id === undefined) throw new S3Error("MalformedXML", "A grant has neither ID nor URI");
  return accountWith(id, knownAccounts);
}

function parsePermission(word: string | undefined): GrantPermission {
  const permission = (["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"] as const).find(
    (candidate) => candidate === word,
  );
  if (permission === undefined) throw new S3Error("MalformedXML", "A grant has no known Permission");
  return permission;
}

/** The content of an AccessControlPolicy element. */
export function aclContent(ownerId: string, grants: readonly Grant[]): XmlValue {
  return {
    Owner: { ID: canonicalId(ownerId) },
    AccessControlList: {
      Grant: grants.map(({ grantee, permission }) => ({ Grantee: granteeContent(grantee), Permission: permission })),
    },
  };
}

function granteeContent(grantee: Grantee): XmlValue {
  const xsi = "http://www.w3.org/2001/XMLSchema-instance";
  if (grantee.kind === "group") return { "@xmlns:xsi": xsi, "@xsi:type": "Group", URI: groupUris[grantee.group] };
  const id = grantee.kind === "foreign" ? grantee.canonicalId : canonicalId(grantee.accountId);
  return { "@xmlns:xsi": xsi, "@xsi:type": "CanonicalUser", ID: id };
}

/** Whether a list of grants makes something public, as S3 decides it. */
export function isPublicAcl(grants: readonly Grant[]): boolean {
  return grants.some(isPublicGrant);
}

/** Whether the grants give a principal the permission; public grants may be left aside. */
export function grantsAllow(
  grants: readonly Grant[],
  principal: Principal,
  permission: GrantPermission,
  ignorePublic: boolean,
): boolean {
  return grants.some(
    (grant) =>
      (grant.permission === permission || grant.permission === "FULL_CONTROL") &&
      !(ignorePublic && isPublicGrant(grant)) &&
      isGrantee(grant.grantee, principal),
  );
}

function isPublicGrant({ grantee }: Grant): boolean {
  return grantee.kind === "group" && grantee.group !== "LogDelivery";
}

function isGrantee(grantee: Grantee, principal: Principal): boolean {
  if (grantee.kind === "account") return accountOf(principal) === grantee.accountId;
  if (grantee.kind === "foreign") return false;
  return grantee.group === "AllUsers" || (grantee.group === "AuthenticatedUsers" && principal.kind === "user");
}
