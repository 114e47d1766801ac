/** The values that the sentences of an error need, for instance `expected` and `found`; never a secret. */
export type FailureFields = Readonly<Record<string, string | number>>;

/** An answer that is no: its status, its id and its words. */
export class HttpFailure extends Error {
  override readonly name: string = 'HttpFailure';
  readonly status: number;
  readonly id: string;
  readonly fields: FailureFields | undefined;

  constructor(
    status: number,
    answer: { readonly id: string; readonly message: string; readonly fields?: FailureFields | undefined },
  ) {
    super(answer.message);
    this.status = status;
    this.id = answer.id;
    this.fields = answer.fields;
  }
}
