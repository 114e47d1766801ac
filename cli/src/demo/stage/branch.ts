import type { SignedIn } from '../../api/operator-session.ts';
import type { CustomerView, RequestView, TokenView } from '../../api/staff-views.ts';
import type { ValidatorClient } from '../../api/validator-client.ts';

/** Somebody of the bank or of a customer's company who is signed in at the validator. */
export interface StaffPerson {
  readonly name: string;
  /** Opens this person's session. */
  readonly bearer: string;
  readonly addOperator: (operator: {
    readonly name: string;
    readonly role: string;
    readonly password: string;
  }) => Promise<void>;
  readonly addCustomer: (customer: {
    readonly name: string;
    readonly email: string;
    readonly label: string;
    readonly birthDate?: string;
    readonly referente?: string;
  }) => Promise<{ readonly customerId: string; readonly userCode: string }>;
  readonly customer: (idOrUserCode: string) => Promise<CustomerView>;
  readonly blockCustomer: (
    customerId: string,
    block: { readonly reason: string; readonly what?: 'all' | readonly string[] },
  ) => Promise<CustomerView>;
  readonly reinstate: (
    customerId: string,
    how: { readonly newPin: boolean; readonly reason: string },
  ) => Promise<CustomerView>;
  readonly newPin: (customerId: string, reason: string) => Promise<CustomerView>;
  readonly token: (serial: string) => Promise<TokenView>;
  readonly blockToken: (serial: string, reason: string) => Promise<TokenView>;
  readonly request: (request: {
    readonly operation: 'bind' | 'replace' | 'unlock' | 'reset' | 'rekey';
    readonly serial: string;
    readonly customerId?: string;
    readonly oldSerial?: string;
    readonly reason: string;
  }) => Promise<RequestView>;
  readonly approve: (requestId: string) => Promise<RequestView>;
  readonly get: <Answer>(path: string) => Promise<Answer>;
}

/** Signs in with name and password. */
export async function signInAs(
  client: ValidatorClient,
  attempt: { readonly name: string; readonly password: string },
): Promise<StaffPerson> {
  const { name, password } = attempt;
  const signedIn = await client.post<SignedIn>('/v1/operator-sessions', { name, password });
  const bearer = signedIn.token;
  const get = <Answer>(path: string): Promise<Answer> => client.get<Answer>(path, { bearer });
  const post = <Answer>(path: string, body: unknown): Promise<Answer> =>
    client.post<Answer>(path, body, { bearer });
  return {
    name: signedIn.name,
    bearer,
    get,
    addOperator: (operator) => post('/v1/operators', operator),
    addCustomer: (customer) => post('/v1/customers', customer),
    customer: (id) => get(`/v1/customers/${encodeURIComponent(id)}`),
    blockCustomer: (id, block) => post(`/v1/customers/${encodeURIComponent(id)}/block`, block),
    reinstate: (id, how) => post(`/v1/customers/${encodeURIComponent(id)}/reinstate`, how),
    newPin: (id, reason) => post(`/v1/customers/${encodeURIComponent(id)}/new-pin`, { reason }),
    token: (serial) => get(`/v1/tokens/${serial}`),
    blockToken: (serial, reason) => post(`/v1/tokens/${serial}/block`, { reason }),
    request: (request) => post('/v1/requests', request),
    approve: (requestId) => post(`/v1/requests/${encodeURIComponent(requestId)}/approve`, {}),
  };
}
