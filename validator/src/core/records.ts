import type { ChallengeRecord, SessionRecord } from './challenge-record.ts';
import type { CustomerRecord } from './customer-record.ts';
import type {
  DeviceKeyRecord,
  IdempotencyRecord,
  MetaRecord,
  OperatorRecord,
  OperatorSessionRecord,
  RequestRecord,
  ShippedRecord,
  TicketRecord,
} from './staff-records.ts';
import type { TokenRecord } from './token-record.ts';

/**
 * Every kind of record and its value. A value holds JSON and Uint8Array only: no bigint, no undefined, no function,
 * so that any store can carry it. Secrets in values are sealed (`SealedSecret`) or one-way (`verifier`).
 */
export type RecordTypes = {
  readonly customer: CustomerRecord;
  /** Id: the User Code. Makes it unique and finds its customer. */
  readonly userCode: { readonly customerId: string };
  /** Id: the serial in 12 digits. */
  readonly token: TokenRecord;
  readonly challenge: ChallengeRecord;
  readonly session: SessionRecord;
  readonly operator: OperatorRecord;
  readonly operatorSession: OperatorSessionRecord;
  readonly request: RequestRecord;
  readonly ticket: TicketRecord;
  readonly shipped: ShippedRecord;
  readonly deviceKey: DeviceKeyRecord;
  readonly meta: MetaRecord;
  readonly idempotency: IdempotencyRecord;
};
