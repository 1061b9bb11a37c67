/**
 * What a bucket's policy says about links: whether plain HTTP is refused, and how old a link may grow. Only what a Deny
 * says for everybody counts; a statement with more conditions than we read refuses less than it seems, and is left out.
 */
import { z } from "zod";
import { fitsPattern } from "../support/fits-pattern.ts";

/** What was read. */
export interface PolicyOnLinks {
  readonly refusesPlainHttp: boolean;
  /** The least limit that may meet our objects. */
  readonly linkAgeLimitMs?: number;
}

const list = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const values = z
  .union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))])
  .transform((value) => [value].flat().map(String));

const STATEMENT = z.object({
  Effect: z.string(),
  Principal: z.union([z.literal("*"), z.record(z.string(), list)]).optional(),
  Action: list.optional(),
  Resource: list.optional(),
  Condition: z.record(z.string(), z.record(z.string(), values)).optional(),
});

const POLICY = z.object({ Statement: z.union([STATEMENT, z.array(STATEMENT)]).transform((value) => [value].flat()) });

type Statement = z.infer<typeof STATEMENT>;

/** Reads the text of a policy for objects under a prefix; undefined when it is not one. */
export function readPolicy(text: string, bucket: string, prefix: string): PolicyOnLinks | undefined {
  const parsed = POLICY.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const denies = parsed.data.Statement.filter((statement) => isDenyOfReading(statement, bucket, prefix));
  const limits = denies.flatMap((statement) => ageLimit(statement) ?? []);
  return {
    refusesPlainHttp: denies.some(isForPlainHttp),
    ...(limits.length > 0 && { linkAgeLimitMs: Math.min(...limits) }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isDenyOfReading({ Effect, Principal, Action, Resource }: Statement, bucket: string, prefix: string): boolean {
  const everybody = Principal === "*" || (Principal !== undefined && Object.values(Principal).flat().includes("*"));
  const reading = Action?.some((pattern) => fitsPattern(pattern.toLowerCase(), "s3:getobject"));
  const ours = Resource?.some((pattern) => fitsPattern(pattern, `arn:aws:s3:::${bucket}/${prefix}report`));
  return Effect === "Deny" && everybody && reading === true && ours === true;
}

function isForPlainHttp({ Condition }: Statement): boolean {
  const [operator, ...others] = conditionsOf(Condition);
  return (
    operator !== undefined &&
    others.length === 0 &&
    /^Bool(IfExists)?$/.test(operator.operator) &&
    operator.key === "aws:securetransport" &&
    operator.values.includes("false")
  );
}

/** A limit with another condition beside it is not for everybody; what it does to a link is seen by V24. */
function ageLimit({ Condition }: Statement): number | undefined {
  const [found, ...others] = conditionsOf(Condition).filter(({ key }) => key !== "s3:authtype");
  if (found?.key !== "s3:signatureage" || others.length > 0) return undefined;
  if (!/^NumericGreaterThan(Equals)?(IfExists)?$/.test(found.operator)) return undefined;
  const limits = found.values.map(Number).filter((limit) => limit >= 0);
  return limits.length === 0 ? undefined : Math.min(...limits);
}

function conditionsOf(condition: Statement["Condition"]) {
  return Object.entries(condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, found]) => ({ operator, key: key.toLowerCase(), values: found })),
  );
}
