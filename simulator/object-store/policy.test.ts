// Truths about policies: what one statement means for one access, and which policies Amazon S3 calls public.

import { describe, expect, test } from "vitest";
import { evaluatePolicy, parsePolicy } from "./policy.ts";
import { isPublicPolicy } from "./public-policy.ts";
import type { Principal } from "./users.ts";

const anonymous: Principal = { kind: "anonymous" };
const anna: Principal = {
  kind: "user",
  user: { name: "anna", accountId: "111122223333", accessKeyId: "AKIAANNA", secretAccessKey: "s" },
};
const read = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*" };

interface Question {
  readonly who?: Principal;
  readonly action?: string;
  readonly key?: string;
  readonly facts?: Readonly<Record<string, string>>;
}

function say(
  statements: readonly object[],
  { who = anonymous, action = "s3:GetObject", key = "daily/a.csv", facts = {} }: Question = {},
): string {
  const policy = parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), "reports");
  return evaluatePolicy(policy, {
    principal: who,
    action,
    resource: `arn:aws:s3:::reports/${key}`,
    facts: new Map(Object.entries(facts)),
  });
}

function when(operator: string, key: string, value: unknown): object[] {
  return [{ ...read, Condition: { [operator]: { [key]: value } } }];
}

describe("evaluatePolicy()", () => {
  test("without a matching statement is silent", () => {
    expect(say([read], { action: "s3:PutObject" })).toBe("silent");
    expect(say([{ ...read, Resource: "arn:aws:s3:::reports/weekly/*" }])).toBe("silent");
  });

  test("lets a Deny win over an Allow, in either order", () => {
    const deny = { ...read, Effect: "Deny", Action: "s3:*" };
    expect([say([read]), say([read, deny]), say([deny, read])]).toEqual(["allow", "deny", "deny"]);
  });

  test("reads wildcards in actions without regard to case, in resources with", () => {
    expect(say([{ ...read, Action: "S3:get*" }])).toBe("allow");
    expect(say([{ ...read, Action: "s3:Get??ject" }])).toBe("allow");
    expect(say([{ ...read, Resource: "arn:aws:s3:::reports/Daily/*" }])).toBe("silent");
    expect(say([{ ...read, Resource: "arn:aws:s3:::reports/*.csv" }], { key: "a\nb.csv" })).toBe("allow");
    expect(say([{ ...read, Resource: "arn:aws:s3:::reports/a+(b)" }], { key: "a+(b)" })).toBe("allow");
  });

  test("turns NotAction, NotResource and NotPrincipal around", () => {
    expect(say([{ Effect: "Allow", Principal: "*", NotAction: "s3:Delete*", Resource: "*" }])).toBe("allow");
    expect(say([{ Effect: "Allow", Principal: "*", NotAction: "s3:Get*", Resource: "*" }])).toBe("silent");
    expect(
      say([{ Effect: "Allow", Principal: "*", Action: "s3:*", NotResource: "arn:aws:s3:::reports/daily/*" }]),
    ).toBe("silent");
    const notAnna = {
      Effect: "Deny",
      NotPrincipal: { AWS: "arn:aws:iam::111122223333:user/anna" },
      Action: "s3:*",
      Resource: "*",
    };
    expect([say([notAnna], { who: anna }), say([notAnna])]).toEqual(["silent", "deny"]);
  });

  test("knows a user by account number, root ARN and own ARN, and nobody by any of them", () => {
    for (const name of ["111122223333", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/anna"]) {
      const statement = { ...read, Principal: { AWS: name } };
      expect([name, say([statement], { who: anna }), say([statement])]).toEqual([name, "allow", "silent"]);
    }
    expect(say([{ ...read, Principal: { AWS: "444455556666" } }], { who: anna })).toBe("silent");
  });

  test.each<[string, object[], Readonly<Record<string, string>>, string]>([
    ["StringEquals of one of two", when("StringEquals", "s3:prefix", ["a", "b"]), { "s3:prefix": "b" }, "allow"],
    ["StringEquals in another case", when("StringEquals", "s3:prefix", "A"), { "s3:prefix": "a" }, "silent"],
    ["StringEqualsIgnoreCase", when("StringEqualsIgnoreCase", "s3:prefix", "A"), { "s3:prefix": "a" }, "allow"],
    ["StringLike", when("StringLike", "s3:prefix", "daily/*"), { "s3:prefix": "daily/x" }, "allow"],
    ["StringEquals takes a star for a star", when("StringEquals", "s3:prefix", "*"), { "s3:prefix": "a" }, "silent"],
    ["a key in another case", when("StringEquals", "S3:Prefix", "a"), { "s3:prefix": "a" }, "allow"],
    ["a positive operator without a fact", when("StringEquals", "s3:prefix", "a"), {}, "silent"],
    ["a negated operator without a fact", when("StringNotEquals", "s3:prefix", "a"), {}, "allow"],
    [
      "a negated operator and one of its values",
      when("StringNotEquals", "s3:prefix", ["a", "b"]),
      { "s3:prefix": "b" },
      "silent",
    ],
    ["IfExists without a fact", when("StringEqualsIfExists", "s3:prefix", "a"), {}, "allow"],
    ["IfExists with another fact", when("StringEqualsIfExists", "s3:prefix", "a"), { "s3:prefix": "b" }, "silent"],
    ["Null true without a fact", when("Null", "s3:if-none-match", "true"), {}, "allow"],
    ["Null true with a fact", when("Null", "s3:if-none-match", true), { "s3:if-none-match": "*" }, "silent"],
    ["Bool", when("Bool", "aws:SecureTransport", false), { "aws:securetransport": "false" }, "allow"],
    [
      "NumericGreaterThan as a number, not as a text",
      when("NumericGreaterThan", "s3:signatureAge", "600000"),
      { "s3:signatureage": "1000000" },
      "allow",
    ],
    [
      "NumericLessThanEquals at its limit",
      when("NumericLessThanEquals", "s3:signatureAge", 5),
      { "s3:signatureage": "5" },
      "allow",
    ],
    [
      "DateLessThan",
      when("DateLessThan", "aws:CurrentTime", "2024-01-01T00:00:00Z"),
      { "aws:currenttime": "2023-12-31T23:59:59.999Z" },
      "allow",
    ],
    ["IpAddress inside", when("IpAddress", "aws:SourceIp", "192.0.2.0/24"), { "aws:sourceip": "192.0.2.255" }, "allow"],
    ["IpAddress outside", when("IpAddress", "aws:SourceIp", "192.0.2.0/24"), { "aws:sourceip": "192.0.3.0" }, "silent"],
    [
      "IpAddress of one address",
      when("IpAddress", "aws:SourceIp", "192.0.2.1"),
      { "aws:sourceip": "192.0.2.1" },
      "allow",
    ],
    [
      "IpAddress of version 6",
      when("IpAddress", "aws:SourceIp", "2001:db8::/32"),
      { "aws:sourceip": "2001:db8::1" },
      "allow",
    ],
    [
      "NotIpAddress inside",
      when("NotIpAddress", "aws:SourceIp", "192.0.2.0/24"),
      { "aws:sourceip": "192.0.2.1" },
      "silent",
    ],
  ])("judges %s", (_what, statements, facts, verdict) => {
    expect(say(statements, { facts })).toBe(verdict);
  });
});

describe("parsePolicy()", () => {
  test.each([
    ["no statement", []],
    ["an unknown effect", [{ ...read, Effect: "Maybe" }]],
    ["no principal", [{ ...read, Principal: undefined }]],
    ["a principal with a wildcard inside", [{ ...read, Principal: { AWS: "arn:aws:iam::*:root" } }]],
    ["an action of another service", [{ ...read, Action: "ec2:RunInstances" }]],
    ["a resource of another bucket", [{ ...read, Resource: "arn:aws:s3:::reports-2/*" }]],
    ["an unknown operator", when("StringAlmostEquals", "s3:prefix", "a")],
    ["an unknown field", [{ ...read, Efect: "Deny" }]],
  ])("refuses %s", (_what, statements) => {
    expect(() => say(statements)).toThrow(/./);
  });
});

describe("isPublicPolicy()", () => {
  const isPublic = (...statements: readonly object[]): boolean =>
    isPublicPolicy(parsePolicy(JSON.stringify({ Statement: statements }), "reports"));

  test.each<[string, object[], boolean]>([
    ["an Allow for everybody", [read], true],
    ["an Allow for everybody written as AWS", [{ ...read, Principal: { AWS: "*" } }], true],
    ["an Allow for an account", [{ ...read, Principal: { AWS: "111122223333" } }], false],
    ["an Allow for a service", [{ ...read, Principal: { Service: "logging.s3.amazonaws.com" } }], false],
    [
      "an Allow for all but somebody",
      [{ Effect: "Allow", NotPrincipal: { AWS: "111122223333" }, Action: "s3:GetObject", Resource: "*" }],
      true,
    ],
    ["a Deny for everybody", [{ ...read, Effect: "Deny" }], false],
    ["an Allow for everybody and a Deny for everybody", [read, { ...read, Effect: "Deny" }], true],
    ["one narrow Allow and one for everybody", [...when("IpAddress", "aws:SourceIp", "192.0.2.0/24"), read], true],
    ["everybody from one network", when("IpAddress", "aws:SourceIp", "192.0.2.0/24"), false],
    [
      "everybody from one of two networks, one the world",
      when("IpAddress", "aws:SourceIp", ["192.0.2.0/24", "0.0.0.0/0"]),
      true,
    ],
    ["everybody from half the world", when("IpAddress", "aws:SourceIp", "128.0.0.0/1"), true],
    ["everybody but one network", when("NotIpAddress", "aws:SourceIp", "192.0.2.0/24"), true],
    [
      "everybody, if an address is known, from one network",
      when("IpAddressIfExists", "aws:SourceIp", "192.0.2.0/24"),
      true,
    ],
    ["everybody of one organisation", when("StringEquals", "aws:PrincipalOrgID", "o-abc"), false],
    ["everybody of any organisation", when("StringLike", "aws:PrincipalOrgID", "o-*"), true],
    ["everybody through one endpoint", when("StringEquals", "aws:SourceVpce", "vpce-1"), false],
    ["everybody but through one endpoint", when("StringNotEquals", "aws:SourceVpce", "vpce-1"), true],
    ["everybody who names a referer", when("StringLike", "aws:Referer", "https://example.com/*"), true],
    ["everybody with a young signature", when("NumericLessThan", "s3:signatureAge", 60_000), true],
    ["everybody over TLS", when("Bool", "aws:SecureTransport", true), true],
    [
      "everybody whose account is in a variable",
      when("StringEquals", "aws:SourceAccount", "$" + "{aws:PrincipalAccount}"),
      true,
    ],
  ])("judges %s", (_what, statements, verdict) => {
    expect(isPublic(...statements)).toBe(verdict);
  });
});
