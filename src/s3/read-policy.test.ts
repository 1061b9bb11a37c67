import { expect, test } from "vitest";
import { readPolicy } from "./read-policy.ts";

const OLD = { NumericGreaterThan: { "s3:signatureAge": "600000" } };
const PLAIN = { Bool: { "aws:SecureTransport": "false" } };
const DENY = { Effect: "Deny", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*" };

const read = (...Statement: readonly object[]) =>
  readPolicy(JSON.stringify({ Version: "2012-10-17", Statement }), "reports", "daily/");

test.each([
  { says: "a number", Condition: { NumericGreaterThan: { "s3:signatureAge": 600_000 } } },
  { says: "a text", Condition: OLD },
  { says: "the least of several", Condition: { NumericGreaterThan: { "s3:signatureAge": ["900000", "600000"] } } },
  { says: "another spelling", Condition: { NumericGreaterThanEquals: { "S3:SignatureAge": "600000" } } },
  { says: "links only", Condition: { ...OLD, StringEquals: { "s3:authType": "REST-QUERY-STRING" } } },
])("readPolicy() reads a limit on the age of links: $says", ({ Condition }) => {
  expect(read({ ...DENY, Condition })).toEqual({ refusesPlainHttp: false, linkAgeLimitMs: 600_000 });
});

test("readPolicy() takes the least limit, and sees that plain HTTP is refused", () => {
  const shorter = { ...DENY, Action: ["s3:*"], Condition: { NumericGreaterThan: { "s3:signatureAge": "60000" } } };
  const http = {
    ...DENY,
    Action: "s3:*",
    Resource: ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"],
    Condition: PLAIN,
  };
  expect(read({ ...DENY, Condition: OLD }, shorter, http)).toEqual({ refusesPlainHttp: true, linkAgeLimitMs: 60_000 });
});

test.each([
  { says: "an Allow", statement: { Effect: "Allow", Condition: OLD } },
  { says: "for one account", statement: { Principal: { AWS: "arn:aws:iam::111122223333:root" }, Condition: OLD } },
  { says: "about writing", statement: { Action: "s3:PutObject", Condition: OLD } },
  { says: "elsewhere", statement: { Resource: "arn:aws:s3:::reports/weekly/*", Condition: OLD } },
  { says: "the bucket itself", statement: { Resource: "arn:aws:s3:::reports", Condition: PLAIN } },
  { says: "with another condition", statement: { Condition: { ...OLD, IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } } },
  { says: "of younger links", statement: { Condition: { NumericLessThan: { "s3:signatureAge": "600000" } } } },
  {
    says: "plain HTTP from some addresses",
    statement: { Condition: { ...PLAIN, IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } },
  },
  { says: "HTTPS", statement: { Condition: { Bool: { "aws:SecureTransport": "true" } } } },
  { says: "without a condition", statement: {} },
])("readPolicy() takes nothing from a statement: $says", ({ statement }) => {
  expect(read({ ...DENY, ...statement })).toEqual({ refusesPlainHttp: false });
});

test("readPolicy() reads one statement that is no list, and knows what is no policy", () => {
  const Statement = { ...DENY, Condition: PLAIN };
  expect(readPolicy(JSON.stringify({ Statement }), "reports", "")).toEqual({ refusesPlainHttp: true });
  for (const text of ["", "{", "[]", '{"Statement":[{"Effect":5}]}'])
    expect(readPolicy(text, "reports", "")).toBeUndefined();
});
