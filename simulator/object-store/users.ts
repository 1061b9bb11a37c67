// In: nothing. Out: the words for who asks: a user with keys and rights in an account, or nobody. Rights are a small
// IAM: a user without `allow` may do everything that its own account allows.

/** A list of actions on a list of resources, both with "*" and "?" as in IAM. */
export interface Permission {
  /** Such as "s3:GetObject", "s3:Get*", "kms:Decrypt". */
  readonly actions: readonly string[];
  /** Such as "arn:aws:s3:::reports/daily/*". */
  readonly resources: readonly string[];
}

/** Somebody with an access key. */
export interface User {
  readonly name: string;
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Temporary credentials: every request must carry this token as well. */
  readonly sessionToken?: string;
  /** Epoch ms after which the token is refused with ExpiredToken. */
  readonly expiresAt?: number;
  /** What the user may do; absent means everything, `[]` means nothing. */
  readonly allow?: readonly Permission[];
  /** What the user may not do, whoever else allows it. */
  readonly deny?: readonly Permission[];
}

/** Who asks: a user, or nobody that we know. */
export type Principal = { readonly kind: "user"; readonly user: User } | { readonly kind: "anonymous" };

/** The ARN by which policies name a user. */
export function userArn(user: User): string {
  return `arn:aws:iam::${user.accountId}:user/${user.name}`;
}

/** The account of a principal; nobody has none. */
export function accountOf(principal: Principal): string | undefined {
  return principal.kind === "user" ? principal.user.accountId : undefined;
}
