/** Why an expression is refused, and at which byte of it. Caught by `own-measure`, which knows the line of the file. */
export class RefusedExpression extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}
